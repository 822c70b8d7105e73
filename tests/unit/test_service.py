"""The watch over the scheduler: hangs and clock jumps are noticed, signals end the run."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest

from bot.clock import SystemClock
from bot.service import EXIT_HUNG, Job, Service
from storage.errors import StorageFull
from tests.clock import FakeClock

LOOK = 0.005


def job(run: object, *, limit: float = 60.0) -> Job:
    assert callable(run)
    return Job(name="poll", run=run, every=timedelta(seconds=1), limit=timedelta(seconds=limit))


def test_a_job_that_overstays_ends_the_process() -> None:
    """A hung job makes the run return exit code 70 and say which job it was."""
    clock, release, told = FakeClock(), threading.Event(), list[str]()
    started = threading.Event()

    def hang() -> None:
        started.set()
        clock.forward(timedelta(minutes=5))
        release.wait(10)

    service = Service([job(hang)], clock, trouble=told.append)
    code = service.run(stop=lambda: None, look_every=LOOK)
    release.set()
    assert started.is_set()
    assert code == EXIT_HUNG
    assert told == ["job poll hangs; ending so that the supervisor starts regwatch afresh"]


def test_a_job_that_is_no_longer_started_counts_as_hung() -> None:
    """A scheduler that went silent is noticed by what does not finish."""
    clock = FakeClock()
    service = Service([job(lambda: None)], clock, trouble=print)
    assert service.hung() == ""
    clock.forward(timedelta(seconds=62))
    assert service.hung() == "poll"


def test_a_wall_clock_set_back_arms_the_scheduler_anew() -> None:
    """After a jump of three hours the job runs again at once."""
    clock, told, service = SystemClockWithOffset(), list[str](), list[Service]()
    runs = 0

    def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            clock.offset = timedelta(hours=-3)
        else:
            service[0].request_stop()

    service.append(Service([job(run)], clock, trouble=told.append))
    assert service[0].run(stop=lambda: None, look_every=LOOK) == 0
    assert runs >= 2
    assert told == ["the wall clock jumped by -10800 s; schedules are set anew"]


def test_a_wall_clock_ten_years_ahead_runs_the_job_again_at_once() -> None:
    """Millions of missed runs are one run."""
    clock, service = SystemClockWithOffset(), list[Service]()
    runs = 0

    def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            clock.offset = timedelta(days=-3650)
        else:
            service[0].request_stop()

    clock.offset = timedelta(days=-7300)
    service.append(Service([job(run)], clock, trouble=lambda _text: None))
    assert service[0].run(stop=lambda: None, look_every=LOOK) == 0
    assert runs >= 2


def test_a_job_that_fails_is_told_and_runs_again() -> None:
    """An error in a job is surfaced, and the schedule goes on."""
    told, service = list[str](), list[Service]()
    runs = 0

    def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            message = "disk on fire"
            raise OSError(message)
        service[0].request_stop()

    quick = Job(name="poll", run=run, every=timedelta(milliseconds=20), limit=timedelta(seconds=60))
    service.append(Service([quick], SystemClock(), trouble=told.append))
    assert service[0].run(stop=lambda: None, look_every=LOOK) == 0
    assert told == ["job poll failed: OSError: disk on fire"]


def test_a_database_that_cannot_be_written_is_told_once_without_a_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The words of such an error say what to do; a thousand traces an hour hide them."""
    told, service = list[str](), list[Service]()
    runs = 0

    def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            service[0].request_stop()
        message = "watch.db cannot be written: disk full"
        raise StorageFull(message)

    quick = Job(name="poll", run=run, every=timedelta(milliseconds=20), limit=timedelta(seconds=60))
    service.append(Service([quick], SystemClock(), trouble=told.append))
    service[0].run(stop=lambda: None, look_every=LOOK)
    assert told == ["job poll failed: StorageFull: watch.db cannot be written: disk full"]
    assert caplog.text == ""


def test_stopping_lets_work_in_flight_end() -> None:
    """The stop callback runs before the service returns."""
    stopped = threading.Event()
    services = list[Service]()

    def end() -> None:
        services[0].request_stop()

    services.append(Service([job(end)], SystemClock(), trouble=print))
    assert services[0].run(stop=stopped.set, look_every=LOOK) == 0
    assert stopped.is_set()


def test_a_thread_that_cannot_be_ended_does_not_keep_the_process() -> None:
    """A call that hangs in a pool is left behind, with the exit code that was to be."""
    program = (
        "import threading\n"
        "from datetime import timedelta\n"
        "from bot.service import leave\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "leave(3, after=timedelta(milliseconds=20))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 3


def test_a_stop_has_its_deadline() -> None:
    """Whatever the main thread is at, the process ends."""
    program = (
        "import threading\n"
        "from datetime import timedelta\n"
        "from bot.service import end_within\n"
        "end_within(timedelta(milliseconds=20), 1)\n"
        "threading.Event().wait()\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 1


class SystemClockWithOffset(SystemClock):
    """The machine's clock with a wall hand that can be moved."""

    offset = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.offset
