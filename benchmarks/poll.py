"""Polling a thousand local feeds of thirty entries, beside the package `reader` and a plain feedparser loop.

    python benchmarks/poll.py [--feeds 1000] [--rounds 3] [--reader-python PATH] [--only SIDE]

Each round starts with empty databases and polls four times: cold (200s), warm (304s), five in a hundred feeds with one
new entry (304s else), and 200s without validators whose bodies are unchanged. The sides take turns within each phase,
every one in a process of its own; the server runs in another. Medians over the rounds; CPU counts children too.
Our side matches the shipped rules and a hundred more, plans, stores with synchronous=FULL and indexes every text;
`reader` stores; the feedparser loop only parses. `reader` is installed into a virtual environment made for the run;
where that does not work it is left out, and a line says so.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.feed_server import ENTRIES, address

HERE = Path(__file__).resolve().parent
PHASES = {"cold": "304", "all 304": "304", "5 % with news": "news", "200, same body": "plain"}
TARGETS = {"cold": 2.4, "all 304": 2.5, "5 % with news": 3.5, "200, same body": 25.0}
Result = dict[str, float]


@contextmanager
def server(feeds: int) -> Iterator[int]:
    """Serve the feeds from a process of their own; yields the port."""
    command = [sys.executable, str(HERE / "feed_server.py"), str(feeds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def reader_python(folder: Path) -> str | None:
    """Return an interpreter that has `reader`, or None where it cannot be installed."""
    python = folder / "bin" / "python"
    # feedparser 6.0.14 as reader needs it imports sgmllib, which its own dependencies do not bring.
    install = [str(python), "-m", "pip", "install", "--quiet", "reader", "sgmllib3k"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        subprocess.run(install, check=True, capture_output=True, timeout=300)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"reader: cannot be installed here ({type(error).__name__}), not measured", flush=True)
        return None
    return str(python)


def measured(side: str, python: str, folder: Path) -> Result:
    """Poll all feeds once with one side and return what it took."""
    command = [python, str(HERE / "poll_sides.py"), side, str(folder / side)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{side} failed:\n{done.stderr[-2000:]}")
    result: Result = json.loads(done.stdout)
    return result


def one_round(pythons: dict[str, str], feeds: int) -> dict[tuple[str, str], Result]:
    """Poll with every side through all phases."""
    found: dict[tuple[str, str], Result] = {}
    with server(feeds) as port, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        urls = (f"http://{address(feed, port)}/feed" for feed in range(feeds))
        (folder / "urls.txt").write_text("\n".join(urls))
        for phase, mode in PHASES.items():
            urllib.request.urlopen(f"http://127.0.0.1:{port}/mode/{mode}", timeout=60).close()
            for side, python in pythons.items():
                found[phase, side] = result = measured(side, python, folder)
                print(f"  {phase}, {side}: {result['cpu']:.2f} s CPU, {result['wall']:.2f} s", flush=True)
    expected = feeds * ENTRIES + -(-feeds // 20)
    for side in pythons.keys() - {"feedparser"}:
        stored = found["200, same body", side]["entries"]
        assert stored == expected, f"{side} stored {stored} entries of {expected}"
    return found


def table(rounds: list[dict[tuple[str, str], Result]], sides: list[str], feeds: int) -> None:
    """Print the medians, and the ratio of each side's CPU to ours."""
    print(
        f"{'':16} {'':11} {'CPU s':>7} {'wall s':>7} {'feeds/s':>8} {'entries/s':>9} {'MB':>5} {'+child':>6}  CPU of ours"
    )
    for phase in PHASES:
        ours = statistics.median(r[phase, "regwatch"]["cpu"] for r in rounds) if "regwatch" in sides else 0
        for side in sides:
            keys = ("cpu", "wall", "mb", "child_mb")
            cpu, wall, mb, child = (statistics.median(r[phase, side][key] for r in rounds) for key in keys)
            ratio = f"{cpu / ours:6.1f}x" if ours and side != "regwatch" else ""
            target = f"  (target {TARGETS[phase]}x)" if side == "reader" and ratio else ""
            print(
                f"{phase:16} {side:11} {cpu:7.2f} {wall:7.2f} {feeds / wall:8,.0f} {feeds * ENTRIES / wall:9,.0f}"
                f" {mb:5.0f} {child:6.0f}  {ratio}{target}"
            )
    starts = {side: statistics.median(r["all 304", side]["start_up"] for r in rounds) for side in sides}
    print("start-up, CPU s: " + ", ".join(f"{side} {start:.2f}" for side, start in starts.items()))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reader-python", help="an interpreter that has `reader`, instead of installing it")
    parser.add_argument("--only", choices=("regwatch", "reader", "feedparser"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        pythons = {"regwatch": sys.executable, "feedparser": sys.executable}
        if args.only in {None, "reader"} and (python := args.reader_python or reader_python(Path(temporary))):
            pythons["reader"] = python
        if args.only:
            pythons = {args.only: pythons[args.only]}
        rounds = [one_round(pythons, args.feeds) for _ in range(args.rounds)]
    print(
        f"{args.feeds} feeds of {ENTRIES} entries, {args.rounds} rounds, medians; memory without and of the largest child"
    )
    table(rounds, list(pythons), args.feeds)


if __name__ == "__main__":
    main()
