"""Takes deliveries from the outbox to their destinations: at least once, in order, never faster than is welcome.

    claim (committed as `sending`) ─► send ─► mark

Whatever is killed in between is found again as `sending` and looked for before it is sent again (`bot.alerts.doubt`).
Nothing is ever dropped: a delivery ends as sent, or as dead with its reason, re-sendable. One pump a database.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from bot.alerts.ahead import ACTIVE, LOOK_AT, Ahead
from bot.alerts.doubt import DoubtBook, Doubts
from bot.alerts.message import reduced
from bot.alerts.pacing import Lanes, Pacing
from bot.alerts.port import Ambiguous, Fault, NotSent, Outcome, Port, Posted, Refused, TryLater
from bot.alerts.slack_errors import is_asked_pause
from bot.alerts.ways import Ways
from bot.clock import Clock
from storage.records import Delivery, Message, MessageRef
from storage.words import DeliveryAction, DeliveryState

LOG = logging.getLogger("regwatch.pump")
_SHIFT = timedelta(seconds=20)  # of a pump that shares its thread's time limit with slow answers
_SLICE = 0.2  # seconds between two looks at the stop flag
_WAITING = Refused(fault=Fault.APP, code="waits until Slack takes the app's token again")
_MEND_APP = (
    "Nothing is lost, everything waits. Install the app again or set its new token and restart; "
    "`regwatch alerts test` proves it"
)
_MEND_CHANNEL = (
    "What goes there waits, and is tried once an hour. Mend it, or name another channel and restart; prove it with "
    "`regwatch alerts test`; `regwatch alerts retry --failed` tries at once"
)


class Book(DoubtBook, Protocol):
    """The outbox as the pump needs it; `storage.outbox.Outbox` is one."""

    def claim(self, now: datetime, *, blocked: frozenset[str] = frozenset()) -> Delivery | None:
        """Mark the oldest delivery that may go as being sent, and return it."""
        ...

    def unknown(self, number: int, error: str, now: datetime) -> None:
        """It may have been taken."""
        ...

    def dead(self, number: int, error: str) -> None:
        """It was refused for good."""
        ...

    def skip(self, number: int, why: str = "") -> None:
        """It was overtaken."""
        ...

    def list(
        self, *, states: Collection[DeliveryState] = (), destination: str | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Return deliveries, newest first."""
        ...

    def retry(self, numbers: Iterable[int]) -> int:
        """Put failed deliveries back as if new."""
        ...


@dataclass(slots=True, kw_only=True)
class PumpReport:
    """What one run of the pump did, and what it leaves."""

    sent: int = 0
    found: int = 0  # of an earlier attempt, in the history
    retried: int = 0  # put off, to be tried again
    dead: int = 0
    skipped: int = 0
    left: int = 0  # active deliveries, held ones included (counted up to 200)
    stuck: int = 0  # of these, the ones that were tried or could have been
    troubles: tuple[str, ...] = ()  # what stands in the way now, one line each


def _ignore(_text: str) -> None:
    """Nobody listens."""


@dataclass(slots=True, kw_only=True)
class Pump:
    """Delivers. `warn` is told, once a trouble, what a person should know; `stop` ends it between two steps."""

    book: Book
    ways: Ways
    clock: Clock
    pacing: Pacing = field(default_factory=Pacing)
    warn: Callable[[str], None] = _ignore
    stop: threading.Event = field(default_factory=threading.Event)
    jitter: Callable[[], float] = random.random
    _lanes: Lanes = field(default_factory=Lanes)
    _doubts: Doubts = field(init=False)
    _ahead: Ahead = field(init=False)
    _troubles: dict[str, str] = field(default_factory=dict)  # destination, or "app" → what is the matter
    _shut_until: float = 0.0  # the app is at fault: no call to Slack before then but a probe
    _probed: set[int] = field(default_factory=set)
    _begun: bool = False
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _report: PumpReport = field(default_factory=PumpReport)

    def __post_init__(self) -> None:
        self._doubts = Doubts(
            book=self.book, ways=self.ways, clock=self.clock, pacing=self.pacing, warn=self._tell
        )
        self._ahead = Ahead(
            book=self.book,
            ways=self.ways,
            clock=self.clock,
            gap=self.pacing.gap.total_seconds(),
            lanes=self._lanes,
            doubts=self._doubts,
        )

    def deliver_once(self) -> PumpReport:
        """Deliver what may go now, for a while; waits for nothing but the pace of a busy channel."""
        return self._run(_SHIFT, patience=2 * self.pacing.gap.total_seconds())

    def drain(self, within: timedelta) -> PumpReport:
        """Deliver until nothing is due within the time given, waiting for pacing, pauses asked for and doubts.

        Does not wait for what more waiting will not mend: an app at fault, or the seventh try of a delivery.
        Raises storage's errors; whatever was under way is then in doubt and settled by the next run.
        """
        return self._run(within, patience=within.total_seconds())

    def _run(self, within: timedelta, *, patience: float) -> PumpReport:
        with self._turn:
            self._report = PumpReport()
            end = self.clock.monotonic() + within.total_seconds()
            while not self.stop.is_set():
                if self._step():
                    if self.clock.monotonic() > end:
                        break
                    continue
                pause = self._ahead.next_due(app_at_fault="app" in self._troubles)
                if pause is None or pause > patience or self.clock.monotonic() + pause > end:
                    break
                self._sleep(max(pause, 0.01))
            self._sum_up()
            return self._report

    def _sum_up(self) -> None:
        """Say what is left, and what stands in its way."""
        left, now = self.book.list(states=ACTIVE, limit=LOOK_AT), self.clock.now()
        tried = [one for one in left if one.state is not DeliveryState.PENDING]
        due = [one for one in left if one not in tried and (one.not_before is None or one.not_before <= now)]
        troubles = dict(self._troubles)
        if "app" not in troubles:
            for one in tried:
                troubles.setdefault(one.destination, f"{one.destination} waits ({one.error or 'in doubt'})")
        self._report.left, self._report.stuck = len(left), len(tried) + len(due)
        self._report.troubles = tuple(troubles.values())

    # ------------------------------------------------------------------------ one step

    def _step(self) -> bool:
        """Settle doubts and send one delivery; tell whether anything was done."""
        if not self._begun:
            self._begun = True
            self._forgive()
            if self.book.in_doubt():  # killed on the way: nobody knows how long ago the last call was
                self._lanes.floor = self.clock.monotonic() + self.pacing.gap.total_seconds()
        acted, found = self._doubts.settle()
        self._report.found += found
        delivery = self.book.claim(self.clock.now(), blocked=self._lanes.closed(self.clock.monotonic()))
        if delivery is None:
            return acted
        self._send(delivery)
        return True

    def _forgive(self) -> None:
        """Try at once what an earlier process put off: whoever starts the bot anew may have mended the cause."""
        failed = self.book.list(states=(DeliveryState.FAILED,), limit=LOOK_AT)
        self.book.retry([one.id for one in failed if not is_asked_pause(one.error)])

    def _send(self, delivery: Delivery) -> None:
        port = self.ways.of(delivery.destination)
        if port is None:
            self._record(delivery, Refused(fault=Fault.APP, code="not configured"), None)
            return
        if delivery.action is DeliveryAction.UPDATE and self._overtaken(delivery):
            self.book.skip(delivery.id, "a later edit says more")
            self._report.skipped += 1
            return
        if shut := self._shut(port):
            self._record(delivery, shut, None)
            return
        parent = None
        if delivery.action is not DeliveryAction.POST and delivery.matter is not None:
            parent = self.book.parent_of(delivery.matter, delivery.destination)
        outcome = self._call(port, delivery, delivery.message, parent)
        if outcome is None:
            return
        if (
            isinstance(outcome, Refused)
            and outcome.fault is Fault.THREAD
            and delivery.action is not DeliveryAction.UPDATE
        ):
            parent = None  # the thread is gone: the news still has to be told
            outcome = self._call(port, delivery, delivery.message, None)
        if isinstance(outcome, Refused) and outcome.fault is Fault.MESSAGE:
            LOG.warning(
                "delivery %s: %s %s; sent once more as plain text", delivery.id, outcome.code, outcome.detail
            )
            outcome = self._call(port, delivery, reduced(delivery.message), parent)
        if outcome is not None:
            self._record(delivery, outcome, port)

    def _call(
        self, port: Port, delivery: Delivery, message: Message, parent: MessageRef | None
    ) -> Outcome | None:
        """Send when the lane is free. None where the pump was stopped, or must wait long: the delivery is put back."""
        lane = port.lane(delivery.destination)
        wait = self._lanes.wait(lane, self.clock.monotonic()) if lane else 0.0
        if wait > 2 * self.pacing.gap.total_seconds():
            self.book.failed(delivery.id, delivery.error, self.clock.now() + timedelta(seconds=wait))
            return None
        if wait:
            self._sleep(wait)
        if self.stop.is_set():
            self.book.failed(delivery.id, delivery.error, None)
            return None
        outcome = port.send(delivery, message, parent)
        if lane:
            self._use(port, delivery.destination, self.pacing.gap)
        return outcome

    # ------------------------------------------------------------------------ what became of it

    def _record(self, delivery: Delivery, outcome: Outcome, port: Port | None) -> None:
        match outcome:
            case Posted(ref=ref, permalink=permalink):
                self.book.sent(delivery.id, ref, permalink, self.clock.now())
                self._report.sent += 1
                self._over(delivery.destination, f"Slack takes messages to {delivery.destination} again")
            case Refused():
                self._refused(delivery, outcome)
            case TryLater(code=code, after=after, known=True):
                pause = self.pacing.asked(after, self.jitter())
                self._put_off(delivery, code, pause)
                if port is not None:
                    self._use(port, delivery.destination, pause)
            case TryLater(code=code):
                if delivery.attempts >= self.pacing.patience:
                    self._refused(
                        delivery, Refused(fault=Fault.DESTINATION, code=code, detail="unknown error")
                    )
                else:
                    self._put_off(delivery, code, self.pacing.back_off(delivery.attempts, self.jitter()))
            case NotSent(code=code):
                self._put_off(delivery, code, self.pacing.back_off(delivery.attempts, self.jitter()))
            case Ambiguous(code=code, after=after):
                self._doubtful(delivery, code, after, port)
            case never:
                assert_never(never)

    def _doubtful(self, delivery: Delivery, code: str, after: float | None, port: Port | None) -> None:
        pause = self.pacing.asked(after, self.jitter()) if after is not None else timedelta()
        if port is None or not port.remembers or delivery.action is DeliveryAction.UPDATE:
            self._put_off(delivery, code, max(pause, self.pacing.back_off(delivery.attempts, self.jitter())))
            return
        self.book.unknown(delivery.id, code, self.clock.now())
        self._doubts.begin(delivery)
        if pause:
            self._doubts.asked_to_wait(delivery.id, pause.total_seconds())
            self._use(port, delivery.destination, pause)

    def _refused(self, delivery: Delivery, refusal: Refused) -> None:
        reason = f"{refusal.code}: {refusal.detail}" if refusal.detail else refusal.code
        match refusal.fault:
            case Fault.THREAD if delivery.action is DeliveryAction.UPDATE:
                self.book.skip(delivery.id, f"{reason}: there is nothing to edit")
                self._report.skipped += 1
            case Fault.MESSAGE | Fault.THREAD:
                self.book.dead(delivery.id, reason)
                self._report.dead += 1
                if refusal.fault is Fault.MESSAGE and delivery.reason != "ops":
                    self._tell(
                        f"delivery {delivery.id} was refused ({reason}); regwatch alerts retry {delivery.id}"
                    )
            case Fault.DESTINATION:
                self._put_off(delivery, reason, self.pacing.recheck)
                text = f"Slack refuses the channel {delivery.destination} ({reason})"
                self._trouble(delivery.destination, text, advice=_MEND_CHANNEL)
            case Fault.APP:
                self._put_off(delivery, reason, self.pacing.probe)
                if refusal is _WAITING:
                    return
                if refusal.code != "not configured":
                    self._shut_until = self.clock.monotonic() + self.pacing.probe.total_seconds()
                    self._probed.clear()
                self._trouble("app", f"Slack refuses the app ({reason})", advice=_MEND_APP)
            case never:
                assert_never(never)

    def _put_off(self, delivery: Delivery, error: str, pause: timedelta) -> None:
        self.book.failed(delivery.id, error, self.clock.now() + pause)
        self._report.retried += 1

    # ------------------------------------------------------------------------ helpers

    def _shut(self, port: Port) -> Refused | None:
        """Ask who we are at the start, and once a minute while the app is at fault; None when the way is open."""
        if id(port) in self._probed:
            return None
        if self.clock.monotonic() < self._shut_until and port.remembers:
            return _WAITING
        refusal = port.probe()
        if refusal is None:
            self._probed.add(id(port))
            self._over("app", "Slack takes the app again; what waited is sent now")
        return refusal

    def _overtaken(self, delivery: Delivery) -> bool:
        waiting = self.book.list(states=(DeliveryState.PENDING,), destination=delivery.destination)
        return any(
            other.id > delivery.id
            and other.action is DeliveryAction.UPDATE
            and other.matter == delivery.matter
            and (other.not_before is None or other.not_before <= self.clock.now())
            for other in waiting
        )

    def _use(self, port: Port, destination: str, pause: timedelta) -> None:
        until = self.clock.monotonic() + pause.total_seconds()
        self._lanes.used(port.lane(destination), until)
        self._lanes.used(destination, until)

    def _sleep(self, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        while not self.stop.is_set() and (left := end - self.clock.monotonic()) > 0:
            self.clock.sleep(max(min(left, _SLICE), 0.001))

    def _trouble(self, subject: str, text: str, *, advice: str) -> None:
        """Tell of a trouble once, with the time: the ops channel may hear of it only when it is over."""
        if self._troubles.get(subject) != text:
            self._troubles[subject] = text
            self._tell(f"{text}, since {self.clock.now():%-d %B, %H:%M} UTC. {advice}.")

    def _over(self, subject: str, text: str) -> None:
        if self._troubles.pop(subject, None) is not None:
            self._tell(f"{text} ({self.clock.now():%-d %B, %H:%M} UTC).")

    def _tell(self, text: str) -> None:
        self.warn(text)
