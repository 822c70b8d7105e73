"""What one poll of one feed writes and tells: sorted articles and their readings in, a `PollPlan` out.

Everything is decided here and in the pure modules below; given the same context and time the plan is the same,
in whatever order the entries came. Contains no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.alerts.alert import Alert, AlertReason
from bot.alerts.placing import Placing, Render
from bot.alerts.quiet import quiet_until
from bot.alerts.routing import destinations
from bot.alerts.telling import Ruling, Rulings
from bot.config import QuietSettings, RouteSettings
from bot.feeds.feed import Feed
from bot.matters.assign import Board, assign, board_of
from bot.matters.evidence import ChangeNote, ReadArticle, identified_by_link
from bot.matters.items import Item, SortedArticles, baseline, hushed, items_of, late
from bot.matters.steps import may_note_edit
from bot.matters.verdict import Verdict
from storage.records import (
    FeedState,
    Matter,
    NewArticle,
    NewDelivery,
    NewHit,
    NewRevision,
    PollPlan,
    Silence,
    SourceNote,
    WatchNote,
)
from storage.words import DeliveryAction, Level, RuleStatus, Tier

ROLL_UP_WAIT = timedelta(
    seconds=30
)  # long enough to join what many polls bring, too short for a step to be missed


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """What of the settings decides over telling.

    `burst` messages go to a channel within `burst_window`, the rest is rolled up. `backfill` hits of a first
    poll are told, newest first chosen. `baseline_line`: one line to the channel at the first poll of a feed
    that brought hits. `hold_roll_ups`: what comes once the cap is reached waits for `ROLL_UP_WAIT`, so that somebody
    who calls `bot.alerts.joining.merge_roll_ups` makes one roll-up of those of many feeds.
    """

    channel: str
    ops_channel: str = ""
    routes: tuple[RouteSettings, ...] = ()
    max_age: Mapping[Tier, timedelta] = field(
        default_factory=lambda: {
            Tier.OFFICIAL: timedelta(days=30),
            Tier.PRESS: timedelta(days=7),
            Tier.BLOG: timedelta(days=7),
        }
    )
    burst: int = 10
    burst_window: timedelta = timedelta(minutes=10)
    quiet_hours: QuietSettings | None = None
    backfill: int = 0
    baseline_line: bool = True
    hold_roll_ups: bool = False

    @property
    def named(self) -> frozenset[str]:
        """Return every channel that alerts may go to. A thread elsewhere is in a channel of the past."""
        return frozenset({self.channel, *(route.to for route in self.routes)})


class PlanContext(Protocol):
    """What the plan asks of the store, within the transaction that will write it."""

    def matters(self) -> tuple[Matter, ...]:
        """Return every matter."""
        ...

    def sources(self, matter_key: str, /) -> tuple[SourceNote, ...]:
        """Return who carried a matter: one note for each article that was told or corroborates."""
        ...

    def parents(self, matter_key: str, /) -> frozenset[str]:
        """Return the destinations that have a POST for this matter, sent or not."""
        ...

    def posts_since(self, destination: str, since: datetime, /) -> int:
        """Return how many messages (posts and replies) were enqueued for a destination since then."""
        ...

    def silences(self, now: datetime, /) -> tuple[Silence, ...]:
        """Return the running silences."""
        ...

    def told_elsewhere(self, feed: str, links: Iterable[str], /) -> frozenset[str]:
        """Return those of the canonical links whose hit through another feed was dealt with, not only recorded."""
        ...


def plan_poll(
    feed: Feed,
    state: FeedState,
    sorted_articles: SortedArticles,
    readings: Mapping[int, ReadArticle],
    *,
    context: PlanContext,
    now: datetime,
    settings: PlanSettings,
    render: Render,
    notes: Mapping[int, ChangeNote] | None = None,
    watched: WatchNote | None = None,
    first: bool | None = None,
) -> PollPlan:
    """Return everything that this poll writes.

    `state` is the feed's as it shall be after the poll. `first`: this is the feed's first successful poll; None
    takes it from the state, which then has no `baseline_at`, or `now` there. `readings` and `notes` are keyed by position: the new articles from 0, then the
    revised ones.
    """
    first = state.baseline_at in (None, now) if first is None else first
    state = replace(state, baseline_at=state.baseline_at or now)
    authority = feed.authority if feed.tier is Tier.OFFICIAL else None
    items = items_of(feed, sorted_articles, readings, notes or {}, now)
    quiet = baseline(items, settings.backfill) if first else late(items, feed, now, settings.max_age)
    items = hushed(items, quiet)
    found = [i.evidence for i in items if i.evidence is not None]
    if not found:
        return _plan(
            state, now, items, {}, aliases=sorted_articles.aliases, watched=watched, authority=authority
        )
    board = board_of(context.matters())
    rulings = Rulings(
        board=board,
        now=now,
        sources=context.sources,
        parents=lambda key: _parents(board, context, key),
        silences=context.silences(now),
        elsewhere=_elsewhere(feed, items, context),
        quiet_verdict=quiet,
        edits_left=frozenset(
            i.evidence.mark for i in items if i.evidence and i.known and may_note_edit(i.known, now)
        ),
    )
    rulings.decide(assign(board, found, now))
    placing = _placed(feed, rulings, context=context, now=now, settings=settings, render=render)
    deliveries = [
        *placing.deliveries,
        *_baseline(feed, items, quiet, now=now, settings=settings, render=render),
    ]
    final = {mark: _final(ruling, placing.verdict(mark)) for mark, ruling in rulings.rulings.items()}
    plan = _plan(
        state, now, items, final, aliases=sorted_articles.aliases, watched=watched, authority=authority
    )
    return replace(
        plan,
        matters=tuple(board.matters[k] for k in sorted(board.changed - board.fresh)),
        steps=tuple(rulings.steps),
        deliveries=tuple(deliveries),
        hidden=dict(rulings.hidden),
    )


def _elsewhere(feed: Feed, items: Sequence[Item], context: PlanContext) -> frozenset[str]:
    """Return the marks of new articles that were told under the same link through another feed."""
    new = [i for i in items if i.known is None and i.evidence and identified_by_link(i.article)]
    if not new:
        return frozenset()
    links = context.told_elsewhere(feed.id, tuple(i.article.link for i in new))
    return frozenset(i.evidence.mark for i in new if i.evidence and i.article.link in links)


def _parents(board: Board, context: PlanContext, key: str) -> frozenset[str]:
    """Return where the matter has a thread, its own or that of a matter which this poll merged into it."""
    gone = [g for g, stays in board.merges if stays == key]
    return context.parents(key).union(*(context.parents(g) for g in gone))


# ---------------------------------------------------------------------------- deliveries out


def _placed(
    feed: Feed,
    rulings: Rulings,
    *,
    context: PlanContext,
    now: datetime,
    settings: PlanSettings,
    render: Render,
) -> Placing:
    def route(alert: Alert) -> tuple[str, ...]:
        return destinations(alert, feed.id, settings.routes, settings.channel)

    placing = Placing(
        render=render,
        route=route,
        parents=lambda key: rulings.parents(key) & settings.named,
        posted=lambda name: context.posts_since(name, now - settings.burst_window),
        cap=settings.burst,
        until=quiet_until(now, settings.quiet_hours),
        hold=now + min(settings.burst_window, ROLL_UP_WAIT) if settings.hold_roll_ups else None,
    )
    placing.place(rulings.tellings)
    return placing


def _baseline(
    feed: Feed,
    items: Sequence[Item],
    quiet: Mapping[str, Verdict],
    *,
    now: datetime,
    settings: PlanSettings,
    render: Render,
) -> tuple[NewDelivery, ...]:
    """Return the one line that says what a first poll found; none where it found nothing."""
    hits = sum(verdict is Verdict.BASELINE for verdict in quiet.values())
    if not hits or not settings.baseline_line:
        return ()
    reason = AlertReason.BASELINE.value
    return (
        NewDelivery(
            key=f"{reason}:{feed.id}:{settings.channel}",
            destination=settings.channel,
            action=DeliveryAction.POST,
            message=render.baseline_message(feed=feed.name, articles=len(items), hits=hits),
            reason=reason,
            level=Level.LOW,
            not_before=quiet_until(now, settings.quiet_hours),
        ),
    )


def _final(ruling: Ruling, placed: Verdict | None) -> Ruling:
    """Return the ruling with what became of it in the channels."""
    if ruling.verdict is not Verdict.TOLD or placed in (None, Verdict.TOLD):
        return ruling
    words = {Verdict.HELD: "held until quiet hours end", Verdict.ROLLED_UP: "a line of a roll-up"}
    return replace(ruling, verdict=placed or Verdict.TOLD, why=f"{ruling.why}, {words.get(placed, 'told')}")


def _plan(
    state: FeedState,
    now: datetime,
    items: Sequence[Item],
    rulings: Mapping[str, Ruling],
    *,
    aliases: Mapping[int, tuple[str, ...]],
    watched: WatchNote | None,
    authority: str | None,
) -> PollPlan:
    articles, revisions = [], []
    for item in items:
        hits = _hits(item, rulings)
        if item.known is None:
            articles.append(NewArticle(article=item.article, hits=hits))
        else:
            revisions.append(NewRevision(id=item.known.id, article=item.article, hits=hits))
    return PollPlan(
        state=state,
        at=now,
        articles=tuple(articles),
        revisions=tuple(revisions),
        aliases=dict(aliases),
        watched=watched,
        authority=authority,
    )


def _hits(item: Item, rulings: Mapping[str, Ruling]) -> tuple[NewHit, ...]:
    """Return a hit for every match that runs; shadow ones are recorded beside the told ones."""
    if item.read is None:
        return ()
    ruling = rulings.get(item.evidence.mark) if item.evidence else None
    hits = []
    for match in item.read.matches:
        shadow = match.status is RuleStatus.SHADOW
        if not shadow and (match.status is not RuleStatus.LIVE or ruling is None):
            continue
        hits.append(
            NewHit(
                match=match,
                facts=item.read.facts,
                matter=ruling.matter if ruling else None,
                verdict=(Verdict.SHADOW if shadow or ruling is None else ruling.verdict).value,
                why="its rule is in shadow" if shadow or ruling is None else ruling.why,
            )
        )
    return tuple(hits)
