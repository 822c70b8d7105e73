"""The package `reader` over the articles of one of our databases: python search_reader.py DATABASE WORD…

Prints how long its search index takes to build, and p50 and p95 of the first fifty results of each word.
Needs an interpreter that has `reader`, and nothing of ours.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

FEED = "bench"


def main(path: str, words: list[str]) -> None:
    """Copy the articles, index, search, print."""
    from reader import make_reader  # type: ignore[import-not-found, unused-ignore]

    with closing(sqlite3.connect(path)) as raw:
        found = raw.execute("SELECT id, title, summary, body FROM texts").fetchall()
    with tempfile.TemporaryDirectory() as folder:
        made: Any = make_reader(str(Path(folder) / "reader.db"))
        made.add_feed(FEED, allow_invalid_url=True)
        for number, title, summary, body in found:
            content = [{"value": body, "type": "text/plain"}]
            entry = {"feed_url": FEED, "id": str(number), "title": title, "summary": summary}
            made.add_entry({**entry, "content": content})
        made.enable_search()
        began = time.perf_counter()
        made.update_search()
        took = time.perf_counter() - began
        print(
            f"reader: index of {len(found):,} entries built in {took:.1f} s, {took / len(found) * 1e3:.2f} ms each"
        )
        times = []
        for word in words:
            began = time.perf_counter()
            list(islice(made.search_entries(word), 50))
            times.append((time.perf_counter() - began) * 1000)
        times.sort()
        print(
            f"{'reader: the same articles and words, first 50':<44} p50 {statistics.median(times):8.2f} ms"
            f"   p95 {times[int(len(times) * 0.95)]:8.2f} ms   n={len(times)}"
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
