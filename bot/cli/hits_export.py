"""`regwatch hits export ID… -o pack.zip`: the evidence of hits as one file that can be verified."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import database_path, printable, rules_directory, settings_of
from bot.errors import InvalidFiles, OperationError, UsageError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.matching.rule import RuleSet


def export(args: argparse.Namespace, numbers: Sequence[int], target: Path) -> int:
    """Write the pack, and print its name and SHA-256."""
    import bot
    from bot.clock import SystemClock
    from bot.history.evidence_pack import pack_of
    from bot.history.packing import packed
    from bot.history.safe_zip import sha256_of, write_zip
    from storage.reader import open_reader

    settings = settings_of(args)
    with open_reader(database_path(settings)) as reader:
        wanted = list(dict.fromkeys(number for number in numbers if number < 2**63))
        hits = reader.hits_of(wanted)
        missing = sorted(set(numbers) - {hit.id for hit in hits})
        if missing:
            raise UsageError(f"there is no hit {', '.join(map(str, missing))}; `regwatch hits` lists them")
        found = packed(reader, hits, _rules(settings))
    files = pack_of(found, made_at=SystemClock().now(), version=bot.__version__)
    try:
        write_zip(target, files)
    except FileExistsError:
        raise OperationError(f"{target} exists already; name a file that does not") from None
    except OSError as error:
        raise OperationError(f"{target} cannot be written: {error.strerror}") from error
    for one in found:
        if one.rule is None:
            print(
                f"regwatch: hit {one.hit.id}: rule {printable(one.hit.rule)} was edited since, "
                f"so the pack has its digest {one.hit.rule_digest}, not its text",
                file=sys.stderr,
            )
        if not one.raw:
            print(f"regwatch: hit {one.hit.id}: the fetch that brought it is no longer kept", file=sys.stderr)
    count = f"{len(found)} hit{'s' if len(found) != 1 else ''}"
    print(f"{count} in {printable(str(target))}, sha256 {sha256_of(target)}")
    return 0


def _rules(settings: Settings) -> RuleSet | None:
    from bot.matching.rule_file import load_rules

    try:
        return load_rules(rules_directory(settings))
    except InvalidFiles as error:
        first = printable(str(error.problems[0]))
        print(
            f"regwatch: the rules are refused, so the pack has none of their texts: {first}", file=sys.stderr
        )
        return None
