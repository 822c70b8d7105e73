"""Deliveries that may or may not have arrived: looked for, waited for, looked for again, and only then sent again.

A message that Slack accepted may be missing from its history for some seconds, so one empty answer proves nothing;
a second one after the settling time does. Where the history cannot be read at all, the delivery is held for a
bounded time and then sent: a message told twice is the lesser harm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from bot.alerts.pacing import Pacing
from bot.alerts.port import CannotLook, Found, NotThere
from bot.alerts.slack_errors import blames_app, waits_for_people
from bot.alerts.ways import Ways
from bot.clock import Clock
from storage.records import Delivery, MessageRef
from storage.words import DeliveryAction

LOG = logging.getLogger("regwatch.pump")
LATEST = timedelta(minutes=3)  # after its claim, a delivery has surely been taken or not


class DoubtBook(Protocol):
    """The part of the outbox that doubt is about; `storage.outbox.Outbox` is one."""

    def in_doubt(self) -> tuple[Delivery, ...]:
        """Return the deliveries that may or may not have been taken."""
        ...

    def sent(self, number: int, ref: MessageRef | None, permalink: str | None, now: datetime) -> None:
        """The destination has it."""
        ...

    def failed(self, number: int, error: str, not_before: datetime | None) -> None:
        """The destination does not have it."""
        ...

    def parent_of(self, matter: str, destination: str) -> MessageRef | None:
        """Return the message that it replies to."""
        ...


@dataclass(slots=True)
class _Doubt:
    """What is known of one delivery in doubt, on the monotonic clock."""

    settled: float  # from then on an empty history is believed
    held_until: float  # then it is sent even though nobody could look
    next_look: float
    told: bool = False
    blamed: bool = False  # nobody can look until a person mends the app


@dataclass(slots=True, kw_only=True)
class Doubts:
    """Settles doubts, one look at a time. `warn` is told what a person should know."""

    book: DoubtBook
    ways: Ways
    clock: Clock
    pacing: Pacing
    warn: Callable[[str], None]
    _known: dict[int, _Doubt] = field(default_factory=dict)

    def settle(self) -> tuple[bool, int]:
        """Look for every delivery whose time has come; return whether anything changed, and how many were found."""
        acted, found = False, 0
        waiting = self.book.in_doubt()
        for number in self._known.keys() - {delivery.id for delivery in waiting}:
            del self._known[number]
        for delivery in waiting:
            doubt = self._doubt(delivery)
            if self.clock.monotonic() >= doubt.next_look:
                result = self._look(delivery, doubt)
                acted = acted or result is not None
                found += result is True
        return acted, found

    def next_look(self, number: int) -> float | None:
        """Return when a delivery is looked for next, on the monotonic clock; None where it is not in doubt."""
        doubt = self._known.get(number)
        return doubt.next_look if doubt else None

    def waits_for_people(self, number: int) -> bool:
        """Tell whether nobody can look for a delivery until a person mends the app."""
        doubt = self._known.get(number)
        return doubt is not None and doubt.blamed

    def asked_to_wait(self, number: int, seconds: float) -> None:
        """Do not look before then: the other side asked for a pause."""
        doubt = self._known.get(number)
        if doubt is not None:
            doubt.next_look = max(doubt.next_look, self.clock.monotonic() + seconds)

    def begin(self, delivery: Delivery) -> None:
        """Note a doubt that arose just now."""
        self._known[delivery.id] = self._begun(timedelta())

    def _doubt(self, delivery: Delivery) -> _Doubt:
        known = self._known.get(delivery.id)
        if known is None:
            attempt = delivery.attempted_at
            # Left behind by an earlier process, which may have died long after it claimed the delivery. A clock set
            # back must not make the wait longer than it ever is.
            passed = max(timedelta(), self.clock.now() - attempt - LATEST) if attempt else timedelta()
            known = self._known[delivery.id] = self._begun(passed)
        return known

    def _begun(self, passed: timedelta) -> _Doubt:
        now = self.clock.monotonic()
        return _Doubt(
            settled=now + max(timedelta(), self.pacing.settle - passed).total_seconds(),
            held_until=now + max(timedelta(), self.pacing.hold - passed).total_seconds(),
            next_look=now,
        )

    def _look(self, delivery: Delivery, doubt: _Doubt) -> bool | None:
        """Return True where it was found, False where it goes out again, None where the doubt stays."""
        port = self.ways.of(delivery.destination)
        now = self.clock.monotonic()
        if port is None:
            doubt.next_look = now + self.pacing.look_again.total_seconds()
            return None
        # An edit may be repeated; where there is no memory nothing can be looked up.
        if delivery.action is DeliveryAction.UPDATE or not port.remembers:
            return self._again(delivery, "interrupted: sent again")
        parent = None
        if delivery.action is not DeliveryAction.POST and delivery.matter is not None:
            parent = self.book.parent_of(delivery.matter, delivery.destination)
        sighting = port.find(delivery, parent)
        match sighting:
            case Found(ref=ref, permalink=permalink):
                self.book.sent(delivery.id, ref, permalink, self.clock.now())
                self._known.pop(delivery.id, None)
                return True
            case NotThere():
                if now >= doubt.settled:
                    return self._again(delivery, "not in the channel's history: sent again")
                doubt.next_look = doubt.settled
                return None
            case CannotLook(code=code, after=after):
                return self._blind(delivery, doubt, code, after)
        assert_never(sighting)

    def _blind(self, delivery: Delivery, doubt: _Doubt, code: str, after: float | None) -> bool | None:
        now = self.clock.monotonic()
        doubt.blamed = blames_app(code)
        if now >= doubt.held_until:
            self.warn(
                f"delivery {delivery.id} to {delivery.destination} is sent again unseen ({code}); it may stand twice"
            )
            return self._again(delivery, f"history unreadable ({code}): sent again")
        if not doubt.told:
            doubt.told = True
            minutes = round(self.pacing.hold.total_seconds() / 60)
            text = (
                f"cannot read the history of {delivery.destination} ({code}), so delivery {delivery.id} waits "
                f"for up to {minutes} min"
            )
            if waits_for_people(code):
                self.warn(f"{text}; check the app's scopes and that it is in the channel")
            else:  # Slack is unwell for a moment: nobody can do anything about that
                LOG.warning("%s", text)
        pause = self.pacing.look_again.total_seconds() if after is None else max(after, 1.0)
        doubt.next_look = now + pause if after is not None else min(now + pause, doubt.held_until)
        return None

    def _again(self, delivery: Delivery, why: str) -> bool:
        self.book.failed(delivery.id, why, None)
        self._known.pop(delivery.id, None)
        return False
