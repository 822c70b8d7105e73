"""`regwatch report`: one HTML page on a period."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from pathlib import Path

from bot.cli.common import add_config_option, database_path, epilog, printable, settings_of
from bot.cli.drawing import add_period, period_of
from bot.errors import OperationError

_DESCRIPTION = """Write one self-contained HTML page: matters by authority and stage, a timeline with confirmed and
unconfirmed steps, hits a day, matters, and how well each feed could be seen. The page loads nothing from elsewhere
and runs no script, so it can be mailed, archived and printed; it fits a phone and follows dark mode.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "report",
        help="one HTML page: matters, timeline, feed health",
        description=_DESCRIPTION,
        allow_abbrev=False,
        epilog=epilog(
            "regwatch report --since 30d -o report.html",
            "regwatch report --since 2026-01 --until 2026-03 -o q1.html",
            "regwatch report -o - | mail …              to standard output",
        ),
    )
    add_period(parser, since="30d")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default="report.html",
        help="where to (default: report.html; -: standard output)",
    )
    add_config_option(parser)
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Write the page."""
    import bot
    from bot.cli.coverage import watched_feeds
    from bot.clock import SystemClock
    from bot.history.coverage import coverage_of
    from bot.history.report import report_of
    from bot.history.report_html import page
    from storage.reader import open_reader

    now = SystemClock().now()
    since, until = period_of(args, now)
    settings = settings_of(args)
    with open_reader(database_path(settings)) as reader:
        watched = watched_feeds(settings, (), reader)
        began = {name: s.baseline_at for name, s in reader.feed_states().items() if s.baseline_at}
        coverage = coverage_of(
            reader.coverage(since, until), since=since, until=until, watched=watched, began=began
        )
        report = report_of(
            reader, since=since, until=until, now=now, coverage=coverage, version=bot.__version__
        )
    text = page(report)
    if args.output == "-":
        sys.stdout.write(text)
        return 0
    _write(Path(args.output), text)
    print(
        f"{printable(args.output)}: {len(report.matters)} matters, {report.total_hits} hits", file=sys.stderr
    )
    return 0


def _write(target: Path, text: str) -> None:
    """Write the page whole or not at all."""
    try:
        descriptor, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=".report-", suffix=".html")
    except OSError as error:
        raise OperationError(f"{target} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise OperationError(f"{target} cannot be written: {error.strerror}") from error
