"""`regwatch deadlines`: dates by which something is due, as a list or a calendar file."""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    database_path,
    epilog,
    filled,
    settings_of,
    unknown,
    write_rows,
)
from bot.errors import OperationError, UsageError

if TYPE_CHECKING:
    from bot.matters.agenda import DueDate
    from storage.reader import Reader
    from storage.records import Hit

_COLUMNS = ("on", "in_days", "what", "basis", "authority", "title", "matter")
_LOOK_BACK = timedelta(days=800)
_PAGE = 1000


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command group."""
    parser = commands.add_parser(
        "deadlines",
        help="dates by which something is due",
        description="Dates that articles state, and dates that statutory clocks give (marked as estimated, with "
        "their legal source). The newest article's word on a matter holds.",
        epilog=epilog(
            "regwatch deadlines list                      what is due from today on",
            "regwatch deadlines list --regulator cma --within 30 --format json",
            "regwatch deadlines list --all                also what a later step has overtaken",
            "regwatch deadlines export --ics due.ics      for your calendar; - writes to the terminal",
        ),
    )
    parser.set_defaults(handler=lambda _args: _usage(parser))
    actions = parser.add_subparsers(metavar="ACTION", title="actions")
    listing = actions.add_parser(
        "list",
        help="list due dates",
        description="List due dates, earliest first. What a later step of the matter has overtaken, as a decision does "
        "the day for comments, and what was due in a proceeding that has ended, are left out.",
        epilog=epilog(
            "regwatch deadlines list --regulator cma --within 30",
            "regwatch deadlines list --all --format json",
        ),
    )
    _add_filters(listing)
    listing.add_argument(
        "--all", action="store_true", help="also dates that a later step has overtaken, with the step"
    )
    add_format_option(listing)
    listing.set_defaults(handler=_list)
    export = actions.add_parser(
        "export",
        help="write a calendar file",
        description="Write due dates as an iCalendar file (RFC 5545). Dates that a later step has overtaken are written as "
        "cancelled events, for calendars that hold them from an earlier file.",
        epilog=epilog(
            "regwatch deadlines export --ics due.ics", "regwatch deadlines export --ics - --no-alarms"
        ),
    )
    _add_filters(export)
    export.add_argument("--ics", metavar="FILE", required=True, help="where to; - is standard output")
    export.add_argument("--no-alarms", action="store_true", help="leave out the reminders 7 and 2 days ahead")
    export.set_defaults(handler=_export)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    add_config_option(parser)
    parser.add_argument("--regulator", metavar="ID", type=filled, help="only this authority: ftc, cma, ec …")
    parser.add_argument("--matter", metavar="KEY", type=filled, help="only this matter")
    parser.add_argument("--within", metavar="DAYS", type=int, help="only the next DAYS days")
    parser.add_argument("--past", action="store_true", help="past dates too")
    parser.add_argument("--stated", action="store_true", help="only dates that an article states")


def _usage(parser: argparse.ArgumentParser) -> int:
    parser.print_help(sys.stderr)
    return 2


def _list(args: argparse.Namespace) -> int:
    today, dates = _wanted(args)
    rows = [_row(due, today) for due in dates if args.all or due.overtaken is None]
    if not rows and args.format == "table":
        print("regwatch: nothing is due", file=sys.stderr)
        return 0
    write_rows(rows, (*_COLUMNS, "overtaken_by") if args.all else _COLUMNS, args.format)
    return 0


def _export(args: argparse.Namespace) -> int:
    from bot.alerts.ics import calendar_file
    from bot.clock import SystemClock

    _, dates = _wanted(args)
    data = calendar_file(dates, now=SystemClock().now(), alarms=not args.no_alarms).encode()
    if args.ics == "-":
        sys.stdout.buffer.write(data)
        return 0
    try:
        Path(args.ics).write_bytes(data)
    except OSError as error:
        raise OperationError(f"{args.ics}: cannot be written: {error.strerror}") from error
    void = sum(due.overtaken is not None for due in dates)
    said = f", {void} of them as cancelled" if void else ""
    print(f"{len(dates)} dates written to {args.ics}{said}", file=sys.stderr)
    return 0


def _row(due: DueDate, today: date) -> dict[str, object]:
    from bot.matters.overtaken import named

    return {
        "on": due.on.isoformat(),
        "in_days": (due.on - today).days,
        "what": due.what,
        "basis": "estimated" if due.estimated else "stated",
        "authority": due.authority,
        "title": due.title,
        "matter": due.matter,
        "source": due.source or None,
        "latest": due.latest.isoformat() if due.latest else None,
        "was": due.was.isoformat() if due.was else None,
        "note": due.note or None,
        "url": due.url or None,
        "overtaken_by": named(due.overtaken) if due.overtaken else None,
        "overtaken_on": due.overtaken.at.date().isoformat() if due.overtaken else None,
    }


def _wanted(args: argparse.Namespace) -> tuple[date, list[DueDate]]:
    from bot.clock import SystemClock
    from bot.matters.agenda import whole_agenda
    from storage.reader import open_reader

    regulator = args.regulator.casefold() if args.regulator else None
    if args.within is not None and args.within < 0:
        raise UsageError("--within: a number of days, 0 or more")
    settings = settings_of(args)
    now = SystemClock().now()
    today = now.date()
    with open_reader(database_path(settings)) as reader:
        every = reader.matters()
        matters = tuple(m for m in every if regulator is None or m.authority == regulator)
        steps = {m.key: reader.steps(m.key) for m in matters if m.authority and m.merged_into is None}
        hits = _hits(reader, args, now.date())
    for line in (
        *unknown(
            "matter", "regulator", [regulator] if regulator else [], {m.authority or "none" for m in every}
        ),
        *unknown("matter", "key", [args.matter] if args.matter else [], {m.key for m in every}),
    ):
        print(f"regwatch: {line}", file=sys.stderr)
    dates = whole_agenda(hits, matters, steps)
    return today, [due for due in dates if _fits(due, args, today)]


def _hits(reader: Reader, args: argparse.Namespace, today: date) -> list[Hit]:
    from datetime import UTC, datetime

    from storage.hit_filter import HitFilter

    since = datetime.combine(today, datetime.min.time(), UTC) - _LOOK_BACK
    found: list[Hit] = []
    for offset in range(0, 1_000_000, _PAGE):
        page = reader.hits(
            HitFilter(
                since=since,
                regulators=(args.regulator.casefold(),) if args.regulator else (),
                matters=(args.matter,) if args.matter else (),
                limit=_PAGE,
                offset=offset,
            )
        )
        found += [hit for hit in page.hits if hit.facts.deadlines]
        if offset + _PAGE >= page.total:
            break
    return found


def _fits(due: DueDate, args: argparse.Namespace, today: date) -> bool:
    if args.matter and due.matter != args.matter:
        return False
    if args.stated and due.estimated:
        return False
    if due.on < today and not args.past:
        return False
    return args.within is None or due.on <= today + timedelta(days=args.within)
