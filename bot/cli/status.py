"""`regwatch status`: is it alive, and what troubles it. Reads only; exit 1 when a person is needed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cli.common import (
    NO_ROOM,
    add_config_option,
    database_path,
    epilog,
    free_space,
    iso,
    printable,
    settings_of,
    write_rows,
)

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.feeds.feed import Feed
    from storage.reader import Reader

CYCLE_TOO_OLD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that status says. `trouble` ones make it exit 1."""

    what: str
    state: str
    detail: str = ""
    trouble: bool = False


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "status",
        help="is it alive, and what troubles it",
        description="Say whether the bot runs, when its last cycle was, which feeds fail, what waits to be delivered. "
        "Exit code 1 when something needs a person: no good cycle for 10 minutes, rules that are refused or fail their own examples, no room on the disk, dead or failed deliveries, "
        "an official feed that failed three times, or half of all feeds failing.",
        epilog=epilog(
            "regwatch status", "regwatch status --quiet || page-someone", "regwatch status --format json"
        ),
    )
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to write it")
    parser.add_argument("--quiet", action="store_true", help="say nothing; the exit code tells")
    add_config_option(parser)
    parser.set_defaults(handler=status)


def status(args: argparse.Namespace) -> int:
    """Print the lines; 1 when one of them is trouble."""
    from bot.clock import SystemClock
    from storage.reader import open_reader

    settings = settings_of(args)
    with open_reader(database_path(settings)) as reader:
        lines = lines_of(reader, settings, SystemClock().now())
    if not args.quiet:
        rows = [{"what": x.what, "state": x.state, "detail": x.detail, "trouble": x.trouble} for x in lines]
        columns = ("what", "state", "detail") if args.format == "table" else ("what",)
        write_rows(rows, columns, args.format)
    return 1 if any(line.trouble for line in lines) else 0


def lines_of(reader: Reader, settings: Settings, now: datetime) -> list[Line]:
    """Return what status says, worst first."""
    lines = [
        *_process(reader, settings, now),
        *_room(settings),
        *_rules(reader),
        *_feeds(reader, settings),
        *_deliveries(reader),
        _counts(reader),
    ]
    return sorted(lines, key=lambda line: not line.trouble)


def _process(reader: Reader, settings: Settings, now: datetime) -> list[Line]:
    from bot.durations import short
    from storage.lock import holder

    running = holder(database_path(settings))
    note = reader.notes().get("cycle")
    if note is None:
        return [Line(what="bot", state="never ran", detail="start it with `regwatch run`", trouble=True)]
    age = now - note[1]
    late = age > CYCLE_TOO_OLD or age < -CYCLE_TOO_OLD
    if running is None:
        detail = f"last cycle {short(age)} ago; start it with `regwatch run`"
        return [Line(what="bot", state="not running", detail=detail, trouble=late)]
    detail = f"process {running[0]} since {running[1]}, last cycle {short(age)} ago"
    return [Line(what="bot", state="stuck" if late else "running", detail=detail, trouble=late)]


def _room(settings: Settings) -> list[Line]:
    free = free_space(database_path(settings))
    if free > NO_ROOM:
        return []
    detail = "nothing can be recorded without room; what is due waits"
    return [Line(what="disk", state=f"{free // 1_000_000} MB free", detail=detail, trouble=True)]


def _rules(reader: Reader) -> list[Line]:
    notes = reader.notes()
    refused, failing = notes.get("rules"), notes.get("rules-fail")
    lines = []
    if refused is not None and refused[0]:
        since = f"refused since {iso(refused[1])}"
        lines.append(Line(what="rules", state=since, detail=printable(refused[0]), trouble=True))
    if failing is not None and failing[0]:
        detail = f"{printable(failing[0])}; see `regwatch rules test`"
        lines.append(Line(what="rules", state="fail their own examples", detail=detail, trouble=True))
    return lines or [Line(what="rules", state="in force")]


def _feeds(reader: Reader, settings: Settings) -> list[Line]:
    from bot.cli.common import rules_directory
    from bot.errors import InvalidFiles
    from bot.feeds.catalog import load_catalog
    from storage.words import Tier

    states = reader.feed_states()
    try:
        feeds = [f for f in load_catalog(rules_directory(settings) / "feeds.yaml") if f.enabled]
    except InvalidFiles as error:
        problem = printable(str(error.problems[0]))
        return [Line(what="feeds", state="feeds.yaml refused", detail=problem, trouble=True)]
    failing = [f for f in feeds if (s := states.get(f.id)) and s.failures >= 3]
    shaky = [f for f in feeds if (s := states.get(f.id)) and 0 < s.failures < 3]
    never = [f for f in feeds if (s := states.get(f.id)) is None or (s.ok_at is None and not s.failures)]
    quiet = [f for f in feeds if (s := states.get(f.id)) and s.told == "quiet"]
    words = f"{len(feeds)} watched, {len(failing)} failing, {len(shaky)} shaky, {len(never)} not yet polled"
    # One dead blog must not page anybody for good: then nobody would look when the bot itself is in trouble.
    grave = any(feed.tier is Tier.OFFICIAL for feed in failing) or (
        bool(feeds) and len(failing) * 2 >= len(feeds)
    )
    detail = f"{_names(failing)}: see `regwatch feeds status`" if failing else ""
    lines = [Line(what="feeds", state=words, detail=detail, trouble=grave)]
    if quiet:
        lines.append(Line(what="feeds", state="unusually quiet", detail=_names(quiet)))
    return lines


def _names(feeds: Sequence[Feed]) -> str:
    more = f" and {len(feeds) - 8} more" if len(feeds) > 8 else ""
    return ", ".join(feed.id for feed in feeds[:8]) + more


def _deliveries(reader: Reader) -> list[Line]:
    from storage.words import DeliveryState

    lines = []
    for state, trouble in (
        (DeliveryState.DEAD, True),
        (DeliveryState.FAILED, True),
        (DeliveryState.UNKNOWN, False),
        (DeliveryState.PENDING, False),
    ):
        found = reader.deliveries(states=(state,), limit=1000)
        if found:
            detail = printable(found[0].error) or "see `regwatch alerts list`"
            count = f"{len(found)} {state.value}"
            lines.append(Line(what="alerts", state=count, detail=detail, trouble=trouble))
    return lines or [Line(what="alerts", state="all delivered")]


def _counts(reader: Reader) -> Line:
    counts = reader.counts()
    words = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())
    return Line(what="database", state=words)
