"""`regwatch rules backtest` and `diff`: rules against stored articles."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.cli.common import printable
from bot.cli.rules_common import (
    folder_of,
    history_of,
    matcher_of,
    opened,
    progress,
    since_of,
    sources_of,
    stepped,
    stored,
)
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.matching.matcher import Given


def backtest(args: argparse.Namespace) -> int:
    """Print what each rule would have hit."""
    from bot.clock import SystemClock
    from bot.matching.backtest import backtest as run

    now = SystemClock().now()
    folder = folder_of(args)
    matcher = matcher_of(folder)
    with history_of(args) as reader, progress("articles") as step:
        outcome = run(matcher, stored(reader, since_of(args, now), now, sources_of(folder)), step=step)
    if args.format == "json":
        rules = {
            key: {"hits": tally.hits, "samples": [title for title, _ in tally.samples]}
            for key, tally in outcome.rules.items()
        }
        print(json.dumps({"articles": outcome.articles, "labels": outcome.labels, "rules": rules}, indent=2))
        return 0
    labels = ", ".join(f"{count} {label}" for label, count in outcome.labels.items())
    print(f"{outcome.articles} articles since {printable(args.since)}: {labels}")
    for key, tally in outcome.rules.items():
        print(printable(f"{tally.hits:>6}  {key}"))
        for title, match in tally.samples:
            print(printable(f"          {match.level.value}: {title}"))
    return 0


# ---------------------------------------------------------------------------- diff


def diff(args: argparse.Namespace) -> int:
    """Print what differs between two sets; 1 when a live hit is lost."""
    from bot.cli.rules_git import directory_of
    from bot.clock import SystemClock
    from bot.matching.diff import changes

    now = SystemClock().now()
    with directory_of(args.before, args) as one, directory_of(args.after, args) as two:
        before, after, sources = matcher_of(one), matcher_of(two), sources_of(two)
    with progress("articles") as step:
        if args.file:
            found = list(changes(before, after, stepped(_filed(args.file), step)))
        else:
            with history_of(args) as reader:
                articles = stored(reader, since_of(args, now), now, sources)
                found = list(changes(before, after, stepped(articles, step)))
    counts = Counter(change.what for change in found)
    lost = sum(change.costs for change in found)
    rows = [
        {
            "what": change.what,
            "rule": change.rule,
            "before": change.before.level.value if change.before else None,
            "after": change.after.level.value if change.after else None,
            "article": change.article,
            "title": change.title,
        }
        for change in found
    ]
    if args.format == "json":
        print(json.dumps({"lost_live": lost, "counts": dict(counts), "changes": rows}, indent=2))
        return 1 if lost else 0
    for what in ("lost", "re-levelled", "gained"):
        own = [row for row in rows if row["what"] == what]
        print(f"{what}: {len(own)}")
        for key, number in Counter(str(row["rule"]) for row in own).items():
            print(printable(f"  {key}: {number}"))
            for row in [row for row in own if row["rule"] == key][:5]:
                move = f"{row['before'] or '-'} -> {row['after'] or '-'}"
                print(printable(f"    {row['article']} {move}: {row['title']}"))
    if lost:
        print(f"{lost} live hits would be lost")
    return 1 if lost else 0


def _filed(name: str) -> Iterator[tuple[str, Given]]:
    from bot.matching.items import BadLine, read_items

    with opened(name) as lines:
        for item in read_items(lines):
            if isinstance(item, BadLine):
                raise UsageError(f"{name}:{item.line}: {item.reason}")
            yield str(item.id), item.given
