"""`regwatch rules backtest`, `diff`, `stats` and `near-misses`: rules against what is stored."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.cli.common import printable, write_rows
from bot.cli.rules_common import folder_of, history_of, matcher_of, opened, since_of, sources_of, stored
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.matching.explain import NearMiss
    from bot.matching.matcher import Given
    from storage.hit_filter import HitFilter
    from storage.reader import Reader
    from storage.records import Hit


@contextmanager
def _progress(text: str) -> Iterator[Callable[[], None]]:
    """Yield what to call after each article; it shows a count where a person looks on."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(text), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda: progress.advance(task)


def backtest(args: argparse.Namespace) -> int:
    """Print what each rule would have hit."""
    from bot.clock import SystemClock
    from bot.matching.backtest import backtest as run

    now = SystemClock().now()
    folder = folder_of(args)
    matcher = matcher_of(folder)
    with history_of(args) as reader, _progress("articles") as step:
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
    with _progress("articles") as step:
        if args.file:
            found = list(changes(before, after, _stepped(_filed(args.file), step)))
        else:
            with history_of(args) as reader:
                articles = stored(reader, since_of(args, now), now, sources)
                found = list(changes(before, after, _stepped(articles, step)))
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


def _stepped(articles: Iterator[tuple[str, Given]], step: Callable[[], None]) -> Iterator[tuple[str, Given]]:
    for article in articles:
        yield article
        step()


def _filed(name: str) -> Iterator[tuple[str, Given]]:
    from bot.matching.items import BadLine, read_items

    with opened(name) as lines:
        for item in read_items(lines):
            if isinstance(item, BadLine):
                raise UsageError(f"{name}:{item.line}: {item.reason}")
            yield str(item.id), item.given


# ---------------------------------------------------------------------------- stats and near misses


def stats(args: argparse.Namespace) -> int:
    """Print volume, last hit and precision of each rule, or suggested examples."""
    from bot.cli.common import iso
    from bot.clock import SystemClock
    from storage.hit_filter import HitFilter

    now = SystemClock().now()
    rules = matcher_of(folder_of(args)).rules.rules
    with history_of(args) as reader:
        recent, ever = reader.rule_counts(since_of(args, now)), reader.rule_counts()
        marks: dict[str, Counter[str]] = {}
        refused: dict[str, list[Hit]] = {}
        for rule in rules:
            if rule.id not in ever:
                continue
            for hit in _hits(reader, HitFilter(rules=(rule.id,), limit=500)):
                said = reader.feedback(hit.id)
                mark = next((f.mark for f in reversed(said) if f.mark != "acknowledged"), "")
                marks.setdefault(rule.id, Counter())[mark] += 1
                if mark == "not-relevant":
                    refused.setdefault(rule.id, []).append(hit)
    if args.suggest:
        return _suggest(refused)
    rows = []
    for rule in rules:
        good, bad = marks.get(rule.id, Counter())["relevant"], marks.get(rule.id, Counter())["not-relevant"]
        rows.append(
            {
                "rule": rule.id,
                "status": rule.status.value,
                "hits": recent[rule.id][0] if rule.id in recent else 0,
                "all_time": ever[rule.id][0] if rule.id in ever else 0,
                "last_hit": iso(ever[rule.id][1]) if rule.id in ever else None,
                "relevant": good,
                "not_relevant": bad,
                "precision": round(good / (good + bad), 3) if good + bad else None,
            }
        )
    write_rows(
        rows,
        ("rule", "status", "hits", "all_time", "last_hit", "relevant", "not_relevant", "precision"),
        args.format,
    )
    return 0


def _hits(reader: Reader, wanted: HitFilter) -> Iterator[Hit]:
    while page := reader.hits(wanted).hits:
        yield from page
        wanted = wanted._replace(offset=wanted.offset + len(page))


def _suggest(refused: dict[str, list[Hit]]) -> int:
    """Print hits that people marked as not relevant as no_match examples to paste."""
    if not refused:
        print("No hit was marked not relevant.")
    for rule, hits in refused.items():
        print(printable(f"# {rule}"))
        print("    no_match:")
        for title in dict.fromkeys(hit.title for hit in hits):
            print(f"      - {json.dumps(printable(title), ensure_ascii=False)}")
    return 0


def near_misses(args: argparse.Namespace) -> int:
    """Print articles that failed a rule by one clause, grouped by the clause, most frequent first."""
    from bot.clock import SystemClock
    from bot.matching.condition import brief
    from bot.matching.explain import near_misses as misses_of
    from storage.records import RuleStatus

    now = SystemClock().now()
    folder = folder_of(args)
    matcher = matcher_of(folder)
    rules = tuple(rule for rule in matcher.rules.rules if rule.status is RuleStatus.LIVE)
    groups: dict[tuple[str, str, str], list[tuple[str, NearMiss]]] = {}
    with history_of(args) as reader, _progress("articles") as step:
        articles = stored(reader, since_of(args, now), now, sources_of(folder))
        for name, given in _stepped(articles, step):
            evidence = matcher.evidence(given)
            if matcher.read_evidence(evidence).matches:
                continue
            for miss in misses_of(matcher, evidence, rules):
                key = (miss.rule.id, brief(miss.clause), str(miss.clause.at))
                groups.setdefault(key, []).append((name, miss))
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    if args.format == "json":
        print(json.dumps([_group(key, found) for key, found in ordered], indent=2))
        return 0
    if not ordered:
        print(f"No article since {printable(args.since)} failed a rule by one clause alone.")
    for (rule, clause, place), found in ordered:
        print(printable(f"{len(found)} failed {rule} by: {clause} ({place})"))
        print(printable(f"    smallest edit: {found[0][1].edit}"))
        for name, miss in found[: args.limit]:
            print(printable(f"    {name} {miss.title} ({miss.why})"))
    return 0


def _group(key: tuple[str, str, str], found: list[tuple[str, NearMiss]]) -> dict[str, object]:
    rule, clause, place = key
    return {
        "rule": rule,
        "clause": clause,
        "at": place,
        "edit": found[0][1].edit,
        "articles": [{"id": name, "title": miss.title, "why": miss.why} for name, miss in found],
    }
