"""`regwatch hits`: search past hits; `regwatch hits show ID`: the evidence of one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    cell,
    database_path,
    epilog,
    iso,
    printable,
    settings_of,
    write_rows,
)
from bot.cli.hits_query import add_filters, filter_of
from bot.errors import UsageError

if TYPE_CHECKING:
    from storage.records import Hit, HitPage
    from storage.search_query import Query

# Version 1 of what --format json and jsonl write. Fields are added at the end, never renamed or removed.
FIELDS = (
    "id", "url", "title", "feed", "rule", "kind", "level", "stage", "regulators", "companies", "amounts", "matter",
    "published_at", "first_seen_at", "matched_at", "language", "status", "verdict", "why", "sentence", "revision",
    "rule_digest", "theories", "cases", "deadlines",
)  # fmt: skip
_SHOWN = ("id", "matched", "level", "kind", "stage", "regulators", "companies", "amounts", "title")
_DESCRIPTION = """Search past hits: what rules found, when, and what became of it.

QUERY is words (all must be there), "phrases", OR between two words, -word for what must not be there,
title:word, and begin* for beginnings. Case, accents and scripts do not matter; parts of Chinese, Japanese and
Korean words are found. A QUERY that begins with a minus goes after --, or into quotes with another word.
`hits show ID` prints the evidence of one hit.

--format json writes a list of objects (schema 1): id, url, title, feed, rule, kind, level, stage, regulators,
companies, amounts [{value, currency, kind, upto}], matter, published_at, first_seen_at, matched_at (UTC, ISO 8601)
and further fields after these. jsonl is one object a line. csv is safe to open in a spreadsheet. Away from a
terminal the table is plain text without colours. Exit code 0, also where nothing is found.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "hits",
        help="search past hits",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        epilog=epilog(
            'regwatch hits "merger inquiry" --regulator cma --since 30d',
            "regwatch hits anthropic OR openai --level high+ --by published --since march",
            'regwatch hits "amazon -rainforest" --min-amount 1bn --format csv > hits.csv',
            "regwatch hits -- -openai",
            "regwatch hits show 12",
        ),
    )
    parser.add_argument("words", nargs="*", metavar="QUERY", help="words to search for, or: show ID")
    add_filters(parser)
    add_format_option(parser)
    add_config_option(parser)
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Search, or show one hit."""
    from bot.clock import SystemClock

    words: list[str] = args.words
    if len(words) > 1 and words[0] == "show" and all(word.isdecimal() for word in words[1:]):
        return _show(args, [int(word) for word in words[1:]])
    return _search(args, SystemClock().now())


def record_of(hit: Hit) -> dict[str, object]:
    """Return a hit as `--format json` writes it."""
    facts = hit.facts
    values: dict[str, object] = {
        "id": hit.id,
        "url": hit.url,
        "title": hit.title,
        "feed": hit.feed,
        "rule": hit.rule,
        "kind": hit.kind.value,
        "level": hit.level.value,
        "stage": facts.stage.value if facts.stage else None,
        "regulators": list(facts.regulators),
        "companies": list(facts.companies),
        "amounts": [
            {"value": a.value, "currency": a.currency, "kind": a.kind, "upto": a.upto} for a in facts.amounts
        ],
        "matter": hit.matter,
        "published_at": iso(hit.published_at),
        "first_seen_at": iso(hit.first_seen_at),
        "matched_at": iso(hit.matched_at),
        "language": hit.language,
        "status": hit.status.value,
        "verdict": hit.verdict,
        "why": hit.why,
        "sentence": hit.sentence,
        "revision": hit.revision,
        "rule_digest": hit.rule_digest,
        "theories": list(facts.theories),
        "cases": list(facts.cases),
        "deadlines": [{"on": d.on.isoformat(), "what": d.what} for d in facts.deadlines],
    }
    return {name: values[name] for name in FIELDS}


def _search(args: argparse.Namespace, now: datetime) -> int:
    from storage.reader import open_reader

    wanted = filter_of(args, now)
    with open_reader(database_path(settings_of(args))) as reader:
        page = reader.hits(wanted)
    if args.format in ("json", "jsonl"):
        write_rows([record_of(hit) for hit in page.hits], FIELDS, args.format)
    elif args.format == "csv":
        write_rows([_flat(hit) for hit in page.hits], FIELDS, "csv")
    elif page.hits:
        _draw(page, wanted.query, args.format)
    if not page.hits:
        past = f"; there are {page.total}, --offset {args.offset} passes over all" if page.total else ""
        print(f"No hits{past}.", file=sys.stderr)
    elif args.format in ("table", "md") and page.total > len(page.hits):
        last = args.offset + len(page.hits)
        more = f"; --offset {last} shows more" if last < page.total else ""
        print(f"Hits {args.offset + 1} to {last} of {page.total}{more}.", file=sys.stderr)
    return 0


def _show(args: argparse.Namespace, numbers: Sequence[int]) -> int:
    from bot.cli.hits_show import show
    from storage.reader import open_reader

    if args.format == "csv":
        raise UsageError(
            "hits show writes table, json, jsonl or md; for csv, list hits: regwatch hits --format csv"
        )
    with open_reader(database_path(settings_of(args))) as reader:
        found = [(number, reader.hit(number) if number < 2**63 else None) for number in numbers]
        missing = [str(number) for number, hit in found if hit is None]
        if missing:
            raise UsageError(f"there is no hit {', '.join(missing)}; `regwatch hits` lists them")
        show(reader, [hit for _, hit in found if hit is not None], args.format, sys.stdout)
    return 0


def _flat(hit: Hit) -> dict[str, object]:
    """Return a hit with every value as one piece of text or number."""
    deadlines = [f"{d.on.isoformat()} {d.what}".strip() for d in hit.facts.deadlines]
    return {**record_of(hit), "amounts": sums(hit), "deadlines": deadlines}


def sums(hit: Hit) -> list[str]:
    """Return the sums of a hit for people: `up to USD 4bn`."""
    return [f"{'up to ' if a.upto else ''}{a.currency} {_short(a.value)}" for a in hit.facts.amounts]


def _short(value: int) -> str:
    for size, unit in ((10**12, "tn"), (10**9, "bn"), (10**6, "m")):
        if value >= size:
            return f"{value / size:.2f}".rstrip("0").rstrip(".") + unit
    return f"{value:,}"


def _draw(page: HitPage, query: Query, style: str) -> None:
    lines: list[Mapping[str, object]] = [
        {**_flat(hit), "matched": f"{hit.matched_at:%Y-%m-%d %H:%M}"} for hit in page.hits
    ]
    if style == "md":
        linked = [{**line, "title": line["title"], "url": line["url"]} for line in lines]
        write_rows(linked, (*_SHOWN, "url"), "md")
    elif sys.stdout.isatty():
        _draw_on_terminal(lines, query)
    else:
        write_rows(lines, _SHOWN, "table")


def _draw_on_terminal(lines: Sequence[Mapping[str, object]], query: Query) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bot.cli.hits_show import places_of

    colours = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in _SHOWN:
        table.add_column(
            column, overflow="fold", ratio=1 if column == "title" else None, no_wrap=column == "id"
        )
    for line in lines:
        cells = [Text(cell(line[column])) for column in _SHOWN]
        cells[_SHOWN.index("level")].stylize(colours.get(str(line["level"]), ""))
        title = printable(str(line["title"]))
        for start, end in places_of(title, query):
            cells[_SHOWN.index("title")].stylize("bold reverse", start, end)
        table.add_row(*cells)
    Console().print(table)
