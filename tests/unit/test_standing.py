"""Reminders come when they are due, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot import standing
from bot.app import App
from bot.config import Settings
from bot.plan import PlanSettings
from storage.database import open_store
from storage.reader import open_reader
from storage.records import (
    Article,
    Deadline,
    Facts,
    FeedState,
    Match,
    Matter,
    Message,
    NewArticle,
    NewDelivery,
    NewHit,
    NewStep,
    PollPlan,
    Step,
)
from storage.words import DeliveryAction, Kind, Level, RuleStatus, Stage
from storage.writer import Store

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Parts:
    """The parts of the bot that standing work uses."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.settings = Settings()
        self.plan_settings = PlanSettings(channel="#watch")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    store = open_store(f"sqlite:///{tmp_path / 'r.db'}")
    yield cast("App", Parts(store))
    store.close()


def told(app: App) -> list[tuple[str, str, str]]:
    with app.store.connected() as connection:
        found = connection.execute("SELECT destination, action, reason FROM deliveries ORDER BY id")
        return [tuple(row) for row in found.fetchall()]


def test_a_stated_deadline_is_reminded_of_twice_in_the_matters_thread(app: App) -> None:
    """Seven and two days ahead there is a reply; repeating the chore adds none."""
    _a_matter_with_deadline(app.store, date(2026, 3, 20))
    days = (datetime(2026, 3, d, 9, tzinfo=UTC) for d in (3, 13, 13, 14, 18, 19, 21))
    sent = [standing.remind(app, day + timedelta(hours=n * 2)) for n, day in enumerate(days)]
    assert sent == [0, 1, 0, 0, 1, 0, 0]
    assert told(app)[1:] == [("#watch", "reply", "reminder")] * 2


def _a_matter_with_deadline(store: Store, on: date) -> None:
    matter = Matter(
        key="cma:microsoft+openai",
        title="CMA · Microsoft/OpenAI",
        authority="cma",
        tie=("microsoft", "openai"),
        stage=Stage.CONCERN,
        opened_at=MONDAY,
        moved_at=MONDAY,
        told=True,
    )
    match = Match(rule="r", digest="d", title="t", kind=Kind.SIGNAL, level=Level.HIGH, status=RuleStatus.LIVE)
    facts = Facts(regulators=("cma",), deadlines=(Deadline(on=on, what="comments"),))
    article = Article(
        feed="f", guid="g", link="https://x.example/1", url="https://x.example/1", title="T", keys=("guid:g",)
    )
    delivery = NewDelivery(
        key="opened",
        destination="#watch",
        action=DeliveryAction.POST,
        message=Message(text="opened"),
        reason="opened",
        level=Level.HIGH,
        matter=matter.key,
    )
    hit = NewHit(match=match, facts=facts, matter=matter.key, verdict="told")
    plan = PollPlan(
        state=FeedState(feed="f"),
        at=MONDAY,
        articles=(NewArticle(article=article, hits=(hit,)),),
        matters=(matter,),
        deliveries=(delivery,),
    )
    with store.writing() as tx:
        tx.save_poll(plan)


def _decide(store: Store, at: datetime, note: str, outcome: str = "") -> None:
    """Let the authority decide the matter."""
    with open_reader(store.path) as reader:
        (held,) = reader.matters()
    article = Article(feed="f", guid=note, link="", url="", title=note, keys=(f"guid:{note}",))
    step = Step(
        matter=held.key,
        stage=Stage.DECISION,
        reason="closed" if outcome else "advanced",
        at=at,
        happened_at=at,
        confirmed=True,
        note=note,
    )
    plan = PollPlan(
        state=FeedState(feed="f"),
        at=at,
        articles=(NewArticle(article=article),),
        matters=(replace(held, stage=Stage.DECISION, outcome=outcome, moved_at=at),),
        steps=(NewStep(step=step, article_key=article.keys[0]),),
    )
    with store.writing() as tx:
        tx.save_poll(plan)


def test_no_reminder_goes_out_for_a_date_that_a_decision_has_overtaken(app: App) -> None:
    """Comments were due on the 20th; the decision of the 5th made them void."""
    _a_matter_with_deadline(app.store, date(2026, 3, 20))
    _decide(app.store, MONDAY + timedelta(days=3), "Phase 1 decision: remedies")
    assert standing.remind(app, datetime(2026, 3, 13, 9, tzinfo=UTC)) == 0


def test_a_clearance_is_followed_by_two_quiet_reminders_of_the_time_to_appeal(app: App) -> None:
    """Four weeks from the 2nd end on the 30th: in the thread on the 23rd and the 28th, and no more."""
    _a_matter_with_deadline(app.store, date(2026, 3, 20))
    _decide(app.store, MONDAY, "Cleared", outcome="cleared")
    days = (datetime(2026, 3, d, 9 + d % 3 * 2, tzinfo=UTC) for d in range(3, 32))
    assert sum(standing.remind(app, day) for day in days) == 2
    assert told(app)[1:] == [("#watch", "quiet-reply", "reminder")] * 2
