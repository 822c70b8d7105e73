"""`regwatch silence`: pause alerts with a reason and an end, list and end pauses, and see what they hid."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    database_of,
    database_path,
    epilog,
    filled,
    iso,
    printable,
    rules_directory,
    settings_of,
    write_rows,
)
from bot.cli.drawing import Paint, markdown_safe
from bot.durations import SHAPE, duration_of, short
from bot.errors import InvalidFiles, OperationError, UsageError, did_you_mean

if TYPE_CHECKING:
    from bot.config import Settings
    from storage.records import Hit, Silence

_COLUMNS = ("id", "state", "what", "until", "left", "hidden", "author", "reason")
_DESCRIPTION = """Pause alerts about a matter, rule, company, regulator or feed, for at most 30 days and with a reason.

What is silenced is recorded as always, and `silence report` shows it. Steps of the authority itself and advances of
a stage are told all the same, unless the silence says --all. Several words in one silence must all fit. When a
silence ends, the channel is told what it hid.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command group."""
    parser = commands.add_parser(
        "silence",
        help="pause alerts, with a reason and an end",
        description=_DESCRIPTION,
        allow_abbrev=False,
        epilog=epilog(
            'regwatch silence add --matter cma:amazon+anthropic --for 7d --reason "we act in it"',
            'regwatch silence add --feed wire --company nvidia --for 2d --reason "earnings week"',
            "regwatch silence list",
            "regwatch silence remove 3",
            "regwatch silence report --format md",
        ),
    )
    actions = parser.add_subparsers(metavar="ACTION", title="actions", required=True)
    _register_add(actions)
    listing = actions.add_parser(
        "list",
        help="silences in force",
        description="List the silences in force.",
        epilog=epilog("regwatch silence list --past"),
    )
    listing.add_argument("--past", action="store_true", help="those that are over too")
    add_format_option(listing)
    add_config_option(listing)
    listing.set_defaults(handler=_list)
    remove = actions.add_parser(
        "remove",
        help="end a silence now",
        description="End silences now.",
        epilog=epilog("regwatch silence remove 3"),
    )
    remove.add_argument("ids", nargs="+", type=int, metavar="ID", help="number, as the list shows it")
    add_config_option(remove)
    remove.set_defaults(handler=_remove)
    report = actions.add_parser(
        "report",
        help="what each silence hid",
        description="Say what each silence hid, running ones and past.",
        epilog=epilog("regwatch silence report --format md"),
    )
    add_format_option(report, formats=("table", "md", "json"))
    add_config_option(report)
    report.set_defaults(handler=_report)


def _register_add(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add = actions.add_parser(
        "add",
        help="pause alerts",
        description="Pause alerts. Every word given must fit for an alert to be silenced.",
        epilog=epilog(
            'regwatch silence add --matter cma:amazon+anthropic --for 7d --reason "we act in it"',
        ),
        allow_abbrev=False,
    )
    for name, what in (
        ("matter", "key or number of a matter"),
        ("rule", "id of a rule"),
        ("company", "id of a company: openai, nvidia …"),
        ("regulator", "id of an authority: ftc, cma, ec …"),
        ("feed", "id of a feed"),
    ):
        add.add_argument(f"--{name}", metavar="WORD", type=filled, help=what)
    add.add_argument(
        "--for", dest="length", metavar="LENGTH", required=True, help="how long: 12h, 7d; at most 30d"
    )
    add.add_argument("--reason", metavar="TEXT", required=True, help="why; shown when it ends")
    add.add_argument("--author", metavar="NAME", default="", help="who asks for it (default: your user name)")
    add.add_argument(
        "--all", dest="everything", action="store_true", help="official steps and stage advances too"
    )
    add_config_option(add)
    add.set_defaults(handler=_add)


def _add(args: argparse.Namespace) -> int:
    from bot.alerts.silence import problems, subject
    from bot.clock import SystemClock
    from storage.database import open_store
    from storage.records import Silence

    length = duration_of(args.length)
    if length is None:
        raise UsageError(f"--for {args.length}: not {SHAPE}")
    settings, now = settings_of(args), SystemClock().now()
    _check_names(args, settings)
    silence = Silence(
        id=0,
        author=args.author or _user(),
        reason=args.reason,
        created_at=now,
        until=now + length,
        matter=_matter(args.matter, settings) if args.matter else None,
        rule=args.rule,
        company=args.company.casefold() if args.company else None,
        regulator=args.regulator.casefold() if args.regulator else None,
        feed=args.feed,
        everything=args.everything,
    )
    wrong = problems(silence)
    if wrong:
        raise UsageError("; ".join(wrong))
    _must_exist(settings)
    store = open_store(settings.database, create=False)
    try:
        with store.writing() as tx:
            number = tx.add_silence(silence)
    finally:
        store.close()
    pierced = (
        "Nothing pierces it."
        if silence.everything
        else "Official steps and stage advances are told all the same."
    )
    print(f"Silence {number} on {printable(subject(silence))} until {iso(silence.until)}. {pierced}")
    return 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _must_exist(settings: Settings) -> None:
    path = database_path(settings)
    if not path.is_file():
        raise OperationError(
            f"there is no database at {path} yet; `regwatch run` or `regwatch run --once` makes it"
        )


def _matter(name: str, settings: Settings) -> str:
    """Return the key of a matter by key or number. Raises UsageError where there is none."""
    from storage.reader import open_reader

    with open_reader(database_path(settings)) as reader:
        found = reader.matter(name)
        if found is None:
            hint = did_you_mean(name, [matter.key for matter in reader.matters()])
            raise UsageError(f"--matter {name}: there is none; {hint or '`regwatch matters` lists them'}")
        return found.key


def _check_names(args: argparse.Namespace, settings: Settings) -> None:
    """Refuse a rule, company, authority or feed that does not exist: such a silence would hide nothing, silently."""
    from bot.feeds.catalog import load_catalog
    from bot.matching.rule_file import load_rules

    folder = rules_directory(settings)
    known: dict[str, Sequence[str]] = {}
    try:
        if args.feed:
            known["feed"] = [feed.id for feed in load_catalog(folder / "feeds.yaml")]
        if args.rule or args.company or args.regulator:
            rules = load_rules(folder)
            known["rule"] = [rule.id for rule in rules.rules]
            known["company"] = list(rules.lexicon.companies)
            known["regulator"] = list(rules.lexicon.regulators)
    except InvalidFiles as error:
        first = printable(str(error.problems[0]))
        print(f"regwatch: the rules are refused, so names are not checked: {first}", file=sys.stderr)
        return
    for option, words in known.items():
        word = getattr(args, option)
        if word and word not in words and word.casefold() not in words:
            raise UsageError(f"--{option} {word}: there is none. {did_you_mean(word, words)}".strip())


def _list(args: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.history.silences import state_of
    from storage.reader import open_reader

    now = SystemClock().now()
    with open_reader(database_of(args)) as reader:
        found = [s for s in reader.silences() if args.past or state_of(s, now) == "running"]
    if found or args.format != "table":
        write_rows([_row(one, now) for one in found], _COLUMNS, args.format)
    else:
        print("No silences.", file=sys.stderr)
    return 0


def _row(silence: Silence, now: datetime) -> dict[str, object]:
    """Return a silence as `--format json` writes it (schema 1)."""
    from bot.alerts.silence import subject
    from bot.history.silences import state_of

    state = state_of(silence, now)
    return {
        "id": silence.id,
        "state": state,
        "what": subject(silence),
        "until": iso(silence.until),
        "left": short(silence.until - now) if state == "running" else None,
        "hidden": silence.hidden,
        "author": silence.author,
        "reason": silence.reason,
        "all": silence.everything,
        "created_at": iso(silence.created_at),
        "matter": silence.matter,
        "rule": silence.rule,
        "company": silence.company,
        "regulator": silence.regulator,
        "feed": silence.feed,
    }


def _remove(args: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from storage.database import open_store

    settings, now = settings_of(args), SystemClock().now()
    _must_exist(settings)
    store = open_store(settings.database, create=False)
    try:
        with store.writing() as tx:
            missing = [number for number in args.ids if not tx.end_silence(number, now)]
    finally:
        store.close()
    ended = [str(number) for number in args.ids if number not in missing]
    if ended:
        print(f"Ended: {', '.join(ended)}.")
    if missing:
        raise OperationError(
            f"not in force: {', '.join(map(str, missing))}; `regwatch silence list` shows those that are"
        )
    return 0


def _report(args: argparse.Namespace) -> int:
    from bot.clock import SystemClock
    from bot.history.pages import all_hits
    from bot.history.silences import hidden_by
    from storage.hit_filter import HitFilter
    from storage.reader import open_reader

    now = SystemClock().now()
    with open_reader(database_of(args)) as reader:
        silences = reader.silences()
        hits = all_hits(reader, HitFilter(verdicts=("silenced",))) if silences else []
    hidden = hidden_by(silences, hits)
    if args.format == "json":
        rows = [{**_row(s, now), "articles": [_hidden(hit) for hit in hidden[s.id]]} for s in silences]
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=2)
        print()
        return 0
    if not silences:
        print("No silences.", file=sys.stderr)
    for silence in silences:
        _print(_row(silence, now), hidden[silence.id], as_markdown=args.format == "md")
    return 0


def _hidden(hit: Hit) -> dict[str, object]:
    return {
        "hit": hit.id,
        "title": hit.title,
        "url": hit.url,
        "matter": hit.matter,
        "matched_at": iso(hit.matched_at),
    }


def _print(row: dict[str, object], hits: Sequence[Hit], *, as_markdown: bool) -> None:
    safe = markdown_safe if as_markdown else printable
    head = f"Silence {row['id']} ({row['state']}, until {row['until']}): {row['what']}"
    paint = Paint(sys.stdout)
    print(f"## {safe(head)}\n" if as_markdown else paint(head, "1"))
    print(f"{'' if as_markdown else '  '}{safe(str(row['author']))}: {safe(str(row['reason']))}")
    count = "nothing" if not hits else "1 article" if len(hits) == 1 else f"{len(hits)} articles"
    print(f"{'' if as_markdown else '  '}It hid {count}." + ("\n" if as_markdown else ""))
    for hit in hits:
        bullet = "- " if as_markdown else "    "
        print(f"{bullet}{hit.matched_at:%Y-%m-%d} {safe(hit.title)} <{printable(hit.url)}>")
    print()
