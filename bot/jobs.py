"""What the fixed jobs do: the poll tick, the delivery pump, the chores, the daily look, the heartbeat."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot import standing
from bot.alerts import message as render
from bot.alerts import silence
from bot.alerts.alert import AlertReason
from bot.alerts.joining import merge_roll_ups
from bot.alerts.ops import ops_delivery, unrecorded
from bot.alerts.pacing import Pacing
from bot.alerts.pump import Pump
from bot.alerts.quiet import quiet_until
from bot.app import App
from bot.feeds import health
from bot.feeds.due import is_due
from bot.feeds.feed import Feed
from bot.feeds.outcome import FetchFailed, FetchRequest
from bot.history.brief_due import write_due_brief
from bot.pipeline import Polled
from bot.poller import Poller
from bot.rule_watch import RuleWatch
from bot.rulebook import RULES
from bot.service import Job, notify
from storage.errors import StorageError
from storage.records import FeedState, NewDelivery
from storage.words import DeliveryAction, Level

LOG = logging.getLogger("regwatch.jobs")

POLL_HANGS_AFTER = timedelta(minutes=4)  # fetch 30 s, parse 10 s, turns at the host, a busy database
CYCLE = "cycle"  # note: the last time that everything due was being polled and nothing hung
SUMMED_UP = "summed-up"  # note: the feeds whose first poll was summed up
DAILY = "daily"
STARTED = "started"
SHOUT_EVERY = timedelta(hours=1)


@dataclass(slots=True)
class Jobs:
    """The bot's work between start and stop. Each public method is one job; all may be repeated safely."""

    app: App
    stopping: threading.Event
    backfill: int = 0
    polled: Callable[[Polled], None] | None = None
    poller: Poller = field(init=False)
    pump: Pump = field(init=False)
    rules: RuleWatch = field(init=False)
    _shouted: datetime | None = None
    _delivering: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        slack = self.app.settings.slack
        self.poller = Poller(self.poll, self.app.clock, self.app.settings.network.workers)
        self.rules = RuleWatch(self.app, self.tell)
        self.pump = Pump(
            book=self.app.outbox,
            ways=self.app.ways,
            clock=self.app.clock,
            pacing=Pacing(gap=slack.gap, settle=slack.settle),
            warn=lambda text: self.tell(f"slack:{text}", text),
            stop=self.stopping,
        )

    def fixed(self) -> Sequence[Job]:
        """Return the jobs of a long run."""
        return (
            Job(name="poll", run=self.tick, every=timedelta(seconds=1), limit=timedelta(minutes=2)),
            Job(name="deliver", run=self.deliver, every=timedelta(seconds=1), limit=timedelta(minutes=5)),
            Job(name="chores", run=self.chores, every=timedelta(seconds=5), limit=timedelta(minutes=5)),
            Job(name="daily", run=self.daily, every=timedelta(minutes=10), limit=timedelta(minutes=15)),
            Job(name="heartbeat", run=self.heartbeat, every=timedelta(minutes=1), limit=timedelta(minutes=5)),
        )

    # ------------------------------------------------------------------ polling

    def feeds(self) -> tuple[Feed, ...]:
        """Return the feeds that are polled."""
        return tuple(feed for feed in self.app.book.current.feeds if feed.enabled)

    def poll(self, feed: Feed) -> None:
        """Poll one feed, and tell whoever watches."""
        try:
            result = self.app.pipeline.poll_once(feed, self.app.book.current.matcher, backfill=self.backfill)
        except StorageError:
            raise  # nothing can be recorded
        except Exception as error:
            self.app.pipeline.broke_off(feed, error)
            raise
        if self.polled is not None:
            self.polled(result)

    def tick(self) -> None:
        """Start the polls that are due, those that wait longest first."""
        hung, seconds = self.poller.oldest()
        if seconds > POLL_HANGS_AFTER.total_seconds():
            message = f"the poll of {hung} has hung for {seconds:.0f} s"
            raise RuntimeError(message)
        now = self.app.clock.now()
        states = self.app.store.feed_states()
        due = [f for f in self.feeds() if is_due(states.get(f.id, FeedState(feed=f.id)), now)]
        self.poller.start(sorted(due, key=lambda f: _due_since(states.get(f.id))))
        with self.app.store.writing() as tx:
            tx.note(CYCLE, str(len(due)), now)
        notify("WATCHDOG=1")

    # ------------------------------------------------------------------ delivery

    def deliver(self) -> None:
        """Send what is due."""
        with self._delivering:
            self.pump.deliver_once()

    def wait_delivered(self, seconds: float) -> bool:
        """Wait until no message is under way; tell whether that came to pass."""
        if not self._delivering.acquire(timeout=seconds):
            return False
        self._delivering.release()
        return True

    # ------------------------------------------------------------------ chores

    def chores(self) -> None:
        """Everything small that must not wait for a day."""
        self.rules.look()
        self.join_roll_ups()
        self.index()
        self.sum_up()
        self.end_silences()
        now = self.app.clock.now()
        if self.app.settings.digest is not None:
            write_due_brief(self.app.store, self.app.settings.digest, self.app.plan_settings.channel, now)
        standing.remind(self.app, now)

    def join_roll_ups(self) -> None:
        """Join the roll-ups that wait behind others for one channel into as few messages as hold them."""
        with self.app.store.writing() as tx:
            joined = merge_roll_ups(tx.pending(AlertReason.ROLL_UP.value))
            if joined.gone:
                tx.replace_pending(joined.new, joined.heirs, at=self.app.clock.now())

    def index(self) -> None:
        """Let the search index catch up."""
        while not self.stopping.is_set() and self.app.store.index_pending() > 0:
            pass

    def sum_up(self) -> None:
        """Tell once, in one line, what the first polls of new feeds found; those hits are not posted."""
        states = self.app.store.feed_states()
        feeds = self.feeds()
        known = set(json.loads(self.app.store.notes().get(SUMMED_UP, ("[]", None))[0]))
        fresh = [f for f in feeds if f.id not in known and f.id in states and states[f.id].baseline_at]
        untried = [f for f in feeds if f.id not in states]
        if not fresh or untried:
            return
        now = self.app.clock.now()
        names = sorted(known | {f.id for f in fresh})
        with self.app.store.writing() as tx:
            hits = tx.baseline_hits(f.id for f in fresh)
            tx.note(SUMMED_UP, json.dumps(names), now)
            if hits and not self.backfill:
                what = fresh[0].name if len(fresh) == 1 else f"{len(fresh)} new feeds"
                message = render.plain_message(
                    f"Now watching {what}: {hits} past hit{'s' if hits != 1 else ''} recorded, not posted."
                    " See them with `regwatch hits`."
                )
                tx.enqueue(
                    [self._quiet_line(f"baseline:{names[-1]}:{len(names)}", message.text, now)], at=now
                )

    def _quiet_line(self, key: str, text: str, now: datetime) -> NewDelivery:
        plan = self.app.plan_settings
        channel = plan.ops_channel or plan.channel
        return NewDelivery(
            key=f"{key}:{channel}",
            destination=channel,
            action=DeliveryAction.POST,
            message=render.plain_message(text),
            reason=AlertReason.BASELINE.value,
            level=Level.LOW,
            not_before=quiet_until(now, plan.quiet_hours),
        )

    def end_silences(self) -> None:
        """Say that a silence is over and what it hid."""
        now = self.app.clock.now()
        with self.app.store.writing() as tx:
            for over in tx.ended_silences(now):
                text = silence.end_text(over)
                tx.enqueue([self._quiet_line(f"silence-end:{over.id}", text, now)], at=now)
                tx.told_silence_end(over.id)

    # ------------------------------------------------------------------ daily

    def daily(self) -> None:
        """Once a day: say that the bot lives and what fails; look for feeds that fell silent; keep house."""
        now = self.app.clock.now()
        standing.keep_house(self.app, now)
        noted = self.app.store.notes().get(DAILY)
        if noted is not None and timedelta(0) <= now - noted[1] < timedelta(hours=24):
            return
        states = self.app.store.feed_states()
        if not any(s.ok_at for s in states.values()):
            return
        self._tell_quiet_feeds(states, now)
        failing = sorted(f.name for f in self.feeds() if (s := states.get(f.id)) and s.failures)
        troubles = [f"failing: {', '.join(failing[:10])}"] if failing else []
        if (refused := self.app.book.refused) is not None:
            _, since = self.app.store.notes().get(RULES, ("", refused.since))  # known for longer than we run
            troubles.append(f"rules refused since {since:%-d %B, %H:%M} UTC: `regwatch rules lint`")
        said = "; ".join(troubles) or "all are well"
        self.tell(f"daily:{now:%Y-%m-%d}", f"still watching {len(self.feeds())} feeds; {said}")
        self.note(DAILY, "", now)

    def _tell_quiet_feeds(self, states: dict[str, FeedState], now: datetime) -> None:
        for feed in self.feeds():
            state = states.get(feed.id)
            if state is None or state.failures:
                continue
            quiet = health.is_quiet(self._arrivals(feed.id), now)
            notice = health.health_changes(state, state, name=feed.name, quiet=quiet)
            if notice is None:
                continue
            self.tell(f"feed:{feed.id}:{notice.told}", notice.text)
            with self.app.store.writing() as tx:
                tx.set_told(feed.id, notice.told)

    def _arrivals(self, feed: str) -> tuple[datetime, ...]:
        with self.app.store.writing() as tx:
            return tx.arrivals(feed)

    # ------------------------------------------------------------------ words

    def heartbeat(self) -> None:
        """Tell the dead man's switch that the last cycle was good."""
        url = self.app.settings.heartbeat_url
        if not url or self.poller.oldest()[1] > POLL_HANGS_AFTER.total_seconds():
            return
        outcome = self.app.fetcher.fetch(FetchRequest(url=url))
        if isinstance(outcome, FetchFailed):
            LOG.warning("heartbeat: %s %s", outcome.kind.value, outcome.detail)

    def tell(self, key: str, text: str, *, daily: bool = False) -> None:
        """Say something to the people who run the bot: the log, and the ops channel where there is one.

        `daily`: in the channel once a day by its key, however often it is told.
        """
        LOG.warning("%s", text)
        channel = self.app.plan_settings.ops_channel
        if not channel:
            return
        now = self.app.clock.now()
        try:
            with self.app.store.writing() as tx:
                tx.enqueue([ops_delivery(key, text, channel, now, daily=daily)], at=now)
        except StorageError as error:
            LOG.error("cannot record a word to the ops channel: %s", error)  # noqa: TRY400 - the message says it all
            why = "" if str(error) in text else f": {error}"
            self._shout(ops_delivery(key, f"{text} (and it cannot be recorded{why})", channel, now), now)

    def _shout(self, word: NewDelivery, now: datetime) -> None:
        """Send a word past the database, which cannot take it; at most one an hour, since nothing counts them."""
        port = self.app.ways.of(word.destination)
        if port is None or (self._shouted is not None and now - self._shouted < SHOUT_EVERY):
            return
        self._shouted = now
        port.send(unrecorded(word, now), word.message, None)

    def note(self, key: str, value: str, now: datetime) -> None:
        """Keep a note for `regwatch status`."""
        with self.app.store.writing() as tx:
            tx.note(key, value, now)


def _due_since(state: FeedState | None) -> float:
    """Return when a feed fell due, as a number that sorts; those never polled come first."""
    return state.next_at.timestamp() if state is not None and state.next_at is not None else 0.0
