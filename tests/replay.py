"""A stand-in for the store, built from the plans it is given, and builders for articles, facts and matches.

It keeps what `PlanContext` asks for as the database does, so that many polls can be replayed in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bot.alerts.alert import Alert
from bot.feeds.feed import Feed
from bot.feeds.identity import Sorted, sort_articles, with_keys
from bot.matters.evidence import Evidence, evidence_of
from bot.matters.verdict import Verdict
from bot.plan import PlanSettings, plan_poll
from storage.records import (
    Article,
    Deadline,
    Facts,
    FeedState,
    KnownArticle,
    Match,
    Matter,
    Message,
    NewDelivery,
    NewHit,
    PollPlan,
    Said,
    Silence,
    SourceNote,
    Step,
)
from storage.words import DeliveryAction, Kind, Level, RuleStatus, Stage, Tier

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CHANNEL = "#antitrust"
TIE = ("amazon", "anthropic")
CMA_TIE = "cma:amazon+anthropic"

CMA = Feed(id="cma-cases", url="https://a.test", authority="cma", tier=Tier.OFFICIAL, revisions="updated")
EC = Feed(id="ec-press", url="https://b.test", authority="ec", tier=Tier.OFFICIAL)
WIRE = Feed(id="wire", url="https://c.test", tier=Tier.PRESS)
SETTINGS = PlanSettings(channel=CHANNEL, baseline_line=False)


@dataclass(frozen=True, slots=True)
class Read:
    """What a matcher would have found."""

    facts: Facts
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A change note."""

    text: str
    is_step: bool


class PlainRender:
    """Messages that say no more than a test needs; fifty lines to a roll-up."""

    def alert_message(self, alert: Alert, /) -> Message:
        return Message(text=f"{alert.reason.value} {alert.article.title}")

    def parent_message(self, alert: Alert, /) -> Message:
        assert alert.matter is not None
        stage = alert.matter.stage.value if alert.matter.stage else "deal"
        return Message(text=f"{alert.matter.title} [{stage}] {alert.matter.sources} {alert.article.title}")

    def roll_up_messages(self, alerts: Sequence[Alert], /) -> tuple[Message, ...]:
        pages = [alerts[n : n + 50] for n in range(0, len(alerts), 50)]
        return tuple(Message(text="\n".join(f"{a.article.title} {a.article.url}" for a in p)) for p in pages)

    def baseline_message(self, *, feed: str, articles: int, hits: int) -> Message:
        return Message(text=f"{feed}: {articles} articles, {hits} hits")


def facts(
    stage: Stage | None = Stage.INQUIRY,
    *,
    regulators: tuple[str, ...] = ("cma",),
    ties: tuple[tuple[str, str], ...] = (TIE,),
    hedged: bool = False,
    cases: tuple[str, ...] = (),
    outcome: str = "",
    deadline: date | None = None,
    topics: tuple[str, ...] = (),
) -> Facts:
    return Facts(
        regulators=regulators,
        companies=tuple(dict.fromkeys(c for t in ties for c in t)),
        ties=ties,
        stage=stage,
        hedged=hedged,
        cases=cases,
        outcome=outcome,
        deadlines=(Deadline(on=deadline, what="comments"),) if deadline else (),
        topics=topics,
    )


def match(
    rule: str = "cma-tie",
    *,
    kind: Kind = Kind.SIGNAL,
    level: Level = Level.HIGH,
    status: RuleStatus = RuleStatus.LIVE,
) -> Match:
    return Match(
        rule=rule, digest="d", title=rule, kind=kind, level=level, status=status, sentence="It acts."
    )


def read(found: Facts | None = None, *matches: Match) -> Read:
    return Read(found or facts(), matches or (match(),))


DEAL = facts(None, regulators=())
NOTHING = Read(Facts(), ())


def article(
    name: str,
    at: datetime | None = START,
    *,
    feed: Feed = WIRE,
    updated: datetime | None = None,
    publisher: str = "",
    text: str = "",
    link: str | None = None,
    guid: str | None = None,
    language: str = "en",
) -> Article:
    link = f"https://news.test/{name}" if link is None else link
    guid = name if guid is None else guid
    return Article(
        feed=feed.id,
        guid=guid,
        link=link,
        url=link,
        title=name,
        summary=text,
        publisher=publisher,
        language=language,
        published_at=at,
        updated_at=updated,
        digest=hashlib.sha256(f"{name}{text}".encode()).hexdigest()[:16],
        keys=(f"guid:{guid}", *([f"link:{link}"] if link else []), f"title:{name}"),
    )


def case_page(
    name: str, at: datetime, updated: datetime, *, text: str = "", published: bool = False
) -> Article:
    """Return a GOV.UK case page: one id and link for life; only `updated` moves."""
    link = f"https://gov.uk/cma-cases/{name}"
    return article(
        name, at if published else None, feed=CMA, updated=updated, link=link, guid=f"tag:{name}", text=text
    )


@dataclass
class World:
    """Everything that polls left behind, as a `PlanContext`."""

    settings: PlanSettings = SETTINGS
    matter_rows: dict[str, Matter] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    notes: list[SourceNote] = field(default_factory=list)
    stored: list[tuple[KnownArticle, str]] = field(default_factory=list)  # with its link
    outbox: dict[str, tuple[NewDelivery, datetime]] = field(default_factory=dict)
    pauses: list[Silence] = field(default_factory=list)
    baselines: dict[str, datetime] = field(default_factory=dict)
    dealt_with: set[tuple[str, str]] = field(default_factory=set)  # (link, feed)
    hits: list[tuple[str, NewHit]] = field(default_factory=list)  # with the article's title

    # ---- PlanContext

    def matters(self) -> tuple[Matter, ...]:
        return tuple(self.matter_rows.values())

    def sources(self, matter_key: str, /) -> tuple[SourceNote, ...]:
        return tuple(n for n in self.notes if n.matter == matter_key)

    def parents(self, matter_key: str, /) -> frozenset[str]:
        return frozenset(
            d.destination
            for d, _ in self.outbox.values()
            if d.matter == matter_key and d.action is DeliveryAction.POST
        )

    def posts_since(self, destination: str, since: datetime, /) -> int:
        loud = (DeliveryAction.POST, DeliveryAction.REPLY)
        return sum(
            d.destination == destination and d.action in loud and at >= since
            for d, at in self.outbox.values()
        )

    def silences(self, now: datetime, /) -> tuple[Silence, ...]:
        return tuple(s for s in self.pauses if s.until > now)

    def told_elsewhere(self, feed: str, links: Iterable[str], /) -> frozenset[str]:
        return frozenset(links) & {link for link, of in self.dealt_with if of != feed}

    # ---- polls

    def watch(self, *feeds: Feed, at: datetime = START - DAY) -> World:
        """Give feeds an empty baseline, so that the next poll tells."""
        for feed in feeds or (CMA, EC, WIRE):
            self.baselines[feed.id] = at
        return self

    def sort(self, feed: Feed, articles: Sequence[Article], now: datetime) -> Sorted:
        """Tell new from known, as the bot does."""
        keyed = with_keys(feed, articles)
        keys = {key for one in keyed for key in one.keys}
        return sort_articles(
            feed, keyed, [k for k, _ in self.stored if k.feed == feed.id and k.keys & keys], now
        )

    def plan(
        self,
        feed: Feed,
        pairs: Sequence[tuple[Article, Read]],
        now: datetime,
        *,
        change: Note | None = None,
        settings: PlanSettings | None = None,
        first: bool | None = None,
    ) -> PollPlan:
        """Plan a poll without keeping it."""
        told_apart = self.sort(feed, [a for a, _ in pairs], now)
        reads = {_name(a): r for a, r in pairs}
        order = [*told_apart.new, *(a for _, a in told_apart.revised)]
        return plan_poll(
            feed,
            FeedState(feed=feed.id, baseline_at=self.baselines.get(feed.id)),
            told_apart,
            {n: reads[_name(a)] for n, a in enumerate(order)},
            context=self,
            now=now,
            settings=settings or self.settings,
            render=PlainRender(),
            notes=dict.fromkeys(range(len(order)), change) if change else None,
            first=first,
        )

    def poll(
        self,
        feed: Feed,
        pairs: Sequence[tuple[Article, Read]],
        now: datetime,
        *,
        change: Note | None = None,
        settings: PlanSettings | None = None,
    ) -> list[NewDelivery]:
        """Plan a poll, keep it, and return the deliveries that are new."""
        return self.keep(self.plan(feed, pairs, now, change=change, settings=settings), feed)

    def keep(self, plan: PollPlan, feed: Feed) -> list[NewDelivery]:
        """Write a plan as the store does."""
        self.baselines[feed.id] = plan.state.baseline_at or plan.at
        self.matter_rows.update({m.key: m for m in plan.matters})
        self.steps += [s.step for s in plan.steps]
        for new in plan.articles:
            self._store(feed, new.article, new.hits, plan.at, None)
        for revision in plan.revisions:
            self._store(feed, revision.article, revision.hits, plan.at, revision.id)
        fresh = [d for d in plan.deliveries if d.key not in self.outbox]
        for new_delivery in fresh:
            self.outbox[new_delivery.key] = (new_delivery, plan.at)
        return fresh

    def _store(
        self, feed: Feed, one: Article, hits: Sequence[NewHit], now: datetime, known_id: int | None
    ) -> None:
        old = next((k for k, _ in self.stored if k.id == known_id), None)
        self.stored = [(k, link) for k, link in self.stored if k.id != known_id]
        live = {h.match.rule for h in hits if h.match.status is RuleStatus.LIVE}
        told = any(h.verdict == Verdict.TOLD.value for h in hits)
        known = KnownArticle(
            id=old.id if old else 1 + max((k.id for k, _ in self.stored), default=0),
            feed=feed.id,
            digest=one.digest,
            updated_at=one.updated_at,
            first_seen_at=old.first_seen_at if old else now,
            revision=old.revision + 1 if old else 0,
            keys=frozenset({*one.keys, *(old.keys if old else ())}),
            rules_hit=frozenset(live | (old.rules_hit if old else frozenset())),
            said=(
                *(old.said if old else ()),
                *(Said(sentence=h.match.sentence, facts=h.facts) for h in hits),
            ),
            edit_told_at=now if old and told else old.edit_told_at if old else None,
            title=one.title,
            published_at=one.published_at,
        )
        self.stored.append((known, one.link))
        self.hits += [(one.title, h) for h in hits]
        if any(h.verdict in _DEALT_WITH for h in hits):
            self.dealt_with.add((one.link, feed.id))
        self._note(feed, one, hits, now)

    def _note(self, feed: Feed, one: Article, hits: Sequence[NewHit], now: datetime) -> None:
        """Note the source, one for each matter, stage and publisher."""
        silent = {Verdict.SHADOW, Verdict.DUPLICATE, Verdict.KNOWN}
        for hit in hits:
            publisher = one.publisher or feed.id
            seen = {(n.matter, n.stage, n.publisher) for n in self.notes}
            if (
                hit.matter is None
                or hit.verdict in silent
                or (hit.matter, hit.facts.stage, publisher) in seen
            ):
                continue
            self.notes.append(
                SourceNote(
                    matter=hit.matter,
                    publisher=publisher,
                    official=feed.authority is not None and feed.authority in hit.facts.regulators,
                    stage=hit.facts.stage,
                    first_seen_at=now,
                    link=one.link,
                )
            )


def _name(one: Article) -> tuple[str, str, str]:
    return one.guid, one.link, one.digest


_DEALT_WITH = (
    Verdict.TOLD,
    Verdict.HELD,
    Verdict.ROLLED_UP,
    Verdict.CORROBORATES,
    Verdict.SILENCED,
)
Told = list[tuple[str, str, str | None]]


def told(deliveries: Iterable[NewDelivery]) -> Told:
    """Return what reaches Slack, in order: (action, reason, matter)."""
    return [(d.action.value, d.reason, d.matter) for d in deliveries]


def loud(deliveries: Iterable[NewDelivery]) -> Told:
    """Return what reaches the channel: posts and replies, not edits."""
    return [t for t in told(deliveries) if t[0] in ("post", "reply")]


def evidence(
    found: Facts | None = None,
    *,
    feed: Feed = WIRE,
    at: datetime = START,
    name: str = "story",
    level: Level = Level.HIGH,
    kind: Kind = Kind.SIGNAL,
    known: KnownArticle | None = None,
    note: Note | None = None,
    publisher: str = "",
    updated: datetime | None = None,
    text: str = "",
    link: str | None = None,
) -> Evidence:
    """Return what one article proves."""
    one = article(name, at, feed=feed, publisher=publisher, updated=updated, text=text, link=link)
    proof = evidence_of(feed, one, read(found, match(level=level, kind=kind)), now=at, known=known, note=note)
    assert proof is not None
    return proof


def known_of(
    one: Article, *, revision: int = 0, rules: frozenset[str] = frozenset({"cma-tie"})
) -> KnownArticle:
    """Return the article as the store knows it."""
    return KnownArticle(
        id=1,
        feed=one.feed,
        digest=one.digest,
        updated_at=one.updated_at,
        first_seen_at=START,
        revision=revision,
        keys=frozenset(one.keys),
        rules_hit=rules,
    )


def matter(
    key: str = CMA_TIE,
    *,
    stage: Stage | None = Stage.INQUIRY,
    confirmed: bool = True,
    outcome: str = "",
    told_of: bool = True,
    cases: tuple[str, ...] = (),
    tie: tuple[str, ...] = TIE,
    authority: str | None = "cma",
    at: datetime = START - DAY,
    deadline: Deadline | None = None,
) -> Matter:
    """Return a matter as it stands."""
    return Matter(
        key=key,
        title=key,
        authority=authority,
        tie=tie,
        cases=cases,
        stage=stage,
        confirmed=confirmed,
        outcome=outcome,
        told=told_of,
        opened_at=at,
        moved_at=at,
        deadline=deadline,
    )
