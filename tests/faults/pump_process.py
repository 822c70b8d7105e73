"""A bot that does nothing but deliver, to be killed between any two of its steps.

Started once; each line on stdin is a job, run in a forked child (so that imports are paid for once). It answers
with the child's pid, then with how the child ended: `0`, or `-9` where it was killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.alerts.pacing import Pacing
from bot.alerts.pump import Pump
from bot.alerts.slack import SlackCalls
from bot.alerts.slack_port import SlackPort
from bot.alerts.ways import Ways
from bot.clock import SystemClock
from storage.database import open_store
from storage.outbox import Outbox


@dataclass
class Killer:
    """Kills this very process when the named point is passed for the n-th time."""

    point: str
    nth: int
    passed: int = 0

    def at(self, point: str) -> None:
        if point == self.point:
            self.passed += 1
            if self.passed == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, target: object, name: str) -> None:
        inner: Callable[..., Any] = getattr(target, name)

        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.at(f"before {name}")
            result = inner(*args, **kwargs)
            self.at(f"after {name}")
            return result

        setattr(target, name, guarded)


def run(job: dict[str, Any]) -> None:
    """Deliver what is due, unless killed."""
    clock = SystemClock()
    store = open_store(job["url"])
    outbox = Outbox(store)
    port = SlackPort(SlackCalls(job["token"], clock=clock, api_url=job["api_url"], timeout=2.0))
    killer = Killer(job.get("point", ""), job.get("nth", 0))
    for name in ("claim", "sent", "failed", "unknown", "in_doubt"):
        killer.wrap(outbox, name)
    for name in ("send", "find"):
        killer.wrap(port, name)
    pacing = Pacing(
        gap=timedelta(milliseconds=5),
        settle=timedelta(seconds=job["settle"]),
        look_again=timedelta(seconds=0.1),
    )
    Pump(book=outbox, ways=Ways(slack=port), clock=clock, pacing=pacing).drain(timedelta(seconds=10))
    store.close()


def main() -> None:
    """Serve jobs until stdin ends."""
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                run(job)
                code = 0
            finally:
                os._exit(code)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
