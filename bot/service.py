"""The long run: APScheduler's few fixed jobs, signals, and the watch that notices when they stop.

What is due lives in the database; these jobs only ask for it. Two things stop APScheduler silently: a job that
hangs (`max_instances=1` skips every later run) and a wall clock set back (the next run is hours off). The watch
runs in the main thread on the monotonic clock: it arms the scheduler anew after a jump of the wall clock, and
ends the process with exit code 70 when a job overstays, so that the supervisor starts it afresh.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import NoReturn

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.clock import Clock
from bot.spells import Spells
from storage.errors import StorageError

LOG = logging.getLogger("regwatch.service")
EXIT_HUNG = 70  # EX_SOFTWARE of sysexits.h
CLOCK_JUMP = timedelta(seconds=5)
STOP_WITHIN = timedelta(seconds=7)
ENDED_WITHIN = timedelta(seconds=1)  # then a thread that cannot be ended is left behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A fixed job: run every `every`; a run longer than `limit` counts as hung."""

    name: str
    run: Callable[[], None]
    every: timedelta
    limit: timedelta


class _Every(BaseTrigger):  # type: ignore[misc] # APScheduler is untyped
    """Fires every so often, and once for all that was missed.

    APScheduler's own interval trigger counts missed runs one by one: a wall clock set ten years ahead would keep
    it busy for minutes.
    """

    def __init__(self, every: timedelta) -> None:
        self.every = every

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the next time after `now`."""
        return now if previous_fire_time is None else max(previous_fire_time, now) + self.every


@dataclass(slots=True)
class _Runs:
    """What the watch knows of a job, on the monotonic clock."""

    started: float | None = None
    finished: float = 0.0
    busy: threading.Lock = field(default_factory=threading.Lock)


class Service:
    """Runs the jobs until a signal or a hang. `trouble` is told, in one line, what a person should know."""

    def __init__(self, jobs: Sequence[Job], clock: Clock, *, trouble: Callable[[str], None]) -> None:
        self._clock = clock
        self._trouble = trouble
        self._jobs: tuple[Job, ...] = ()
        self._runs: dict[str, _Runs] = {}
        self.take(jobs)
        self._stop = threading.Event()
        self.ended_by = ""  # the signal
        self._spells = Spells()
        self._spelling = threading.Lock()
        self._scheduler: BackgroundScheduler | None = None
        self._offset = self._wall_minus_monotonic()

    def take(self, jobs: Sequence[Job]) -> None:
        """Set the jobs; before `run` only."""
        self._jobs = tuple(jobs)
        self._runs = {job.name: _Runs(finished=self._clock.monotonic()) for job in jobs}

    @property
    def stopping(self) -> threading.Event:
        """Return the flag that long work looks at."""
        return self._stop

    def run(self, *, stop: Callable[[], None], look_every: float = 1.0) -> int:
        """Run until told to stop; `stop` lets work in flight end. Return the exit code."""
        self.listen_for_signals()
        _quiet_scheduler()
        self._arm()
        notify("READY=1")
        hung = ""
        while not self._stop.wait(look_every):
            self._look_at_clock()
            if hung := self.hung():
                break
        notify("STOPPING=1")
        self._disarm()
        if hung:
            message = f"job {hung} hangs; ending so that the supervisor starts regwatch afresh"
            LOG.critical(message)
            self._trouble(message)
            return EXIT_HUNG
        stopper = threading.Thread(target=stop, name="stop", daemon=True)
        stopper.start()
        stopper.join(STOP_WITHIN.total_seconds())
        return 0

    def request_stop(self) -> None:
        """Ask the run to end."""
        self._stop.set()

    def hung(self) -> str:
        """Return the name of a job that overstays or was never started again, or nothing."""
        now = self._clock.monotonic()
        for job in self._jobs:
            runs = self._runs[job.name]
            limit = job.limit.total_seconds()
            started = runs.started
            if started is not None and now - started > limit:
                return job.name
            if started is None and now - runs.finished > job.every.total_seconds() + limit:
                return job.name
        return ""

    def listen_for_signals(self) -> None:
        """End in good order, and say so, when told to or when the terminal is closed."""
        if threading.current_thread() is not threading.main_thread():
            return

        def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the shape of a handler
            self.ended_by = signal.Signals(number).name
            self._stop.set()

        signal.signal(signal.SIGTERM, handle)
        signal.signal(signal.SIGINT, handle)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup: the terminal may go
            signal.signal(signal.SIGHUP, handle)

    def _wall_minus_monotonic(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _look_at_clock(self) -> None:
        """Arm the scheduler anew when the wall clock jumped: its next runs are set on the wall clock."""
        offset = self._wall_minus_monotonic()
        jump, self._offset = offset - self._offset, offset
        if abs(jump) > CLOCK_JUMP.total_seconds():
            LOG.warning("the wall clock jumped by %+.0f s; schedules are set anew", jump)
            self._trouble(f"the wall clock jumped by {jump:+.0f} s; schedules are set anew")
            self._disarm()
            self._arm()

    def _arm(self) -> None:
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self._jobs) + 2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        scheduler.add_listener(self._heard, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        for job in self._jobs:
            scheduler.add_job(
                self._run_job,
                _Every(job.every),
                args=(job,),
                id=job.name,
                next_run_time=self._clock.now(),
            )
        scheduler.start()
        self._scheduler = scheduler

    def _disarm(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def _run_job(self, job: Job) -> None:
        runs = self._runs[job.name]
        if not runs.busy.acquire(blocking=False):
            return  # still at work from before the scheduler was armed anew
        try:
            runs.started = self._clock.monotonic()
            job.run()
            self._ran_well(job.name)
        finally:
            runs.started, runs.finished = None, self._clock.monotonic()
            runs.busy.release()

    def _heard(self, event: JobEvent) -> None:
        """Surface what APScheduler would only log."""
        if event.code == EVENT_JOB_ERROR:
            exception = getattr(event, "exception", None)
            if isinstance(exception, Exception):
                self._failed(event.job_id, exception)
        elif event.code == EVENT_JOB_MISSED:
            LOG.warning("job %s missed a run", event.job_id)

    def _failed(self, name: str, error: Exception) -> None:
        """Tell of a failure once a spell: jobs run every second, and a disk stays full for days."""
        kind = type(error).__name__
        with self._spelling:
            word = self._spells.failed(name, kind, self._clock.monotonic())
        if word is None:
            return
        if not isinstance(error, StorageError):  # its words say what is wrong; a trace is for a fault of ours
            LOG.error("job %s %s", name, word, exc_info=error)
        self._trouble(f"job {name} {word}: {kind}: {error}")

    def _ran_well(self, name: str) -> None:
        with self._spelling:
            over = self._spells.ran_well(name, self._clock.monotonic())
        if over is not None:
            self._trouble(over)


def _quiet_scheduler() -> None:
    """Keep APScheduler from logging what `_heard` tells, and that a job of a second takes more than one."""
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)


def leave(code: int, *, after: timedelta = ENDED_WITHIN) -> None:
    """End the process with `code` if a thread would keep it alive for longer; what it was about is in no transaction.

    A call to Slack cannot be called off: its delivery is in doubt at the next start, and looked for.
    """
    ours = threading.current_thread()
    others = [thread for thread in threading.enumerate() if thread is not ours and not thread.daemon]

    def wait() -> None:
        for thread in others:
            thread.join()

    waiting = threading.Thread(target=wait, name="leave", daemon=True)
    waiting.start()
    waiting.join(after.total_seconds())
    if waiting.is_alive():
        _exit_now(code)


def end_within(time_left: timedelta, code: int) -> None:
    """End the process with `code` after that time, whatever it is at: supervisors kill after ten seconds."""

    def wait() -> None:
        threading.Event().wait(time_left.total_seconds())
        _exit_now(code)

    threading.Thread(target=wait, name="end", daemon=True).start()


def _exit_now(code: int) -> NoReturn:
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(code)


def notify(state: str, environ: Mapping[str, str] | None = None) -> None:
    """Tell systemd (sd_notify(3)): READY=1, WATCHDOG=1, STOPPING=1; nothing where it is not listening."""
    address = (os.environ if environ is None else environ).get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(state.encode(), address)
    except OSError as error:
        LOG.warning("systemd does not listen: %s", error)
