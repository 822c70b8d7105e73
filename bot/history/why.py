"""One link's trace: whether a feed carried it, what the rules said, what became of it, and one reason. Contains no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.durations import short
from bot.matters.verdict import Verdict
from storage.records import Delivery, Facts, Hit, Interval, Silence, StoredArticle
from storage.words import DeliveryState


class Reason(StrEnum):
    """What became of a link, the strongest first: of several articles and rules the strongest counts."""

    SENT = "sent"
    PENDING = "pending"
    HELD = "held"
    FAILED = "failed"
    NOT_ROUTED = "not-routed"
    GROUPED = "grouped"
    SILENCED = "silenced"
    DUPLICATE = "duplicate"
    KNOWN = "known"
    LATE = "late"
    BASELINE = "baseline"
    SHADOW = "shadow"
    NO_MATCH = "no-match"
    IN_GAP = "in-gap"
    NEVER_CARRIED = "never-carried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one hit, and the sentence that says so; `permalink` where Slack gave one."""

    hit: Hit
    reason: Reason
    because: str
    deliveries: tuple[Delivery, ...] = ()
    silence: Silence | None = None
    permalink: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSaid:
    """What one of today's rules says of an article: the clause that failed first, where it stands, and why."""

    rule: str
    status: str
    matches: bool
    clause: str = ""
    at: str = ""
    why: str = ""
    around: str = ""
    held: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleTrace:
    """One stored article that the link names: its hits with their fates, and what today's rules say."""

    stored: StoredArticle
    fates: tuple[Fate, ...]
    rules: tuple[RuleSaid, ...] = ()
    recognised: Facts | None = None  # what today's lexicon recognises in it, where rules are explained
    reason: Reason
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A feed of the link's host that did not bring it; `dark` is when it did not see, within the time in question."""

    feed: str
    enabled: bool
    polled: bool
    dark: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The whole answer. `since` and `until` are the time in question where nothing carried the link."""

    url: str
    link: str
    reason: Reason
    because: str
    articles: tuple[ArticleTrace, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def fate_of(hit: Hit, deliveries: Sequence[Delivery], silences: Iterable[Silence], now: datetime) -> Fate:
    """Return what became of a hit."""
    own = tuple(deliveries)
    quiet = {
        Verdict.BASELINE: (Reason.BASELINE, "it was there when the feed was first read"),
        Verdict.LATE: (Reason.LATE, f"it was too old to tell when first seen ({_age(hit)})"),
        Verdict.SHADOW: (Reason.SHADOW, f"rule {hit.rule} is in shadow: recorded, not posted"),
        Verdict.DUPLICATE: (Reason.DUPLICATE, "the same link was told through another feed before"),
        Verdict.KNOWN: (Reason.KNOWN, "the edit says nothing new"),
        Verdict.CORROBORATES: (
            Reason.GROUPED,
            f"one more source for a step of {hit.matter or 'its matter'} that was told already",
        ),
    }
    if hit.verdict in quiet:
        reason, because = quiet[Verdict(hit.verdict)]
        return Fate(hit=hit, reason=reason, because=because, deliveries=own)
    if hit.verdict == Verdict.SILENCED:
        silence = silence_over(hit, silences)
        who = (
            f"silenced by {silence.author} until {silence.until:%Y-%m-%d %H:%M} UTC: {silence.reason} (silence {silence.id})"
            if silence
            else "every destination was silenced"
        )
        return Fate(hit=hit, reason=Reason.SILENCED, because=who, silence=silence, deliveries=own)
    return _delivered(hit, own, now)


def _delivered(hit: Hit, own: tuple[Delivery, ...], now: datetime) -> Fate:
    """Return the fate of a hit that was to be told."""
    sent = [d for d in own if d.state is DeliveryState.SENT]
    if sent:
        first = min(sent, key=lambda d: (not d.permalink, d.id))
        when = f"{first.sent_at:%Y-%m-%d %H:%M} UTC" if first.sent_at else ""
        because = f"sent to {first.destination} {when}".rstrip()
        link = first.permalink or ""
        return Fate(hit=hit, reason=Reason.SENT, because=because, deliveries=own, permalink=link)
    waiting = [d for d in own if d.state not in (DeliveryState.DEAD, DeliveryState.SKIPPED)]
    held = [d for d in waiting if d.not_before is not None and d.not_before > now and not d.attempts]
    if held:
        until = min(d.not_before for d in held if d.not_before)
        because = f"held for {held[0].destination} until {until:%Y-%m-%d %H:%M} UTC (quiet hours)"
        return Fate(hit=hit, reason=Reason.HELD, because=because, deliveries=own)
    if waiting:
        one = waiting[0]
        tail = f": {one.error}" if one.error else ""
        because = f"waits to be sent to {one.destination} ({one.state.value}, {one.attempts} attempts{tail})"
        return Fate(hit=hit, reason=Reason.PENDING, because=because, deliveries=own)
    dead = next((d for d in own if d.state is DeliveryState.DEAD), None)
    if dead is not None:
        because = f"{dead.destination} refused it: {dead.error}; send it again with `regwatch alerts retry {dead.id}`"
        return Fate(hit=hit, reason=Reason.FAILED, because=because, deliveries=own)
    because = "it was to be told, but the outbox has no message for it: no destination was set"
    return Fate(hit=hit, reason=Reason.NOT_ROUTED, because=because, deliveries=own)


def _age(hit: Hit) -> str:
    if hit.published_at is None:
        return "undated"
    return f"{short(hit.first_seen_at - hit.published_at)} after its date"


def silence_over(hit: Hit, silences: Iterable[Silence]) -> Silence | None:
    """Return the silence that hid a hit: of several that cover it at its time the oldest."""
    fitting = [s for s in silences if _covers(s, hit)]
    return min(fitting, key=lambda s: s.id, default=None)


def _covers(silence: Silence, hit: Hit) -> bool:
    authority = hit.matter.partition(":")[0] if hit.matter else ""
    named = {*hit.facts.companies, *(company for tie in hit.facts.ties for company in tie)}
    if hit.matter and ":case:" not in hit.matter:
        named.update(hit.matter.partition(":")[2].split("+"))
    return (
        silence.created_at <= hit.matched_at < silence.until
        and silence.matter in (None, hit.matter)
        and silence.rule in (None, hit.rule)
        and silence.feed in (None, hit.feed)
        and (silence.company is None or silence.company in named)
        and (silence.regulator is None or silence.regulator in {*hit.facts.regulators, authority})
    )


def article_trace(
    stored: StoredArticle,
    fates: Sequence[Fate],
    rules: Sequence[RuleSaid] = (),
    recognised: Facts | None = None,
) -> ArticleTrace:
    """Return the trace of one article: its strongest fate, or that no rule matched."""
    if fates:
        best = min(fates, key=lambda f: list(Reason).index(f.reason))
        reason, because = best.reason, best.because
    else:
        reason, because = Reason.NO_MATCH, _no_match(rules)
    return ArticleTrace(
        stored=stored,
        fates=tuple(fates),
        rules=tuple(rules),
        recognised=recognised,
        reason=reason,
        because=because,
    )


def _no_match(rules: Sequence[RuleSaid]) -> str:
    today = [r.rule for r in rules if r.matches]
    if today:
        return (
            f"no rule matched when it was read; today {', '.join(today)} would (past articles are not told)"
        )
    live = sum(r.status == "live" for r in rules)
    if not live:
        return "no rule matched"
    nearest = max(rules, key=lambda r: (r.held / r.of if r.of else 0.0, r.status == "live"))
    if not nearest.held:
        return f"none of {live} live rules matched"
    return f"none of {live} live rules matched; {nearest.rule} came nearest, with {nearest.held} of {nearest.of} clauses"


def trace_of(
    url: str,
    link: str,
    articles: Sequence[ArticleTrace],
    *,
    neighbours: Sequence[Neighbour] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    dated: bool = False,
) -> Trace:
    """Return the whole answer. `dated`: the time in question is known, not only supposed."""
    if articles:
        best = min(articles, key=lambda a: list(Reason).index(a.reason))
        return Trace(url=url, link=link, reason=best.reason, because=best.because, articles=tuple(articles))
    gaps = [n.feed for n in neighbours if any(s.state == "gap" for s in n.dark)]
    if dated and gaps:
        because = f"no feed brought it; {', '.join(gaps)} had a gap then, in which items may have slipped by"
        reason = Reason.IN_GAP
    else:
        because = f"no feed ever brought this link; {_about(neighbours)}"
        reason = Reason.NEVER_CARRIED
    return Trace(
        url=url,
        link=link,
        reason=reason,
        because=because,
        neighbours=tuple(neighbours),
        since=since,
        until=until,
    )


def _about(neighbours: Sequence[Neighbour]) -> str:
    if not neighbours:
        return "no feed of its host is in feeds.yaml (`regwatch feeds add URL` adds one)"
    dark = [n.feed for n in neighbours if n.dark]
    names = ", ".join(n.feed for n in neighbours)
    if dark:
        return f"{names} of its host {'was' if len(dark) == 1 else 'were'} blind for part of the time in question"
    return f"{names} of its host saw the whole time in question, and did not carry it"


# ---------------------------------------------------------------------------- hosts and dates

_DATED = re.compile(r"(?:^|[/_-])(20\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=$|[/_.-])")
_SECOND_LEVEL = frozenset({"co", "com", "gov", "org", "ac", "net", "europa", "gouv", "go", "or"})


def date_in(link: str) -> datetime | None:
    """Return the midnight (UTC) of a date that stands in an address, as many news sites write it."""
    found = _DATED.search(link.partition("://")[2])
    if found is None:
        return None
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except ValueError:
        return None


def window_of(at: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Return the time in question: the day from `at` on, or the last thirty days."""
    if at is None or at >= now:
        return now - timedelta(days=30), now
    return at, min(at + timedelta(days=1), now)


def same_site(one: str, other: str) -> bool:
    """Return whether two hosts belong to one site: `www.ec.europa.eu` and `ec.europa.eu`, `feeds.bbci.co.uk` and `bbci.co.uk`."""
    return bool(one) and bool(other) and site_of(one) == site_of(other)


def site_of(host: str) -> str:
    """Return the registered name that a host belongs to: `bbc.co.uk` of `www.bbc.co.uk`."""
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])
