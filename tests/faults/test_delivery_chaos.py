"""Two thousand messages while Slack fails in fifty ways: nothing lost, nothing twice, order and parents hold."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from storage.records import NewDelivery
from storage.words import DeliveryAction, DeliveryState
from tests.clock import FakeClock
from tests.fake_slack import FakeSlack, Fault
from tests.unit.alerts.outboxes import delivery, enqueue, opened, pump_to, seconds_of

FAULTS = (
    Fault(status=500),
    Fault("drop"),
    Fault("accept-then-drop"),
    Fault("accept-then-error", status=500),
    Fault("accept-then-error", error="internal_error"),
    Fault("accept-then-cut"),
    Fault("reset"),
    Fault("accept-then-reset"),
    Fault(status=429, retry_after=7),
    Fault(error="ratelimited"),
    Fault("accept-then-garbage"),
)
MESSAGES = 2_000
MATTERS = 100


def planned() -> list[NewDelivery]:
    """Return a hundred threads of twenty messages, interleaved, over three channels."""
    found = []
    for n in range(MESSAGES):
        matter = f"m{n % MATTERS}"
        channel = ("#alerts", "#ops", "#cma")[n % MATTERS % 3]
        action = DeliveryAction.POST if n < MATTERS else DeliveryAction.REPLY
        found.append(delivery(f"{matter}.{n // MATTERS}", to=channel, action=action, matter=matter))
    return found


def test_two_thousand_messages_through_chaos(tmp_path: Path) -> None:
    """Two calls in a hundred go wrong, each in one of eleven ways, and the history lags by three seconds."""
    dice = random.Random(20260302)
    clock = FakeClock()
    with (
        opened(tmp_path) as (store, outbox),
        FakeSlack(clock=lambda: seconds_of(clock), history_lag=3.0) as slack,
    ):
        slack.chance(lambda _method: dice.choice(FAULTS) if dice.random() < 0.02 else None)
        enqueue(store, clock, planned())
        report = pump_to(slack, outbox, clock).drain(timedelta(hours=12))
        assert report.left == 0
        assert {d.state for d in outbox.list(limit=MESSAGES)} == {DeliveryState.SENT}
        messages = slack.messages()
        assert len(messages) == MESSAGES
        assert len(set(slack.deliveries())) == MESSAGES
        threads: dict[str, list[str]] = defaultdict(list)
        parents = {m.ts: m.text for m in messages if m.thread_ts is None}
        for message in messages:
            matter, _, number = message.text.removeprefix("message ").partition(".")
            threads[matter].append(number)
            if message.thread_ts is not None:
                assert parents[message.thread_ts] == f"message {matter}.0"
        assert all(numbers == [str(n) for n in range(20)] for numbers in threads.values())
        for channel in ("alerts", "ops", "cma"):
            times = [m.at for m in slack.messages(channel)]
            assert min(b - a for a, b in pairwise(times)) >= 1.0
        assert slack.problems() == []
