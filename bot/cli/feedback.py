"""`regwatch feedback`: say of a hit what the buttons in Slack say: relevant, not relevant, seen to."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bot.cli.common import (
    add_config_option,
    add_format_option,
    database_of,
    database_path,
    epilog,
    iso,
    printable,
    settings_of,
    write_rows,
)
from bot.errors import UsageError

if TYPE_CHECKING:
    from storage.reader import Reader
    from storage.records import Feedback, Hit

# The marks that the buttons write; `rules stats` counts the first two.
MARKS = {"relevant": "relevant", "not_relevant": "not-relevant", "acknowledge": "acknowledged"}
_COLUMNS = ("hit", "mark", "author", "at", "rule", "title", "note")
_MAX_NOTE = 2000
_DESCRIPTION = """Say what a hit was worth, as the buttons under an alert do.

`rules stats` counts relevant and not relevant into each rule's precision, and `rules stats --suggest` offers hits
that were not relevant as no_match examples. One person's later word on a hit takes the place of the earlier one.
To mute a matter for a week, as the button does: regwatch silence add --matter KEY --for 7d --reason TEXT
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "feedback",
        help="say of a hit that it is relevant, or not, or seen to",
        description=_DESCRIPTION,
        epilog=epilog(
            'regwatch feedback 12 --not-relevant --note "the awards, not the authority"',
            "regwatch feedback 12 14 --relevant",
            "regwatch feedback 12 --acknowledge --author nina",
            "regwatch feedback list --mark not-relevant --format csv",
        ),
        allow_abbrev=False,
    )
    parser.add_argument(
        "words", nargs="+", metavar="HIT_ID|list", help="hits as `regwatch hits` numbers them"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--relevant", dest="mark", action="store_const", const="relevant", help="worth an alert"
    )
    which.add_argument(
        "--not-relevant", dest="mark", action="store_const", const="not_relevant", help="not worth one"
    )
    which.add_argument(
        "--acknowledge",
        dest="mark",
        action="store_const",
        const="acknowledge",
        help="somebody looks after it",
    )
    which.add_argument(
        "--mark", dest="only", choices=tuple(MARKS.values()), help="with list: these words alone"
    )
    parser.add_argument("--note", metavar="TEXT", default="", help="why")
    parser.add_argument("--author", metavar="NAME", default="", help="who says so (default: your user name)")
    add_format_option(parser)
    add_config_option(parser)
    parser.set_defaults(handler=feedback)


def feedback(args: argparse.Namespace) -> int:
    """Record a mark, or list what was said."""
    words: list[str] = args.words
    if words == ["list"]:
        if args.mark or args.note:
            raise UsageError("feedback list takes --mark, --author and --format alone")
        return _list(args)
    wrong = [word for word in words if not word.isdecimal() or not 0 < int(word) < 2**63]
    if wrong:
        raise UsageError(f'"{wrong[0]}" is no hit\'s number; `regwatch hits` shows them')
    if args.mark is None:
        raise UsageError("say which: --relevant, --not-relevant or --acknowledge")
    if len(args.note) > _MAX_NOTE:
        raise UsageError(f"--note holds {_MAX_NOTE} characters at most")
    return _record(args, list(dict.fromkeys(map(int, words))))


def _record(args: argparse.Namespace, numbers: list[int]) -> int:
    """Write the mark to every hit, or to none where one of them does not exist."""
    from bot.clock import SystemClock
    from storage.database import open_store
    from storage.reader import open_reader
    from storage.records import Feedback

    settings = settings_of(args)
    with open_reader(database_path(settings)) as reader:
        missing = [str(number) for number in numbers if reader.hit(number) is None]
        if missing:
            raise UsageError(f"there is no hit {', '.join(missing)}; `regwatch hits` lists them")
    mark, author, now = MARKS[args.mark], args.author.strip() or _user(), SystemClock().now()
    store = open_store(settings.database, create=False)
    try:
        with store.writing() as tx:
            for number in numbers:
                tx.add_feedback(Feedback(hit_id=number, mark=mark, author=author, at=now, note=args.note))
    finally:
        store.close()
    print(f"Hit {', '.join(map(str, numbers))}: {mark} ({printable(author)}).")
    return 0


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"


def _list(args: argparse.Namespace) -> int:
    from storage.reader import open_reader

    with open_reader(database_of(args)) as reader:
        rows = [
            _row(hit, said)
            for hit, said in _said(reader)
            if args.only in (None, said.mark) and args.author in ("", said.author)
        ]
    rows.sort(key=lambda row: str(row["at"]), reverse=True)
    if rows or args.format != "table":
        write_rows(rows, _COLUMNS, args.format)
    else:
        print("No feedback yet.", file=sys.stderr)
    return 0


def _said(reader: Reader) -> list[tuple[Hit, Feedback]]:
    words = reader.feedback()
    hits = {hit.id: hit for hit in reader.hits_of([said.hit_id for said in words])}
    return [(hits[said.hit_id], said) for said in words if said.hit_id in hits]


def _row(hit: Hit, said: Feedback) -> dict[str, object]:
    """Return one word of one person as `--format json` writes it (schema 1)."""
    return {
        "hit": hit.id,
        "mark": said.mark,
        "author": said.author,
        "at": iso(said.at),
        "rule": hit.rule,
        "title": hit.title,
        "note": said.note,
        "url": hit.url,
    }
