"""One side of the benchmark of polling, in a process of its own: python poll_sides.py SIDE PHASE FOLDER.

SIDE is `regwatch`, `reader` or `feedparser`; FOLDER holds `urls.txt` and whatever the side keeps between phases.
Prints one JSON object: CPU seconds of this process and its children, wall seconds, peak memory in MB, entries stored.
Start-up (imports, loading the rules) is measured apart; what is imported while polling counts as polling.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 10  # for every side
SYNTHETIC = 100


def spent() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    ours, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + children.ru_utime + children.ru_stime


def peak(process: int | str = "self") -> float:
    """Return the peak memory of a process in MB; rusage would give a child what its parent had when it was forked."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def children() -> list[int]:
    """Return the processes that this one has started and that still run."""
    found: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            found += map(int, task.read_text().split())
    return found


def rules_in(folder: Path) -> Path:
    """Return the shipped rules with a hundred synthetic ones beside them."""
    rules = folder / "rules"
    if not rules.exists():
        shutil.copytree(ROOT / "rules", rules)
        lines = []
        for n in range(SYNTHETIC):
            groups = ", ".join(f"{{text: [zq{n}a{g}, zq{n}b{g} deal, market zq{n}c{g}]}}" for g in range(3))
            lines.append(f"- {{id: synthetic-{n}, when: {{all: [{groups}]}}}}\n")
        (rules / "synthetic.yaml").write_text("".join(lines))
    return rules


def regwatch(folder: Path, urls: list[str]) -> tuple[Callable[[], float], Callable[[], int]]:
    """Poll with the real pipeline, poller and store; match, plan, store and index every text."""
    sys.path.insert(0, str(ROOT))
    import threading
    from dataclasses import dataclass
    from datetime import timedelta
    from urllib.parse import urlsplit

    from bot.clock import SystemClock
    from bot.feeds.feed import Feed
    from bot.feeds.fetch import Fetcher
    from bot.feeds.parse import Parser
    from bot.matching.matcher import Matcher
    from bot.matching.rule_file import load_rules
    from bot.pipeline import Pipeline
    from bot.plan import PlanSettings
    from bot.poller import Poller
    from storage.database import open_store

    @dataclass(frozen=True)
    class Network:
        private_hosts: tuple[str, ...]
        contact: str = "bench@example.org"
        host_gap: timedelta = timedelta(seconds=1)

    clock = SystemClock()
    matcher = Matcher(load_rules(rules_in(folder)))
    store = open_store(f"sqlite:///{folder / 'regwatch.db'}")
    feeds = [Feed(id=f"feed{n}", url=url) for n, url in enumerate(urls)]
    parser = Parser(workers=2, clock=clock)
    fetcher = Fetcher(network=Network(tuple(urlsplit(url).netloc for url in urls)), clock=clock)
    pipeline = Pipeline(
        store=store,
        fetcher=fetcher,
        parser=parser,
        plan_settings=PlanSettings(channel="C1"),
        min_interval=timedelta(minutes=5),
        clock=clock,
    )
    outcomes: list[str] = []

    def poll(feed: Feed) -> None:
        outcomes.append(pipeline.poll_once(feed, matcher).outcome)

    def run() -> float:
        poller = Poller(poll, clock, WORKERS)
        poller.run_all(feeds, lambda _: None, threading.Event())
        poller.close()
        while store.index_pending():
            pass
        largest = max(map(peak, children()), default=0.0)
        parser.close()
        assert set(outcomes) <= {"ok", "not-modified", "unchanged"}, set(outcomes)
        assert len(outcomes) == len(feeds)
        return largest

    def entries() -> int:
        with store.connected() as connection:
            return int(connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0])

    return run, entries


def reader(folder: Path, urls: list[str]) -> tuple[Callable[[], float], Callable[[], int]]:
    """Poll with the package `reader`, which neither matches nor indexes here."""
    from reader import make_reader  # type: ignore[import-not-found, unused-ignore]

    made: Any = make_reader(str(folder / "reader.db"))
    for url in urls:
        made.add_feed(url, exist_ok=True)

    def run() -> float:
        made.update_feeds(scheduled=False, workers=WORKERS)
        return 0.0

    return run, lambda: int(made.get_entry_counts().total)


def plain(folder: Path, urls: list[str]) -> tuple[Callable[[], float], Callable[[], int]]:
    """Poll with feedparser in a loop over a pool of threads; validators are kept in a JSON file, entries nowhere."""
    import urllib.error
    import urllib.request

    import feedparser

    kept = folder / "etags.json"
    etags: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    counts: list[int] = []

    def fetched(url: str) -> bytes:
        import gzip

        headers = {"Accept-Encoding": "gzip", "If-None-Match": etags.get(url, "")}
        request = urllib.request.Request(url, headers={k: v for k, v in headers.items() if v})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                etags[url] = answer.headers.get("ETag", "")
                return gzip.decompress(answer.read())
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return b""
            raise

    def poll(url: str) -> None:
        if body := fetched(url):
            counts.append(len(feedparser.parse(body).entries))

    def run() -> float:
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(poll, urls))
        kept.write_text(json.dumps(etags))
        return 0.0

    return run, lambda: sum(counts)


SIDES = {"regwatch": regwatch, "reader": reader, "feedparser": plain}


def main() -> None:
    """Poll all feeds once and print what it took."""
    side, folder = sys.argv[1], Path(sys.argv[2])
    urls = (folder.parent / "urls.txt").read_text().split()
    folder.mkdir(exist_ok=True)
    run, entries = SIDES[side](folder, urls)
    start_up = spent()
    began, wall = start_up, time.perf_counter()
    child = run()  # the peak memory of its largest child
    wall = time.perf_counter() - wall
    cpu = spent() - began
    result = {"cpu": cpu, "wall": wall, "mb": peak(), "child_mb": child, "start_up": start_up}
    print(json.dumps({**result, "entries": entries()}))


if __name__ == "__main__":
    main()
