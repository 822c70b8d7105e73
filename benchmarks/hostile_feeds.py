"""Polls every hostile feed with the whole bot and says which alerts were late, lost, doubled or told too early.

python -m benchmarks.hostile_feeds          # all kinds, some minutes: drips and silences take their time
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.faults.bot_hostile import all_kinds
from tests.faults.bot_hostile_run import run_hostile


def main() -> int:
    """Run them all; 1 where anything was lost, doubled or touched."""
    kinds = all_kinds()
    with tempfile.TemporaryDirectory() as folder:
        report = run_hostile(Path(folder), kinds)
    print(f"{len(kinds)} kinds, {sum(kind.due for kind in kinds)} due while hostile")
    for name in ("lost", "doubled", "late", "early", "problems"):
        print(f"{name}: {getattr(report, name)}")
    print(
        f"seconds {report.seconds}, peak {report.peak_mb:.0f} MB, private addresses touched {report.touched}"
    )
    return 1 if report.lost or report.doubled or report.touched else 0


if __name__ == "__main__":
    raise SystemExit(main())
