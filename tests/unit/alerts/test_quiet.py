"""Quiet hours, also on the days when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.quiet import quiet_until
from bot.config import QuietSettings

NIGHT = QuietSettings(zone="Europe/London", start=time(20, 0), end=time(7, 0))
NOON = QuietSettings(zone="Europe/London", start=time(12, 0), end=time(13, 0))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        pytest.param("2026-01-14 19:59", None, id="a minute before"),
        pytest.param("2026-01-14 20:00", "2026-01-15 07:00", id="at the start"),
        pytest.param("2026-01-15 03:00", "2026-01-15 07:00", id="after midnight"),
        pytest.param("2026-01-15 06:59", "2026-01-15 07:00", id="a minute before the end"),
        pytest.param("2026-01-15 07:00", None, id="at the end"),
        pytest.param("2026-03-28 22:00", "2026-03-29 06:00", id="the night clocks go forward"),
        pytest.param("2026-03-29 06:00", None, id="morning after: 07:00 is 06:00 UTC"),
        pytest.param("2026-10-24 22:00", "2026-10-25 07:00", id="the night clocks go back"),
        pytest.param("2026-10-25 06:59", "2026-10-25 07:00", id="morning after: 07:00 is 07:00 UTC"),
        pytest.param("2026-07-01 19:00", "2026-07-02 06:00", id="summer evening: 20:00 is 19:00 UTC"),
    ],
)
def test_a_night_in_london(now: str, until: str | None) -> None:
    assert quiet_until(utc(now), NIGHT) == (utc(until) if until else None)


def test_a_span_within_a_day() -> None:
    assert quiet_until(utc("2026-01-14 12:30"), NOON) == utc("2026-01-14 13:00")
    assert quiet_until(utc("2026-01-14 13:30"), NOON) is None


def test_an_end_that_the_clocks_skip_is_read_as_the_other_side_of_the_jump() -> None:
    odd = QuietSettings(zone="Europe/London", start=time(0, 0), end=time(1, 30))
    assert quiet_until(utc("2026-03-29 00:30"), odd) == utc("2026-03-29 01:30")


def test_without_weekends_a_span_that_starts_on_one_does_not_hold() -> None:
    weekdays = QuietSettings(zone="UTC", start=time(20, 0), end=time(7, 0), weekends=False)
    assert quiet_until(utc("2026-01-17 22:00"), weekdays) is None  # a Saturday
    assert quiet_until(utc("2026-01-17 03:00"), weekdays) == utc("2026-01-17 07:00")  # Friday's night


def test_no_settings_and_an_empty_span_are_never_quiet() -> None:
    empty = QuietSettings(start=time(9, 0), end=time(9, 0))
    assert quiet_until(utc("2026-01-14 09:00"), None) is None
    assert quiet_until(utc("2026-01-14 09:00"), empty) is None


@settings(deadline=None, max_examples=150)
@given(
    now=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"]),
    start=st.times(),
    end=st.times(),
)
def test_quiet_hours_always_end_within_a_day_and_an_hour(
    now: datetime, zone: str, start: time, end: time
) -> None:
    at = now.replace(tzinfo=UTC)
    until = quiet_until(at, QuietSettings(zone=zone, start=start, end=end))
    if until is not None:
        assert 0 < (until - at).total_seconds() <= 25 * 3600
        assert until.tzinfo is UTC
