"""Every moment of a watched feed is either seen or blind, and the memo says how much of each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.history.coverage import Coverage, clock_length, coverage_of, memo
from storage.records import Interval
from tests.unit.history.fill import DAY, HOUR, START

END = START + 10 * HOUR


def interval(
    first: float, last: float, state: str = "seen", reason: str = "", feed: str = "wire"
) -> Interval:
    return Interval(
        feed=feed, state=state, reason=reason, since=START + first * HOUR, until=START + last * HOUR
    )


def over(*intervals: Interval, watched: list[str] | None = None, **more: dict[str, datetime]) -> Coverage:
    return coverage_of(
        intervals, since=START, until=END, watched=["wire"] if watched is None else watched, **more
    )


def reasons(found: Coverage) -> list[tuple[str, str, float]]:
    return [(s.state, s.reason, (s.until - s.since) / HOUR) for s in found.feeds[0].stretches]


def test_the_time_after_the_last_polls_reach_is_blind() -> None:
    """The bot stopped: nobody looked."""
    assert reasons(over(interval(-5, 4))) == [("seen", "", 4), ("blind", "not running", 6)]


def test_the_time_before_the_first_poll_is_blind() -> None:
    """A feed added yesterday says nothing of last week."""
    assert reasons(over(interval(6, 12))) == [("blind", "not watched yet", 6), ("seen", "", 4)]


def test_a_feed_that_was_never_polled_is_blind_throughout() -> None:
    """It stands in the catalogue, so it is answered for."""
    assert reasons(over()) == [("blind", "never polled", 10)]


def test_a_feed_whose_ledger_ended_before_was_not_running() -> None:
    """It was polled once, long ago."""
    assert reasons(over(began={"wire": START - DAY})) == [("blind", "not running", 10)]


def test_before_its_first_poll_a_feed_was_not_watched() -> None:
    """It was added after the whole period."""
    assert reasons(over(began={"wire": END + DAY})) == [("blind", "not watched yet", 10)]


def test_a_feed_that_left_the_catalogue_ends_with_its_ledger() -> None:
    """What is no longer watched is not blindness."""
    assert reasons(over(interval(0, 4), watched=[])) == [("seen", "", 4)]


def test_a_gap_counts_as_blind() -> None:
    """Items may have come and gone."""
    feed = over(interval(0, 3), interval(3, 5, "gap"), interval(5, 10)).feeds[0]
    assert (feed.blind, feed.gap, feed.watched) == (2 * HOUR, 2 * HOUR, 8 * HOUR)


def test_blindness_of_several_feeds_is_not_added_up() -> None:
    """Any: when at least one was blind. All: when every one was."""
    found = over(
        interval(0, 4, "blind", "http-server"),
        interval(4, 10),
        interval(0, 2, feed="cma"),
        interval(2, 6, "blind", "timeout", feed="cma"),
        interval(6, 10, feed="cma"),
        watched=["wire", "cma"],
    )
    assert (found.any_blind, found.all_blind) == (6 * HOUR, 2 * HOUR)


def test_the_memo_says_that_nothing_was_found_and_how_well_we_could_see() -> None:
    """One sentence, in the words that a memo needs."""
    assert memo(over(interval(0, 8)), subject="CMA and Anthropic", hits=0) == (
        "No hit on CMA and Anthropic between 1 Mar 2024 08:00 and 1 Mar 2024 18:00 UTC; "
        "1 feed watched, blind for 2:00."
    )


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0:00"),
        (timedelta(seconds=1), "0:01"),
        (timedelta(hours=3, minutes=20), "3:20"),
        (timedelta(days=5, minutes=5), "120:05"),
    ],
    ids=["none", "a second", "hours", "days"],
)
def test_lengths_are_hours_and_minutes(length: timedelta, words: str) -> None:
    """Rounded up, so that no blindness is told as none."""
    assert clock_length(length) == words


STRETCH = st.tuples(st.floats(-5, 15), st.floats(0, 6), st.sampled_from(["seen", "blind", "gap"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(STRETCH, max_size=8))
def test_a_watched_feeds_time_is_divided_without_holes_or_overlaps(
    stretches: list[tuple[float, float, str]],
) -> None:
    """Whatever the ledger holds, even overlapping rows."""
    feed = over(*(interval(a, a + n, state) for a, n, state in stretches)).feeds[0]
    edges = [START, *(s.until for s in feed.stretches)]
    assert [s.since for s in feed.stretches] == edges[:-1]
    assert edges[-1] == END
    assert feed.watched + feed.blind == END - START
