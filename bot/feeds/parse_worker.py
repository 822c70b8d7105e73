"""The parsing child: reads jobs on its standard input, answers on its standard output; the one door to feedparser.

It is started by `bot.feeds.parse` and ends when its input does. It holds no secrets, opens no file and no
connection, and its memory and time are bounded: whatever a body does to the parser stays in here.
"""

from __future__ import annotations

import calendar
import math
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, BinaryIO

import feedparser
import feedparser.api
from feedparser.mixin import _FeedParserMixin

from bot.feeds import parse_wire as wire
from bot.feeds import repair
from bot.feeds.cut import Cut, cut, split, tells_apart
from bot.feeds.ended import is_ended
from bot.feeds.entry import MAX_ENTRIES, MAX_TEXT, Entry, ParsedFeed, ParseFailed, ParseOutcome
from bot.feeds.html import one_line, plain_text
from bot.feeds.parse_json import iso_time, looks_like_json, parse_json

MAX_AUTHOR = 500  # characters: feedparser's search for an address in longer ones is quadratic
_MARKUP = ("text/html", "application/xhtml+xml")


def read_feed(body: bytes, headers: Mapping[str, str], seen: frozenset[str] = frozenset()) -> ParseOutcome:
    """Return what a body holds. Raises only MemoryError."""
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return ParseFailed(kind="empty", detail="the answer has no content")
    if looks_like_json(body):
        return parse_json(body, seen)
    if repair.is_plainly_a_page(body):
        return repair.what_it_is(body, headers.get("content-type", ""))
    known = dict(headers)
    body, known["content-type"] = repair.with_true_encoding(
        repair.trimmed(body), headers.get("content-type", "")
    )
    outcome = _read_xml(repair.without_big_doctype(body), known, seen)
    if outcome is None and seen:
        outcome = _read_xml(body, known, frozenset())
    if outcome is None and (rest := repair.without_prefix(body)) is not None:
        outcome = _read_xml(rest, known, seen)
    if outcome is None:
        return repair.what_it_is(body, headers.get("content-type", ""))
    if outcome.total <= 2 and is_ended([entry.title for entry in outcome.entries]):
        last = outcome.entries[0]
        return ParseFailed(kind="ended", detail=one_line(f"{last.title}: {last.summary}", limit=200))
    return outcome


def _read_xml(body: bytes, headers: Mapping[str, str], seen: frozenset[str]) -> ParsedFeed | None:
    """Return the feed, or None when no version of a feed format is recognised."""
    pieces = cut(body, headers.get("content-type", ""))
    if pieces is not None and not tells_apart(pieces):
        pieces = None
    unseen = pieces.unseen(seen) if pieces is not None else ()
    partial = pieces is not None and len(unseen) < len(pieces.items)
    document = pieces.document(unseen) if pieces is not None and partial else body
    results, lost = _parsed(document, headers)
    raw_entries = [entry for result in results for entry in result["entries"]]
    version = next((word for result in results if (word := _text(result, "version"))), "")
    if not version and (not raw_entries or repair.is_page(body)):
        return None
    first: dict[str, Any] = results[0]["feed"] if results else {}
    entries = [_entry_of(raw) for raw in _newest(raw_entries)]
    return ParsedFeed(
        format=version or "unknown",
        title=one_line(_plain(first, "title")),
        link=_text(first, "link"),
        language=_text(first, "language") or _text(dict.get(first, "title_detail"), "language"),
        ttl=_ttl(first),
        entries=tuple(entries),
        item_digests=frozenset(pieces.digests) if pieces is not None else frozenset(),
        total=len(pieces.items) if pieces is not None else len(raw_entries) + lost,
        lost=lost,
    )


def _parsed(document: bytes, headers: Mapping[str, str]) -> tuple[list[Any], int]:
    """Return feedparser's results and how many items it could not read: whole, else cleaned, else in parts."""
    result = _feedparsed(document, headers)
    if result is not None:
        return [result], 0
    clean = repair.cleaned(document)
    result = _feedparsed(clean, headers)
    if result is not None:
        return [result], 0
    pieces = split(clean)
    if pieces is None:
        return [], 0
    results: list[Any] = []
    lost = _parsed_in_parts(pieces, pieces.items, headers, results)
    return results, lost


def _parsed_in_parts(
    pieces: Cut, items: Sequence[bytes], headers: Mapping[str, str], results: list[Any]
) -> int:
    """Append the results of every item that can be read, halving around those that cannot; return their number."""
    result = _feedparsed(pieces.document(items), headers)
    if result is not None:
        results.append(result)
        return 0
    if len(items) <= 1:
        return len(items)
    middle = len(items) // 2
    return sum(_parsed_in_parts(pieces, half, headers, results) for half in (items[:middle], items[middle:]))


def _feedparsed(document: bytes, headers: Mapping[str, str]) -> Any | None:
    """Return feedparser's result, or None when it raises."""
    known = {name: headers[name] for name in ("content-type", "content-language") if headers.get(name)}
    try:
        # A stream, not bytes: feedparser takes bytes for a file name first.
        result = feedparser.parse(
            BytesIO(document), response_headers=known, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - feedparser raises whatever its input provokes in re, codecs and expat
        return None
    return result if "version" in result else None


def _newest(raw: list[Any]) -> list[Any]:
    """Return at most MAX_ENTRIES entries, the newest where there are more; undated ones keep their place."""
    if len(raw) <= MAX_ENTRIES:
        return raw
    ranked = sorted(range(len(raw)), key=lambda i: (-(_stamp(raw[i]) or math.inf), i))
    kept = set(ranked[:MAX_ENTRIES])
    return [entry for i, entry in enumerate(raw) if i in kept]


def _stamp(raw: Any) -> float | None:
    moment = _time(raw, "published") or _time(raw, "updated")
    return moment.timestamp() if moment else None


def _entry_of(raw: Any) -> Entry:
    contents = [_value(part) for part in dict.get(raw, "content") or ()]
    summary = _plain(raw, "summary")
    source = dict.get(raw, "source")
    details = [dict.get(raw, name) for name in ("title_detail", "summary_detail")]
    languages = [_text(raw, "language"), *(_text(detail, "language") for detail in details)]
    return Entry(
        guid=_text(raw, "id").strip()[:4_000],
        link=_link(raw),
        title=one_line(_plain(raw, "title")),
        summary=summary,
        body="\n".join(dict.fromkeys(text for text in contents if text))[:MAX_TEXT],
        author=one_line(plain_text(_text(raw, "author")[:MAX_AUTHOR]), limit=300),
        publisher=one_line(_plain(source, "title") or plain_text(_text(raw, "news_source")), limit=200),
        language=next((word for word in languages if word), "")[:35],
        published=_time(raw, "published") or _time(raw, "created"),
        published_raw=(_text(raw, "published") or _text(raw, "created"))[:100],
        updated=_time(raw, "updated"),
        updated_raw=_text(raw, "updated")[:100],
        categories=tuple(
            _text(tag, "term")[:200] for tag in (dict.get(raw, "tags") or ())[:50] if _text(tag, "term")
        ),
    )


def _link(raw: Any) -> str:
    """Return the entry's page: its link, else an alternate or only link, else a GUID that is one."""
    guid = _text(raw, "id").strip()
    named = _text(raw, "link").strip()
    hrefs = [
        _text(one, "href").strip()
        for one in dict.get(raw, "links") or ()
        if _text(one, "rel") in ("alternate", "")
    ]
    for link in (named, *hrefs, guid):
        # feedparser offers the GUID as link unless it is declared to be none; few feeds declare it.
        if link and (link != guid or link.startswith(("http://", "https://", "/"))):
            return link[:4_000]
    return ""


def _plain(raw: Any, name: str) -> str:
    value = _text(raw, name)
    if not value:
        return ""
    return plain_text(value, markup=_text(dict.get(raw, f"{name}_detail"), "type") in _MARKUP, limit=MAX_TEXT)


def _value(part: Any) -> str:
    kind = _text(part, "type")
    if kind and not kind.startswith("text/") and kind not in _MARKUP and "xml" not in kind:
        return ""
    return plain_text(_text(part, "value"), markup=kind in _MARKUP, limit=MAX_TEXT)


def _text(raw: Any, name: str) -> str:
    """Return a text; by `dict.get`, because feedparser's own makes `updated` answer with `published`."""
    value = dict.get(raw, name) if isinstance(raw, dict) else None
    return value if isinstance(value, str) else ""


def _time(raw: Any, name: str) -> datetime | None:
    """Return feedparser's reading of a time, else an ISO 8601 reading of our own; None when it is no time."""
    parsed = dict.get(raw, f"{name}_parsed")
    if parsed is None:
        return iso_time(_text(raw, name))
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _ttl(feed: dict[str, Any]) -> timedelta | None:
    minutes = _text(feed, "ttl").strip()
    return (
        timedelta(minutes=int(minutes))
        if minutes.isascii() and minutes.isdigit() and len(minutes) < 7
        else None
    )


# ---------------------------------------------------------------------------- the process


def main(memory: int) -> None:
    """Answer jobs until the input ends. `memory` is in bytes."""
    # The group's Ctrl-C and the service manager's SIGTERM are for the parent, which closes our input in good time.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    jobs = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not end up among the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    tame_feedparser()
    answers.write(wire.frame(b""))  # ready
    answers.flush()
    while (header := _frame(jobs)) is not None and (body := _frame(jobs)) is not None:
        job = wire.job_in(header)
        _limit_cpu(job.cpu)
        try:
            answer = wire.encode(read_feed(body, job.headers, job.seen))
        except MemoryError:
            answer = wire.encode(
                ParseFailed(kind="broken", detail="takes more memory to parse than is allowed")
            )
        answers.write(wire.frame(answer))
        answers.flush()


def _frame(stream: BinaryIO) -> bytes | None:
    """Return the next frame, or None at the end of the stream, even in the middle of a frame."""
    length = stream.read(wire.LENGTH.size)
    if len(length) < wire.LENGTH.size:
        return None
    (size,) = wire.LENGTH.unpack(length)
    payload = stream.read(size)
    return payload if len(payload) == size else None


def _limit_cpu(seconds: float) -> None:
    """Let this process use `seconds` more of CPU; the kernel ends it then, even inside C code."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime + seconds) + 1)


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(what, (value, hard))
    except (ValueError, OSError):
        # macOS refuses some limits; the parent's wall clock still holds.
        return


def tame_feedparser() -> None:
    """Give feedparser the buffered XML reader, and keep it from searching overlong author texts for an address."""
    feedparser.api.PREFERRED_XML_PARSERS[:] = ["bot.feeds.sax_driver"]
    search = _FeedParserMixin._sync_author_detail  # noqa: SLF001 - its cost is the hole; there is no public switch

    def sync(self: Any, key: str = "author") -> None:
        value = dict.get(self._get_context(), key)
        if isinstance(value, str) and len(value) > MAX_AUTHOR:
            self._get_context()[key] = value[:MAX_AUTHOR]
        search(self, key)

    _FeedParserMixin._sync_author_detail = sync  # noqa: SLF001


if __name__ == "__main__":
    main(int(sys.argv[1]))
