"""A clock that moves when it is told to, or when somebody sleeps on it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from bot.clock import Clock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock(Clock):
    """Wall and monotonic time that tests move; `sleep` moves both and returns at once."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._seconds = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the wall time."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._seconds

    def sleep(self, seconds: float) -> None:
        """Move both hands."""
        self.slept.append(seconds)
        self.forward(timedelta(seconds=max(0.0, seconds)))

    def forward(self, length: timedelta) -> None:
        """Move both hands."""
        with self._lock:
            self._now += length
            self._seconds += length.total_seconds()

    def set_wall(self, length: timedelta) -> None:
        """Move the wall hand alone, as an administrator or NTP would."""
        self._now += length
