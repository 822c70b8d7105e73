"""A real outbox in a temporary database, deliveries to put into it, and a pump over the fake Slack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.alerts.message import plain_message
from bot.alerts.pacing import Pacing
from bot.alerts.pump import Pump
from bot.alerts.slack import SlackCalls
from bot.alerts.slack_port import SlackPort
from bot.alerts.ways import Ways
from bot.clock import Clock
from storage.database import open_store
from storage.outbox import Outbox
from storage.records import Message, NewDelivery
from storage.words import DeliveryAction, Level
from storage.writer import Store
from tests.clock import FakeClock
from tests.fake_slack import TOKEN, FakeSlack

QUICK = Pacing(gap=timedelta(milliseconds=1100), settle=timedelta(seconds=30))


@contextmanager
def opened(directory: Path) -> Iterator[tuple[Store, Outbox]]:
    store = open_store(f"sqlite:///{directory / 'outbox.db'}")
    try:
        yield store, Outbox(store)
    finally:
        store.close()


def delivery(
    key: str,
    *,
    to: str = "#alerts",
    action: DeliveryAction = DeliveryAction.POST,
    matter: str | None = None,
    message: Message | None = None,
    reason: str = "opened",
    not_before: datetime | None = None,
) -> NewDelivery:
    return NewDelivery(
        key=key,
        destination=to,
        action=action,
        message=message or plain_message(f"message {key}"),
        reason=reason,
        level=Level.HIGH,
        matter=matter,
        not_before=not_before,
    )


def enqueue(store: Store, clock: Clock, deliveries: Sequence[NewDelivery]) -> None:
    with store.writing() as tx:
        tx.enqueue(deliveries, at=clock.now())


def calls_to(slack: FakeSlack, clock: Clock, *, token: str = TOKEN, timeout: float = 5.0) -> SlackCalls:
    return SlackCalls(token, clock=clock, api_url=slack.api_url, timeout=timeout)


def pump_to(
    slack: FakeSlack,
    outbox: Outbox,
    clock: Clock,
    *,
    pacing: Pacing = QUICK,
    told: list[str] | None = None,
    timeout: float = 5.0,
) -> Pump:
    told = told if told is not None else []
    port = SlackPort(calls_to(slack, clock, timeout=timeout))
    return Pump(
        book=outbox, ways=Ways(slack=port), clock=clock, pacing=pacing, warn=told.append, jitter=lambda: 0.5
    )


def seconds_of(clock: FakeClock) -> float:
    return clock.now().timestamp()
