"""Which polls run when: in a pool of threads, one a feed and one a host at a time, the others wait their turn."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.feeds.feed import Feed
from storage.errors import StorageError

LOG = logging.getLogger("regwatch.poller")
SAY_EVERY = 60.0  # seconds between two lines on polls that cannot be recorded


@dataclass(slots=True)
class Poller:
    """Runs `poll(feed)` in threads. A feed is never polled twice at once; a host has one poll at a time."""

    poll: Callable[[Feed], None]
    clock: Clock
    workers: int
    _pool: ThreadPoolExecutor = field(init=False)
    _flying: dict[str, float] = field(default_factory=dict)  # feed id → monotonic start
    _hosts: set[str] = field(default_factory=set)
    _waiting: dict[str, Feed] = field(default_factory=dict)  # in the order in which they fell due
    _closed: bool = False
    _said: float = -SAY_EVERY
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="poll")

    def start(self, feeds: Iterable[Feed]) -> None:
        """Poll these feeds as threads and hosts come free; those that wait or fly already are passed over."""
        with self._changed:
            for feed in feeds:
                if feed.id not in self._flying:
                    self._waiting.setdefault(feed.id, feed)
            self._launch()

    def run_all(self, feeds: Iterable[Feed], done: Callable[[Feed], None], stop: threading.Event) -> None:
        """Poll every feed once; `done` is called after each. Returns early when `stop` is set."""
        left = {feed.id: feed for feed in feeds}
        self.start(left.values())
        while left and not stop.is_set():
            with self._changed:
                busy = self._flying.keys() | self._waiting.keys()
                if left.keys() <= busy:
                    self._changed.wait(0.5)
                    continue
            for name in [name for name in left if name not in busy]:
                done(left.pop(name))

    def oldest(self) -> tuple[str, float]:
        """Return the feed that is being polled for longest, and for how many seconds; empty when idle."""
        with self._changed:
            if not self._flying:
                return "", 0.0
            feed, started = min(self._flying.items(), key=lambda item: item[1])
        return feed, self.clock.monotonic() - started

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing flies any more; tell whether that came to pass."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._flying, timeout=seconds)

    def close(self) -> None:
        """Take no more work; what flies is left to end by itself."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _launch(self) -> None:
        """Start what may start. The caller holds the lock."""
        for name, feed in list(self._waiting.items()):
            if self._closed or len(self._flying) >= self.workers:
                return
            host = urlsplit(feed.url).netloc.casefold()
            if host in self._hosts:
                continue
            del self._waiting[name]
            self._flying[name] = self.clock.monotonic()
            self._hosts.add(host)
            self._pool.submit(self._fly, feed, host)

    def _fly(self, feed: Feed, host: str) -> None:
        try:
            self.poll(feed)
        except StorageError as error:
            self._unrecorded(feed, error)
        except Exception:  # one bad feed must never harm the cycle; the trace is for whoever mends the bug
            LOG.exception("poll of %s failed", feed.id)
        finally:
            with self._changed:
                self._flying.pop(feed.id, None)
                self._hosts.discard(host)
                self._launch()
                self._changed.notify_all()

    def _unrecorded(self, feed: Feed, error: StorageError) -> None:
        """Log that a poll will be repeated, once a minute: a full disk meets every feed every few seconds."""
        now = self.clock.monotonic()
        with self._changed:
            if now - self._said < SAY_EVERY:
                return
            self._said = now
        LOG.error("poll of %s is not recorded, and will be repeated: %s", feed.id, error)
