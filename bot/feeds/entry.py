"""What a feed's body said, past the parser: entries in plain text, or why there are none. Contains no I/O.

Texts hold no markup, no control characters and no half characters; times are aware, in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

MAX_ENTRIES = 5_000
MAX_TEXT = 200_000  # characters of one text of an entry

FailedKind = Literal["not-a-feed", "empty", "ended", "block-page", "too-slow", "broken"]
FAILED_KINDS: tuple[FailedKind, ...] = (
    "not-a-feed",
    "empty",
    "ended",
    "block-page",
    "too-slow",
    "broken",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as the feed said it. Absent texts are empty; links may be relative or no web links at all."""

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    body: str = ""
    author: str = ""
    publisher: str = ""  # the outlet behind an aggregator's entry
    language: str = ""
    published: datetime | None = None
    published_raw: str = ""
    updated: datetime | None = None
    updated_raw: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A body that is a feed.

    `entries` are those of the items that were not seen before; `total` counts all items of the body.
    `item_digests` are of every item, 16 hex digits each; empty when the body could not be cut into items.
    `lost` counts items that no parser could read.
    """

    format: str  # feedparser's word, e.g. rss20; json1 for JSON Feed; unknown
    title: str = ""
    link: str = ""
    language: str = ""
    ttl: timedelta | None = None
    entries: tuple[Entry, ...] = ()
    item_digests: frozenset[str] = frozenset()
    total: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailed:
    """A body that gives no entries, and why, in one line."""

    kind: FailedKind
    detail: str = ""


ParseOutcome = ParsedFeed | ParseFailed
