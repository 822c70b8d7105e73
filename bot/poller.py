"""Which feeds are polled when: due ones, one at a time per host, in a pool of threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.feeds.feed import Feed

LOG = logging.getLogger("regwatch.poller")


@dataclass(slots=True)
class Poller:
    """Runs `poll(feed)` in threads. A feed is never polled twice at once; a host has one poll at a time."""

    poll: Callable[[Feed], None]
    clock: Clock
    workers: int
    _pool: ThreadPoolExecutor = field(init=False)
    _flying: dict[str, float] = field(default_factory=dict)  # feed id → monotonic start
    _hosts: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="poll")

    def start(self, feeds: Iterable[Feed]) -> tuple[Future[None], ...]:
        """Start polls of these feeds, in order, as far as threads and hosts are free."""
        return tuple(future for feed in feeds if (future := self._start(feed)) is not None)

    def run_all(self, feeds: Iterable[Feed], done: Callable[[Feed], None], stop: threading.Event) -> None:
        """Poll every feed once; `done` is called after each. Returns early when `stop` is set."""
        waiting = list(feeds)
        names: dict[Future[None], Feed] = {}
        while (waiting or names) and not stop.is_set():
            left = []
            for feed in waiting:
                future = self._start(feed)
                if future is None:
                    left.append(feed)
                else:
                    names[future] = feed
            waiting = left
            finished, _ = wait(names, timeout=0.05 if waiting else 0.5, return_when="FIRST_COMPLETED")
            for future in finished:
                done(names.pop(future))

    def oldest(self) -> tuple[str, float]:
        """Return the feed that is being polled for longest, and for how many seconds; empty when idle."""
        with self._lock:
            if not self._flying:
                return "", 0.0
            feed, started = min(self._flying.items(), key=lambda item: item[1])
        return feed, self.clock.monotonic() - started

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing flies any more; tell whether that came to pass."""
        end = self.clock.monotonic() + seconds
        while self.oldest()[0]:
            if self.clock.monotonic() > end:
                return False
            self.clock.sleep(0.05)
        return True

    def close(self) -> None:
        """Take no more work; what flies is left to end by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, feed: Feed) -> Future[None] | None:
        host = urlsplit(feed.url).netloc.casefold()
        with self._lock:
            if feed.id in self._flying or host in self._hosts or len(self._flying) >= self.workers:
                return None
            self._flying[feed.id] = self.clock.monotonic()
            self._hosts.add(host)
        return self._pool.submit(self._fly, feed, host)

    def _fly(self, feed: Feed, host: str) -> None:
        try:
            self.poll(feed)
        except Exception:  # one bad feed must never harm the cycle; the trace is for whoever mends the bug
            LOG.exception("poll of %s failed", feed.id)
        finally:
            with self._lock:
                self._flying.pop(feed.id, None)
                self._hosts.discard(host)
