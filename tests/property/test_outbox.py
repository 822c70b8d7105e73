"""Whatever happens between claims, crashes and answers, the outbox loses nothing and keeps each destination's order."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from storage.database import open_store
from storage.outbox import Outbox
from storage.records import MessageRef
from storage.words import DeliveryAction, DeliveryState
from tests.unit.storage.make import NOW, delivery, enqueue

PLACES = st.sampled_from(["#a", "#b"])
FINAL = {DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.SKIPPED}


class OutboxMachine(RuleBasedStateMachine):
    """Alerts arrive, are claimed, answered or not, and the process may be killed at any point."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._url = f"sqlite:///{Path(self._folder.name) / 'watch.db'}"
        self._store = open_store(self._url)
        self._now: datetime = NOW
        self._written = 0
        self._sent: dict[str, list[int]] = {"#a": [], "#b": []}
        self._flying: list[int] = []

    @property
    def outbox(self) -> Outbox:
        return Outbox(self._store)

    @rule(place=PLACES, reply=st.booleans())
    def arrive(self, place: str, reply: bool) -> None:
        self._written += 1
        action = DeliveryAction.REPLY if reply else DeliveryAction.POST
        enqueue(self._store, delivery(f"k{self._written}", place, action=action, matter="m"), at=self._now)

    @rule(blocked=st.frozensets(PLACES))
    def claim(self, blocked: frozenset[str]) -> None:
        claimed = self.outbox.claim(self._now, blocked=blocked)
        if claimed is not None:
            assert claimed.destination not in blocked
            assert all(claimed.destination != self._place(n) for n in self._flying), (
                "two in flight at one place"
            )
            self._flying.append(claimed.id)

    @rule(how=st.sampled_from(["sent", "failed", "unknown", "dead", "found"]), pick=st.integers(0, 9))
    def answer(self, how: str, pick: int) -> None:
        if not self._flying:
            return
        number = self._flying[pick % len(self._flying)]
        if how in ("sent", "found"):
            self._sent[self._place(number)].append(number)
            self.outbox.sent(number, MessageRef(channel_id="C", ts=str(number)), None, self._now)
        elif how == "failed":
            self.outbox.failed(number, "ratelimited", self._now + timedelta(seconds=30))
        elif how == "dead":
            self.outbox.dead(number, "channel_not_found")
        else:
            self.outbox.unknown(number, "timed out", self._now)
            return
        self._flying.remove(number)

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds: int) -> None:
        self._now += timedelta(seconds=seconds)

    @rule()
    def crash(self) -> None:
        self._store.close()
        self._store = open_store(self._url)
        assert {d.id for d in self.outbox.in_doubt()} == set(self._flying)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert len(self.outbox.list(limit=10_000)) == self._written

    @invariant()
    def order_is_kept(self) -> None:
        assert all(numbers == sorted(numbers) for numbers in self._sent.values())

    def teardown(self) -> None:
        """Drain: everything that is not final gets out in order."""
        for number in list(self._flying):
            self.outbox.failed(number, "restarted", None)
        self._now += timedelta(hours=1)
        while claimed := self.outbox.claim(self._now):
            self._sent[claimed.destination].append(claimed.id)
            self.outbox.sent(claimed.id, None, None, self._now)
        assert all(d.state in FINAL for d in self.outbox.list(limit=10_000))
        self.order_is_kept()
        self._store.close()
        self._folder.cleanup()

    def _place(self, number: int) -> str:
        found = self.outbox.get(number)
        assert found is not None
        return found.destination


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
