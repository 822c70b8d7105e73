"""JSON Feed 1.0 and 1.1: bytes to a ParsedFeed. Contains no I/O.

Tolerant where feeds err (numbers as ids, authors in the old place, one bad item) and strict in bounds.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from bot.feeds.cut import digest_of
from bot.feeds.entry import MAX_ENTRIES, Entry, ParsedFeed, ParseFailed, ParseOutcome
from bot.feeds.html import one_line, plain_text
from bot.feeds.positions import are_positions

_ITEMS = ("items", "entries")
_FRACTION = re.compile(r"(\.\d{6})\d+")


def looks_like_json(body: bytes) -> bool:
    """Say whether a body is a JSON object rather than XML."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def parse_json(body: bytes, seen: frozenset[str] = frozenset()) -> ParseOutcome:
    """Return the feed that a JSON body holds; only items whose digest is not in `seen` become entries."""
    try:
        document = json.loads(body.decode("utf-8-sig", errors="replace"), strict=False)
    except (ValueError, RecursionError) as error:
        return ParseFailed(
            kind="not-a-feed", detail=f"JSON that does not end well: {one_line(str(error), limit=120)}"
        )
    if not isinstance(document, dict):
        return ParseFailed(kind="not-a-feed", detail="JSON, but no JSON Feed")
    items = next((document[key] for key in _ITEMS if isinstance(document.get(key), list)), None)
    declared = "jsonfeed.org/version/" in str(document.get("version", ""))
    if items is None or not (declared or "title" in document or "home_page_url" in document):
        if declared:
            items = []
        else:
            return ParseFailed(kind="not-a-feed", detail=_said(document))
    return _feed_of(document, items, seen)


def _feed_of(document: dict[str, object], items: list[object], seen: frozenset[str]) -> ParsedFeed:
    language = _text(document.get("language"))
    author = _author(document)
    good = [item for item in items if isinstance(item, dict)]
    digests = [digest_of(json.dumps(item, sort_keys=True).encode()) for item in good]
    fresh = [item for item, digest in zip(good, digests, strict=True) if digest not in seen]
    whole = fresh if _tells_apart(good) else good
    entries = [_entry_of(item, language, author) for item in whole[:MAX_ENTRIES]]
    version = _text(document.get("version"))
    return ParsedFeed(
        format="json11" if version.endswith("1.1") else "json1",
        title=one_line(plain_text(_text(document.get("title")))),
        link=_text(document.get("home_page_url")),
        language=language,
        entries=tuple(entries),
        item_digests=frozenset(digests),
        total=len(items),
        lost=len(items) - len(good),
    )


def _tells_apart(items: list[dict[str, object]]) -> bool:
    """Say whether each item has an id, a link and a title of its own, without a look at the whole document."""
    for key in ("id", "url", "title"):
        values = [value.partition("#")[0] for item in items if (value := _text(item.get(key)))]
        if len(set(values)) != len(values):
            return False
    return not are_positions([_text(item.get("id")) for item in items])


def _entry_of(item: dict[str, object], language: str, author: str) -> Entry:
    text = _text(item.get("content_text"))
    markup = _text(item.get("content_html"))
    published = _text(item.get("date_published"))
    updated = _text(item.get("date_modified"))
    tags = item.get("tags")
    return Entry(
        guid=_text(item.get("id")).strip(),
        link=(_text(item.get("url")) or _text(item.get("external_url"))).strip(),
        title=one_line(plain_text(_text(item.get("title")))),
        summary=plain_text(_text(item.get("summary"))),
        body=plain_text(markup, markup=True) if markup else plain_text(text),
        author=_author(item) or author,
        language=_text(item.get("language")) or language,
        published=iso_time(published),
        published_raw=published[:100],
        updated=iso_time(updated),
        updated_raw=updated[:100],
        categories=tuple(_text(tag)[:200] for tag in tags[:50]) if isinstance(tags, list) else (),
    )


def iso_time(text: str) -> datetime | None:
    """Return an RFC 3339 time in UTC; None when it is none. A time without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip()))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _author(holder: dict[str, object]) -> str:
    authors = holder.get("authors")
    people = authors if isinstance(authors, list) else [holder.get("author")]
    names = [_text(person.get("name")) for person in people[:20] if isinstance(person, dict)]
    return one_line(plain_text(", ".join(name for name in names if name)), limit=300)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def _said(document: dict[str, object]) -> str:
    """Return what the server's JSON says is wrong, where it does."""
    for key in ("error", "message", "detail", "title"):
        said = document.get(key)
        if isinstance(said, dict):
            said = said.get("message")
        if isinstance(said, str) and said:
            return f"JSON, but no JSON Feed: {one_line(plain_text(said), limit=120)}"
    return "JSON, but no JSON Feed"
