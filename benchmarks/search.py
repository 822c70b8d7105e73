"""How fast history answers: fills a database of a given size, then times `hits` with words and three filters.

    python benchmarks/search.py [--articles 200000] [--hits 20000] [--queries 200] [--keep DIR] [--like]
                                [--reader-python PATH]

Prints writing speed, size per article by tenths, bytes written per byte kept, p50 and p95 of a first page with its
total, and of `LIKE` over the same texts (--like). With an interpreter that has the package `reader`, its search and
ours answer the same words over the same 20,000 articles. What the whole command costs: `start_up.py`.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from storage.database import open_store
from storage.hit_filter import HitFilter
from storage.reader import open_reader
from storage.records import Amount, Article, Facts, FeedState, Match, NewArticle, NewHit, PollPlan, Span
from storage.search_query import parse
from storage.words import Kind, Level, RuleStatus, Stage
from storage.writer import Store

START = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = [
    "amazon",
    "anthropic",
    "openai",
    "microsoft",
    "google",
    "nvidia",
    "mistral",
    "cohere",
    "inflection",
    "oracle",
]
BODIES = ["ftc", "cma", "ec", "doj", "bundeskartellamt", "agcm"]
COMMON = [
    "merger",
    "inquiry",
    "cloud",
    "partnership",
    "investment",
    "probe",
    "deal",
    "market",
    "billion",
    "review",
]
POLL = 30
SAME = 20_000  # articles for the comparison with `reader`, whose index takes its time


def vocabulary(dice: random.Random) -> tuple[list[str], list[float]]:
    """Return invented words with the weights of natural text (Zipf), the names and common words among them."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(dice.choices(letters, k=dice.randint(3, 10))) for _ in range(30_000)]
    for place, word in enumerate([*NAMES, *COMMON]):
        words[20 + place * 7] = word
    return words, [1 / (rank + 10) for rank in range(len(words))]


def fill(store: Store, articles: int, hits: int) -> float:
    """Write the articles in polls of 30, a share of them with a hit, and index them; return the seconds it took."""
    dice = random.Random(7)
    words, weights = vocabulary(dice)
    share = hits / articles
    pool = dice.choices(words, weights, k=2_000_000)
    began, tenth = time.perf_counter(), max(POLL, articles // 10 // POLL * POLL)
    for first in range(0, articles, POLL):
        if articles >= 10_000 and first and first % tenth == 0:
            took, size = time.perf_counter() - began, store.path.stat().st_size
            print(
                f"  {first:,} articles: {first / took:,.0f}/s so far, {size / first:,.0f} bytes each",
                flush=True,
            )
        at = START + timedelta(minutes=first / 5)
        plan = PollPlan(
            state=FeedState(feed=f"feed{first // POLL % 200}", checked_at=at, ok_at=at),
            at=at,
            articles=tuple(
                _article(dice, pool, n, at, share) for n in range(first, min(first + POLL, articles))
            ),
        )
        with store.writing() as tx:
            tx.save_poll(plan)
        if first // POLL % 20 == 0:
            store.index_pending(POLL * 20)
    while store.index_pending(5000):
        pass
    return time.perf_counter() - began


def written() -> int:
    """Return the bytes that this process has given to the disk."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def _article(dice: random.Random, pool: list[str], number: int, at: datetime, share: float) -> NewArticle:
    def text(size: int) -> str:
        start = dice.randrange(len(pool) - size)
        return " ".join(pool[start : start + size])

    feed = f"feed{number // POLL % 200}"
    article = Article(
        feed=feed,
        guid=f"guid-{number}",
        link=f"https://news.example/{number}",
        url=f"https://news.example/{number}",
        title=text(9),
        summary=text(30),
        body=text(40),
        language=dice.choice(["en", "fr", "de"]),
        published_at=at - timedelta(minutes=dice.randrange(600)),
        digest=f"{number:064x}",
        keys=(f"guid:guid-{number}", f"link:https://news.example/{number}"),
    )
    return NewArticle(article=article, hits=(_hit(dice),) if dice.random() < share else ())


def _hit(dice: random.Random) -> NewHit:
    companies = tuple(dice.sample(NAMES, 2))
    spans = tuple(Span(field="title", start=n, end=n + 5, text="xxxxx") for n in range(4))
    match = Match(
        rule=f"rule-{dice.randrange(40)}",
        digest="0" * 16,
        title="A rule",
        kind=dice.choice(list(Kind)),
        level=dice.choice(list(Level)),
        status=RuleStatus.LIVE,
        spans=spans,
        sentence="A sentence that matched, of ordinary length, quoted.",
    )
    facts = Facts(
        regulators=(dice.choice(BODIES),),
        companies=companies,
        stage=dice.choice(list(Stage)),
        amounts=(Amount(value=dice.randrange(10**6, 10**10), currency="USD"),),
    )
    return NewHit(match=match, facts=facts, matter=f"cma:{companies[0]}+{companies[1]}", verdict="told")


def questions(count: int) -> list[HitFilter]:
    """Return searches of one or two words, one of them often common, each with three filters."""
    dice = random.Random(11)
    words, weights = vocabulary(random.Random(7))
    found = []
    for _ in range(count):
        text = dice.choice([*NAMES, *COMMON]) if dice.random() < 0.6 else dice.choices(words, weights)[0]
        if dice.random() < 0.4:
            text += f" {dice.choice(COMMON)}"
        since = START + timedelta(days=dice.randrange(60))
        found.append(
            HitFilter(
                query=parse(text),
                since=since,
                regulators=(dice.choice(BODIES),),
                companies=(dice.choice(NAMES),),
                levels=(f"{dice.choice(['low', 'medium', 'high'])}+",),
            )
        )
    return found


def timed(label: str, runs: Sequence[Callable[[], object]]) -> None:
    """Print p50 and p95 of the runs in milliseconds."""
    took = []
    for run in runs:
        began = time.perf_counter()
        run()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    print(
        f"{label:<44} p50 {statistics.median(took):8.2f} ms   p95 {took[int(len(took) * 0.95)]:8.2f} ms   n={len(took)}"
    )


def _count(connection: sqlite3.Connection, sql: str, word: str) -> object:
    return connection.execute(sql, (word,)).fetchone()


def beside_reader(python: str, folder: Path) -> None:
    """Print what the same words cost over the same articles here and in `reader`."""
    path = folder / "same.db"
    store = open_store(f"sqlite:///{path}")
    fill(store, SAME, SAME // 10)
    store.close()
    words = [*NAMES, *COMMON] * 3
    with open_reader(path) as ours:
        runs = [partial(ours.articles, parse(word)) for word in words]
        timed(f"regwatch: {SAME:,} articles, one common word", runs)
    script = Path(__file__).resolve().parent / "search_reader.py"
    subprocess.run([python, str(script), str(path), *words], check=True)


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--hits", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--like", action="store_true")
    parser.add_argument("--reader-python", help="an interpreter that has the package `reader`")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = args.keep or Path(temporary)
        path = folder / "bench.db"
        if not path.exists():
            store = open_store(f"sqlite:///{path}")
            before = written()
            seconds = fill(store, args.articles, args.hits)
            store.close()
            size = path.stat().st_size
            print(f"{args.articles:,} articles, {args.hits:,} hits written and indexed in {seconds:.1f} s: "
                  f"{args.articles / seconds:,.0f} articles/s, {size / args.articles:,.0f} bytes each, {(written() - before) / size:.1f} bytes written per byte kept",
                  flush=True)  # fmt: skip
        with open_reader(path) as reader:
            asked = questions(args.queries)
            timed("hits: words + 3 filters + since, page + total", [partial(reader.hits, q) for q in asked])
            wide = [HitFilter(query=parse(word)) for word in [*NAMES, *COMMON] * 3]
            timed("hits: one common word, no filter", [partial(reader.hits, q) for q in wide])
            timed("hits: no word, no filter", [lambda: reader.hits(HitFilter())] * 20)
            timed("articles: one common word, hit or not", [partial(reader.articles, q.query) for q in wide])
        if args.like:
            sql = "SELECT COUNT(*) FROM texts WHERE title LIKE ?1 OR summary LIKE ?1 OR body LIKE ?1"
            with closing(sqlite3.connect(path)) as raw:
                timed("LIKE over all texts", [partial(_count, raw, sql, f"%{word}%") for word in NAMES[:5]])
        if args.reader_python:
            beside_reader(args.reader_python, Path(temporary))
        else:
            print("reader: no interpreter given (--reader-python), not measured")


if __name__ == "__main__":
    main()
