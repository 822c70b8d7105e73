"""When each feed was watched and when we were blind, out of the ledger; and the sentence for a memo. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.records import Interval

NOT_RUNNING = "not running"
NEVER_POLLED = "never polled"
NOT_YET = "not watched yet"
SEEN = "seen"
_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCoverage:
    """One feed's stretches, without holes or overlaps, oldest first, cut to the asked period."""

    feed: str
    stretches: tuple[Interval, ...]

    def length(self, *states: str) -> timedelta:
        """Return how long the feed was in any of these states."""
        return sum((s.until - s.since for s in self.stretches if s.state in states), _ZERO)

    @property
    def watched(self) -> timedelta:
        """Return how long we saw it."""
        return self.length(SEEN)

    @property
    def blind(self) -> timedelta:
        """Return how long we did not, gaps included."""
        return self.length("blind", "gap")

    @property
    def gap(self) -> timedelta:
        """Return how long items may have slipped by unseen between two good polls."""
        return self.length("gap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The feeds over [since, until), the blindest first."""

    since: datetime
    until: datetime
    feeds: tuple[FeedCoverage, ...]

    @property
    def any_blind(self) -> timedelta:
        """Return how long at least one feed was blind."""
        return _length(self._dark(), at_least=1)

    @property
    def all_blind(self) -> timedelta:
        """Return how long all feeds were blind at once."""
        return _length(self._dark(), at_least=len(self.feeds)) if self.feeds else self.until - self.since

    @property
    def share(self) -> float:
        """Return which part of all feeds' time was watched, 0 to 1."""
        whole = (self.until - self.since) * len(self.feeds)
        return sum((f.watched for f in self.feeds), _ZERO) / whole if whole else 0.0

    def _dark(self) -> list[Interval]:
        return [s for f in self.feeds for s in f.stretches if s.state != SEEN]


def coverage_of(
    intervals: Iterable[Interval],
    *,
    since: datetime,
    until: datetime,
    watched: Sequence[str] | None,
    began: Mapping[str, datetime] | None = None,
) -> Coverage:
    """Return who was watched when over [since, until).

    `watched`: the feeds that the catalogue has now. For them a hole is blindness, and so is the time after their
    last poll; a feed that is no longer there ends with its ledger. None: the catalogue is not known, so all are
    taken for watched. `began`: when a feed was first polled, where that lies outside the intervals.
    """
    by_feed: dict[str, list[Interval]] = {feed: [] for feed in watched or ()}
    for one in intervals:
        by_feed.setdefault(one.feed, []).append(one)
    feeds = [
        FeedCoverage(
            feed=feed,
            stretches=_stretches(
                feed,
                sorted(own, key=lambda i: (i.since, i.until)),
                since,
                until,
                current=watched is None or feed in watched,
                began=(began or {}).get(feed),
            ),
        )
        for feed, own in by_feed.items()
    ]
    ranked = sorted((f for f in feeds if f.stretches), key=lambda f: (-f.blind, f.feed))
    return Coverage(since=since, until=until, feeds=tuple(ranked))


def _stretches(
    feed: str,
    own: Sequence[Interval],
    since: datetime,
    until: datetime,
    *,
    current: bool,
    began: datetime | None,
) -> tuple[Interval, ...]:
    if not own:
        reason = NEVER_POLLED if began is None else NOT_YET if began >= until else NOT_RUNNING
        return (_blind(feed, reason, since, until),) if current else ()
    found: list[Interval] = []
    at = since
    for number, one in enumerate(own):
        start, end = max(one.since, at), min(one.until, until)
        if start > at:
            reason = NOT_YET if number == 0 and one.since > since else NOT_RUNNING
            found.append(_blind(feed, reason, at, min(start, until)))
            at = start
        if end > start:
            found.append(Interval(feed=feed, state=one.state, reason=one.reason, since=start, until=end))
            at = end
    if at < until and current:
        found.append(_blind(feed, NOT_RUNNING, at, until))
    return tuple(_joined(found))


def _blind(feed: str, reason: str, since: datetime, until: datetime) -> Interval:
    return Interval(feed=feed, state="blind", reason=reason, since=since, until=until)


def _joined(stretches: Iterable[Interval]) -> Iterable[Interval]:
    """Yield equal neighbours as one."""
    held: Interval | None = None
    for one in stretches:
        if one.since >= one.until:
            continue
        if held is None:
            held = one
        elif (held.state, held.reason, held.until) == (one.state, one.reason, one.since):
            held = Interval(
                feed=held.feed, state=held.state, reason=held.reason, since=held.since, until=one.until
            )
        else:
            yield held
            held = one
    if held is not None:
        yield held


def _length(stretches: Iterable[Interval], *, at_least: int) -> timedelta:
    """Return how long at least so many of the stretches overlap."""
    edges = sorted(edge for one in stretches for edge in ((one.since, 1), (one.until, -1)))
    total, depth = _ZERO, 0
    last: datetime | None = None
    for at, change in edges:
        if depth >= at_least and last is not None:
            total += at - last
        depth += change
        last = at
    return total


# ---------------------------------------------------------------------------- in words


def clock_length(length: timedelta) -> str:
    """Return hours and minutes: `3:20`, `126:05`; what is less than a minute counts as one."""
    minutes = -(-int(length.total_seconds()) // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def memo(coverage: Coverage, *, subject: str, hits: int, last: str = "") -> str:
    """Return a sentence or two fit for a memo: what was found on a subject, and whether we could see.

    `last` is the newest hit in words. Blind counts every time at which at least one source was.
    """
    found = "No hit" if not hits else "1 hit" if hits == 1 else f"{hits:,} hits"
    about = f" on {subject}" if subject else ""
    feeds = "1 feed" if len(coverage.feeds) == 1 else f"{len(coverage.feeds)} feeds"
    text = (
        f"{found}{about} between {_when(coverage.since)} and {_when(coverage.until)} UTC; "
        f"{feeds} watched, blind for {clock_length(coverage.any_blind)}."
    )
    if coverage.any_blind and len(coverage.feeds) > 1:
        worst = coverage.feeds[0]
        text += (
            f" That counts every moment at which any feed was blind; all were at once for "
            f"{clock_length(coverage.all_blind)}, the worst ({worst.feed}) for {clock_length(worst.blind)}."
        )
    return f"{text} {last}".rstrip()


def _when(at: datetime) -> str:
    return f"{at.day} {at:%b %Y %H:%M}"
