"""The whole bot over scripted feeds: real pipeline, parser child, matcher, store and pump; a fake Slack and clock.

with replaying(tmp_path) as world:
    world.run()
    world.calls          # what Slack was asked for, in order
    world.slack.messages("alerts")
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.alerts.pump import Pump
from bot.feeds.feed import Feed
from bot.feeds.outcome import Fetched, FetchOutcome, FetchRequest, NotModified
from bot.feeds.parse import Parser
from bot.matching.matcher import Matcher
from bot.matching.rule_file import load_rules
from bot.pipeline import Pipeline, Polled
from bot.plan import PlanSettings
from storage.database import open_store
from storage.outbox import Outbox
from storage.records import MessageRef
from storage.writer import Store
from tests.clock import FakeClock
from tests.fake_slack import Call, FakeSlack
from tests.replay_full.feeds import POLLS, SITES, at
from tests.unit.alerts.outboxes import pump_to, seconds_of

RULES = Path(__file__).parents[2] / "rules"
SETTINGS = PlanSettings(channel="#alerts", ops_channel="#ops")
_PATIENCE = timedelta(hours=3)


@dataclass(slots=True)
class ScriptedFetcher:
    """Answers from the script at the clock's time, with an ETag, and 304 to one that still holds."""

    clock: FakeClock
    asked: list[str] = field(default_factory=list)

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Return the address's body of now."""
        self.asked.append(request.url)
        body = SITES[request.url](self.clock.now())
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.etag == etag:
            return NotModified(url=request.url, headers={}, etag=etag, last_modified=None, hint=None)
        kind = "application/json" if "/api/" in request.url else "application/xml"
        return Fetched(
            url=request.url, final_url=request.url, status=200, body=body, headers={"content-type": kind},
            etag=etag, last_modified=None, moved_to="", hint=None, wire_bytes=len(body),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One call that Slack took: the method, the matter's parent (its first line when posted), and the first line."""

    method: str
    channel: str
    thread: str
    headline: str
    posted: bool  # a message of its own, no reply
    text: str


class Killed(Exception):
    """The process ended here."""


class DyingOutbox(Outbox):
    """An outbox whose process is killed as soon as a message was taken."""

    def sent(self, number: int, ref: MessageRef | None, permalink: str | None, now: datetime) -> None:
        """Die instead of noting it."""
        raise Killed


@dataclass(slots=True)
class World:
    """A bot between two polls. `restart` is what a kill and a new start leave."""

    directory: Path
    clock: FakeClock
    slack: FakeSlack
    parser: Parser
    matcher: Matcher
    fetcher: ScriptedFetcher
    store: Store
    pump: Pump
    said: list[Said] = field(default_factory=list)
    threads: dict[str, str] = field(default_factory=dict)  # ts of a parent → a short name
    warnings: list[str] = field(default_factory=list)
    polled: list[Polled] = field(default_factory=list)
    deaths: int = 0  # in the middle of a delivery

    def run(
        self,
        *,
        killed_after: frozenset[int] = frozenset(),
        dice: random.Random | None = None,
    ) -> None:
        """Replay the polls. The bot is killed after those named and, with `dice`, in the middle of half its calls."""
        for number, (day, feed) in enumerate(POLLS):
            self.wait_until(at(day))
            self.poll(feed)
            if number in killed_after:
                self.restart()
            if dice is not None and dice.random() < 0.5:
                self.die_in_delivery()
            self.deliver()

    def die_in_delivery(self) -> None:
        """Claim a delivery, send it, and die before Slack's answer is noted."""
        pump = pump_to(self.slack, DyingOutbox(self.store), self.clock, told=self.warnings)
        try:
            pump.drain(_PATIENCE)
        except Killed:
            self.deaths += 1
        self.restart()

    def wait_until(self, when: datetime) -> None:
        """Let time pass; a replay that fell behind goes on at once."""
        self.clock.forward(max(when - self.clock.now(), timedelta()))

    def poll(self, feed: Feed) -> None:
        """Poll one feed."""
        pipeline = Pipeline(
            store=self.store, fetcher=self.fetcher, parser=self.parser, plan_settings=SETTINGS,
            min_interval=timedelta(minutes=5), clock=self.clock, dice=lambda: 0.0,
        )  # fmt: skip
        self.polled.append(pipeline.poll_once(feed, self.matcher))

    def deliver(self) -> None:
        """Deliver all that is due."""
        assert self.pump.drain(_PATIENCE).left == 0

    def restart(self) -> None:
        """Forget everything but the database."""
        self.store.close()
        self.store, self.pump = _bot(self.directory, self.clock, self.slack, self.warnings)

    def hear(self, call: Call) -> None:
        """Note what Slack took."""
        if call.method not in ("chat.postMessage", "chat.update"):
            return
        found = next(m for m in self.slack.messages() if m.ts == call.ts)
        headline = found.text.split("\n", 1)[0]
        if call.method == "chat.postMessage" and found.thread_ts is None:
            self.threads[found.ts] = headline
        thread = self.threads[found.thread_ts or found.ts]
        names = {number: name for name, number in self.slack.channels.items()}
        self.said.append(
            Said(call.method, names[found.channel], thread, headline, found.thread_ts is None, found.text)
        )


def _bot(directory: Path, clock: FakeClock, slack: FakeSlack, warnings: list[str]) -> tuple[Store, Pump]:
    store = open_store(f"sqlite:///{directory / 'replay.db'}")
    return store, pump_to(slack, Outbox(store), clock, told=warnings)


@contextmanager
def replaying(directory: Path, *, history_lag: float = 0.0) -> Iterator[World]:
    """Give a bot at the start of the quarter."""
    clock = FakeClock(at(0))
    parser = Parser(workers=1)
    with FakeSlack(clock=lambda: seconds_of(clock), history_lag=history_lag) as slack:
        warnings: list[str] = []
        store, pump = _bot(directory, clock, slack, warnings)
        world = World(
            directory, clock, slack, parser, Matcher(load_rules(RULES)), ScriptedFetcher(clock), store, pump,
            warnings=warnings,
        )  # fmt: skip
        slack.on_accept = world.hear
        try:
            yield world
        finally:
            world.store.close()
            parser.close()
