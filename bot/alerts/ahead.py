"""What the pump has before it: how long until something may be done, and what is not worth waiting for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.alerts.doubt import Doubts
from bot.alerts.pacing import Lanes
from bot.alerts.ways import Ways
from bot.clock import Clock
from storage.records import Delivery
from storage.words import DeliveryState

ACTIVE = (DeliveryState.PENDING, DeliveryState.FAILED, DeliveryState.SENDING, DeliveryState.UNKNOWN)
LOOK_AT = 200  # active deliveries that are counted
_SOME = 40  # pending ones that are looked at: all others wait for what stands before them
_AHEAD = (DeliveryState.FAILED, DeliveryState.SENDING, DeliveryState.UNKNOWN)  # at most one a destination
_TRIES = 6  # of a delivery, that a drain waits for
_SLICE = 0.2  # seconds


class Listing(Protocol):
    """The part of the outbox that is looked through."""

    def list(
        self, *, states: Collection[DeliveryState] = (), destination: str | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Return deliveries, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """Looks at the outbox, the lanes and the doubts of one pump; changes none of them."""

    book: Listing
    ways: Ways
    clock: Clock
    gap: float
    lanes: Lanes
    doubts: Doubts

    def next_due(self, *, app_at_fault: bool) -> float | None:
        """Return the seconds until something may be done, or None where nothing waits."""
        now, wall = self.clock.monotonic(), self.clock.now()
        paced = self.lanes.next_free(now)
        if paced is not None and paced <= self.gap:
            return paced if self.book.list(states=ACTIVE, limit=1) else None
        blocked = self._blocked(now, wall, app_at_fault=app_at_fault)
        held: dict[tuple[str, str | None], float] = {}
        waits: list[float] = [wait for wait in blocked.values() if wait is not None]
        for delivery in reversed(self.book.list(states=(DeliveryState.PENDING,), limit=_SOME)):
            to = delivery.destination
            if to in blocked:
                continue
            wait = max(0.0, (delivery.not_before - wall).total_seconds()) if delivery.not_before else 0.0
            if wait and delivery.matter is not None:
                held[to, delivery.matter] = wait
            waits.append(max(wait, held.get((to, delivery.matter), 0.0), self.lanes.wait(to, now)))
        # What may go at once and yet was not claimed waits for something further back than we looked.
        return max(min(waits), _SLICE if min(waits) == 0 else 0.0) if waits else None

    def _blocked(self, now: float, wall: datetime, *, app_at_fault: bool) -> dict[str, float | None]:
        """Return the destinations that wait for their first delivery, and how long; None: do not wait for it."""
        found: dict[str, float | None] = {}
        for delivery in self.book.list(states=_AHEAD, limit=LOOK_AT):
            to = delivery.destination
            look = self.doubts.next_look(delivery.id)
            if delivery.state is not DeliveryState.FAILED:
                if self.doubts.waits_for_people(delivery.id):
                    found[to] = None
                    continue
                found[to] = max(0.0, (look or now) - now)
            elif self._hopeless(delivery, app_at_fault=app_at_fault):
                found[to] = None
            else:
                wait = max(0.0, (delivery.not_before - wall).total_seconds()) if delivery.not_before else 0.0
                found[to] = max(wait, self.lanes.wait(to, now))
        return found

    def _hopeless(self, delivery: Delivery, *, app_at_fault: bool) -> bool:
        port = self.ways.of(delivery.destination)
        shut = port is None or (app_at_fault and port.remembers)
        return shut or delivery.attempts >= _TRIES
