"""The one place that reads the time; everything else takes `now` as an argument."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from datetime import UTC, datetime


class Clock(ABC):
    """Wall time for what is shown and stored, monotonic seconds for waits."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""

    @abstractmethod
    def monotonic(self) -> float:
        """Return seconds that never go back."""

    @abstractmethod
    def sleep(self, seconds: float) -> None:
        """Wait; a fake clock only moves its hands."""


class SystemClock(Clock):
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        if seconds > 0:
            time.sleep(seconds)
