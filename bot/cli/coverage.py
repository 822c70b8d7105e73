"""`regwatch coverage`: when each feed was watched, and when we were blind."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    database_path,
    epilog,
    filled,
    iso,
    printable,
    rules_directory,
    settings_of,
    write_rows,
)
from bot.cli.drawing import Paint, add_period, markdown_safe, period_of
from bot.cli.hits_query import folded_list, listed
from bot.durations import SHAPE, duration_of
from bot.errors import InvalidFiles, UsageError, did_you_mean

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.history.coverage import Coverage, FeedCoverage
    from storage.hit_filter import HitFilter
    from storage.reader import Reader

_LEXICON = {"regulator": "regulators.yaml", "company": "companies.yaml"}
_COLUMNS = ("feed", "watched", "blind", "of_that_gap", "share", "reasons")
_DESCRIPTION = """Say for each feed when it was watched and when we were blind, the blindest first.

Blind is: the bot did not run, the feed failed or was blocked, it was not watched yet, or a gap: a feed had only new
items, so that some may have come and gone between two polls. The time after the last poll's reach is blind too.

--about, --regulator and --company add how many hits there were, as a sentence fit for a memo: "No hit on X between
A and B; n feeds watched, blind for h:mm." There "blind" is every moment at which at least one source was.

Exit code 1 when a feed was blind for longer than --max-blind.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "coverage",
        help="when each feed was watched, and when we were blind",
        description=_DESCRIPTION,
        allow_abbrev=False,
        epilog=epilog(
            "regwatch coverage --since 30d",
            "regwatch coverage --since 24h --max-blind 1h || page-someone",
            "regwatch coverage --since march --regulator cma --company anthropic --format md",
            'regwatch coverage --since 2026-01-01 --until 2026-03-31 --about "merger inquiry"',
        ),
    )
    add_period(parser, since="30d")
    parser.add_argument(
        "--feed",
        action="append",
        type=filled,
        default=[],
        metavar="ID",
        help="only this feed; repeat it, or commas",
    )
    parser.add_argument(
        "--max-blind", metavar="LENGTH", help="exit 1 when a feed was blind for longer: 1h, 30m, 0"
    )
    parser.add_argument("--about", metavar="QUERY", default="", help="count hits with these words")
    parser.add_argument(
        "--regulator",
        action="append",
        type=filled,
        default=[],
        metavar="ID",
        help="count hits on this authority",
    )
    parser.add_argument(
        "--company", action="append", type=filled, default=[], metavar="ID", help="count hits on this company"
    )
    add_format_option(parser, formats=("table", "md", "json"))
    add_config_option(parser)
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Print the coverage; 1 where a feed was blind for too long."""
    from bot.clock import SystemClock
    from bot.history.coverage import coverage_of
    from storage.reader import open_reader

    since, until = period_of(args, SystemClock().now())
    limit = _limit(args)
    settings = settings_of(args)
    with open_reader(database_path(settings)) as reader:
        _refuse_strangers(settings, reader, args)
        watched = watched_feeds(settings, listed(args.feed), reader)
        intervals = reader.coverage(since, until)
        began = {name: s.baseline_at for name, s in reader.feed_states().items() if s.baseline_at}
        wanted = [one for one in intervals if not args.feed or one.feed in (watched or ())]
        found = coverage_of(wanted, since=since, until=until, watched=watched, began=began)
        words = _memo(reader, args, found)
    if args.format == "json":
        json.dump(_record(found, words, limit), sys.stdout, ensure_ascii=False, indent=2)
        print()
    elif args.format == "md":
        sys.stdout.writelines(line + "\n" for line in _markdown(found, words))
    else:
        _draw(found, words)
    over = [f.feed for f in found.feeds if limit is not None and f.blind > limit]
    if over:
        print(
            f"regwatch: blind for longer than {args.max_blind}: {printable(', '.join(over[:12]))}"
            + (f" and {len(over) - 12} more" if len(over) > 12 else ""),
            file=sys.stderr,
        )
    return 1 if over else 0


def _limit(args: argparse.Namespace) -> timedelta | None:
    if args.max_blind is None:
        return None
    limit = duration_of(args.max_blind)
    if limit is None:
        raise UsageError(f"--max-blind {args.max_blind}: not {SHAPE}")
    return limit


def watched_feeds(settings: Settings, named: Sequence[str], reader: Reader) -> list[str] | None:
    """Return the feeds to answer for: those named, else those enabled; None where the catalogue cannot be read."""
    from bot.feeds.catalog import load_catalog

    known: list[str] | None
    try:
        feeds = load_catalog(rules_directory(settings) / "feeds.yaml")
        known = [feed.id for feed in feeds if feed.enabled]
        every = [feed.id for feed in feeds]
    except InvalidFiles as error:
        print(
            f"regwatch: feeds.yaml is refused, so every feed ever polled counts: {error.problems[0]}",
            file=sys.stderr,
        )
        known, every = None, []
    if not named:
        return known
    every = [*every, *reader.feed_states()]
    for name in named:
        if name not in every:
            raise UsageError(
                f"--feed {name}: there is no such feed; "
                + (did_you_mean(name, every) or "see `regwatch feeds list`")
            )
    return list(named)


def _memo(reader: Reader, args: argparse.Namespace, found: Coverage) -> str:
    """Return the sentence for a memo."""
    from bot.history.coverage import memo

    wanted = _filter(args, found)
    page = reader.hits(wanted)
    last = ""
    if page.hits:
        hit = page.hits[0]
        last = f"The last: {hit.title} ({hit.matched_at:%d %b %Y}, {hit.url})."
    return memo(found, subject=_subject(args), hits=page.total, last=last)


def _refuse_strangers(settings: Settings, reader: Reader, args: argparse.Namespace) -> None:
    """Raise UsageError for a name that neither a hit nor the lexicon knows: "No hit on X" would be said of nobody."""
    from bot.matching.lexicon_file import load_lexicon

    asked = {"regulator": folded_list(args.regulator), "company": folded_list(args.company)}
    known = {what: set(reader.carried(what)) for what in asked}
    if all(known[what].issuperset(words) for what, words in asked.items()):
        return
    try:
        lexicon = load_lexicon(rules_directory(settings) / "lexicon")
    except InvalidFiles as error:
        print(
            f"regwatch: the lexicon is refused, so no name is checked: {error.problems[0]}", file=sys.stderr
        )
        return
    known["regulator"].update(lexicon.regulators)
    known["company"].update(lexicon.companies)
    for what, words in asked.items():
        for word in words:
            if word not in known[what]:
                guess = did_you_mean(word, sorted(known[what])) or f"see lexicon/{_LEXICON[what]}"
                raise UsageError(f"--{what} {printable(word)}: there is no such {what}; {guess}")


def _filter(args: argparse.Namespace, found: Coverage) -> HitFilter:
    from storage.hit_filter import HitFilter
    from storage.search_query import parse

    return HitFilter(
        query=parse(args.about),
        regulators=folded_list(args.regulator),
        companies=folded_list(args.company),
        feeds=tuple(f.feed for f in found.feeds) if args.feed else (),
        statuses=("live",),
        since=found.since,
        until=found.until,
        limit=1,
    )


def _subject(args: argparse.Namespace) -> str:
    quoted = [f'"{args.about}"'] if args.about else []
    if not (args.regulator or args.company):
        return " and ".join(quoted)
    from bot.matters.identity import name_of

    named = [
        " or ".join(map(name_of, folded_list(words))) for words in (args.regulator, args.company) if words
    ]
    return " and ".join([*named, *quoted])


def _rows(found: Coverage) -> list[dict[str, object]]:
    from bot.history.coverage import clock_length

    whole = found.until - found.since
    return [
        {
            "feed": one.feed,
            "watched": clock_length(one.watched),
            "blind": clock_length(one.blind),
            "of_that_gap": clock_length(one.gap) if one.gap else "",
            "share": f"{one.watched / whole:.1%}",
            "reasons": _reasons(one),
        }
        for one in found.feeds
    ]


def _reasons(one: FeedCoverage) -> list[str]:
    """Return why it was blind, the longest first."""
    from bot.history.coverage import clock_length

    sums: dict[str, timedelta] = {}
    for stretch in one.stretches:
        if stretch.state != "seen":
            name = "gap" if stretch.state == "gap" else stretch.reason or "blind"
            sums[name] = sums.get(name, timedelta(0)) + (stretch.until - stretch.since)
    ranked = sorted(sums.items(), key=lambda item: -item[1])
    return [f"{name} {clock_length(length)}" for name, length in ranked]


def _draw(found: Coverage, words: str) -> None:
    paint = Paint(sys.stdout)
    if found.feeds:
        write_rows(_rows(found), _COLUMNS, "table")
        if sys.stdout.isatty():
            print()
            width = max(len(f.feed) for f in found.feeds)
            cells = max(10, min(60, get_terminal_size().columns - width - 2))
            for one in found.feeds[:40]:
                print(f"{printable(one.feed).ljust(width)}  {_bar(one, found, paint, cells)}")
    print()
    print(printable(words))


def _bar(one: FeedCoverage, found: Coverage, paint: Paint, cells: int) -> str:
    """Return the period as a bar: full where seen, light where blind, a cross where there was a gap."""
    width = (found.until - found.since) / cells
    bar = []
    for number in range(cells):
        start, end = found.since + number * width, found.since + (number + 1) * width
        states = {s.state for s in one.stretches if s.since < end and s.until > start}
        bar.append("×" if "gap" in states else "░" if "blind" in states else "█" if states else " ")
    colours = {"×": "33", "░": "31", "█": "32", " ": "0"}
    return "".join(paint("".join(run), colours[sign]) for sign, run in groupby(bar))


def _markdown(found: Coverage, words: str) -> list[str]:
    lines = [
        f"**{markdown_safe(words)}**",
        "",
        f"Coverage, {iso(found.since)} to {iso(found.until)} (hours:minutes)",
        "",
    ]
    lines += [
        "| feed | watched | blind | of that gap | share | reasons |",
        "| --- | --: | --: | --: | --: | --- |",
    ]
    for row in _rows(found):
        reasons = row["reasons"]
        cells = [
            *(str(row[name]) for name in _COLUMNS[:-1]),
            ", ".join(reasons) if isinstance(reasons, list) else "",
        ]
        lines.append("| " + " | ".join(map(markdown_safe, cells)) + " |")
    return lines


def _record(found: Coverage, words: str, limit: timedelta | None) -> dict[str, object]:
    """Return what `--format json` writes (schema 1); lengths are in seconds."""
    return {
        "since": iso(found.since),
        "until": iso(found.until),
        "feeds_watched": len(found.feeds),
        "sources": len(found.feeds),  # its older name: fields are never renamed
        "watched_share": round(found.share, 6),
        "any_blind_seconds": int(found.any_blind.total_seconds()),
        "all_blind_seconds": int(found.all_blind.total_seconds()),
        "memo": words,
        "over": [f.feed for f in found.feeds if limit is not None and f.blind > limit],
        "feeds": [
            {
                "feed": one.feed,
                "watched_seconds": int(one.watched.total_seconds()),
                "blind_seconds": int(one.blind.total_seconds()),
                "gap_seconds": int(one.gap.total_seconds()),
                "intervals": [
                    {"state": s.state, "reason": s.reason, "since": iso(s.since), "until": iso(s.until)}
                    for s in one.stretches
                ],
            }
            for one in found.feeds
        ],
    }
