"""What the rules commands share: the folder, the rules, stored articles, times."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bot.cli.common import database_path, rules_directory, settings_of
from bot.errors import InvalidFiles, OperationError, UsageError
from bot.terminal import may_paint

if TYPE_CHECKING:
    from bot.matching.matcher import Given, Matcher
    from storage.reader import Reader
    from storage.words import Tier

Sources = Mapping[str, "tuple[str | None, Tier]"]


def folder_of(args: argparse.Namespace) -> Path:
    """Return the rules folder that the command means."""
    given: Path | None = args.rules
    return given if given is not None else rules_directory(settings_of(args))


def matcher_of(folder: Path) -> Matcher:
    """Return the matcher of a rules folder. Raises InvalidFiles."""
    from bot.matching.matcher import Matcher
    from bot.matching.rule_file import load_rules

    return Matcher(load_rules(folder))


def sources_of(folder: Path) -> Sources:
    """Return each feed's authority and tier; nothing where the folder has no readable feeds.yaml."""
    from bot.feeds.catalog import load_catalog

    if not (folder / "feeds.yaml").is_file():
        return {}
    try:
        return {feed.id: (feed.authority, feed.tier) for feed in load_catalog(folder / "feeds.yaml")}
    except InvalidFiles as error:
        raise OperationError(f"feeds.yaml cannot be used, see `regwatch feeds check`:\n{error}") from error


def history_of(args: argparse.Namespace) -> Reader:
    """Return a reader of the stored history. Raises OperationError when there is none."""
    from storage.reader import open_reader

    path = database_path(settings_of(args))
    if not path.exists():
        raise OperationError(
            f"no database at {path}. Run `regwatch run --once` first, or name one with --config."
        )
    return open_reader(path)


def since_of(args: argparse.Namespace, now: datetime) -> datetime:
    """Return the time that `--since` names. Raises UsageError."""
    from bot.cli.hits_query import start_of

    return start_of(args.since, now, "--since")


def stored(reader: Reader, since: datetime, now: datetime, sources: Sources) -> Iterator[tuple[str, Given]]:
    """Yield stored articles with a name to show."""
    from bot.matching.matcher import Given

    for one in reader.articles_between(since, now):
        yield f"#{one.id}", Given.of_article(one.article, sources)


def opened(name: str) -> BinaryIO:
    """Return a file of JSON lines, or standard input for `-`. Raises UsageError."""
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error


@contextmanager
def progress(text: str) -> Iterator[Callable[[], None]]:
    """Yield what to call after each article; it shows a count where a person looks on."""
    if not may_paint(sys.stderr):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(text), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda: progress.advance(task)


def stepped(articles: Iterator[tuple[str, Given]], step: Callable[[], None]) -> Iterator[tuple[str, Given]]:
    """Yield the articles and call `step` after each."""
    for article in articles:
        yield article
        step()
