"""The brief is written once a period, at the same time on the wall, whatever happens in between."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.config import DigestSettings
from bot.history.brief_due import due_period, last_moment, write_due_brief
from storage.reader import open_reader
from tests.unit.history.fill import DAY, HOUR, START, fill
from tests.unit.storage.make import a_store

FRIDAY = DigestSettings(zone="Europe/London", at=time(18, 0), day="fri", channel="#brief")
DAILY = DigestSettings(zone="Europe/London", at=time(1, 30), day=None)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "now", "moment"),
    [
        (FRIDAY, "2026-03-27T18:00", "2026-03-27T18:00"),
        (FRIDAY, "2026-03-27T17:59", "2026-03-20T18:00"),
        (FRIDAY, "2026-04-03T17:00", "2026-04-03T17:00"),
        (FRIDAY, "2026-04-03T16:59", "2026-03-27T18:00"),
        (DAILY, "2026-03-28T12:00", "2026-03-28T01:30"),
        (DAILY, "2026-03-29T12:00", "2026-03-29T01:30"),
        (DAILY, "2026-03-30T12:00", "2026-03-30T00:30"),
        (DAILY, "2026-10-25T12:00", "2026-10-25T00:30"),
    ],
    ids=["now", "a minute before", "summer", "before, in summer", "winter", "skipped hour", "after", "hour twice"],
)  # fmt: skip
def test_the_brief_is_due_at_its_time_on_the_wall(settings: DigestSettings, now: str, moment: str) -> None:
    """On both days on which the clocks change as well."""
    assert last_moment(settings, utc(now)).astimezone(UTC) == utc(moment)


def test_a_bot_that_was_away_writes_one_brief_of_the_whole_time() -> None:
    """Four weeks at most."""
    now = utc("2026-03-27T19:00")
    assert due_period(FRIDAY, now - 10 * DAY, now) == (now - 10 * DAY, utc("2026-03-27T18:00"))
    assert due_period(FRIDAY, now - 90 * DAY, now) == (utc("2026-02-27T18:00"), utc("2026-03-27T18:00"))
    assert due_period(FRIDAY, now, now) is None


def test_the_brief_is_written_once(tmp_path: Path) -> None:
    """The first call begins to count; the period's end writes; a second call does not."""
    friday = datetime(2024, 3, 8, 18, 0, tzinfo=UTC)
    with a_store(tmp_path) as store:
        fill(store)
        assert write_due_brief(store, FRIDAY, "#home", START) == 0
        assert write_due_brief(store, FRIDAY, "#home", friday - HOUR) > 0  # Friday the first's
        assert write_due_brief(store, FRIDAY, "#home", friday - timedelta(minutes=1)) == 0
        assert write_due_brief(store, FRIDAY, "#home", friday) == 1
        assert write_due_brief(store, FRIDAY, "#home", friday + HOUR) == 0
        with open_reader(store.path) as reader:
            newest = reader.deliveries(destination="#brief")[0]
    assert "Amazon/Anthropic" in newest.message.text
    assert newest.reason == "digest"
