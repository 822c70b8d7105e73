"""A progress bar on a terminal; silence elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.feeds.feed import Feed
from bot.terminal import may_paint


@contextmanager
def polling(total: int) -> Iterator[Callable[[Feed], None]]:
    """Yield a function that is called after each poll."""
    if not may_paint(sys.stderr):  # a bar is drawn with escape sequences
        yield lambda _feed: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("polling"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda feed: bar.update(task, advance=1, description=feed.id)
