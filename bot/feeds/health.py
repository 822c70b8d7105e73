"""What is wrong with a feed that nevertheless answers, and what to tell whom once. Pure.

A feed may fail (its class of failure), fall silent (by its own rhythm), or run past us (every entry of its
window new: some may have scrolled off unseen). Each is told once, and once more when it is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from bot.feeds.answers import challenge
from bot.feeds.outcome import UNREACHABLE, FailureKind, advice, kind_of
from storage.records import FeedState

# Words in `FeedState.told` beside the failure classes.
QUIET = "quiet"  # the feed fell silent
GAP = "gap"  # its window was full of new entries

_DAY = timedelta(days=1)
_LEARN_FROM = 8  # arrivals; fewer show no rhythm
_LEARN_AT_MOST = 60
_PATIENCE = 3  # times the rhythm
_LEAST_SILENCE = 2 * _DAY  # business days
_GAP_LEAST = 3  # entries; a window of one or two is new as a rule
_TELL_AFTER = 3  # failures in a row
_HOSTS_LEAST = 3
_HOSTS_SHARE = 0.75
_TELL_AT_ONCE = frozenset(
    {
        FailureKind.GONE,
        FailureKind.ENDED,
        FailureKind.REFUSED_ADDRESS,
        FailureKind.BAD_URL,
    }
)
_PASSWORD = re.compile(rb"<input\b[^>]{0,300}\btype\s*=\s*[\"']?password", re.IGNORECASE)


# ---------------------------------------------------------------------------- recognisers


def block_page(body: bytes, headers: Mapping[str, str] | None = None) -> str | None:
    """Return a short phrase if a body that is no feed is a challenge, block or login page, else None."""
    whose = challenge(body, headers)
    if whose is not None:
        return f"a challenge page by {whose}" if whose else "a challenge page"
    start = body[:262_144]
    if b"<html" in start[:4_096].lower() and _PASSWORD.search(start):
        return "a login page"
    return None


def is_gap(before: FeedState, *, new: int, total: int) -> bool:
    """Tell whether entries may have scrolled off unseen: the window is full of new ones, and was not at first."""
    return before.baseline_at is not None and before.entries_last > 0 and new >= total >= _GAP_LEAST


def network_down(results: Iterable[tuple[str, FailureKind | None]]) -> bool:
    """Tell whether it is our own network: of the hosts asked at about the same time, most were out of reach.

    `results` are (host, failure or None); a host that answered anything, if only once, is in reach.
    """
    reached: dict[str, bool] = {}
    for host, failure in results:
        reached[host] = reached.get(host, False) or failure not in UNREACHABLE
    missing = sum(not ok for ok in reached.values())
    return len(reached) >= _HOSTS_LEAST and missing >= _HOSTS_SHARE * len(reached)


# ---------------------------------------------------------------------------- silence


def business_time(start: datetime, end: datetime, zone: tzinfo = UTC) -> timedelta:
    """Return the time between two moments without Saturdays and Sundays in the feed's zone."""
    return max(_weekdays_until(end.astimezone(zone)) - _weekdays_until(start.astimezone(zone)), timedelta(0))


def _weekdays_until(local: datetime) -> timedelta:
    weeks, weekday = divmod(local.toordinal() - 1, 7)  # ordinal 1 is a Monday
    into_day = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
    return (weeks * 5 + min(weekday, 5)) * _DAY + (into_day if weekday < 5 else timedelta(0))


def usual_silence(arrivals: Sequence[datetime], zone: tzinfo = UTC) -> timedelta | None:
    """Return the business time after which this feed's silence is odd; None while its rhythm is unknown.

    `arrivals` are the times at which polls brought something new, in any order. The measure is three times
    all but the longest tenth of the pauses, and at least two business days.
    """
    times = sorted(set(arrivals))[-_LEARN_AT_MOST:]
    if len(times) < _LEARN_FROM:
        return None
    pauses = sorted(business_time(a, b, zone) for a, b in pairwise(times))
    return max(pauses[int(0.9 * (len(pauses) - 1))] * _PATIENCE, _LEAST_SILENCE)


def is_quiet(arrivals: Sequence[datetime], now: datetime, zone: tzinfo = UTC) -> bool:
    """Tell whether a feed has been silent for longer than its rhythm explains."""
    limit = usual_silence(arrivals, zone)
    return limit is not None and business_time(max(arrivals), now, zone) > limit


# ---------------------------------------------------------------------------- telling


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNotice:
    """Something to tell the ops channel. `told` is what to store in the feed's state with it."""

    feed: str
    text: str
    told: str
    recovered: bool = False


def health_changes(
    before: FeedState,
    after: FeedState,
    *,
    name: str = "",
    quiet: bool = False,
    gap: bool = False,
    network_is_down: bool = False,
) -> HealthNotice | None:
    """Return what changed enough to be told, or None. The caller stores `told`, with the notice.

    A failure is told after the third in a row, or at once where waiting cannot help; another class in the
    same spell is told only if it is such a one. Silence and gaps end when news comes in good order
    (`news_at` moves without a gap).
    """
    name = name or after.feed
    kind = kind_of(after.outcome)
    if kind is not None:
        return None if network_is_down else _failing(before, after, kind, name)
    if gap and before.told != GAP:
        text = f"{name}: every entry of the window was new; some may have come and gone unseen. Poll it more often."
        return HealthNotice(feed=after.feed, text=text, told=GAP)
    if _was_failing(before):
        text = f"{name}: well again{_since(before, after)}."
        return HealthNotice(feed=after.feed, text=text, told="", recovered=True)
    if quiet and before.told != QUIET:
        last = after.news_at.strftime("%Y-%m-%d") if after.news_at else "long"
        text = f"{name}: answers, but has brought nothing new since {last}, which is unusual for it. Look at the site."
        return HealthNotice(feed=after.feed, text=text, told=QUIET)
    if after.news_at != before.news_at and not gap:
        return _recovered(before, name)
    return None


def _recovered(before: FeedState, name: str) -> HealthNotice | None:
    """Return what news in good order puts an end to."""
    match before.told:
        case word if word == QUIET:
            text = f"{name}: brings news again."
        case word if word == GAP:
            text = f"{name}: polls reach back to known entries again."
        case _:
            return None
    return HealthNotice(feed=before.feed, text=text, told="", recovered=True)


def told(state: FeedState, notice: HealthNotice | None) -> FeedState:
    """Return the state with what was told noted in it."""
    return state if notice is None else replace(state, told=notice.told)


def _was_failing(before: FeedState) -> bool:
    return kind_of(before.told) is not None


def _failing(before: FeedState, after: FeedState, kind: FailureKind, name: str) -> HealthNotice | None:
    already = kind_of(before.told)
    if already is kind or (already is not None and kind not in _TELL_AT_ONCE):
        return None
    if kind is FailureKind.STOPPED or (kind not in _TELL_AT_ONCE and after.failures < _TELL_AFTER):
        return None
    detail = f" ({after.detail})" if after.detail else ""
    return HealthNotice(
        feed=after.feed, text=f"{name}: {kind.value}{detail}. {advice(kind)}", told=kind.value
    )


def _since(before: FeedState, after: FeedState) -> str:
    if before.failing_since is None or after.checked_at is None:
        return ""
    minutes = int((after.checked_at - before.failing_since).total_seconds() // 60)
    return f" after {minutes // 60}:{minutes % 60:02d} h" if minutes > 0 else ""
