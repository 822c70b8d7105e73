"""`regwatch db`: upgrade, back up, check and prune the database."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from bot.cli.common import add_config_option, database_path, epilog, printable, settings_of


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "db",
        help="upgrade, back up, check and prune the database",
        description="Look after the database. Exit code 1 where a check finds something.",
        epilog=epilog(
            "regwatch db backup                   a copy named by the time, beside the database",
            "regwatch db check                    file, references, chain of hits, search index",
            "regwatch db prune --dry-run          what retention would take",
        ),
    )
    parser.set_defaults(handler=lambda _args: _usage(parser))
    actions = parser.add_subparsers(metavar="ACTION", title="actions")
    upgrade = _action(
        actions, "upgrade", "bring an older schema up to date, after a backup beside the file", _upgrade
    )
    backup = _action(actions, "backup", "copy the database while it is in use", _backup)
    backup.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="where to (default: DATABASE-TIME.bak)"
    )
    check = _action(actions, "check", "integrity, references, chain of hits, search index", _check)
    check.add_argument("--rebuild", action="store_true", help="build the search index anew first")
    prune = _action(
        actions,
        "prune",
        "empty old articles that never hit, and drop old fetches; hits and deliveries stay",
        _prune,
    )
    prune.add_argument("--dry-run", action="store_true", help="only say what would go")
    for each in (upgrade, backup, check, prune):
        add_config_option(each)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str, handler: object
) -> argparse.ArgumentParser:
    parser = actions.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog(f"regwatch db {name}"),
    )
    parser.set_defaults(handler=handler)
    return parser


def _usage(parser: argparse.ArgumentParser) -> int:
    parser.print_help(sys.stderr)
    return 2


def _now() -> datetime:
    from bot.clock import SystemClock

    return SystemClock().now()


def _upgrade(args: argparse.Namespace) -> int:
    from storage import migrations
    from storage.database import open_store, schema_of
    from storage.lock import single_instance

    settings = settings_of(args)
    path = database_path(settings)
    before = schema_of(path)
    with single_instance(path, _now()):
        open_store(settings.database, create=False).close()
    if before == migrations.LATEST:
        print(f"{printable(str(path))} is up to date (schema {before}).")
    else:
        kept = f" The copy of before ends in .v{before}.bak." if before else ""
        print(f"{printable(str(path))}: schema {before} → {migrations.LATEST}.{kept}")
    return 0


def _backup(args: argparse.Namespace) -> int:
    from storage.database import open_store
    from storage.maintenance import back_up

    settings = settings_of(args)
    path = database_path(settings)
    target: Path = args.file or path.with_name(f"{path.stem}-{_now():%Y%m%dT%H%M%SZ}.bak")
    store = open_store(settings.database, create=False, upgrade=False)
    try:
        back_up(store, target)
    finally:
        store.close()
    print(f"Copied to {printable(str(target))} ({target.stat().st_size:,} bytes).")
    return 0


def _check(args: argparse.Namespace) -> int:
    from storage.database import can_write, open_store
    from storage.maintenance import check, check_copy, rebuild_indexes

    settings = settings_of(args)
    path = database_path(settings)
    if not args.rebuild and not can_write(path):
        findings = check_copy(path)
        print(f"{printable(str(path))} cannot be written: a copy of it was checked", file=sys.stderr)
    else:
        store = open_store(settings.database, create=False, upgrade=False)
        try:
            if args.rebuild:
                rebuild_indexes(store)
            findings = check(store)
        finally:
            store.close()
    for finding in findings:
        print(
            f"{finding.name:<14} {'ok' if not finding.problems else 'PROBLEM'} ({finding.looked_at:,} looked at)"
        )
        for problem in finding.problems:
            print(f"  {printable(problem)}")
    return 1 if any(finding.problems for finding in findings) else 0


def _prune(args: argparse.Namespace) -> int:
    from storage.database import open_store
    from storage.maintenance import prune

    settings = settings_of(args)
    now = _now()
    store = open_store(settings.database, create=False, upgrade=False)
    try:
        took = prune(
            store,
            bodies_before=now - settings.retention.bodies,
            evidence_before=now - settings.retention.evidence,
            dry_run=args.dry_run,
        )
    finally:
        store.close()
    verb = "Would empty" if args.dry_run else "Emptied"
    print(
        f"{verb} {took.texts:,} texts of articles that never hit ({took.characters:,} characters) and drop "
        f"{took.fetches:,} raw fetches ({took.bytes_of_fetches:,} bytes). Hits, deliveries and identities stay."
    )
    return 0
