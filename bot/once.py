"""`run --once`: every feed is polled once, what is due is delivered, and how it went is returned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.alerts.pump import PumpReport
from bot.feeds.feed import Feed
from bot.jobs import Jobs
from bot.pipeline import Polled

DELIVER_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceReport:
    """How the feeds and the deliveries went. A feed whose poll broke off has no result."""

    feeds: int
    results: tuple[Polled, ...]
    delivered: PumpReport

    @property
    def failed(self) -> tuple[Polled, ...]:
        """Return the polls that gave nothing."""
        return tuple(result for result in self.results if result.failed)

    @property
    def good(self) -> bool:
        """Tell whether the run did its work: at least one feed answered and nothing waits undelivered for a fault."""
        answered = not self.feeds or len(self.failed) < self.feeds
        undelivered = self.delivered.troubles or self.delivered.dead or self.delivered.stuck
        return answered and not undelivered


def run_once(
    jobs: Jobs, *, progress: Callable[[Feed], None], within: timedelta = DELIVER_WITHIN
) -> OnceReport:
    """Poll every feed, whether due or not; deliver until nothing is due. Raises StorageError."""
    results: list[Polled] = []
    jobs.polled = results.append
    feeds = jobs.feeds()
    jobs.poller.run_all(feeds, progress, jobs.stopping)
    now = jobs.app.clock.now()
    jobs.note("cycle", str(len(feeds)), now)
    jobs.chores()
    delivered = jobs.pump.drain(within)
    return OnceReport(feeds=len(feeds), results=tuple(results), delivered=delivered)
