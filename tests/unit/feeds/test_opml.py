"""OPML in and out, and what is refused."""

from __future__ import annotations

import pytest

from bot.errors import UsageError
from bot.feeds.feed import Feed
from bot.feeds.opml import Outline, read_opml, write_opml
from storage.words import Tier

FEEDS = (
    Feed(id="a", url="https://e.org/a?x=1&y=2", title='A & "B" <c>', tier=Tier.OFFICIAL, language="de"),
    Feed(id="b", url="https://e.org/b"),
)


def test_what_is_written_is_read_back() -> None:
    """Addresses, titles and languages survive."""
    assert read_opml(write_opml(FEEDS)) == (
        Outline(url="https://e.org/a?x=1&y=2", title='A & "B" <c>', language="de"),
        Outline(url="https://e.org/b", title="b"),
    )


def test_other_readers_files_are_understood() -> None:
    """Capitals differ, groups nest, an address is taken once, what is no feed is passed over."""
    data = b"""<?xml version="1.0" encoding="iso-8859-1"?><opml version="1.1"><body><outline text="Group"><outline
    text="One" XMLURL="http://e.org/1"/><outline text="Again" xmlurl="http://e.org/1"/><outline text="x"
    xmlUrl="javascript:alert(1)"/></outline><outline text="no address"/></body></opml>"""
    assert read_opml(data) == (Outline(url="http://e.org/1", title="One"),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<html/>",
        b"<opml><body>",
        b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>',
        b'<!DOCTYPE opml SYSTEM "http://e.org/x.dtd"><opml/>',
        b'<?xml version="1.0" encoding="nonsense"?><opml/>',
        b"<opml>" + b"<outline>" * 200,
        b" " * 3_000_000,
        b"<opml>" + b"".join(b"<outline xmlUrl='http://e.org/%d'/>" % n for n in range(6_000)) + b"</opml>",
    ],
    ids=["empty", "text", "html", "cut", "entities", "dtd", "encoding", "deep", "long", "many"],
)
def test_what_is_no_opml_is_refused_with_a_reason(data: bytes) -> None:
    """Other documents, DOCTYPEs and anything out of bounds."""
    with pytest.raises(UsageError, match="OPML"):
        read_opml(data)
