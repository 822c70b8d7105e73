"""What the commands of `regwatch feeds` share: the catalogue, a fetcher with a parser, rows to show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import iso, printable, rules_directory

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.feeds.feed import Feed
    from bot.feeds.probe import Probe
    from storage.records import FeedState


class Ports:
    """A fetcher and a parser for the length of one command."""

    def __init__(self, settings: Settings) -> None:
        from bot.clock import SystemClock
        from bot.feeds.fetch import Fetcher
        from bot.feeds.parse import Parser

        self._clock = SystemClock()
        self._fetcher = Fetcher(network=settings.network, clock=self._clock)
        self._parser = Parser(workers=1, clock=self._clock)

    def __enter__(self) -> Ports:
        return self

    def __exit__(self, *_: object) -> None:
        self._fetcher.close()
        self._parser.close()

    def probe(self, feed: Feed) -> Probe:
        """Look at one feed."""
        from bot.feeds.probe import probe

        return probe(feed, self._fetcher, self._parser, self._clock.now())

    def search(self, feed: Feed) -> tuple[Probe, ...]:
        """Look for feeds at an address."""
        from bot.feeds.probe import search

        return search(feed, self._fetcher, self._parser, self._clock.now())


def catalog_path(settings: Settings) -> Path:
    """Return where feeds.yaml is."""
    return rules_directory(settings) / "feeds.yaml"


def catalog(settings: Settings, *, may_be_absent: bool = False) -> tuple[Feed, ...]:
    """Return the catalogue. Raises InvalidFiles."""
    from bot.feeds.catalog import load_catalog

    path = catalog_path(settings)
    return () if may_be_absent and not path.exists() else load_catalog(path)


def every_of(feed: Feed) -> str:
    """Return how often a feed is looked at."""
    from bot.durations import short

    return short(feed.every) if feed.every else "by tier"


def status_row(feed: Feed, state: FeedState | None) -> dict[str, object]:
    """Return one feed's line of `feeds status`."""
    from bot.feeds.outcome import FailureKind, advice, kind_of

    kind = kind_of(state.outcome) if state is not None else None
    if kind is FailureKind.STOPPED:
        kind = None
    word = "failing" if kind else "never" if state is None or state.ok_at is None else "ok"
    moved = state.moved_to if state is not None and state.moved_count >= 3 else ""
    return {
        "id": feed.id,
        "state": word if feed.enabled else "disabled",
        "failure": kind.value if kind else "",
        "failures": state.failures if state else 0,
        "failing_since": iso(state.failing_since) if state else None,
        "detail": printable(state.detail) if state else "",
        "last_ok": iso(state.ok_at) if state else None,
        "next_due": iso(state.next_at) if state else None,
        "entries": state.entries_last if state else 0,
        "format": state.format if state else "",
        "advice": advice(kind)
        if kind
        else f"It has moved: put {printable(moved)} into feeds.yaml."
        if moved
        else "",
        "url": feed.url,
    }


def badness(row: dict[str, object]) -> tuple[object, ...]:
    """Return what sorts the worst lines first."""
    order = ("failing", "never", "ok", "disabled")
    failures = row["failures"]
    return order.index(str(row["state"])), -failures if isinstance(failures, int) else 0, str(row["id"])


def check_row(found: Probe) -> dict[str, object]:
    """Return one feed's line of `feeds check`."""
    parsed = found.parsed
    return {
        "id": found.feed.id,
        "result": found.failure or "ok",
        "format": parsed.format if parsed else "",
        "entries": len(parsed.entries) if parsed else 0,
        "newest": iso(found.newest),
        "title": printable(parsed.title) if parsed else "",
        "detail": summary(found),
        "url": found.feed.url,
    }


def summary(found: Probe) -> str:
    """Return in one line what is at an address."""
    if found.parsed is None:
        return f"{printable(found.detail)}. {found.advice}".strip(". ") + "."
    title = printable(found.parsed.title) or "no title"
    first = printable(found.parsed.entries[0].title) if found.parsed.entries else "no entries"
    moved = f"; moved to {printable(found.moved_to)}" if found.moved_to else ""
    lost = f"; {found.parsed.lost} unreadable" if found.parsed.lost else ""
    return f"{title}: {len(found.parsed.entries)} entries, first: {first}{moved}{lost}"
