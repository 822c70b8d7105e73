"""`regwatch hits`: search past hits; `hits show ID` and `hits export ID`: the evidence of one."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime

from bot.cli.common import (
    add_config_option,
    add_format_option,
    cell,
    database_of,
    epilog,
    file_named,
    iso,
    printable,
    unknown,
    write_rows,
)
from bot.cli.hits_query import add_filters, filter_of
from bot.errors import UsageError
from storage.moments import moment_of

TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from typing import Any

    from storage.hit_filter import HitFilter
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
title:word, and begin* for beginnings. Case and accents do not matter, nor does a letter of another script
in a word (a Cyrillic а in a Latin one); parts of Chinese, Japanese and Korean words are found. A QUERY that
begins with a minus goes after --, or into quotes with another word.
`hits show ID` prints the evidence of one hit; `hits export ID… -o pack.zip` writes it as one file that
`regwatch evidence verify` can check.

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
        allow_abbrev=False,
        epilog=epilog(
            'regwatch hits "merger inquiry" --regulator cma --since 30d',
            "regwatch hits anthropic OR openai --level high+ --by published --since march",
            'regwatch hits "amazon -rainforest" --min-amount "1bn USD" --format csv > hits.csv',
            "regwatch hits -- -openai",
            "regwatch hits show 12",
            "regwatch hits export 12 14 -o pack.zip",
        ),
    )
    parser.add_argument(
        "words", nargs="*", metavar="QUERY", help="words to search for, or: show ID, export ID…"
    )
    parser.add_argument(
        "-o", "--output", type=file_named, metavar="FILE", help="with export: the pack to write"
    )
    add_filters(parser)
    add_format_option(parser)
    add_config_option(parser)
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Search, or show one hit."""
    from bot.clock import SystemClock

    words: list[str] = args.words
    if words and words[0] in ("show", "export"):
        numbers = [number for word in words[1:] for number in word.split(",") if number]
        if not numbers:
            raise UsageError(f"hits {words[0]} needs the ID of a hit, as `regwatch hits` lists them")
        wrong = next((number for number in numbers if not number.isdecimal()), None)
        if wrong is not None:
            phrase = " ".join(words)
            raise UsageError(
                f"hits {words[0]} {wrong}: not the ID of a hit, which is a number as `regwatch hits` lists it; to search "
                f"for these words: regwatch hits '\"{phrase}\"'"
            )
        ids = [int(number) for number in numbers]
        return _show(args, ids) if words[0] == "show" else _export(args, ids)
    if args.output is not None:
        raise UsageError(
            "-o names the file of `regwatch hits export ID…`; a search writes to standard output"
        )
    return _search(args, SystemClock().now())


def _export(args: argparse.Namespace, numbers: list[int]) -> int:
    from bot.cli.hits_export import export

    if args.output is None:
        raise UsageError("hits export needs a file: regwatch hits export 12 -o pack.zip")
    return export(args, numbers, args.output)


def record_of(row: sqlite3.Row) -> dict[str, object]:
    """Return a row of `storage.listing` as `--format json` writes it."""
    facts = json.loads(row["facts"])
    values: dict[str, object] = {
        "url": row["url"] or row["link"],
        "regulators": facts.get("regulators", []),
        "companies": facts.get("companies", []),
        "amounts": [
            {
                "value": a["value"],
                "currency": a["currency"],
                "kind": a.get("kind", "other"),
                "upto": a.get("upto", False),
            }
            for a in facts.get("amounts", [])
        ],
        "theories": facts.get("theories", []),
        "cases": facts.get("cases", []),
        "deadlines": [{"on": d["on"], "what": d["what"]} for d in facts.get("deadlines", [])],
        **{name: iso(moment_of(row[name])) for name in ("published_at", "first_seen_at", "matched_at")},
    }
    return {name: values[name] if name in values else row[name] for name in FIELDS}


def _search(args: argparse.Namespace, now: datetime) -> int:
    from storage.foreign import translated
    from storage.listing import connect, page_of

    wanted = filter_of(args, now)
    path = database_of(args)
    with closing(connect(path)) as connection, translated(path):
        total, rows = page_of(connection, wanted)
        strangers = [] if total else _strangers(connection, wanted)
    records = [record_of(row) for row in rows]
    if args.format in ("json", "jsonl"):
        write_rows(records, FIELDS, args.format)
    elif args.format == "csv":
        write_rows([_flat(record) for record in records], FIELDS, "csv")
    elif records:
        _draw(records, wanted.query, args.format)
    if not records:
        why = f"--offset {args.offset} passes over all" if args.offset else "--limit 0 shows none"
        past = f"; there are {total}, {why}" if total else ""
        print(f"No hits{past}.", *strangers, sep="\n", file=sys.stderr)
    elif args.format in ("table", "md") and total > len(records):
        last = args.offset + len(records)
        more = f"; --offset {last} shows more" if last < total else ""
        print(f"Hits {args.offset + 1} to {last} of {total}{more}.", file=sys.stderr)
    return 0


def _strangers(connection: sqlite3.Connection, wanted: HitFilter) -> list[str]:
    """Return a line for each word of the filter that no hit carries at all: a typing error finds nothing either."""
    from storage.listing import carried

    asked = {
        "regulator": wanted.regulators,
        "company": wanted.companies,
        "rule": wanted.rules,
        "feed": wanted.feeds,
        "language": wanted.languages,
        "matter": wanted.matters,
    }
    lines: list[str] = []
    for what, words in asked.items():
        lines += unknown("hit", what, words, carried(connection, what) if words else ())
    return lines


def _show(args: argparse.Namespace, numbers: Sequence[int]) -> int:
    from bot.cli.hits_show import show
    from storage.reader import open_reader

    if args.format == "csv":
        raise UsageError(
            "hits show writes table, json, jsonl or md; for csv, list hits: regwatch hits --format csv"
        )
    with open_reader(database_of(args)) as reader:
        found = [(number, reader.hit(number) if number < 2**63 else None) for number in numbers]
        missing = [str(number) for number, hit in found if hit is None]
        if missing:
            raise UsageError(f"there is no hit {', '.join(missing)}; `regwatch hits` lists them")
        show(reader, [hit for _, hit in found if hit is not None], args.format, sys.stdout)
    return 0


def _flat(record: Mapping[str, Any]) -> dict[str, object]:
    """Return a hit with every value as one piece of text or number."""
    deadlines = [f"{d['on']} {d['what']}".strip() for d in record["deadlines"]]
    return {**record, "amounts": sums(record["amounts"]), "deadlines": deadlines}


def sums(amounts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return sums of money for people: `up to USD 4bn`."""
    return [f"{'up to ' if a['upto'] else ''}{a['currency']} {_short(a['value'])}" for a in amounts]


def _short(value: int) -> str:
    for size, unit in ((10**12, "tn"), (10**9, "bn"), (10**6, "m")):
        if value >= size:
            return f"{value / size:.2f}".rstrip("0").rstrip(".") + unit
    return f"{value:,}"


def _draw(records: Sequence[Mapping[str, Any]], query: Query, style: str) -> None:
    lines = [{**_flat(r), "matched": str(r["matched_at"])[:16].replace("T", " ")} for r in records]
    if style == "md":
        write_rows(lines, (*_SHOWN, "url"), "md")
    elif sys.stdout.isatty():
        _draw_on_terminal(lines, query)
    else:
        write_rows(lines, _SHOWN, "table")


def _draw_on_terminal(lines: Sequence[Mapping[str, object]], query: Query) -> None:
    from rich.text import Text

    from bot.cli.hits_show import places_of
    from bot.cli.table import draw

    colours = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}
    rows = []
    for line in lines:
        cells = [Text(cell(line[column])) for column in _SHOWN]
        cells[_SHOWN.index("level")].stylize(colours.get(str(line["level"]), ""))
        title = printable(str(line["title"]))
        for start, end in places_of(title, query):
            cells[_SHOWN.index("title")].stylize("bold reverse", start, end)
        rows.append(cells)
    draw(_SHOWN, rows, sys.stdout)
