"""One poll of one feed: the stages in order, nothing else.

fetch → parse → normalise → match → plan → one transaction. What any stage decides is decided there.
"""

from __future__ import annotations

import hashlib
import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, assert_never
from urllib.parse import urlsplit

from bot.alerts import message as render
from bot.alerts.ops import ops_delivery
from bot.clock import Clock
from bot.feeds import govuk, health
from bot.feeds.due import Poll, after_body, after_failure, after_fetch, interval, request_for
from bot.feeds.entry import ParsedFeed, ParseFailed, ParseOutcome
from bot.feeds.feed import Feed
from bot.feeds.identity import Sorted, sort_articles
from bot.feeds.normalise import articles_of
from bot.feeds.outcome import (
    FailureKind,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    NotModified,
)
from bot.matching.matcher import Matcher, Reading
from bot.plan import PlanSettings, plan_poll
from storage.records import Article, FeedState, KnownArticle, PollPlan, RawFetch, WatchNote
from storage.words import Tier
from storage.writer import Store

LOG = logging.getLogger("regwatch.poll")
_RECENT = 200  # polls by which our own network is told apart from failing feeds
_RECENT_FOR = timedelta(minutes=10)
MAX_NOTES = 5  # questions to GOV.UK in one poll


class Fetches(Protocol):
    """What reads an address."""

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Return what became of it; never raises for what the network does."""
        ...


class Parses(Protocol):
    """What makes entries of a body."""

    def parse(
        self, body: bytes, *, headers: Mapping[str, str], seen: frozenset[str] = frozenset()
    ) -> ParseOutcome:
        """Return the entries that were not seen before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """How one poll went, for people who watch."""

    feed: str
    outcome: str
    new: int = 0
    revised: int = 0
    hits: int = 0
    alerts: int = 0
    first: bool = False
    detail: str = ""

    @property
    def failed(self) -> bool:
        """Tell whether the feed gave nothing."""
        return self.outcome not in ("ok", "not-modified", "unchanged")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A document's articles, sorted, with what the rules say of those that matter."""

    sorted: Sorted
    readings: Mapping[int, Reading]
    notes: Mapping[int, CaseNote]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """The authority's own words on what changed on a case page."""

    text: str
    is_step: bool


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """Polls feeds. `poll_once` may run in many threads, but never twice at once for one feed."""

    store: Store
    fetcher: Fetches
    parser: Parses
    plan_settings: PlanSettings
    min_interval: timedelta
    clock: Clock
    dice: Callable[[], float] = field(default=lambda: random.uniform(-1.0, 1.0))  # noqa: S311 - jitter
    _recent: deque[tuple[datetime, str, FailureKind | None]] = field(
        default_factory=lambda: deque(maxlen=_RECENT)
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def poll_once(self, feed: Feed, matcher: Matcher, *, backfill: int = 0) -> Polled:
        """Fetch, read, match and record one feed. Raises StorageError; a feed's own troubles are outcomes."""
        state = self.store.feed_state(feed.id)
        outcome = self.fetcher.fetch(request_for(feed, state, self.clock.now()))
        match outcome:
            case NotModified() as same:
                after = after_fetch(state, same, self._poll(feed))
                return self._save_quietly(feed, state, after)
            case FetchFailed() as failed:
                return self._failed(feed, state, failed.kind, failed.detail, retry_after=failed.retry_after)
            case Fetched() as got:
                return self._body(feed, state, got, matcher, backfill)
            case never:
                assert_never(never)

    def _body(self, feed: Feed, state: FeedState, got: Fetched, matcher: Matcher, backfill: int) -> Polled:
        digest = hashlib.sha256(got.body).hexdigest()
        same_place = state.url == feed.url and state.baseline_at is not None
        if same_place and digest == state.body_digest:
            after = after_body(state, got, self._poll(feed), outcome="unchanged")
            return self._save_quietly(feed, state, after)
        seen = state.item_digests if same_place else frozenset()
        parsed = self.parser.parse(got.body, headers=got.headers, seen=seen)
        match parsed:
            case ParseFailed(kind=kind, detail=detail):
                return self._failed(feed, state, FailureKind(kind), detail)
            case ParsedFeed():
                after = after_body(state, got, self._poll(feed), ttl=parsed.ttl)
                after = replace(
                    after,
                    body_digest=digest,
                    item_digests=parsed.item_digests,
                    format=parsed.format,
                    title=parsed.title,
                    entries_last=parsed.total,
                )
                return self._absorb(
                    feed, state, after, parsed=parsed, got=got, matcher=matcher, backfill=backfill
                )
            case never:
                assert_never(never)

    def _absorb(
        self,
        feed: Feed,
        before: FeedState,
        after: FeedState,
        *,
        parsed: ParsedFeed,
        got: Fetched,
        matcher: Matcher,
        backfill: int,
    ) -> Polled:
        """Match outside the transaction, because it takes time; plan and save within it."""
        now = self.clock.now()
        first = before.baseline_at is None
        articles = articles_of(feed, parsed, now=now)
        read = self._read(feed, articles, matcher, now)
        new = len(read.sorted.new)
        gap = health.is_gap(before, new=new, total=parsed.total)
        after = replace(
            after,
            baseline_at=before.baseline_at or now,
            news_at=now if new else before.news_at,
        )
        notice = health.health_changes(before, after, name=feed.name, gap=gap)
        after = health.told(after, notice)
        self._note_result(feed, None)
        with self.store.writing() as tx:
            plan = plan_poll(
                feed,
                after,
                read.sorted,
                read.readings,
                context=tx,
                now=now,
                settings=replace(self.plan_settings, backfill=backfill, baseline_line=False),
                render=render,
                notes=read.notes,
                watched=_watched(after, now, "gap" if gap else "seen"),
                first=first,
            )
            plan = self._with_notice(plan, notice, now)
            raw = RawFetch(url=got.final_url, fetched_at=now, body=got.body, headers=got.headers)
            tx.save_poll(plan, raw=raw)
        hits = sum(len(a.hits) for a in plan.articles) + sum(len(r.hits) for r in plan.revisions)
        LOG.info("%s: %d new, %d edited, %d hits", feed.id, len(plan.articles), len(plan.revisions), hits)
        return Polled(
            feed=feed.id,
            outcome="ok",
            new=new,
            revised=len(read.sorted.revised),
            hits=hits,
            alerts=len(plan.deliveries),
            first=first,
        )

    def _read(self, feed: Feed, articles: Sequence[Article], matcher: Matcher, now: datetime) -> _Read:
        known = self._known(feed, articles)
        found = sort_articles(feed, articles, known, now)
        authority = feed.authority if feed.tier is Tier.OFFICIAL else None
        readings: dict[int, Reading] = {}
        notes: dict[int, CaseNote] = {}
        asked = 0
        todo: list[tuple[KnownArticle | None, Article]] = [(None, a) for a in found.new]
        todo += found.revised
        for position, (old, article) in enumerate(todo):
            reading = matcher.read(
                title=article.title,
                summary=article.summary,
                body=article.body,
                url=article.url,
                language=article.language,
                feed=feed.id,
                authority=authority,
                tier=feed.tier,
            )
            readings[position] = reading
            # Only the site's own feed is worth asking the site about, and never for many pages in one poll.
            if old is not None and reading.matches and _from_gov_uk(feed) and asked < MAX_NOTES:
                asked += 1
                note = self._case_note(old, article)
                if note is not None:
                    notes[position] = note
        return _Read(sorted=found, readings=readings, notes=notes)

    def _case_note(self, old: KnownArticle, article: Article) -> CaseNote | None:
        """Return what the authority says of a changed page; None where it cannot be had, or the text alone changed.

        An authority that lists its changes and has none for this one moved the date and nothing else: no step.
        """
        history = govuk.read_history(self.fetcher.fetch, article.url)
        note = govuk.note_near(history, article.updated_at)
        if note is not None:
            return CaseNote(text=note.note, is_step=govuk.is_step(note.note))
        return CaseNote(text="", is_step=False) if history and old.digest == article.digest else None

    def _known(self, feed: Feed, articles: Iterable[Article]) -> tuple[KnownArticle, ...]:
        keys = [key for article in articles for key in article.keys]
        return self.store.known_articles(feed.id, keys) if keys else ()

    def _failed(
        self,
        feed: Feed,
        before: FeedState,
        kind: FailureKind,
        detail: str,
        *,
        retry_after: timedelta | None = None,
    ) -> Polled:
        if kind is FailureKind.STOPPED:
            return Polled(feed=feed.id, outcome=kind.value)
        down = self._note_result(feed, kind)
        after = after_failure(
            before, kind, detail, self._poll(feed), retry_after=retry_after, network_down=down
        )
        notice = health.health_changes(before, after, name=feed.name, network_is_down=down)
        after = health.told(after, notice)
        now = self.clock.now()
        plan = PollPlan(state=after, at=now, watched=_watched(after, now, "blind", kind.value))
        with self.store.writing() as tx:
            tx.save_poll(self._with_notice(plan, notice, now))
        LOG.info("%s: %s %s", feed.id, kind.value, detail)
        return Polled(feed=feed.id, outcome=kind.value, detail=detail)

    def broke_off(self, feed: Feed, error: Exception) -> None:
        """Record a poll that broke off for a fault of our own, so that it is seen and the feed backs off."""
        state = self.store.feed_state(feed.id)
        self._failed(feed, state, FailureKind.BROKEN, f"a fault in regwatch: {type(error).__name__}: {error}")

    def _save_quietly(self, feed: Feed, before: FeedState, after: FeedState) -> Polled:
        """Record a poll that brought nothing new."""
        self._note_result(feed, None)
        notice = health.health_changes(before, after, name=feed.name)
        after = health.told(after, notice)
        now = self.clock.now()
        plan = PollPlan(state=after, at=now, watched=_watched(after, now, "seen"))
        with self.store.writing() as tx:
            tx.save_poll(self._with_notice(plan, notice, now))
        LOG.info("%s: %s", feed.id, after.outcome)
        return Polled(feed=feed.id, outcome=after.outcome)

    def _poll(self, feed: Feed) -> Poll:
        return Poll(
            url=feed.url,
            every=interval(feed, self.min_interval),
            now=self.clock.now(),
            jitter=self.dice(),
        )

    def _note_result(self, feed: Feed, failure: FailureKind | None) -> bool:
        """Remember a result; tell of a failure whether it is our own network that is down."""
        now = self.clock.now()
        with self._lock:
            self._recent.append((now, urlsplit(feed.url).netloc, failure))
            if failure is None:
                return False
            return health.network_down((h, f) for at, h, f in self._recent if now - at <= _RECENT_FOR)

    def _with_notice(self, plan: PollPlan, notice: health.HealthNotice | None, now: datetime) -> PollPlan:
        """Return the plan with a word to the ops channel in it, where there is one."""
        if notice is None:
            return plan
        LOG.warning("%s", notice.text)
        channel = self.plan_settings.ops_channel
        if not channel:
            return plan
        told = ops_delivery(f"feed:{notice.feed}:{notice.told}", notice.text, channel, now)
        return replace(plan, deliveries=(*plan.deliveries, told))


def _from_gov_uk(feed: Feed) -> bool:
    """Tell whether a feed of case pages comes from GOV.UK itself."""
    host = urlsplit(feed.url).hostname or ""
    return feed.revisions == "updated" and (host == "gov.uk" or host.endswith(".gov.uk"))


def _watched(state: FeedState, now: datetime, how: str, reason: str = "") -> WatchNote:
    """Return the ledger's note: what we saw holds until the next poll is due."""
    due = state.next_at or now
    return WatchNote(state=how, reason=reason, until=max(due - now, timedelta(0)))
