"""`regwatch digest`: the brief of a period, in Markdown or to Slack."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    database_path,
    epilog,
    iso,
    printable,
    settings_of,
)
from bot.cli.drawing import add_period, period_of

if TYPE_CHECKING:
    from bot.alerts.digest import Brief, Moved
    from bot.config import Settings

_DESCRIPTION = """Write the brief of a period: what moved, what is due in the next 14 days, what the press reports and no
authority confirms, what was in the news without a step, and other hits. Away from the outbox it changes nothing.

--since takes a day with a time of day (`fri 18:00`, in the zone of `digest.zone`), a length (7d) or a date.
--post writes the brief to the outbox instead, for `digest.channel`, else `slack.channel`; the running bot sends it.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "digest",
        help="the brief of a period, in Markdown or to Slack",
        description=_DESCRIPTION,
        allow_abbrev=False,
        epilog=epilog(
            'regwatch digest --since "fri 18:00"',
            "regwatch digest --since 2026-02-01 --until 2026-02-28 > february.md",
            'regwatch digest --since "fri 18:00" --post',
        ),
    )
    add_period(parser, since="7d")
    parser.add_argument("--post", action="store_true", help="write it to the outbox for the digest channel")
    parser.add_argument("--channel", metavar="NAME", default="", help="with --post: another channel")
    add_format_option(parser, formats=("md", "json"))
    parser.set_defaults(format="md")
    add_config_option(parser)
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Print the brief, or write it to the outbox."""
    from bot.alerts.digest import markdown
    from bot.clock import SystemClock
    from bot.history.brief import gathered
    from storage.reader import open_reader

    settings, now = settings_of(args), SystemClock().now()
    zone = settings.digest.zone if settings.digest else "UTC"
    since, until = period_of(args, now, zone)
    with open_reader(database_path(settings)) as reader:
        brief = gathered(reader, since, until, zone)
    if args.post:
        return _post(brief, settings, args.channel)
    if args.format == "json":
        json.dump(_record(brief), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        sys.stdout.write("".join(f"{printable(line)}\n" for line in markdown(brief).splitlines()))
    return 0


def _post(brief: Brief, settings: Settings, channel: str) -> int:
    from bot.alerts.ways import home_of
    from bot.clock import SystemClock
    from bot.history.brief import brief_deliveries
    from bot.secrets import load_secrets
    from storage.database import open_store

    home = home_of(settings.slack, load_secrets(os.environ))
    destination = channel or (settings.digest.channel if settings.digest else "") or home
    store = open_store(settings.database, create=False)
    try:
        with store.writing() as tx:
            written = tx.enqueue(brief_deliveries(brief, destination), at=SystemClock().now())
    finally:
        store.close()
    if not written:
        print(f"This brief is in the outbox for {printable(destination)} already.")
        return 0
    count = "1 message" if written == 1 else f"{written} messages"
    print(f"{count} for {printable(destination)} in the outbox; the running bot sends them.")
    return 0


def _record(brief: Brief) -> dict[str, object]:
    """Return what `--format json` writes (schema 1)."""
    return {
        "since": iso(brief.since),
        "until": iso(brief.until),
        "zone": brief.zone,
        "moved": [_moved(one) for one in brief.moved],
        "spoken": [{"matter": one.matter.key, "articles": one.articles} for one in brief.spoken],
        "alone": [{"hit": h.id, "rule": h.rule, "title": h.title, "url": h.url} for h in brief.alone],
        "due": [
            {"matter": m.key, "on": m.deadline.on.isoformat(), "what": m.deadline.what}
            for m in brief.due
            if m.deadline
        ],
        "unconfirmed": [m.key for m in brief.unconfirmed],
        "hidden": brief.hidden,
        "recorded": brief.recorded,
    }


def _moved(one: Moved) -> dict[str, object]:
    return {
        "matter": one.matter.key,
        "title": one.matter.title,
        "stage": one.matter.stage.value if one.matter.stage else None,
        "outcome": one.matter.outcome or None,
        "level": one.matter.level.value,
        "articles": one.articles,
        "steps": [
            {
                "reason": step.reason,
                "stage": step.stage.value if step.stage else None,
                "at": iso(step.at),
                "happened_at": iso(step.happened_at),
                "confirmed": step.confirmed,
                "note": step.note,
            }
            for step in one.steps
        ],
    }
