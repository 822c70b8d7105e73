"""When a feed is polled again, and its state after a poll. Pure: the time and the dice are arguments.

wait = the feed's interval ± 10 %, or what the server asks for if that is longer (at most 6 h)
after n failures in a row: 5·2^(n-1) minutes ± 10 %, at most 6 h, never off; a feed that is gone: daily
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.feeds.feed import Feed
from bot.feeds.outcome import (
    HINT_CAP,
    FailureKind,
    Fetched,
    FetchFailed,
    FetchRequest,
    NotModified,
    Validators,
)
from storage.records import FeedState
from storage.words import Tier

DEFAULT_EVERY: Mapping[Tier, timedelta] = MappingProxyType(
    {Tier.OFFICIAL: timedelta(minutes=10), Tier.PRESS: timedelta(minutes=15), Tier.BLOG: timedelta(hours=1)}
)
BACKOFF = timedelta(minutes=5)
DAILY = timedelta(days=1)
JITTER = 0.1
_CLOCK_SLACK = timedelta(minutes=1)
_LASTING = frozenset({FailureKind.GONE, FailureKind.ENDED})
# The server wants to see less of us, so the back-off never comes sooner than the ordinary poll.
_UNWELCOME = frozenset({FailureKind.RATE_LIMITED, FailureKind.BLOCKED, FailureKind.BLOCK_PAGE})


def interval(feed: Feed, min_interval: timedelta) -> timedelta:
    """Return how often to poll: the feed's own wish or its tier's default, never below `min_interval`."""
    return max(feed.every or DEFAULT_EVERY[feed.tier], min_interval)


def is_due(state: FeedState, now: datetime) -> bool:
    """Tell whether to poll. A last attempt in the future means that the clock was set back: poll."""
    if state.next_at is None or state.next_at <= now:
        return True
    return state.checked_at is not None and state.checked_at > now + _CLOCK_SLACK


def conditional(state: FeedState, url: str, now: datetime) -> Validators:
    """Return the validators to send: none for a changed address, before the first good body, and once a day."""
    full = state.full_at
    if state.url != url or state.baseline_at is None or full is None or not full <= now < full + DAILY:
        return Validators()
    return Validators(etag=state.etag, last_modified=state.last_modified)


def request_for(feed: Feed, state: FeedState, now: datetime) -> FetchRequest:
    """Return what to ask for this feed now."""
    known = conditional(state, feed.url, now)
    return FetchRequest(
        url=feed.url,
        etag=known.etag,
        last_modified=known.last_modified,
        user_agent=feed.user_agent,
        headers=feed.headers,
    )


def plan_next(
    state: FeedState,
    failure: FailureKind | None,
    *,
    every: timedelta,
    now: datetime,
    jitter: float,
    hint: timedelta | None = None,
) -> datetime:
    """Return when to poll next.

    `state` is as it stands after the poll (its `failures` count it); `failure` is None for a 200 or 304;
    `jitter` is in [-1, 1]; `hint` is the longest wait that the server or the feed asked for. `now` must not lie
    before the answer came, or a request would fall into the time that the server asked for.
    """
    spread = JITTER * max(-1.0, min(1.0, jitter))
    asked = min(hint, HINT_CAP) if hint else timedelta(0)
    if failure is None:
        wait = every * (1 + spread)
    elif failure in _LASTING:
        wait = DAILY * (1 + spread)
    else:
        doublings = min(max(state.failures - 1, 0), 10)
        wait = min(BACKOFF * 2**doublings * (1 + spread), HINT_CAP)
        if failure in _UNWELCOME:
            wait = max(wait, every)
    # Spread also those whom one server sent away together, but never into the time it asked for.
    return now + (wait if wait >= asked else asked + every * (abs(spread) / 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The circumstances of one poll: the address polled, the interval, the time after the answer, the dice."""

    url: str
    every: timedelta
    now: datetime
    jitter: float = 0.0


def after_fetch(state: FeedState, outcome: NotModified | FetchFailed, poll: Poll) -> FeedState:
    """Return the state after a 304 or a failure; for a body see `after_body` and `after_failure`."""
    if isinstance(outcome, FetchFailed):
        return after_failure(state, outcome.kind, outcome.detail, poll, retry_after=outcome.retry_after)
    well = _well(state, poll, outcome="not-modified", moved_to=outcome.moved_to)
    kept = replace(
        well, etag=outcome.etag, last_modified=outcome.last_modified, unchanged_304=state.unchanged_304 + 1
    )
    return _scheduled(kept, None, poll, outcome.hint)


def after_body(
    state: FeedState, got: Fetched, poll: Poll, *, outcome: str = "ok", ttl: timedelta | None = None
) -> FeedState:
    """Return the state after a body that parsed (`ok`) or had been parsed before (`unchanged`).

    What the parse brought (digests, title, entries, baseline, news) is the caller's to add. `ttl` is the
    feed's own hint.
    """
    fresh = replace(
        _well(state, poll, outcome=outcome, moved_to=got.moved_to),
        etag=got.etag,
        last_modified=got.last_modified,
        unchanged_304=0,
        full_at=state.full_at if got.conditional and state.full_at else poll.now,
    )
    hints = [hint for hint in (got.hint, ttl) if hint]
    return _scheduled(fresh, None, poll, max(hints, default=None))


def after_failure(
    state: FeedState,
    kind: FailureKind,
    detail: str,
    poll: Poll,
    *,
    retry_after: timedelta | None = None,
    network_down: bool = False,
) -> FeedState:
    """Return the state after a failure on the wire or in the parser. Validators stay as they were.

    `network_down`: most hosts failed at once, so this is not counted against the feed, and it is tried
    again at the first back-off. STOPPED changes nothing.
    """
    if kind is FailureKind.STOPPED:
        return state
    known = state if state.url == poll.url else _afresh(state, poll.url)
    failed = replace(
        known,
        checked_at=poll.now,
        failures=known.failures if network_down else known.failures + 1,
        failing_since=known.failing_since or poll.now,
        outcome=kind.value,
        detail=detail,
    )
    first = replace(failed, failures=min(failed.failures, 1)) if network_down else failed
    return replace(failed, next_at=_scheduled(first, kind, poll, retry_after).next_at)


def _well(state: FeedState, poll: Poll, *, outcome: str, moved_to: str) -> FeedState:
    known = state if state.url == poll.url else _afresh(state, poll.url)
    again = bool(moved_to) and moved_to == known.moved_to
    return replace(
        known,
        url=poll.url,
        checked_at=poll.now,
        ok_at=poll.now,
        failures=0,
        failing_since=None,
        outcome=outcome,
        detail="",
        moved_to=moved_to,
        moved_count=known.moved_count + 1 if again else int(bool(moved_to)),
    )


def _afresh(state: FeedState, url: str) -> FeedState:
    """Return the state for a changed address: what belonged to the old one is forgotten, the history is not."""
    return replace(
        state,
        url=url,
        etag=None,
        last_modified=None,
        body_digest=None,
        item_digests=frozenset(),
        full_at=None,
        unchanged_304=0,
        moved_to="",
        moved_count=0,
    )


def _scheduled(
    state: FeedState, failure: FailureKind | None, poll: Poll, hint: timedelta | None
) -> FeedState:
    at = plan_next(state, failure, every=poll.every, now=poll.now, jitter=poll.jitter, hint=hint)
    return replace(state, next_at=at)
