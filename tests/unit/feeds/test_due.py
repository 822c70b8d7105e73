"""When to poll again: intervals, hints, back-off, the daily full fetch, and the state after each outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.due import (
    Poll,
    after_body,
    after_failure,
    after_fetch,
    conditional,
    interval,
    is_due,
    plan_next,
    request_for,
)
from bot.feeds.feed import Feed
from bot.feeds.outcome import FailureKind, Fetched, FetchFailed, NotModified, Validators
from storage.records import FeedState
from storage.words import Tier

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MIN, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/feed"
FEED = Feed(id="f", url=URL)
WELL = FeedState(
    feed="f", url=URL, etag='"1"', last_modified="then", full_at=NOW - HOUR, baseline_at=NOW - DAY, ok_at=NOW - HOUR
)  # fmt: skip
POLL = Poll(url=URL, every=10 * MIN, now=NOW)


@pytest.mark.parametrize(
    ("tier", "every", "floor", "expected"),
    [
        (Tier.OFFICIAL, None, 5 * MIN, 10 * MIN),
        (Tier.PRESS, None, 5 * MIN, 15 * MIN),
        (Tier.BLOG, None, 5 * MIN, HOUR),
        (Tier.PRESS, MIN, 5 * MIN, 5 * MIN),
        (Tier.PRESS, 2 * HOUR, 5 * MIN, 2 * HOUR),
        (Tier.PRESS, timedelta(seconds=1), timedelta(0), timedelta(seconds=1)),
    ],
)
def test_the_interval_is_the_feeds_own_or_its_tiers_and_never_below_the_floor(
    tier: Tier, every: timedelta | None, floor: timedelta, expected: timedelta
) -> None:
    assert interval(Feed(id="f", url=URL, tier=tier, every=every), floor) == expected


# ---------------------------------------------------------------------------- due


@pytest.mark.parametrize(
    ("next_at", "checked_at", "due"),
    [
        (None, None, True),
        (NOW, NOW - HOUR, True),
        (NOW - HOUR, NOW - DAY, True),
        (NOW + MIN, NOW - MIN, False),
        (NOW + 5 * HOUR, NOW - HOUR, False),
        (NOW + 3 * HOUR, NOW + 2 * HOUR, True),
    ],
    ids=["never polled", "now", "late", "soon", "backing off", "clock set back"],
)
def test_a_feed_is_due_at_its_time_or_when_the_clock_went_back(
    next_at: datetime | None, checked_at: datetime | None, due: bool
) -> None:
    assert is_due(FeedState(feed="f", next_at=next_at, checked_at=checked_at), NOW) is due


@pytest.mark.parametrize(("jitter", "minutes"), [(-1.0, 9), (0.0, 10), (1.0, 11), (5.0, 11)])
def test_the_interval_is_jittered_by_a_tenth(jitter: float, minutes: float) -> None:
    assert plan_next(WELL, None, every=10 * MIN, now=NOW, jitter=jitter) == NOW + minutes * MIN


def test_a_longer_hint_wins_and_a_shorter_one_does_not() -> None:
    def wait(hint: timedelta) -> timedelta:
        return plan_next(WELL, None, every=10 * MIN, now=NOW, jitter=0, hint=hint) - NOW

    assert wait(MIN) == 10 * MIN
    assert wait(HOUR) == HOUR
    assert wait(3650 * DAY) == 6 * HOUR


@settings(deadline=None, max_examples=200)
@given(
    st.floats(-1, 1),
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.timedeltas(timedelta(seconds=1), 12 * HOUR),
    st.sampled_from([None, *FailureKind]),
    st.integers(1, 10_000),
)
def test_no_request_falls_into_the_time_asked_for_and_none_is_put_off_for_ever(
    jitter: float, hint: timedelta, every: timedelta, failure: FailureKind | None, failures: int
) -> None:
    """A hint is honoured to 6 h; nothing is ever further off than a jittered day."""
    state = replace(WELL, failures=failures)
    wait = plan_next(state, failure, every=every, now=NOW, jitter=jitter, hint=hint) - NOW
    assert wait >= min(hint, 6 * HOUR)
    assert wait <= max(1.1 * DAY, 1.1 * every)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (6, 160), (7, 320), (8, 360), (500, 360)],
)
def test_failures_back_off_doubling_to_six_hours(failures: int, minutes: int) -> None:
    state = replace(WELL, failures=failures)
    at = plan_next(state, FailureKind.SERVER_ERROR, every=10 * MIN, now=NOW, jitter=0)
    assert at == NOW + minutes * MIN


@pytest.mark.parametrize("kind", [FailureKind.GONE, FailureKind.ENDED])
def test_a_feed_that_is_gone_is_asked_daily(kind: FailureKind) -> None:
    assert plan_next(replace(WELL, failures=1), kind, every=MIN, now=NOW, jitter=0) == NOW + DAY


def test_a_server_that_sends_us_away_is_not_asked_sooner_than_usual() -> None:
    state = replace(WELL, failures=1)
    assert plan_next(state, FailureKind.RATE_LIMITED, every=HOUR, now=NOW, jitter=0) == NOW + HOUR


# ---------------------------------------------------------------------------- conditional


def test_validators_are_sent_to_the_address_they_came_from() -> None:
    assert conditional(WELL, URL, NOW) == Validators(etag='"1"', last_modified="then")


@pytest.mark.parametrize(
    ("state", "url"),
    [
        (WELL, URL + "2"),
        (replace(WELL, full_at=None), URL),
        (replace(WELL, full_at=NOW - DAY), URL),
        (replace(WELL, full_at=NOW + HOUR), URL),
        (replace(WELL, baseline_at=None), URL),
        (FeedState(feed="f"), URL),
    ],
    ids=["changed address", "never full", "a day ago", "clock set back", "never parsed", "new"],
)
def test_a_request_is_unconditional_when_the_validators_cannot_be_trusted(state: FeedState, url: str) -> None:
    assert not conditional(state, url, NOW).conditional


def test_the_request_carries_the_feeds_own_words() -> None:
    feed = Feed(id="f", url=URL, user_agent="X/1", headers={"A": "b"})
    request = request_for(feed, WELL, NOW)
    assert (request.url, request.etag, request.user_agent, request.headers) == (URL, '"1"', "X/1", {"A": "b"})


# ---------------------------------------------------------------------------- states


def test_a_304_makes_well_and_keeps_what_is_known() -> None:
    sick = replace(WELL, failures=3, failing_since=NOW - HOUR, outcome="timeout", detail="x", unchanged_304=4)
    state = after_fetch(sick, NotModified(url=URL, etag='"2"', last_modified="now", hint=HOUR), POLL)
    assert (state.failures, state.failing_since, state.outcome, state.detail) == (0, None, "not-modified", "")
    assert (state.etag, state.unchanged_304, state.ok_at, state.next_at) == ('"2"', 5, NOW, NOW + HOUR)
    assert state.full_at == WELL.full_at


def test_a_failure_counts_and_leaves_the_validators_alone() -> None:
    failed = FetchFailed(url=URL, kind=FailureKind.TIMEOUT, detail="slow", retry_after=20 * MIN)
    state = after_fetch(WELL, failed, POLL)
    assert (state.failures, state.failing_since, state.outcome, state.detail) == (1, NOW, "timeout", "slow")
    assert (state.etag, state.last_modified, state.ok_at) == ('"1"', "then", WELL.ok_at)
    assert state.next_at is not None
    assert state.next_at >= NOW + 20 * MIN
    again = after_fetch(state, failed, replace(POLL, now=NOW + HOUR))
    assert (again.failures, again.failing_since) == (2, NOW)


def test_stopping_is_no_failure() -> None:
    assert after_fetch(WELL, FetchFailed(url=URL, kind=FailureKind.STOPPED), POLL) is WELL


def test_a_network_that_is_down_is_not_counted_against_the_feed() -> None:
    """Nor does it push the next try further off than the first back-off."""
    state = replace(WELL, failures=6)
    after = after_failure(state, FailureKind.DNS, "", POLL, network_down=True)
    assert (after.failures, after.next_at) == (6, NOW + 5 * MIN)


@pytest.mark.parametrize(("was_conditional", "full_at"), [(True, WELL.full_at), (False, NOW)])
def test_only_an_unconditional_body_starts_the_day_anew(was_conditional: bool, full_at: datetime) -> None:
    got = Fetched(url=URL, final_url=URL, status=200, body=b"", etag='"3"', conditional=was_conditional)
    state = after_body(WELL, got, POLL, ttl=30 * MIN)
    assert (state.full_at, state.etag, state.last_modified) == (full_at, '"3"', None)
    assert (state.outcome, state.next_at) == ("ok", NOW + 30 * MIN)


def test_a_changed_address_starts_afresh_but_keeps_its_history() -> None:
    """Digests and validators belong to the old address; the baseline does not come again."""
    known = replace(WELL, body_digest="d", item_digests=frozenset({"i"}), moved_to="x", moved_count=2)
    state = after_body(
        known, Fetched(url="u2", final_url="u2", status=200, body=b""), replace(POLL, url="u2")
    )
    assert (state.url, state.body_digest, state.item_digests, state.moved_count) == (
        "u2",
        None,
        frozenset(),
        0,
    )
    assert state.baseline_at == WELL.baseline_at


def test_permanent_redirects_are_counted_while_they_lead_to_one_place() -> None:
    def poll(state: FeedState, moved_to: str) -> FeedState:
        return after_fetch(state, NotModified(url=URL, moved_to=moved_to), POLL)

    counts = []
    state = WELL
    for moved_to in ("a", "a", "a", "b", "", "a"):
        state = poll(state, moved_to)
        counts.append(state.moved_count)
    assert counts == [1, 2, 3, 1, 0, 1]
