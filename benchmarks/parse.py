"""Parsing against plain feedparser: first sight of a feed, and a changed feed with one new entry of thirty.

    python benchmarks/parse.py [--rounds N] [--json]

Each round times feedparser's defaults, our reader on the whole body, and our reader on the changed body, in turn
and in this order, so that a drifting machine harms none more than the others; the medians' ratios count. The
child's cost alone is measured, then the whole way through the supervised child. Exit code 1 below a target.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO

import feedparser
import feedparser.api

from bot.feeds.entry import ParsedFeed
from bot.feeds.parse import Parser
from bot.feeds.parse_worker import read_feed, tame_feedparser

TARGETS = {"first sight": 2.3, "one new of thirty": 20.0}
HEADERS = {"content-type": "application/rss+xml"}
SENTENCE = (
    'The &lt;a href="/x"&gt;authority&lt;/a&gt; said that &lt;b&gt;it&lt;/b&gt; would look at the deal. '
)
PLAIN_DRIVERS = list(feedparser.api.PREFERRED_XML_PARSERS)


def rss(first: int, last: int) -> bytes:
    """Return a feed of about 1.8 kB an entry, newest first."""
    items = "".join(
        f"<item><title>Update {n} on the &amp; merger of Acme and Widget</title><link>https://example.org/{n}</link>"
        f'<guid isPermaLink="false">id-{n}</guid><pubDate>Mon, 23 Nov 2026 10:{n % 60:02}:00 GMT</pubDate>'
        f"<description>&lt;p&gt;{n}: {SENTENCE * 16}&lt;/p&gt;</description></item>"
        for n in range(last - 1, first - 1, -1)
    )
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>T</title>'
    return f"{head}<link>https://example.org/</link>{items}</channel></rss>".encode()


def atom(first: int, last: int) -> bytes:
    """Return the same as Atom."""
    entries = "".join(
        f"<entry><id>tag:example.org,2026:{n}</id><title>Update {n} on the merger</title>"
        f'<link rel="alternate" href="https://example.org/{n}"/><updated>2026-11-23T10:{n % 60:02}:00Z</updated>'
        f'<summary type="html">&lt;p&gt;{n}: {SENTENCE * 16}&lt;/p&gt;</summary></entry>'
        for n in range(last - 1, first - 1, -1)
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title>{entries}</feed>'.encode()
    )


def seconds(run: Callable[[], object], times: int) -> float:
    """Return the CPU seconds of one run."""
    start = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - start) / times


def plainly(body: bytes) -> object:
    """Parse as feedparser does when nobody has touched it."""
    ours = feedparser.api.PREFERRED_XML_PARSERS[:]
    feedparser.api.PREFERRED_XML_PARSERS[:] = PLAIN_DRIVERS
    try:
        return feedparser.parse(BytesIO(body), response_headers=HEADERS)
    finally:
        feedparser.api.PREFERRED_XML_PARSERS[:] = ours


def measure(rounds: int) -> dict[str, float]:
    """Return medians in milliseconds a feed, and their ratios."""
    old, new = [rss(0, 30), atom(0, 30)], [rss(1, 31), atom(1, 31)]
    seen: list[frozenset[str]] = []
    for before, after in zip(old, new, strict=True):
        first = read_feed(before, HEADERS)
        assert isinstance(first, ParsedFeed)
        changed = read_feed(after, HEADERS, first.item_digests)
        assert isinstance(changed, ParsedFeed)
        assert len(changed.entries) == 1
        seen.append(first.item_digests)
    tame_feedparser()
    times: dict[str, list[float]] = {"feedparser": [], "first sight": [], "one new of thirty": []}
    for _ in range(rounds):
        times["feedparser"].append(seconds(lambda: [plainly(body) for body in new], 3))
        times["first sight"].append(seconds(lambda: [read_feed(body, HEADERS) for body in new], 5))
        pairs = list(zip(new, seen, strict=True))
        times["one new of thirty"].append(seconds(lambda: [read_feed(b, HEADERS, s) for b, s in pairs], 30))  # noqa: B023
    medians = {name: statistics.median(each) * 1000 / len(new) for name, each in times.items()}
    result = {f"{name}, ms a feed": round(each, 3) for name, each in medians.items()}
    for name in TARGETS:
        result[f"{name}, times feedparser"] = round(medians["feedparser"] / medians[name], 1)
    return {**result, **supervised(new, seen)}


def supervised(new: list[bytes], seen: list[frozenset[str]]) -> dict[str, float]:
    """Return wall milliseconds a feed through the child, start-up apart."""
    with Parser() as parser:
        start = time.perf_counter()
        parser.parse(new[0], headers=HEADERS)
        started = time.perf_counter() - start
        walls = []
        for _ in range(50):
            start = time.perf_counter()
            for body, known in zip(new, seen, strict=True):
                parser.parse(body, headers=HEADERS, seen=known)
            walls.append((time.perf_counter() - start) / len(new))
    return {
        "through the child, one new, wall ms a feed": round(statistics.median(walls) * 1000, 3),
        "first body with the child's start, wall ms": round(started * 1000, 1),
    }


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description="Parsing against plain feedparser.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = measure(args.rounds)
    if args.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:48} {value:>10}")
    missed = [name for name, target in TARGETS.items() if result[f"{name}, times feedparser"] < target]
    for name in missed:
        print(f"below target: {name}, {TARGETS[name]}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
