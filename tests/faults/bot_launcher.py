"""The whole bot, started many times over from one process that has paid for the imports, and killed at any commit.

Each line on stdin is a job, run in a forked child: `{"words": ["run", "--once", …], "env": {…}, "log": FILE,
"commit": N, "how": "before|after|full|locked|term"}`. It answers with the child's pid, then with how the child
ended and how many commits it made.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

# What a run would import late is imported once, here.
import bot.alerts.slack
import bot.alerts.slack_port
import bot.app
import bot.cli.run
import bot.once
import bot.service  # noqa: F401
from bot import rulebook
from bot.cli.main import main as regwatch
from bot.matching.rule_file import RuleSet, load_rules

_FAULTS = {"full": "database or disk is full", "locked": "database is locked"}


@dataclass
class Plan:
    """What befalls which commit of this process."""

    nth: int = 0
    how: str = ""
    seen: int = 0

    def around(self, connection: sqlite3.Connection, commit: str) -> sqlite3.Cursor:
        self.seen += 1
        mine = self.seen == self.nth
        if mine and self.how in _FAULTS:
            raise sqlite3.OperationalError(_FAULTS[self.how])
        if mine and self.how == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        cursor = sqlite3.Connection.execute(connection, commit)
        if mine:
            os.kill(os.getpid(), signal.SIGTERM if self.how == "term" else signal.SIGKILL)
        return cursor


PLAN = Plan()


class Counting(sqlite3.Connection):
    """A connection whose commits are counted, and interrupted as planned."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql == "COMMIT":
            return PLAN.around(self, sql)
        return super().execute(sql, parameters)


def _connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = _plain_connect(*args, **{"factory": Counting, **kwargs})
    return connection


_plain_connect = sqlite3.connect


@lru_cache(maxsize=4)
def _loaded(directory: Path, prints: rulebook.Fingerprint) -> RuleSet:  # `prints` is part of the key
    return load_rules(directory)


def run(job: dict[str, Any]) -> int:
    """Be the bot: its output goes to the log."""
    with Path(job["log"]).open("ab") as log:
        for number in (1, 2):
            os.dup2(log.fileno(), number)
    os.environ.update(job["env"])
    PLAN.nth, PLAN.how = job.get("commit", 0), job.get("how", "")
    setattr(sqlite3.dbapi2, "connect", _connect)  # noqa: B010 - mypy knows it as it is
    code = regwatch(job["words"])
    sys.stdout.flush()
    return code


def main() -> None:
    """Serve jobs until stdin ends."""

    def remembered(directory: Path) -> RuleSet:
        return _loaded(directory, rulebook.fingerprint(directory))

    setattr(rulebook, "load_rules", remembered)  # noqa: B010 - mypy knows it as it is
    for line in sys.stdin:
        job = json.loads(line)
        if directory := job.get("preload"):
            remembered(Path(directory))
        counts, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(counts)
            code = 70
            try:
                code = run(job)
            finally:
                os.write(tell, str(PLAN.seen).encode())
                os._exit(code)
        os.close(tell)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        commits = os.read(counts, 20).decode() or "0"
        os.close(counts)
        print(os.waitstatus_to_exitcode(status), commits, flush=True)


if __name__ == "__main__":
    main()
