"""Interrupts the whole bot at every commit and every post, and counts the alerts lost and doubled.

python -m benchmarks.kill_sweep                 # all points, about a quarter of an hour
python -m benchmarks.kill_sweep --part 0/2      # every second point
python -m benchmarks.kill_sweep --only "post 3"
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import chain
from pathlib import Path

from tests.bot_world import Launcher
from tests.faults.bot_sweep import Point, Sweep, commit_points, lag_points, post_points


def main() -> int:
    """Run the sweep; 1 where anything was lost, doubled or odd."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    which, parts = map(int, args.part.split("/"))
    points: list[Point] = list(
        chain(commit_points(), post_points(), lag_points(), commit_points(first=True, commits=16))
    )
    points = [point for point in points if args.only in point.name][which::parts]
    lost = doubled = odd = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Launcher() as launcher,
        Sweep(Path(folder), launcher) as sweep,
    ):
        for number, point in enumerate(points, 1):
            outcome = sweep.run(point)
            lost, doubled = lost + len(outcome.lost), doubled + len(outcome.doubled)
            odd += bool(outcome.trouble)
            if not outcome.clean:
                print(
                    f"{point.name}: lost {outcome.lost}, doubled {outcome.doubled}, {outcome.trouble}",
                    flush=True,
                )
            if number % 20 == 0:
                print(f"{number}/{len(points)}", flush=True)
    print(f"{len(points)} points: {lost} lost, {doubled} doubled, {odd} odd")
    return 1 if lost or doubled or odd else 0


if __name__ == "__main__":
    raise SystemExit(main())
