"""Finds the feeds that a web page names, and likely addresses where it names none. Pure over bytes; no I/O."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from bot.feeds.html import one_line, plain_text
from bot.feeds.links import web_link

MAX_PAGE = 2_000_000
MAX_FOUND = 50

_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
    "application/xml",
    "text/xml",
)
_TAG = re.compile(r"<(link|a|base)\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<script\b.*?(?:</script|\Z)", re.DOTALL | re.IGNORECASE)
_LOOKS_LIKE_FEED = re.compile(
    r"(?:/feed/?|/rss/?|/atom/?|\.rss|\.atom|\.rdf|(?:rss|feed|atom|index)\.xml|[?&]format=rss)$"
)
_GUESSES = ("feed/", "rss.xml", "feed.xml", "atom.xml", "rss", "index.xml", "feeds/rss.xml", "feed.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that a page names. `declared`: by <link rel=alternate>, else only by an ordinary link."""

    url: str
    title: str = ""
    declared: bool = True


def find_feeds(page: bytes, *, url: str) -> tuple[Found, ...]:
    """Return the feeds that the page at `url` names, declared ones first, comment feeds last."""
    text = _HIDDEN.sub(" ", page[:MAX_PAGE].decode("utf-8", errors="replace"))
    base = url
    found: dict[str, Found] = {}
    for tag in _TAG.finditer(text):
        name, attributes = tag[1].lower(), _attributes(tag[2])
        link = attributes.get("href", "")
        if name == "base":
            base = web_link(link, url) or base
            continue
        address = web_link(link, base)
        declared = name == "link" and _is_declared(attributes)
        if not address or not (declared or (name == "a" and _LOOKS_LIKE_FEED.search(address.lower()))):
            continue
        title = one_line(plain_text(attributes.get("title", "")), limit=120)
        if address not in found or (declared and not found[address].declared):
            found[address] = Found(url=address, title=title, declared=declared)
        if len(found) >= MAX_FOUND:
            break
    return tuple(sorted(found.values(), key=_rank))


def guesses(url: str) -> tuple[str, ...]:
    """Return addresses where a site that names no feed often has one."""
    roots = [
        base if base.endswith("/") else base + "/" for base in (url.partition("?")[0].partition("#")[0],)
    ]
    home = web_link("/", url)
    if home and home not in roots:
        roots.append(home)
    return tuple(
        dict.fromkeys(address for root in roots for guess in _GUESSES if (address := web_link(guess, root)))
    )


def _attributes(text: str) -> dict[str, str]:
    pairs = ((m[1].lower(), m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(text))
    return {name: html.unescape(value) for name, value in pairs}


def _is_declared(attributes: dict[str, str]) -> bool:
    words = attributes.get("rel", "").lower().split()
    if "feed" in words:
        return True
    kind = attributes.get("type", "").lower().partition(";")[0].strip()
    if kind in ("application/json", "application/xml", "text/xml"):
        return "alternate" in words and bool(_LOOKS_LIKE_FEED.search(attributes.get("href", "").lower()))
    return "alternate" in words and kind in _TYPES


def _rank(found: Found) -> tuple[bool, bool]:
    words = f"{found.title} {found.url}".lower()
    return not found.declared, "comment" in words or "kommentar" in words
