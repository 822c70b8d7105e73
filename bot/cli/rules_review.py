"""`regwatch rules stats` and `near-misses`: how the rules did, and what they let by."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.cli.common import printable, write_rows
from bot.cli.rules_common import (
    folder_of,
    history_of,
    matcher_of,
    progress,
    since_of,
    sources_of,
    stepped,
    stored,
)
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.matching.near_misses import NearMiss
    from storage.reader import Reader
    from storage.records import Feedback, Hit

RELEVANT, NOT_RELEVANT = "relevant", "not-relevant"
_COLUMNS = ("rule", "status", "hits", "all_time", "last_hit", "relevant", "not_relevant", "precision")


def stats(args: argparse.Namespace) -> int:
    """Print volume, last hit and precision of each rule, or suggested examples."""
    from bot.cli.common import iso
    from bot.clock import SystemClock
    from bot.matching.rule_file import load_rules

    if args.suggest and args.format != "table":
        raise UsageError("--suggest writes YAML to paste into a rule; leave --format out")
    now = SystemClock().now()
    rules = load_rules(folder_of(args)).rules
    with history_of(args) as reader:
        recent, ever = reader.rule_counts(since_of(args, now)), reader.rule_counts()
        judged = _judged(reader)
    if args.suggest:
        return _suggest([hit for hit, mark in judged if mark == NOT_RELEVANT], [rule.id for rule in rules])
    marks: dict[str, Counter[str]] = {}
    for hit, mark in judged:
        marks.setdefault(hit.rule, Counter())[mark] += 1
    known = {rule.id: rule.status.value for rule in rules}
    # Rules that are gone keep their hits: they are told after the others.
    status = {**known, **{key: "gone" for key in ever if key not in known}}
    rows = []
    for key, said in status.items():
        good, bad = marks.get(key, Counter())[RELEVANT], marks.get(key, Counter())[NOT_RELEVANT]
        rows.append(
            {
                "rule": key,
                "status": said,
                "hits": recent[key][0] if key in recent else 0,
                "all_time": ever[key][0] if key in ever else 0,
                "last_hit": iso(ever[key][1]) if key in ever else None,
                "relevant": good,
                "not_relevant": bad,
                "precision": round(good / (good + bad), 3) if good + bad else None,
            }
        )
    write_rows(rows, _COLUMNS, args.format)
    return 0


def _judged(reader: Reader) -> list[tuple[Hit, str]]:
    """Return the hits that people judged, each with the last judgement."""
    last = _last_marks(reader.feedback())
    ids = list(last)
    hits = [hit for start in range(0, len(ids), 500) for hit in reader.hits_of(ids[start : start + 500])]
    return [(hit, last[hit.id]) for hit in hits]


def _last_marks(said: Iterable[Feedback]) -> dict[int, str]:
    return {one.hit_id: one.mark for one in said if one.mark in (RELEVANT, NOT_RELEVANT)}


def _suggest(refused: list[Hit], known: list[str]) -> int:
    """Print hits that people marked as not relevant as no_match examples to paste."""
    if not refused:
        print("No hit was marked not relevant.")
    for rule in dict.fromkeys(hit.rule for hit in refused):
        gone = "" if rule in known else " (no longer in the rules)"
        print(printable(f"# {rule}{gone}: add under examples"))
        print("    no_match:")
        for title in dict.fromkeys(hit.title for hit in refused if hit.rule == rule):
            print(f"      - {json.dumps(printable(title), ensure_ascii=False)}")
    return 0


# ---------------------------------------------------------------------------- near misses


@dataclass(slots=True)
class _Group:
    """Near misses of one clause and cause: how many, and the first few of different titles."""

    first: NearMiss
    count: int = 0
    samples: dict[str, tuple[str, NearMiss]] = field(default_factory=dict)


def near_misses(args: argparse.Namespace) -> int:
    """Print articles that failed a rule by one clause, grouped by the clause, most frequent first."""
    from bot.clock import SystemClock
    from bot.matching.near_misses import NearMisses
    from storage.words import RuleStatus

    now = SystemClock().now()
    folder = folder_of(args)
    matcher = matcher_of(folder)
    ready = NearMisses(matcher, [rule for rule in matcher.rules.rules if rule.status is RuleStatus.LIVE])
    groups: dict[tuple[str, str, str], _Group] = {}
    total = 0
    with history_of(args) as reader, progress("articles") as step:
        articles = stored(reader, since_of(args, now), now, sources_of(folder))
        for name, given in stepped(articles, step):
            total += 1
            evidence = matcher.evidence(given)
            if matcher.read_evidence(evidence).label != "none":
                continue
            for miss in ready.of(evidence):
                key = (miss.rule.id, str(miss.clause.at), miss.cause)
                group = groups.setdefault(key, _Group(miss))
                group.count += 1
                if len(group.samples) < max(0, args.limit):
                    group.samples.setdefault(miss.title, (name, miss))
    ordered = sorted(groups.values(), key=lambda group: -group.count)
    if args.format == "json":
        print(json.dumps([_record(group) for group in ordered], indent=2))
        return 0
    print(printable(f"{total} articles since {args.since}; {len(ordered)} clauses that some failed alone"))
    for group in ordered:
        _print(group)
    return 0


def _print(group: _Group) -> None:
    from bot.matching.condition import brief

    miss = group.first
    cause = f": {miss.cause}" if miss.cause else ""
    print(printable(f"\n{group.count} x {miss.rule.id}{cause}"))
    print(printable(f"    clause   {brief(miss.clause)} ({miss.clause.at})"))
    print(printable(f"    edit     {miss.edit}"))
    for name, one in group.samples.values():
        print(printable(f"    {name:<8} {one.title}"))
        print(printable(f"             {one.why}"))


def _record(group: _Group) -> dict[str, object]:
    from bot.matching.condition import brief

    miss = group.first
    return {
        "rule": miss.rule.id,
        "clause": brief(miss.clause),
        "at": str(miss.clause.at),
        "cause": miss.cause or None,
        "count": group.count,
        "edit": miss.edit,
        "articles": [
            {"id": name, "title": one.title, "why": one.why, "edit": one.edit}
            for name, one in group.samples.values()
        ],
    }
