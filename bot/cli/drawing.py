"""Colours on a terminal, periods, Markdown: what the commands that ask the past share."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, time, timedelta
from typing import TextIO

from bot.cli.common import printable
from bot.cli.hits_query import DATES, end_of, start_of
from bot.errors import UsageError
from bot.terminal import may_paint

_DAY_AND_TIME = re.compile(r"(.+?)[ T](\d{1,2}):(\d{2})")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")


class Paint:
    """Wraps words in colours where the stream is a terminal and nobody set NO_COLOR; elsewhere leaves them."""

    def __init__(self, out: TextIO) -> None:
        self._on = may_paint(out)

    def __call__(self, text: str, code: str) -> str:
        """Return the text in an ANSI colour such as `1;31`; the text is made safe first."""
        safe = printable(text)
        return f"\x1b[{code}m{safe}\x1b[0m" if self._on and safe else safe


def add_period(parser: argparse.ArgumentParser, *, since: str | None, what: str = "from then on") -> None:
    """Add `--since` and `--until`."""
    shown = f" (default: {since})" if since else ""
    parser.add_argument("--since", metavar="DATE", default=since, help=f"{what}{shown}: {DATES}")
    parser.add_argument("--until", metavar="DATE", help="up to then, a named day included (default: now)")


def period_of(args: argparse.Namespace, now: datetime, zone: str = "UTC") -> tuple[datetime, datetime]:
    """Return [since, until) of the command's words; the future is cut off. Raises UsageError."""
    since = moment_of(args.since, now, "--since", zone=zone)
    until = moment_of(args.until, now, "--until", zone=zone, end=True) if args.until else now
    if until <= since:
        raise UsageError(f"--until {args.until or 'now'} does not come after --since {args.since}")
    return since, min(until, now) if now > since else until


def moment_of(text: str, now: datetime, option: str, *, zone: str = "UTC", end: bool = False) -> datetime:
    """Return the moment that `7d`, `2026-03-01`, `fri 18:00` and the like name; a day with a time is in `zone`."""
    found = _DAY_AND_TIME.fullmatch(text.strip())
    if found is None or re.match(r"\d{4}-\d{2}-\d{2}T", text):
        return (end_of if end else start_of)(text, now, option)
    from zoneinfo import ZoneInfo

    try:
        at = time(int(found[2]), int(found[3]))
    except ValueError:
        raise UsageError(f"{option} {text}: {found[2]}:{found[3]} is no time of day") from None
    place = ZoneInfo(zone)
    # The day's name is read where the clock hangs: late on a Friday in New York it is Saturday in UTC.
    local = now.astimezone(place).replace(tzinfo=now.tzinfo)
    day = start_of(found[1], local, option).date()
    moment = datetime.combine(day, at, tzinfo=place)
    if moment > now and not re.match(r"\d{4}-", text):
        moment = datetime.combine(day - timedelta(days=7), at, tzinfo=place)
    return moment


def markdown_safe(text: str) -> str:
    """Return one line of text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", printable(text))
