"""`/regwatch hits …` in Slack takes the words of `regwatch hits …`: one parser for both."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from bot.errors import UsageError

if TYPE_CHECKING:
    from storage.hit_filter import HitFilter


class _Parser(argparse.ArgumentParser):
    """Raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def slash_filter(words: Sequence[str], now: datetime) -> HitFilter:
    """Return the filter that the words state. Raises UsageError."""
    from bot.cli.hits_query import add_filters, filter_of

    parser = _Parser(prog="/regwatch hits", add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("words", nargs="*")
    add_filters(parser)
    try:
        args = parser.parse_args(list(words))
    except argparse.ArgumentError as error:
        raise UsageError(str(error)) from error
    return filter_of(args, now)
