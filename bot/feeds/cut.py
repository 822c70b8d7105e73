"""Cuts a feed's body at its items, so that only unseen items need to be parsed. Contains no I/O.

`cut` answers None on any doubt, and then the whole body is parsed: other encodings than ASCII's supersets,
RDF, DOCTYPEs, nested or interleaved items, and items that only the whole document can tell apart (a repeated
GUID, link or title identifies nothing, see `bot.feeds.identity`). `split` cuts without asking, for broken bodies.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.feeds.positions import are_positions

_MARK = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(/?)(item|entry)(?=[\s/>])[^<>]*?(/?)>", re.DOTALL)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
DECLARED_ENCODING = re.compile(rb"""\A<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_REFUSED = (b"<!DOCTYPE", b"<!doctype", b"<!ENTITY", b"<rdf:RDF", b'http://purl.org/rss/1.0/"', b"http://purl.org/rss/1.0/'", b"http://purl.org/net/rss1.1#")  # fmt: skip
SINGLE_BYTE = re.compile(r"(us-)?ascii|iso-?8859-?\d+|latin-?1|windows-125\d|cp125\d|koi8-[ru]")
_GUID = re.compile(rb"<(guid|id)(?:\s[^<>]*)?>(.*?)</\1\s*>", re.DOTALL)
_LINK = re.compile(rb"<link(?:\s[^<>]*)?>(.*?)</link\s*>", re.DOTALL)
_HREF = re.compile(rb"""<link\s(?![^<>]*\brel\s*=\s*["'](?!alternate))[^<>]*?href\s*=\s*["']([^"'<>]*)""")
_TITLE = re.compile(rb"<title(?:\s[^<>]*)?>(.*?)</title\s*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cut:
    """A body in pieces: what stands before, the items in order, what stands after."""

    head: bytes
    items: tuple[bytes, ...]
    tail: bytes
    digests: tuple[str, ...]  # of the items, in the same order

    def document(self, items: Sequence[bytes]) -> bytes:
        """Return the body as it would be with only these items."""
        return self.head + b"\n".join(items) + self.tail

    def unseen(self, seen: frozenset[str]) -> tuple[bytes, ...]:
        """Return the items whose digests are not among `seen`, in order, equal ones once."""
        fresh: dict[str, bytes] = {}
        for digest, item in zip(self.digests, self.items, strict=True):
            if digest not in seen:
                fresh.setdefault(digest, item)
        return tuple(fresh.values())


def digest_of(item: bytes) -> str:
    """Return 16 hex digits that stand for an item's bytes."""
    return hashlib.sha256(item).hexdigest()[:16]


def cut(body: bytes, content_type: str = "") -> Cut | None:
    """Return the body cut at its items when each item parses alone as it would within the whole, else None."""
    if any(word in body for word in _REFUSED) or not _reads_as_ascii(body, content_type):
        return None
    return split(body)


def split(body: bytes) -> Cut | None:
    """Return the body cut at its items, or None when it has none or they do not stand side by side."""
    if body.rfind(b"<!--") > body.rfind(b"-->") or body.rfind(b"<![CDATA[") > body.rfind(b"]]>"):
        return None
    spans = _spans(body)
    if not spans:
        return None
    for (_, end), (start, _) in itertools.pairwise(spans):
        if start != end and _COMMENT.sub(b"", body[end:start]).strip():
            return None
    items = tuple(body[start:end] for start, end in spans)
    return Cut(body[: spans[0][0]], items, body[spans[-1][1] :], tuple(map(digest_of, items)))


def tells_apart(cut: Cut) -> bool:
    """Say whether each item has a GUID, a link (but for its fragment) and a title of its own, as far as bytes show it.

    A GUID that is the item's place in the list is none of its own.
    """
    count = len(cut.items)
    guids = [m[2].strip() if (m := _GUID.search(item)) else b"" for item in cut.items]
    if are_positions([guid.decode("latin-1") for guid in guids]):
        return False
    for pattern, group in ((_GUID, 2), (_TITLE, 1)):
        found = [m[group].strip() for item in cut.items if (m := pattern.search(item))]
        if len(set(found)) != len(found):
            return False
    links = [link for item in cut.items if (link := _link_of(item))]
    return len(set(links)) == len(links) and count == len(set(cut.digests))


def _link_of(item: bytes) -> bytes:
    found = _LINK.search(item) or _HREF.search(item)
    return found[1].strip().partition(b"#")[0] if found else b""


def _spans(body: bytes) -> list[tuple[int, int]]:
    """Return where the items stand; empty when they are nested, unbalanced or of two kinds."""
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    kind: bytes | None = None
    for mark in _MARK.finditer(body):
        name = mark[2]
        if name is None:
            continue
        kind = kind or name
        if name != kind or mark[3]:
            return []
        if mark[1]:
            if opened is None:
                return []
            spans.append((opened, mark.end()))
            opened = None
        elif opened is not None:
            return []
        else:
            opened = mark.start()
    return spans if opened is None else []


def _reads_as_ascii(body: bytes, content_type: str) -> bool:
    """Say whether the body's encoding is a superset of ASCII that every part of it decodes under alike."""
    if body[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in body[:400]:
        return False
    declared = DECLARED_ENCODING.search(body[3:] if body.startswith(b"\xef\xbb\xbf") else body)
    named = CHARSET.search(content_type)
    names = {n.lower() for n in (declared and declared[1].decode(), named and named[1]) if n}
    if body.isascii() and all(name in ("utf-8", "utf8") or SINGLE_BYTE.fullmatch(name) for name in names):
        return True
    if len(names) > 1:
        return False
    name = next(iter(names), "utf-8")
    if name not in ("utf-8", "utf8") and not SINGLE_BYTE.fullmatch(name):
        return False
    try:
        body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return True
