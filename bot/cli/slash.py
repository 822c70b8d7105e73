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


def _sorted_out(words: Sequence[str]) -> list[str]:
    """Return the words for argparse: those of the query that look like an option, or are a phrase, come last, after "--"."""
    options: list[str] = []
    query: list[str] = []
    for before, word in zip(("", *words), words, strict=False):
        if word.startswith('"') and before.startswith("--"):
            options.append(word.strip('"'))
        elif word.startswith('"') or (word.startswith("-") and not word.startswith("--")):
            query.append(word if word.count('"') != 1 else word.strip('"'))
        else:
            options.append(word)
    return [*options, "--", *query] if query else options


def slash_filter(words: Sequence[str], now: datetime) -> HitFilter:
    """Return the filter that the words state; a phrase comes in its quotation marks. Raises UsageError."""
    from bot.cli.hits_query import add_filters, filter_of

    parser = _Parser(prog="/regwatch hits", add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("words", nargs="*")
    add_filters(parser)
    try:
        args = parser.parse_args(_sorted_out(words))
    except argparse.ArgumentError as error:
        raise UsageError(str(error)) from error
    return filter_of(args, now)
