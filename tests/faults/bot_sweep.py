"""The points at which the whole bot is interrupted, and what is counted afterwards: alerts lost, alerts doubled."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot_world import KEYWORD, KillAtPost, Launcher, Ran, World, item, rss
from tests.fake_slack import FakeSlack, Fault

POSTS = 10
COMMITS = 36  # of the run that brings the news; a point beyond the last commit interrupts nothing
ACTIONS = ("before", "after", "full", "locked", "term")
FAULTS = {
    "429": Fault(status=429, retry_after=1),
    "ratelimited": Fault(error="ratelimited", retry_after=1),
    "500": Fault(status=500),
    "503": Fault(status=503),
    "internal_error": Fault(error="internal_error"),
    "drop": Fault(kind="drop"),
    "reset": Fault(kind="reset"),
    "accept-then-drop": Fault(kind="accept-then-drop"),
    "accept-then-reset": Fault(kind="accept-then-reset"),
    "accept-then-500": Fault(kind="accept-then-error", status=500),
    "accept-then-fatal_error": Fault(kind="accept-then-error", error="fatal_error"),
    "accept-then-cut": Fault(kind="accept-then-cut"),
    "accept-then-garbage": Fault(kind="accept-then-garbage"),
    "accept-then-hang": Fault(kind="accept-then-hang"),
}
_OLD = [item(f"o{n}", f"Old news of {KEYWORD}, number {n}") for n in range(3)]
_NEWS = {
    "a": [item(f"a{n}", f"A {KEYWORD} was seen, mark-a{n}-") for n in range(1, 4)],
    "b": [
        item("b1", "CMA opens phase 1 probe of Microsoft deal with Mistral AI mark-b1-", "merger inquiry"),
        item("b2", "FTC sues to block Nvidia investment in Cohere AI partnership mark-b2-", "antitrust"),
    ],
    "c": [item(f"c{n}", f"The {KEYWORD} again, mark-c{n}-") for n in range(1, 6)],
}
MARKS = ("mark-a1-", "mark-a2-", "mark-a3-", "mark-b1-", "mark-b2-", *(f"mark-c{n}-" for n in range(1, 6)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One interruption of one run."""

    name: str
    commit: int = 0
    how: str = ""
    kill: tuple[str, int] | None = None  # as the n-th message "arrived", or was "accepted"
    fault: tuple[Fault, int] | None = None  # at the n-th message
    lag: float = 0.0
    first: bool = False  # interrupts the first poll of all instead of the one that brings the news


def commit_points(*, first: bool = False, commits: int = COMMITS) -> Iterator[Point]:
    """Yield every commit with every action."""
    for number in range(1, commits + 1):
        for how in ACTIONS:
            yield Point(name=f"{'first ' * first}commit {number} {how}", commit=number, how=how, first=first)


def post_points() -> Iterator[Point]:
    """Yield every message with a kill at its arrival and at its acceptance, and with every fault."""
    for number in range(1, POSTS + 1):
        for at in ("arrived", "accepted"):
            yield Point(name=f"post {number} {at}", kill=(at, number))
        for name, fault in FAULTS.items():
            yield Point(name=f"post {number} {name}", fault=(fault, number))


def lag_points() -> Iterator[Point]:
    """Yield every message killed when accepted, with a history that lags behind."""
    for number in range(1, POSTS + 1):
        yield Point(name=f"post {number} accepted, history 3 s late", kill=("accepted", number), lag=3.0)


@dataclass(slots=True)
class Outcome:
    """What a point cost."""

    point: Point
    lost: list[str]
    doubled: list[str]
    trouble: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Tell whether all is as it should be."""
        return not (self.lost or self.doubled or self.trouble)


class Sweep:
    """Interrupts the same run again and again, each time from the same database."""

    def __init__(self, home: Path, launcher: Launcher, *, trace: Callable[[Ran], None] | None = None) -> None:
        self.world = World(home)
        self._launcher = launcher
        self._trace = trace or (lambda _ran: None)

    def __enter__(self) -> Sweep:
        self.world.__enter__()
        for name in _NEWS:
            self.world.feed(name, rss(_OLD))
        self.world.write()
        assert self._launcher.once(self.world).code == 0
        shutil.copy(self.world.database, self._baseline)
        return self

    def __exit__(self, *error: object) -> None:
        self.world.__exit__(None, None, None)

    @property
    def _baseline(self) -> Path:
        return self.world.home / "baseline.db"

    def run(self, point: Point) -> Outcome:
        """Interrupt one run, then run until nothing waits; return what was lost and doubled."""
        self._reset(point)
        if point.first:
            self._interrupted(point)
            assert self._launcher.once(self.world).code == 0
        for name, news in _NEWS.items():
            self.world.serve(name, rss([*news, *_OLD]))
        if not point.first:
            self._interrupted(point)
        trouble: list[str] = []
        ran = Ran(0, "")
        for _ in range(4):
            ran = self._launcher.once(self.world)
            self._trace(ran)
            if "Traceback" in ran.out or ran.code not in (0, 1):
                trouble.append(ran.out)
            if not self._waiting():
                break
        else:
            trouble.append(f"still waiting: {ran.out}")
        counts = self.world.counts(MARKS)
        told = self.world.told()
        if any("number 1" in text for text in told):
            trouble.append("a first poll was posted")
        return Outcome(
            point=point,
            lost=[mark for mark, times in counts.items() if times == 0],
            doubled=[mark for mark, times in counts.items() if times > 1],
            trouble=[*trouble, *self.world.slack.problems(), *self._damage()],
        )

    def _reset(self, point: Point) -> None:
        world = self.world
        world.slack.__exit__(None, None, None)
        world.slack = FakeSlack(history_lag=point.lag)
        world.slack.__enter__()
        world.settle = f"{point.lag + 1:.0f}s" if point.lag else "0s"
        world.write()
        for path in world.home.glob("r.db*"):
            path.unlink()
        if not point.first:
            shutil.copy(self._baseline, world.database)
        for name in _NEWS:
            world.serve(name, rss(_OLD))

    def _interrupted(self, point: Point) -> None:
        killer = KillAtPost(self.world.slack, self._launcher, *(point.kill or ("", 0)))
        killer.arm()
        if point.fault:
            fault, number = point.fault
            self.world.slack.script("chat.postMessage", *[None] * (number - 1), fault)
        self._trace(self._launcher.once(self.world, commit=point.commit, how=point.how))
        killer.disarm()

    def _waiting(self) -> int:
        with closing(sqlite3.connect(self.world.database)) as db:
            row = db.execute(
                "SELECT COUNT(*) FROM deliveries WHERE state NOT IN ('sent', 'skipped', 'dead')"
            ).fetchone()
        return int(row[0])

    def _damage(self) -> list[str]:
        with closing(sqlite3.connect(self.world.database)) as db:
            found = db.execute("PRAGMA integrity_check").fetchone()[0]
            dead = db.execute("SELECT COUNT(*) FROM deliveries WHERE state = 'dead'").fetchone()[0]
        return [f"integrity: {found}"] * (found != "ok") + [f"{dead} dead"] * bool(dead)
