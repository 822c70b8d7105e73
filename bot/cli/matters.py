"""`regwatch matters`: the matters, and the whole life of one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import (
    FORMATS,
    add_config_option,
    add_format_option,
    database_of,
    epilog,
    filled,
    iso,
    unknown,
    write_rows,
)
from bot.cli.drawing import moment_of
from bot.cli.hits_query import DATES, folded_list, words_of
from bot.errors import UsageError, did_you_mean
from storage.words import Stage

if TYPE_CHECKING:
    from storage.reader import Reader
    from storage.records import Matter

# Version 1 of what --format json writes. Fields are added at the end, never renamed or removed.
FIELDS = (
    "id", "key", "title", "authority", "tie", "stage", "outcome", "level", "confirmed", "sources", "cases",
    "deadline", "opened_at", "moved_at",
)  # fmt: skip
_SHOWN = ("id", "moved", "authority", "stage", "level", "confirmed", "sources", "deadline", "key")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command group; without an action it lists."""
    parser = commands.add_parser(
        "matters",
        help="matters with their steps",
        description="A matter is one authority x one tie or case, or a tie that no authority has taken up yet. "
        "Without an action the matters are listed, the last moved first; `sources` counts those of the present step. Exit code 2 where `show` finds no such matter.",
        allow_abbrev=False,
        epilog=epilog(
            "regwatch matters --regulator cma --stage inquiry+",
            "regwatch matters --company anthropic --since march --format json",
            "regwatch matters show cma:amazon+anthropic",
            "regwatch matters show 3 --format md",
        ),
    )
    _add_filters(parser, suppress=False)
    parser.set_defaults(handler=_list)
    actions = parser.add_subparsers(metavar="ACTION", title="actions")
    listing = actions.add_parser(
        "list",
        help="list matters (the default)",
        description="List matters.",
        epilog=epilog("regwatch matters list --regulator cma --since march"),
    )
    _add_filters(listing, suppress=True)
    listing.set_defaults(handler=_list)
    show = actions.add_parser(
        "show",
        help="the timeline of one matter: steps, sources, deadlines, and why each article is there",
        description="Draw the timeline of a matter: steps, sources, deadlines, and why each article is there.",
        epilog=epilog("regwatch matters show cma:amazon+anthropic", "regwatch matters show 3 --format md"),
    )
    show.add_argument("names", nargs="+", metavar="ID|KEY", help="number or key, as the list shows them")
    _add_shared(show, suppress=True)
    show.set_defaults(handler=_show)


def _add_filters(parser: argparse.ArgumentParser, *, suppress: bool) -> None:
    # An option given before the action must survive the action's own defaults.
    absent: object = argparse.SUPPRESS if suppress else None
    parser.add_argument(
        "--regulator",
        "--authority",
        dest="authority",
        metavar="ID",
        type=filled,
        default=absent,
        help="ftc, cma, ec …; none: no authority",
    )
    parser.add_argument(
        "--stage", metavar="STAGE", type=filled, default=absent, help="inquiry, or inquiry+ for at least"
    )
    parser.add_argument(
        "--company", metavar="ID", type=filled, default=absent, help="with this company; several by commas"
    )
    parser.add_argument(
        "--since", metavar="DATE", type=filled, default=absent, help=f"moved since then: {DATES}"
    )
    _add_shared(parser, suppress=suppress)


def _add_shared(parser: argparse.ArgumentParser, *, suppress: bool) -> None:
    if not suppress:
        add_format_option(parser)
        add_config_option(parser)
        return
    kept: object = argparse.SUPPRESS
    parser.add_argument("--format", choices=FORMATS, default=kept, help="how to write it (default: table)")
    parser.add_argument("--config", metavar="FILE", type=Path, default=kept, help="settings file")


def record_of(matter: Matter) -> dict[str, object]:
    """Return a matter as `--format json` writes it; `sources` counts those of its present step."""
    values: dict[str, object] = {
        "id": matter.id,
        "key": matter.key,
        "title": matter.title,
        "authority": matter.authority,
        "tie": list(matter.tie),
        "stage": matter.stage.value if matter.stage else None,
        "outcome": matter.outcome or None,
        "level": matter.level.value,
        "confirmed": matter.confirmed,
        "sources": matter.sources,
        "cases": list(matter.cases),
        "deadline": {"on": matter.deadline.on.isoformat(), "what": matter.deadline.what}
        if matter.deadline
        else None,
        "opened_at": iso(matter.opened_at),
        "moved_at": iso(matter.moved_at),
    }
    return {name: values[name] for name in FIELDS}


def _list(args: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.history.choose import chosen
    from storage.reader import open_reader

    stages = words_of([args.stage] if args.stage else [], list(Stage), "--stage", ranked=True)
    companies = folded_list([args.company] if args.company else [])
    now = SystemClock().now()
    since = moment_of(args.since, now, "--since") if args.since else None
    authority = args.authority.casefold() if args.authority else None
    with open_reader(database_of(args)) as reader:
        every = reader.matters()
    of_it = tuple(m for m in every if authority is None or (m.authority or "none") == authority)
    found = chosen(of_it, stages=stages, companies=companies, since=since)
    regulators = {matter.authority or "none" for matter in every}
    parties = {company for matter in every for company in matter.tie}
    strangers = [
        *unknown("matter", "regulator", [authority] if authority else [], regulators),
        *unknown("matter", "company", companies, parties),
    ]
    rows = [record_of(matter) for matter in found]
    if args.format in ("json", "jsonl"):
        write_rows(rows, FIELDS, args.format)
    elif args.format == "csv":
        write_rows(rows, FIELDS, "csv")
    elif found:
        shown = [
            {
                **row,
                "moved": f"{matter.moved_at:%Y-%m-%d}",
                "stage": _standing(matter),
                "deadline": matter.deadline.on.isoformat() if matter.deadline else "",
            }
            for row, matter in zip(rows, found, strict=True)
        ]
        write_rows(shown, _SHOWN, args.format)
    if not found:
        print("No matters.", *strangers, sep="\n", file=sys.stderr)
    return 0


def _standing(matter: Matter) -> str:
    """Return the stage, or how it ended."""
    if matter.outcome:
        return matter.outcome
    return matter.stage.value if matter.stage else "deal"


def _show(args: argparse.Namespace) -> int:
    from bot.cli.matters_show import life_record, lines_of, markdown_of
    from bot.clock import SystemClock
    from bot.history.matters import life_of
    from bot.history.pages import all_hits
    from storage.hit_filter import HitFilter
    from storage.reader import open_reader

    if args.format == "csv":
        raise UsageError(
            "matters show writes table, json, jsonl or md; for csv: regwatch matters --format csv"
        )
    today = SystemClock().now().date()
    with open_reader(database_of(args)) as reader:
        lives = []
        for name in args.names:
            matter = _found(reader, name)
            hits = all_hits(reader, HitFilter(matters=(matter.key,)))
            lives.append(life_of(reader, matter, hits, today))
    if args.format == "json":
        records = [life_record(life) for life in lives]
        json.dump(records[0] if len(records) == 1 else records, sys.stdout, ensure_ascii=False, indent=2)
        print()
    elif args.format == "jsonl":
        write_rows([life_record(life) for life in lives], (), "jsonl")
    else:
        draw = markdown_of if args.format == "md" else lines_of
        for number, life in enumerate(lives):
            sys.stdout.write("\n" if number else "")
            sys.stdout.writelines(draw(life, sys.stdout))
    return 0


def _found(reader: Reader, name: str) -> Matter:
    matter = reader.matter(name)
    if matter is None:
        hint = did_you_mean(name, [known.key for known in reader.matters()])
        raise UsageError(
            f"there is no matter {name}; " + (hint or "`regwatch matters` lists them with their numbers")
        )
    return matter
