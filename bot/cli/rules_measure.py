"""`regwatch rules match` and `eval`: articles in as JSON lines, what the rules say out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from bot.cli.common import printable
from bot.cli.rules_common import folder_of, matcher_of, opened, sources_of
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.matching.evaluate import Figures, Judged, Score
    from bot.matching.items import Item


def match(args: argparse.Namespace) -> int:
    """Write one object a line, in order; a bad line is named on stderr and makes the exit code 1."""
    from dataclasses import replace

    from bot.matching.items import BadLine, read_items, record_of
    from storage.words import Tier

    folder = folder_of(args)
    matcher = matcher_of(folder)
    sources = sources_of(folder)
    bad = 0
    # Records are JSON: UTF-8 whatever the locale, and lone surrogates stay escaped.
    out = sys.stdout.buffer
    with opened(args.file) as lines:
        for item in read_items(_lines(lines, args.file)):
            if isinstance(item, BadLine):
                bad += 1
                complain(args.file, item)
                continue
            given = item.given
            if given.feed in sources:
                authority, tier = sources[given.feed]
                given = replace(given, authority=authority if tier is Tier.OFFICIAL else None, tier=tier)
            text = json.dumps(record_of(item, matcher.read_given(given)), ensure_ascii=False)
            out.write(_utf8(text))
            out.flush()
    if bad:
        print(f"regwatch: {bad} lines of {printable(args.file)} were left out", file=sys.stderr)
    return 1 if bad else 0


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(json.loads(text)).encode("ascii") + b"\n"


def _lines(lines: BinaryIO, name: str) -> Iterator[bytes]:
    try:
        yield from lines
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error


def complain(name: str, line: object) -> None:
    """Name a line that is no item."""
    number, reason = getattr(line, "line", 0), getattr(line, "reason", "")
    print(f"regwatch: {printable(name)}:{number}: {printable(str(reason))}", file=sys.stderr)


def evaluate(args: argparse.Namespace) -> int:
    """Print the figures; a bad line makes the exit code 1."""
    from bot.matching.evaluate import figures_of, judge, split
    from bot.matching.items import BadLine, read_items

    if args.every < 2:
        raise UsageError(f"--every {args.every}: a number from 2 upwards")
    matcher = matcher_of(folder_of(args))
    items: list[Item] = []
    bad = 0
    with opened(args.file) as lines:
        for item in read_items(_lines(lines, args.file)):
            if isinstance(item, BadLine):
                bad += 1
                complain(args.file, item)
            else:
                items.append(item)
    if args.keep or args.hold_out:
        items = split(items, args.every, hold_out=args.hold_out)
    judged = judge(matcher, items)
    if not judged:
        raise UsageError(f"no item of {args.file} has a label")
    parts = {"all": figures_of(judged)}
    if any(one.gold.borderline for one in judged):
        parts["clear"] = figures_of([one for one in judged if not one.gold.borderline])
        parts["borderline"] = figures_of([one for one in judged if one.gold.borderline])
    if args.format == "json":
        _print_json(parts, judged if args.errors else [])
    else:
        _print_tables(parts, judged if args.errors else [])
    return 1 if bad else 0


def _score(score: Score) -> dict[str, object]:
    return {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
        "count": score.right + score.missed,
    }


def record_of_figures(figures: Figures) -> dict[str, object]:
    """Return figures as `--format json` writes them."""
    return {
        "items": figures.items,
        "accuracy": round(figures.accuracy, 4),
        "labels": {label: _score(score) for label, score in figures.labels.items()},
        "languages": {
            language: {"items": count, "accuracy": round(accuracy, 4), "signal": _score(signal)}
            for language, (count, accuracy, signal) in figures.languages.items()
        },
        "stage": {"accuracy": round(figures.stage_accuracy, 4), "items": figures.stages},
        "regulators": _score(figures.regulators),
        "companies": _score(figures.companies),
        "amounts": _score(figures.amounts),
    }


def _errors(judged: list[Judged]) -> list[dict[str, object]]:
    return [
        {
            "id": one.item.id,
            "lang": one.item.language,
            "title": one.item.given.title,
            "faults": list(one.faults),
        }
        for one in judged
        if one.faults
    ]


def _print_json(parts: dict[str, Figures], judged: list[Judged]) -> None:
    whole = record_of_figures(parts["all"])
    whole.update({name: record_of_figures(part) for name, part in parts.items() if name != "all"})
    if judged:
        whole["errors"] = _errors(judged)
    print(json.dumps(whole, ensure_ascii=True, indent=2))


def _print_tables(parts: dict[str, Figures], judged: list[Judged]) -> None:
    for name, figures in parts.items():
        print(f"{name}: {figures.items} items, accuracy {figures.accuracy:.3f}, "
              f"stage {figures.stage_accuracy:.3f} of {figures.stages}")  # fmt: skip
        print(f"  {'':<12} {'precision':>9} {'recall':>7} {'F1':>6} {'count':>6}")
        rows = [*figures.labels.items(), ("regulators", figures.regulators), ("companies", figures.companies)]
        for label, score in [*rows, ("amounts", figures.amounts)]:
            count = score.right + score.missed
            print(f"  {label:<12} {score.precision:>9.3f} {score.recall:>7.3f} {score.f1:>6.3f} {count:>6}")
        print("  by language: accuracy, signal F1")
        for language, (count, accuracy, signal) in figures.languages.items():
            print(f"  {printable(language):<12} {accuracy:>9.3f} {signal.f1:>7.3f} {count:>13}")
        print()
    for error in _errors(judged):
        print(printable(f"{error['id']} [{error['lang']}] {error['title']}"))
        faults = error["faults"]
        for fault in faults if isinstance(faults, list) else ():
            print(printable(f"    {fault}"))
