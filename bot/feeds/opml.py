"""OPML in and out: the lists of feeds that readers exchange. Contains no I/O.

Documents are bounded and may not declare entities: a DOCTYPE is refused before the parser sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from bot.errors import UsageError
from bot.feeds.feed import Feed
from bot.feeds.html import one_line, tidy
from bot.feeds.links import web_link

MAX_BYTES = 2_000_000
MAX_FEEDS = 5_000
MAX_DEPTH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed that an OPML file lists."""

    url: str
    title: str = ""
    language: str = ""


def read_opml(data: bytes) -> tuple[Outline, ...]:
    """Return the feeds of an OPML document in its order, each address once. Raises UsageError when it is none."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"The OPML file has {len(data):,} bytes; at most {MAX_BYTES:,} are read.")
    found = _Collector()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = found.doctype
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword
    except expat.ExpatError as error:
        raise UsageError(f"The file is not OPML: {error}.") from error
    except (ValueError, LookupError) as error:
        raise UsageError(f"The file is not OPML: its encoding cannot be read ({error}).") from error
    if found.root != "opml":
        raise UsageError(f"The file is not OPML: its first element is <{tidy(found.root)[:40]}>.")
    return tuple(found.outlines.values())


def write_opml(feeds: Iterable[Feed], *, title: str = "regwatch feeds") -> bytes:
    """Return the feeds as an OPML 2.0 document, grouped by tier, as every reader imports it."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = title
    body = ET.SubElement(root, "body")
    groups: dict[str, ET.Element] = {}
    for feed in feeds:
        tier = feed.tier.value
        if tier not in groups:
            groups[tier] = ET.SubElement(body, "outline", text=tier)
        words = {"type": "rss", "text": tidy(feed.name), "title": tidy(feed.name), "xmlUrl": feed.url}
        if feed.language:
            words["language"] = feed.language
        ET.SubElement(groups[tier], "outline", words)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


class _Collector:
    """Gathers outlines while expat walks."""

    def __init__(self) -> None:
        self.outlines: dict[str, Outline] = {}
        self.root = ""
        self.depth = 0

    def doctype(self, *_: object) -> None:
        raise UsageError("The OPML file has a DOCTYPE, which is not read. Delete that line and try again.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UsageError(f"The OPML file is nested more than {MAX_DEPTH} deep.")
        if name == "outline" and (url := web_link(_word(attributes, "xmlUrl"))):
            title = _word(attributes, "title") or _word(attributes, "text")
            language = _word(attributes, "language").lower()[:2]
            self.outlines.setdefault(
                url,
                Outline(
                    url=url,
                    title=one_line(tidy(title), limit=200),
                    language=language if language.isalpha() else "",
                ),
            )
            if len(self.outlines) > MAX_FEEDS:
                raise UsageError(f"The OPML file lists more than {MAX_FEEDS:,} feeds.")

    def end(self, _: str) -> None:
        self.depth -= 1


def _word(attributes: dict[str, str], name: str) -> str:
    """Return an attribute whatever the capitals of its name: files in the wild write xmlurl and XMLURL."""
    return next((value for key, value in iter_items(attributes) if key == name.lower()), "")


def iter_items(attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the attributes with their names in small letters."""
    for key, value in attributes.items():
        yield key.lower(), value
