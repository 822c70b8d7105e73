"""What starting costs: `regwatch --help`, and commands that read a small database, against a bare `python -c pass`.

    python benchmarks/start_up.py [--rounds 15]

The commands take turns; medians of wall time of the whole process, after one round that is not counted: it keeps the
modules' bytecode, as installing does, whatever PYTHONDONTWRITEBYTECODE says. Target: three times bare at most.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.search import fill
from storage.database import open_store

ROOT = Path(__file__).resolve().parent.parent
TARGET = 3.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What starting costs, against a bare interpreter.")
    parser.add_argument("--rounds", type=int, default=15)
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.db"
        store = open_store(f"sqlite:///{path}")
        fill(store, 300, 30)
        store.close()
        env = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "REGWATCH_DATABASE": f"sqlite:///{path}",
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode"),
        }
        settings = Path(folder) / "settings.yaml"
        settings.write_text(f"database: sqlite:///{path}\nslack: {{channel: antitrust}}\n", encoding="utf-8")
        commands = {
            "python -c pass": ["-c", "pass"],
            "regwatch --help": ["-m", "bot", "--help"],
            "regwatch hits": ["-m", "bot", "hits"],
            "regwatch hits WORD, three filters": [
                *("-m", "bot", "hits", "merger", "--company", "anthropic"),
                *("--level", "low+", "--since", "2020-01-01"),
            ],
            "regwatch hits, with a settings file": ["-m", "bot", "hits", "--config", str(settings)],
            "regwatch matters": ["-m", "bot", "matters"],
            "regwatch status": ["-m", "bot", "status"],
        }
        took: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, words in commands.items():
                began = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, *words], env=env, capture_output=True, cwd=folder, check=False
                )
                if number:
                    took[name].append((time.perf_counter() - began) * 1000)
                assert done.returncode in {0, 1}, done.stderr.decode()
    bare = statistics.median(took["python -c pass"])
    for name, each in took.items():
        print(
            f"{name:<36} {statistics.median(each):7.1f} ms  {statistics.median(each) / bare:4.1f}x (target {TARGET}x)"
        )


if __name__ == "__main__":
    main()
