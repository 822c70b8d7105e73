"""What the parent and the parsing child say to each other: length-prefixed JSON, checked on arrival.

A frame is four bytes of length and that many bytes; a request is two frames (a JSON header and the body), an
answer is one. Nothing is ever unpickled. Contains no I/O.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.feeds.entry import FAILED_KINDS, Entry, ParsedFeed, ParseFailed, ParseOutcome

LENGTH = struct.Struct(">I")
MAX_ANSWER = 128 * 1024 * 1024

_TEXTS = ("guid", "link", "title", "summary", "body", "author", "publisher", "language", "published_raw",
          "updated_raw")  # fmt: skip
_TIMES = ("published", "updated")


class GarbledAnswer(ValueError):
    """The child answered with something that is no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What goes with a body: response headers, digests of known items, seconds of CPU."""

    headers: Mapping[str, str]
    seen: frozenset[str]
    cpu: float


def frame(payload: bytes) -> bytes:
    """Return a payload with its length before it."""
    return LENGTH.pack(len(payload)) + payload


def request(body: bytes, job: Job) -> bytes:
    """Return the two frames of a job."""
    header = {"headers": dict(job.headers), "seen": sorted(job.seen), "cpu": job.cpu}
    return frame(json.dumps(header).encode()) + frame(body)


def job_in(header: bytes) -> Job:
    """Return what a request's first frame holds."""
    fields = json.loads(header)
    return Job(headers=fields["headers"], seen=frozenset(fields["seen"]), cpu=float(fields["cpu"]))


def encode(outcome: ParseOutcome) -> bytes:
    """Return an outcome as JSON."""
    if isinstance(outcome, ParseFailed):
        return json.dumps({"failed": outcome.kind, "detail": outcome.detail}).encode()
    ttl = outcome.ttl.total_seconds() if outcome.ttl is not None else None
    return json.dumps(
        {
            "format": outcome.format,
            "title": outcome.title,
            "link": outcome.link,
            "language": outcome.language,
            "ttl": ttl,
            "entries": [_entry_out(entry) for entry in outcome.entries],
            "digests": sorted(outcome.item_digests),
            "total": outcome.total,
            "lost": outcome.lost,
        }
    ).encode()


def decode(payload: bytes) -> ParseOutcome:
    """Return the outcome that a payload holds. Raises GarbledAnswer."""
    try:
        answer = json.loads(payload)
        if "failed" in answer:
            return _failed_in(answer)
        seconds = answer["ttl"]
        return ParsedFeed(
            format=_text(answer["format"]),
            title=_text(answer["title"]),
            link=_text(answer["link"]),
            language=_text(answer["language"]),
            ttl=timedelta(seconds=float(seconds)) if seconds is not None else None,
            entries=tuple(_entry_in(entry) for entry in answer["entries"]),
            item_digests=frozenset(_text(digest) for digest in answer["digests"]),
            total=int(answer["total"]),
            lost=int(answer["lost"]),
        )
    except GarbledAnswer:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise GarbledAnswer(f"{type(error).__name__}: {error}") from error


def _failed_in(answer: Mapping[str, object]) -> ParseFailed:
    for kind in FAILED_KINDS:
        if kind == answer["failed"]:
            return ParseFailed(kind=kind, detail=_text(answer.get("detail", "")))
    raise GarbledAnswer("an unknown failure")


def _entry_out(entry: Entry) -> dict[str, object]:
    """Return the entry's fields that are not empty."""
    fields: dict[str, object] = {name: text for name in _TEXTS if (text := getattr(entry, name))}
    for name in _TIMES:
        moment = getattr(entry, name)
        if moment is not None:
            fields[name] = moment.timestamp()
    if entry.categories:
        fields["categories"] = list(entry.categories)
    return fields


def _entry_in(fields: object) -> Entry:
    if not isinstance(fields, dict):
        raise GarbledAnswer("an entry that is no object")
    texts = {name: _text(fields[name]) for name in _TEXTS if name in fields}
    times = {name: datetime.fromtimestamp(float(fields[name]), UTC) for name in _TIMES if name in fields}
    categories = tuple(_text(word) for word in fields.get("categories", ()))
    return Entry(**texts, **times, categories=categories)  # type: ignore[arg-type]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise GarbledAnswer(f"{type(value).__name__} where text belongs")
