"""The whole bot killed at commits and posts: every due alert stands in Slack once, in a sample of the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot_world import Launcher
from tests.faults.bot_sweep import FAULTS, Point, Sweep

SAMPLE = [
    *[Point(name=f"commit {n} {how}", commit=n, how=how) for n, how in [
        (3, "before"), (5, "after"), (7, "full"), (9, "locked"), (11, "before"), (14, "after"), (20, "term"),
    ]],
    *[Point(name=f"post {n} {at}", kill=(at, n)) for n, at in [(1, "arrived"), (4, "accepted"), (10, "accepted")]],
    *[Point(name=f"post 2 {name}", fault=(FAULTS[name], 2)) for name in (
        "429", "accept-then-drop", "accept-then-500", "accept-then-garbage",
    )],
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
