"""The whole bot killed at commits and posts: every due alert stands in Slack once, in a sample of the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot_world import Launcher
from tests.faults.bot_sweep import FAULTS, Point, Sweep

# `benchmarks/kill_sweep.py` runs every commit, every post and every fault.
SAMPLE = [
    *[Point(name=f"commit {n} {how}", commit=n, how=how) for n, how in [(5, "after"), (11, "before"), (20, "term")]],
    *[Point(name=f"post {n} {at}", kill=(at, n)) for n, at in [(1, "arrived"), (4, "accepted")]],
    Point(name="post 2 accept-then-drop", fault=(FAULTS["accept-then-drop"], 2)),
    Point(name="first commit 6 before", commit=6, how="before", first=True),
]  # fmt: skip


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    home: Path = tmp_path_factory.mktemp("world")
    with Launcher() as launcher, Sweep(home, launcher) as sweep:
        yield sweep


@pytest.mark.parametrize("point", SAMPLE, ids=lambda point: point.name)
def test_nothing_is_lost_or_doubled(sweep: Sweep, point: Point) -> None:
    """One run is interrupted, the next ones mend it."""
    outcome = sweep.run(point)
    assert (outcome.lost, outcome.doubled, outcome.trouble) == ([], [], [])
