"""One request at a time per server, with a gap between two; first come, first served. Uses the clock to wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import Clock

_LANES_LIMIT = 4_096  # idle lanes are forgotten above this
_NAP = 0.25  # seconds; how soon a waiting thread notices that the gate closed


class GateClosed(Exception):
    """The bot is stopping; no further request starts."""


@dataclass(slots=True, eq=False)
class _Lane:
    """The queue before one server."""

    turn: threading.Condition
    waiting: deque[object] = field(default_factory=deque)
    busy: bool = False
    ready_at: float = 0.0  # monotonic; when the gap after the last request is over


class HostGate:
    """Lets requests to one server pass singly. Thread-safe; a slow server holds up its own queue alone."""

    def __init__(self, gap: timedelta, clock: Clock) -> None:
        self._gap = max(gap.total_seconds(), 0.0)
        self._clock = clock
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}
        self._closed = False

    @contextmanager
    def turn(self, lane: str) -> Iterator[None]:
        """Wait for this server's turn and hold it; the gap begins when it is given back. Raises GateClosed."""
        entered = self._enter(lane)
        try:
            self._sit_out_gap(entered)
            yield
        finally:
            with self._lock:
                entered.busy = False
                entered.ready_at = self._clock.monotonic() + self._gap
                entered.turn.notify_all()

    def ready_in(self, lane: str) -> float:
        """Return the seconds until a request may start; while others are before it, at least their gaps.

        0.0 means now. For the scheduler, which then sends a worker to another server first.
        """
        with self._lock:
            known = self._lanes.get(lane)
            if known is None:
                return 0.0
            rest = max(known.ready_at - self._clock.monotonic(), 0.0)
            ahead = len(known.waiting) + known.busy
            return rest + ahead * max(self._gap, _NAP) if ahead else rest

    def close(self) -> None:
        """Turn away everyone who waits and everyone who comes."""
        with self._lock:
            self._closed = True
            for lane in self._lanes.values():
                lane.turn.notify_all()

    def _enter(self, name: str) -> _Lane:
        ticket = object()
        with self._lock:
            lane = self._lane(name)
            lane.waiting.append(ticket)
            try:
                lane.turn.wait_for(lambda: self._closed or (lane.waiting[0] is ticket and not lane.busy))
                if self._closed:
                    raise GateClosed
            finally:
                lane.waiting.remove(ticket)
            lane.busy = True
            return lane

    def _sit_out_gap(self, lane: _Lane) -> None:
        while (rest := lane.ready_at - self._clock.monotonic()) > 0:
            if self._closed:
                raise GateClosed
            self._clock.sleep(min(rest, _NAP))

    def _lane(self, name: str) -> _Lane:
        """Return the lane of a server; called with the lock held."""
        if name not in self._lanes and len(self._lanes) >= _LANES_LIMIT:
            now = self._clock.monotonic()
            for other in [n for n, k in self._lanes.items() if _idle(k, now)]:
                del self._lanes[other]
        return self._lanes.setdefault(name, _Lane(threading.Condition(self._lock)))


def _idle(lane: _Lane, now: float) -> bool:
    return not lane.busy and not lane.waiting and lane.ready_at <= now
