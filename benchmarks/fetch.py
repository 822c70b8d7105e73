"""What guarding costs: our fetcher beside a bare httpx.Client, cold 200s and warm 304s over local HTTP.

    python benchmarks/fetch.py [FEEDS] [ROUNDS]

The server runs in a process of its own; ten threads fetch from sixteen origins. Rounds alternate, medians are
printed: CPU of this process per fetch, and wall time. Only the ratios within one run mean anything.
"""

from __future__ import annotations

import gzip
import multiprocessing
import resource
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx

from bot.clock import SystemClock
from bot.feeds.fetch import Fetcher
from bot.feeds.outcome import Fetched, FetchRequest, NotModified
from tests.http_server import Answer, HttpServer

THREADS, ORIGINS = 10, 16
ITEM = "<item><title>Title {n}</title><link>https://example.org/{n}</link><description>{text}</description></item>"
BODY = "".join(ITEM.format(n=n, text=" ".join(hex(hash((n, m)))[-7:] for m in range(120))) for n in range(30))
FEED = gzip.compress(f"<rss version='2.0'><channel><title>t</title>{BODY}</channel></rss>".encode())
ETAG = '"one"'


@dataclass(frozen=True)
class Network:
    private_hosts: tuple[str, ...]
    contact: str = "bench@example.org"
    host_gap: timedelta = timedelta(0)


def serve(pipe: Connection) -> None:
    servers = [HttpServer().__enter__() for _ in range(ORIGINS)]
    for server in servers:
        server.serve("/feed", Answer(body=FEED, etag=ETAG, headers={"Content-Encoding": "gzip"}))
    pipe.send([server.host_port for server in servers])
    threading.Event().wait()


@contextmanager
def origins() -> Iterator[tuple[str, ...]]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    process.start()
    try:
        yield tuple(here.recv())
    finally:
        process.terminate()


def measured(job: Callable[[str], bool], urls: list[str]) -> tuple[float, float]:
    """Return milliseconds of CPU per fetch, and wall seconds for all."""
    cpu, wall = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(job, urls))
    return (time.process_time() - cpu) / len(urls) * 1_000, time.perf_counter() - wall


def main(feeds: int, rounds: int) -> None:
    with origins() as hosts:
        urls = [f"http://{hosts[n % ORIGINS]}/feed" for n in range(feeds)]
        fetcher = Fetcher(network=Network(private_hosts=hosts), clock=SystemClock())
        plain = httpx.Client(trust_env=False)
        jobs: dict[str, Callable[[str], bool]] = {
            "ours, 200": lambda url: isinstance(fetcher.fetch(FetchRequest(url=url)), Fetched),
            "httpx.Client, 200": lambda url: plain.get(url).status_code == 200,
            "ours, 304": lambda url: isinstance(fetcher.fetch(FetchRequest(url=url, etag=ETAG)), NotModified),
            "httpx.Client, 304": lambda url: (
                plain.get(url, headers={"If-None-Match": ETAG}).status_code == 304
            ),
        }
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        for _ in range(rounds):
            for name, job in jobs.items():
                results[name].append(measured(job, urls))
        print(
            f"{feeds} fetches, {THREADS} threads, {ORIGINS} origins, {len(FEED):,} bytes each, {rounds} rounds"
        )
        print(f"{'':20} {'CPU ms/fetch':>12} {'wall s':>8} {'fetches/s':>10}")
        for name, rows in results.items():
            cpu, wall = (statistics.median(column) for column in zip(*rows, strict=True))
            print(f"{name:20} {cpu:12.2f} {wall:8.2f} {feeds / wall:10.0f}")
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    main(*(words + [500, 5][len(words) :]))
