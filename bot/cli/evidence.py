"""`regwatch evidence verify`: does a pack still hold what was stored."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import add_config_option, database_of, epilog, printable
from bot.errors import OperationError, UsageError

if TYPE_CHECKING:
    from bot.history.pack_check import Check

_DESCRIPTION = """Recompute everything in an evidence pack made by `regwatch hits export`: the SHA-256 of every file, of
the raw bytes, of the words and of the rule; that every span stands where it says; the seal of every hit, and that
seals follow on each other. Nothing is unpacked to disk, and no database is needed.

--database compares the seals with those of the database too. Exit code 1 where something differs.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command group."""
    parser = commands.add_parser(
        "evidence",
        help="verify an evidence pack",
        description="Evidence packs: made by `regwatch hits export ID… -o pack.zip`, verified here.",
        epilog=epilog(
            "regwatch hits export 12 14 -o pack.zip",
            "regwatch evidence verify pack.zip",
            "regwatch evidence verify pack.zip --database",
        ),
    )
    actions = parser.add_subparsers(metavar="ACTION", title="actions", required=True)
    verify = actions.add_parser(
        "verify",
        help="recompute what a pack says of itself; exit 1 where it differs",
        description=_DESCRIPTION,
        epilog=epilog("regwatch evidence verify pack.zip", "regwatch evidence verify pack.zip --database"),
    )
    verify.add_argument("pack", type=Path, metavar="PACK.zip", help="what hits export wrote")
    verify.add_argument("--database", action="store_true", help="compare seals with the database too")
    verify.add_argument("--format", choices=("table", "json"), default="table", help="how to write it")
    add_config_option(verify)
    verify.set_defaults(handler=_verify)


def _verify(args: argparse.Namespace) -> int:
    from bot.history.evidence_pack import NAMES
    from bot.history.pack_check import verify
    from bot.history.safe_zip import BadZip, read_zip, sha256_of

    path: Path = args.pack
    if not path.is_file():
        raise UsageError(f"{printable(str(path))} cannot be read: there is no such file")
    try:
        files = read_zip(path, NAMES)
    except BadZip as error:
        raise OperationError(f"{path}: {error}") from error
    checks = list(verify(files))
    if args.database:
        checks += _against_database(args, files)
    wrong = [check for check in checks if check.problem]
    digest = sha256_of(path)
    if args.format == "json":
        record = {
            "pack": str(path),
            "sha256": digest,
            "sound": not wrong,
            "checks": [{"what": c.what, "problem": c.problem or None} for c in checks],
        }
        json.dump(record, sys.stdout, ensure_ascii=False, indent=2)
        print()
        return 1 if wrong else 0
    for check in wrong:
        print(printable(f"DIFFERS  {check.what} {check.problem}"))
    count = f"{len(checks)} checks"
    print(
        f"{len(wrong)} of {count} failed" if wrong else f"sound: {count} passed", f"sha256 {digest}", sep=", "
    )
    return 1 if wrong else 0


def _against_database(args: argparse.Namespace, files: dict[str, bytes]) -> list[Check]:
    from bot.history.pack_check import Check, seals_of
    from storage.reader import open_reader

    with open_reader(database_of(args)) as reader:
        return [
            Check(
                what=f"hits/{number}.json seal",
                problem="" if reader.seal(number) == seal else "is not that of the database",
            )
            for number, seal in seals_of(files).items()
        ]
