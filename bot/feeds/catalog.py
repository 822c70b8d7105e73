"""The catalogue of feeds: rules/feeds.yaml read strictly, with every problem at once, and appended to.

Contains no network. The only writing is `append_feed`, which keeps every comment of the file.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from bot.durations import SHAPE, duration_of
from bot.errors import InvalidFiles, OperationError, Place, Problem
from bot.feeds.feed import IDENTITIES, REVISIONS, Feed
from bot.feeds.links import web_link
from bot.strict_yaml import load, parse
from bot.yaml_tree import Fields, Node, Reading, Scalar, describe
from storage.words import Tier

KEYS = ("id", "url", "title", "authority", "tier", "language", "every", "revisions", "identity", "fulltext",
        "user_agent", "headers", "enabled", "note")  # fmt: skip
MIN_EVERY = timedelta(seconds=1)  # the floor that counts is network.min_interval
MAX_EVERY = timedelta(days=7)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,2000}")
_RESERVED_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ._/()&'+-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


def load_catalog(path: Path) -> tuple[Feed, ...]:
    """Return the feeds of a file, in its order. Raises InvalidFiles with every problem found."""
    return _feeds_of(load(path))


def parse_catalog(text: str, *, name: str) -> tuple[Feed, ...]:
    """Return the feeds of a text. Raises InvalidFiles, calling the text `name`."""
    return _feeds_of(parse(text, name=name))


def append_feed(path: Path, feeds: Iterable[Feed]) -> None:
    """Add feeds at the end of a catalogue, creating it where there is none; what stands there stays as it is.

    Raises InvalidFiles when the file, or the file with these feeds, is not valid, OperationError when it cannot be
    written.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before.strip() and not before.endswith("\n"):
            before += "\n"
        after = before + "".join("\n" + entry_text(feed) for feed in feeds)
        parse_catalog(after, name=str(path))
        _replace(path, after)
    except OSError as error:
        raise OperationError(f"{path} cannot be written: {error.strerror}.") from error


def entry_text(feed: Feed) -> str:
    """Return a feed as one entry of feeds.yaml, without what equals the defaults."""
    lines = [f"id: {feed.id}", f"url: {_quoted(feed.url)}"]
    if feed.title:
        lines.append(f"title: {_scalar(feed.title)}")
    if feed.authority:
        lines.append(f"authority: {feed.authority}")
    lines.append(f"tier: {feed.tier.value}")
    if feed.language:
        lines.append(f"language: {_scalar(feed.language)}")
    if feed.every is not None:
        lines.append(f"every: {_length(feed.every)}")
    if feed.revisions != "content":
        lines.append(f"revisions: {feed.revisions}")
    if feed.identity != "guid":
        lines.append(f"identity: {feed.identity}")
    if feed.fulltext:
        lines.append("fulltext: true")
    if feed.user_agent:
        lines.append(f"user_agent: {_quoted(feed.user_agent)}")
    if feed.headers:
        lines.append("headers:")
        lines += [f"  {name}: {_quoted(value)}" for name, value in feed.headers.items()]
    if not feed.enabled:
        lines.append("enabled: false")
    if feed.note:
        lines.append(f"note: {_quoted(feed.note)}")
    return "- " + "\n  ".join(lines) + "\n"


def id_for(title: str, taken: Iterable[str]) -> str:
    """Return a free id made of a title or host."""
    words = re.findall(r"[a-z0-9]+", title.casefold())
    stem = "-".join(words)[:48].strip("-") or "feed"
    used, number, name = set(taken), 2, stem
    while name in used:
        name, number = f"{stem}-{number}", number + 1
    return name


# ---------------------------------------------------------------------------- reading


def _feeds_of(root: Node) -> tuple[Feed, ...]:
    reading = Reading()
    if isinstance(root, Scalar) and root.value is None:
        raise InvalidFiles([Problem(root.at, "no feeds", "a list of feeds, each with id and url")])
    feeds: list[Feed] = []
    places: dict[str, Place] = {}
    addresses: dict[str, Place] = {}
    for node in reading.items_of(root, what="feeds.yaml"):
        fields = reading.fields_of(node, KEYS, what="a feed")
        if fields is None:
            continue
        feed = _feed_of(fields, reading)
        for what, value, known in (("id", feed.id, places), ("url", feed.url, addresses)):
            if not value:
                continue
            at = fields.nodes[what].at
            if value in known:
                reading.note(
                    at,
                    f'the {what} "{value}" a second time',
                    f"another {what} than on line {known[value].line}",
                )
            known.setdefault(value, at)
        feeds.append(feed)
    reading.done()
    return tuple(feeds)


def _feed_of(fields: Fields, reading: Reading) -> Feed:
    return Feed(
        id=_id_of(fields, reading),
        url=_url_of(fields, reading),
        title=_line_of(fields, "title", reading),
        authority=_authority_of(fields, reading),
        tier=Tier(reading.word_of(fields.get("tier"), list(Tier), what="tier", default=Tier.PRESS.value)),
        language=_language_of(fields, reading),
        every=_every_of(fields, reading),
        revisions=reading.word_of(fields.get("revisions"), REVISIONS, what="revisions", default="content"),
        identity=reading.word_of(fields.get("identity"), IDENTITIES, what="identity", default="guid"),
        fulltext=reading.flag_of(fields.get("fulltext"), what="fulltext", default=False),
        user_agent=_line_of(fields, "user_agent", reading),
        headers=_headers_of(fields, reading),
        enabled=reading.flag_of(fields.get("enabled"), what="enabled", default=True),
        note=_line_of(fields, "note", reading),
    )


def _id_of(fields: Fields, reading: Reading) -> str:
    node = fields.get("id")
    if node is None:
        reading.note(fields.at, "a feed without id", "id, a short name such as ftc-press")
        return ""
    text = reading.text_of(node, what="id")
    if text and not _ID.fullmatch(text):
        reading.note(node.at, f"{describe(node)} as id", "small letters, digits and hyphens, at most 64")
    return text


def _url_of(fields: Fields, reading: Reading) -> str:
    node = fields.get("url")
    if node is None:
        reading.note(fields.at, "a feed without url", "url, the feed's http(s) address")
        return ""
    text = reading.text_of(node, what="url")
    if text and web_link(text) != text:
        reading.note(node.at, f"{describe(node)} as url", "an address that begins with http:// or https://")
    return text


def _line_of(fields: Fields, key: str, reading: Reading) -> str:
    node = fields.get(key)
    text = reading.text_of(node, what=key)
    if node is not None and any(ord(c) < 32 or ord(c) == 127 for c in text):
        reading.note(node.at, f"a control character in {key}", "one line of text")
    return text


def _authority_of(fields: Fields, reading: Reading) -> str | None:
    node = fields.get("authority")
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return None
    text = reading.text_of(node, what="authority")
    if text and not _ID.fullmatch(text):
        reading.note(
            node.at, f"{describe(node)} as authority", "a regulator's id, such as ftc, cma or ec, or null"
        )
    return text or None


def _language_of(fields: Fields, reading: Reading) -> str:
    node = fields.get("language")
    text = reading.text_of(node, what="language")
    if node is not None and text and not _LANGUAGE.fullmatch(text):
        reading.note(node.at, f"{describe(node)} as language", "two small letters, such as en")
    return text


def _every_of(fields: Fields, reading: Reading) -> timedelta | None:
    node = fields.get("every")
    if node is None:
        return None
    length = duration_of(node.text) if isinstance(node, Scalar) else None
    if length is None:
        reading.note(node.at, f"{describe(node)} as every", SHAPE)
        return None
    if not MIN_EVERY <= length <= MAX_EVERY:
        reading.note(node.at, f"{describe(node)} as every", "from 1s to 7d")
    return length


def _headers_of(fields: Fields, reading: Reading) -> Mapping[str, str]:
    node = fields.get("headers")
    if node is None:
        return {}
    if not isinstance(node, Fields):
        reading.note(node.at, f"{describe(node)} as headers", "a mapping of names to texts")
        return {}
    headers: dict[str, str] = {}
    for name, child in node.nodes.items():
        value = reading.text_of(child, what=f"header {name}")
        if not _HEADER.fullmatch(name) or name.lower() in _RESERVED_HEADERS:
            reading.note(
                node.keys[name],
                f'"{name}" as a header',
                "a header that a request may set, such as Accept-Language",
            )
        elif not _HEADER_VALUE.fullmatch(value):
            reading.note(child.at, f"{describe(child)} as header {name}", "one line of ASCII")
        else:
            headers[name] = value
    return headers


# ---------------------------------------------------------------------------- writing


def _replace(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half; its mode stays."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    target = path.resolve()
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _scalar(text: str) -> str:
    return (
        text
        if _PLAIN.fullmatch(text) and text.strip() == text and text.lower() not in _WORDS
        else _quoted(text)
    )


def _quoted(text: str) -> str:
    flat = "".join(c if c.isprintable() else " " for c in text)
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _length(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


# ---------------------------------------------------------------------------- for editors


def _schema_properties() -> dict[str, object]:
    text = {"type": "string"}
    return {
        "id": {
            **text,
            "pattern": f"^{_ID.pattern}$",
            "description": "Short name; never reuse one: stored articles carry it.",
        },
        "url": {**text, "pattern": "^https?://", "description": "The feed's address."},
        "title": {**text, "description": "What people call it."},
        "authority": {
            "type": ["string", "null"],
            "description": "For a regulator's own feed: its id, e.g. ftc, cma, ec.",
        },
        "tier": {
            "enum": [tier.value for tier in Tier],
            "description": "official confirms steps; press and blog report them.",
        },
        "language": {
            **text,
            "pattern": f"^{_LANGUAGE.pattern}$",
            "description": "Two letters; leave out for mixed feeds.",
        },
        "every": {
            **text,
            "pattern": "^[0-9]+(s|m|h|d|w)$",
            "description": "How often to look, e.g. 10m; default by tier.",
        },
        "revisions": {"enum": list(REVISIONS), "description": "What makes a known entry a revision."},
        "identity": {"enum": list(IDENTITIES), "description": "Which of an entry's words identifies it."},
        "fulltext": {"type": "boolean", "description": "The feed carries whole articles."},
        "user_agent": {**text, "description": "In place of the bot's own declared one."},
        "headers": {
            "type": "object",
            "additionalProperties": text,
            "description": "Further request headers.",
        },
        "enabled": {"type": "boolean", "description": "false: kept, but not polled."},
        "note": {**text, "description": "For people."},
    }


def catalog_schema() -> dict[str, object]:
    """Return the JSON Schema of feeds.yaml, for editors that complete and check while typing."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "regwatch feeds",
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id", "url"],
            "additionalProperties": False,
            "properties": _schema_properties(),
        },
    }
