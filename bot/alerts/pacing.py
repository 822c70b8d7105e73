"""How fast, and after what pause: the pump's waits as pure arithmetic. Contains no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """The pump's times; the defaults are Slack's limits with room."""

    gap: timedelta = timedelta(milliseconds=1100)  # between two calls to one channel
    settle: timedelta = timedelta(seconds=30)  # how long a history may lag behind a post
    hold: timedelta = timedelta(minutes=10)  # how long doubt may hold a channel whose history cannot be read
    look_again: timedelta = timedelta(seconds=30)  # between two looks at a history that could not be read
    longest_wait: timedelta = timedelta(minutes=10)  # the most that a Retry-After is given
    longest_back_off: timedelta = timedelta(minutes=5)
    recheck: timedelta = timedelta(hours=1)  # of a destination at fault
    probe: timedelta = timedelta(minutes=1)  # of an app at fault
    patience: int = 5  # unknown error words in a row before the destination counts as at fault

    def back_off(self, attempts: int, jitter: float) -> timedelta:
        """Return the pause after the n-th failure: 2, 4, 8 … seconds and up to a fifth more; `jitter` in [0, 1]."""
        seconds = min(2.0 ** min(max(attempts, 1), 16), self.longest_back_off.total_seconds())
        return timedelta(seconds=seconds * (1 + 0.2 * jitter))

    def asked(self, after: float | None, jitter: float, default: float = 30.0) -> timedelta:
        """Return the pause that a Retry-After asks for, and up to a second more so that all do not come at once."""
        seconds = min(default if after is None else after, self.longest_wait.total_seconds())
        return timedelta(seconds=seconds + 0.1 + 0.9 * jitter)


@dataclass(slots=True)
class Lanes:
    """When each channel may be called again, on the monotonic clock."""

    floor: float = 0.0  # nothing before it: after a crash nobody knows when the last call was
    _ready: dict[str, float] = field(default_factory=dict)

    def wait(self, lane: str, now: float) -> float:
        """Return the seconds until the lane is free."""
        return max(0.0, max(self._ready.get(lane, 0.0), self.floor) - now)

    def used(self, lane: str, until: float) -> None:
        """Keep the lane closed until then, or longer where it already is."""
        self._ready[lane] = max(self._ready.get(lane, 0.0), until)

    def closed(self, now: float) -> frozenset[str]:
        """Return the lanes that are not free yet."""
        return frozenset(lane for lane in self._ready if self.wait(lane, now) > 0)

    def next_free(self, now: float) -> float | None:
        """Return the seconds until the first closed lane is free; None where none is closed."""
        return min((wait for lane in self._ready if (wait := self.wait(lane, now)) > 0), default=None)
