"""Looks at an address once, as a poll would, and says what is there; stores nothing.

The fetcher and the parser are handed in. Contains no knowledge of catalogue files or terminals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, assert_never

from bot.feeds.discover import find_feeds, guesses
from bot.feeds.due import request_for
from bot.feeds.entry import ParsedFeed, ParseFailed, ParseOutcome
from bot.feeds.feed import Feed
from bot.feeds.outcome import Fetched, FetchFailed, FetchOutcome, FetchRequest, NotModified, advice, kind_of
from storage.records import FeedState

MAX_CANDIDATES = 6


class Fetches(Protocol):
    """What is needed of the fetcher."""

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Read one address."""
        ...


class Parses(Protocol):
    """What is needed of the parser."""

    def parse(self, body: bytes, *, headers: dict[str, str], seen: frozenset[str] = ...) -> ParseOutcome:
        """Read one body."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What one look at a feed found. `failure` is empty when it is a feed."""

    feed: Feed
    parsed: ParsedFeed | None = None
    failure: str = ""  # a failure class
    detail: str = ""
    final_url: str = ""
    moved_to: str = ""
    page: bytes = b""  # the body, where it is a page that may name feeds

    @property
    def advice(self) -> str:
        """Return what to do next, where it failed."""
        kind = kind_of(self.failure)
        return advice(kind) if kind is not None else ""

    @property
    def newest(self) -> datetime | None:
        """Return the latest date among the entries."""
        if self.parsed is None:
            return None
        times = (entry.published or entry.updated for entry in self.parsed.entries)
        return max((time for time in times if time is not None), default=None)


def probe(feed: Feed, fetcher: Fetches, parser: Parses, now: datetime) -> Probe:
    """Fetch a feed unconditionally and parse it."""
    outcome = fetcher.fetch(request_for(feed, FeedState(feed=feed.id), now))
    match outcome:
        case FetchFailed(kind=kind, detail=detail):
            return Probe(feed=feed, failure=kind.value, detail=detail)
        case NotModified():
            return Probe(feed=feed, failure="protocol", detail="304 to a request without conditions")
        case Fetched() as got:
            return _read(feed, got, parser)
        case never:
            assert_never(never)


def search(feed: Feed, fetcher: Fetches, parser: Parses, now: datetime) -> tuple[Probe, ...]:
    """Return the feeds at an address: itself, else those that the page there names, else likely addresses.

    Nothing found: one Probe that says why the address itself is no feed.
    """
    first = probe(feed, fetcher, parser, now)
    if first.parsed is not None or not first.page:
        return (first,)
    found = _good(_candidates(first), fetcher, parser, now)
    return tuple(found) or (first,)


def _candidates(page: Probe) -> Iterator[Feed]:
    where = page.final_url or page.feed.url
    named = find_feeds(page.page, url=where)
    addresses = [found.url for found in named] or list(guesses(where))
    for address in addresses[:MAX_CANDIDATES]:
        yield Feed(id=page.feed.id, url=address, user_agent=page.feed.user_agent)


def _good(candidates: Iterator[Feed], fetcher: Fetches, parser: Parses, now: datetime) -> list[Probe]:
    looked = (probe(candidate, fetcher, parser, now) for candidate in candidates)
    return [found for found in looked if found.parsed is not None]


def _read(feed: Feed, got: Fetched, parser: Parses) -> Probe:
    match parser.parse(got.body, headers=dict(got.headers)):
        case ParseFailed(kind=kind, detail=detail):
            page = got.body if kind == "not-a-feed" else b""
            return Probe(feed=feed, failure=kind, detail=detail, final_url=got.final_url, page=page)
        case ParsedFeed() as parsed:
            return Probe(feed=feed, parsed=parsed, final_url=got.final_url, moved_to=got.moved_to)
        case never:
            assert_never(never)
