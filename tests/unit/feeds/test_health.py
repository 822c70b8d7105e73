"""Recognising feeds that answer and yet are not well, and telling each change once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.feeds.ended import is_ended
from bot.feeds.health import (
    QUIET,
    block_page,
    business_time,
    health_changes,
    is_gap,
    is_quiet,
    network_down,
    told,
    usual_silence,
)
from bot.feeds.outcome import FailureKind
from storage.records import FeedState

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = FeedState(feed="f", outcome="ok", baseline_at=MONDAY, entries_last=10, checked_at=MONDAY)


def failing(kind: FailureKind, failures: int, *, told_before: str = "") -> FeedState:
    return replace(WELL, outcome=kind.value, failures=failures, failing_since=MONDAY, told=told_before)


# ---------------------------------------------------------------------------- pages instead of feeds


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        (b"<!DOCTYPE html><html><title>Just a moment...</title>", {}, "Cloudflare"),
        (b"", {"cf-mitigated": "challenge"}, "Cloudflare"),
        (b"<html><script src='https://ct.captcha-delivery.com/c.js'>", {}, "DataDome"),
        (b"<html><body>Verify you are human by completing the action", {}, "challenge page"),
        (b"<html><form><input name=p type='password'></form>", {}, "login page"),
    ],
)
def test_a_page_that_keeps_bots_out_is_recognised(body: bytes, headers: dict[str, str], says: str) -> None:
    assert says in (block_page(body, headers) or "")


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Our feeds</body></html>",
        b"<?xml version='1.0'?><rss><item><title>Verify you are human: CAPTCHA law</title></item></rss>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Just a moment...</title></feed>",
        b'{"version": "https://jsonfeed.org/version/1.1"}',
        b"",
    ],
)
def test_a_feed_or_an_ordinary_page_is_not_a_block_page(body: bytes) -> None:
    """Also when its news is about captchas."""
    assert block_page(body) is None


@pytest.mark.parametrize(
    "titles",
    [
        ["This feed has ended"],
        ["This feed no longer exists"],
        ["This RSS feed has been discontinued"],
        ["This feed has moved", "This feed has moved"],
        ["Our news feed is no longer available"],
    ],
)
def test_a_feed_that_only_says_goodbye_is_recognised(titles: list[str]) -> None:
    assert is_ended(titles)


@pytest.mark.parametrize(
    "titles",
    [
        [],
        ["This feed has ended", "CMA clears merger"],
        ["This feed has ended"] * 3,
        ["The feed additives inquiry has ended"],
        ["Animal feed merger: inquiry closed"],
        ["Our RSS feed is now available"],
    ],
)
def test_a_feed_with_news_has_not_ended(titles: list[str]) -> None:
    assert not is_ended(titles)


# ---------------------------------------------------------------------------- gaps, network


@pytest.mark.parametrize(
    ("before", "new", "total", "gap"),
    [
        (WELL, 10, 10, True),
        (WELL, 9, 10, False),
        (WELL, 1, 1, False),
        (WELL, 0, 0, False),
        (replace(WELL, baseline_at=None), 10, 10, False),
        (replace(WELL, entries_last=0), 10, 10, False),
    ],
    ids=["all new", "one known", "window of one", "empty", "first poll", "was empty"],
)
def test_a_window_full_of_new_entries_is_a_gap(before: FeedState, new: int, total: int, gap: bool) -> None:
    assert is_gap(before, new=new, total=total) is gap


DNS, OK, HTTP = FailureKind.DNS, None, FailureKind.SERVER_ERROR


@pytest.mark.parametrize(
    ("results", "down"),
    [
        ([("a", DNS), ("b", DNS), ("c", FailureKind.CONNECT), ("d", FailureKind.TIMEOUT)], True),
        ([("a", DNS), ("b", DNS), ("c", DNS), ("d", OK)], True),
        ([("a", DNS), ("b", DNS), ("c", OK), ("d", OK)], False),
        ([("a", HTTP), ("b", HTTP), ("c", HTTP)], False),
        ([("a", DNS), ("a", DNS), ("a", DNS)], False),
        ([("a", DNS), ("b", DNS)], False),
        ([], False),
    ],
    ids=["all", "three of four", "half", "servers answer", "one host", "two hosts", "none"],
)
def test_our_own_network_is_told_apart_from_hosts_that_fail(
    results: list[tuple[str, FailureKind | None]], down: bool
) -> None:
    assert network_down(results) is down


# ---------------------------------------------------------------------------- silence


def test_a_weekend_is_no_business_time() -> None:
    """Friday 17:00 to Monday 09:00 is sixteen hours."""
    friday = datetime(2026, 2, 27, 17, tzinfo=UTC)
    assert business_time(friday, MONDAY) == 16 * HOUR
    assert business_time(MONDAY, MONDAY + 7 * DAY) == 5 * DAY
    assert business_time(MONDAY, friday) == timedelta(0)


def test_the_weekend_is_that_of_the_feeds_zone() -> None:
    """Sunday 20:00 UTC is Monday morning in Tokyo."""
    sunday = datetime(2026, 3, 1, 20, tzinfo=UTC)
    tokyo = timezone(9 * HOUR)
    assert business_time(sunday, sunday + HOUR) == timedelta(0)
    assert business_time(sunday, sunday + HOUR, tokyo) == HOUR


def test_a_rhythm_is_learnt_from_eight_arrivals() -> None:
    assert usual_silence([MONDAY + n * HOUR for n in range(7)]) is None
    assert usual_silence([MONDAY + n * HOUR for n in range(8)]) == 2 * DAY
    weekly = [MONDAY + n * 7 * DAY for n in range(10)]
    assert usual_silence(weekly) == 15 * DAY


def test_a_daily_feed_is_quiet_after_two_business_days_and_not_over_a_weekend() -> None:
    daily = [MONDAY + n * DAY for n in range(-14, 5) if (MONDAY + n * DAY).weekday() < 5]
    friday = daily[-1]
    assert friday.weekday() == 4
    assert not is_quiet(daily, friday + 3 * DAY)
    assert is_quiet(daily, friday + 6 * DAY)


# ---------------------------------------------------------------------------- telling


def test_a_failure_is_told_at_the_third_in_a_row_and_once() -> None:
    assert health_changes(WELL, failing(FailureKind.TIMEOUT, 1)) is None
    third = failing(FailureKind.TIMEOUT, 3)
    notice = health_changes(failing(FailureKind.TIMEOUT, 2), third, name="FTC press")
    assert notice is not None
    assert notice.text.startswith("FTC press: timeout. The server was too slow")
    noted = told(third, notice)
    assert noted.told == "timeout"
    assert health_changes(noted, replace(noted, failures=4)) is None
    assert health_changes(noted, replace(noted, failures=5, outcome="connect")) is None


@pytest.mark.parametrize(
    "kind", [FailureKind.GONE, FailureKind.ENDED, FailureKind.REFUSED_ADDRESS, FailureKind.BAD_URL]
)
def test_what_waiting_cannot_mend_is_told_at_once(kind: FailureKind) -> None:
    """Also in the midst of another spell of failures."""
    assert health_changes(WELL, failing(kind, 1)) is not None
    assert health_changes(replace(WELL, told="timeout"), failing(kind, 9, told_before="timeout")) is not None


def test_recovery_is_told_once_and_only_if_the_failure_was() -> None:
    sick = failing(FailureKind.TIMEOUT, 4, told_before="timeout")
    well = replace(WELL, told="timeout", checked_at=MONDAY + 90 * timedelta(minutes=1))
    notice = health_changes(sick, well)
    assert notice is not None
    assert (notice.recovered, notice.text) == (True, "f: well again after 1:30 h.")
    after = told(well, notice)
    assert after.told == ""
    assert health_changes(after, after) is None
    assert health_changes(failing(FailureKind.TIMEOUT, 2), WELL) is None


def test_a_feed_is_not_blamed_while_the_network_is_down() -> None:
    assert health_changes(WELL, failing(FailureKind.DNS, 5), network_is_down=True) is None


def test_silence_is_told_once_and_when_it_ends() -> None:
    notice = health_changes(WELL, WELL, quiet=True)
    assert notice is not None
    quiet = told(WELL, notice)
    assert quiet.told == QUIET
    assert health_changes(quiet, quiet, quiet=True) is None
    assert health_changes(quiet, quiet) is None
    over = health_changes(quiet, replace(quiet, news_at=MONDAY))
    assert over is not None
    assert (over.recovered, over.told) == (True, "")


def test_a_gap_is_told_once_until_news_comes_in_good_order() -> None:
    """A feed whose window is always new does not ring at each poll."""
    first = health_changes(WELL, replace(WELL, news_at=MONDAY), gap=True)
    assert first is not None
    assert "unseen" in first.text
    gapped = told(replace(WELL, news_at=MONDAY), first)
    assert health_changes(gapped, replace(gapped, news_at=MONDAY + HOUR), gap=True) is None
    assert health_changes(gapped, gapped) is None
    over = health_changes(gapped, replace(gapped, news_at=MONDAY + HOUR))
    assert over is not None
    assert (over.recovered, over.told) == (True, "")


def test_a_gap_after_a_failure_is_what_is_told() -> None:
    """What came and went while the feed was out of reach matters more than that it is back."""
    sick = failing(FailureKind.TIMEOUT, 9, told_before="timeout")
    notice = health_changes(sick, replace(WELL, told="timeout"), gap=True)
    assert notice is not None
    assert "unseen" in notice.text
