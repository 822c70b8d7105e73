"""Encodings: what servers and declarations claim, and what the bytes are."""

from __future__ import annotations

import pytest

from bot.feeds.entry import ParsedFeed
from bot.feeds.parse_worker import read_feed

LATIN = "Kartellamt prüft – L’Autorité"
TYPES = ["text/xml", "application/xml; charset=utf-8", "text/xml; charset=iso-8859-1", "text/html",
         "application/xml; charset=windows-1252", "application/octet-stream", ""]  # fmt: skip


def title_of(text: str, encoding: str, declared: str | None, content_type: str) -> str:
    declaration = "" if declared is None else f'<?xml version="1.0" encoding="{declared}"?>'
    body = f'{declaration}<rss version="2.0"><channel><title>x</title><item><title>{text}</title></item></channel></rss>'
    outcome = read_feed(body.encode(encoding), {"content-type": content_type})
    assert isinstance(outcome, ParsedFeed)
    return outcome.entries[0].title


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1252", "nonsense", None])
def test_utf8_is_read_as_such_whatever_is_claimed(declared: str | None, content_type: str) -> None:
    """Header and declaration may both be wrong about UTF-8."""
    assert title_of(LATIN, "utf-8", declared, content_type) == LATIN


@pytest.mark.parametrize("content_type", TYPES)
def test_a_byte_order_mark_goes_before_what_the_header_names(content_type: str) -> None:
    """UTF-16 with its mark is UTF-16, though a server says "charset=utf-8" of all that it has."""
    assert title_of(LATIN, "utf-16", "utf-16", content_type) == LATIN


@pytest.mark.parametrize("content_type", TYPES)
def test_windows_text_declared_as_utf8_is_read(content_type: str) -> None:
    """Bytes that are no UTF-8 are read as the Windows encoding that they mostly are."""
    assert title_of(LATIN, "windows-1252", "utf-8", content_type) == LATIN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (LATIN, "utf-16"),
        (LATIN, "utf-32"),
        (LATIN, "windows-1252"),
        ("反垄断调查", "gb2312"),
        ("反壟斷調查", "big5"),
        ("公正取引委員会", "shift_jis"),
        ("公正取引委員会", "euc-jp"),
        ("공정거래위원회", "euc-kr"),
        ("Регулятор изучает", "koi8-r"),
        ("Регулятор изучает", "windows-1251"),
        ("Αρχή", "iso-8859-7"),
    ],
)
@pytest.mark.parametrize("content_type", ["application/xml", "text/xml"])
def test_declared_encodings_are_understood(text: str, encoding: str, content_type: str) -> None:
    """What a feed says of its own encoding is right when the bytes agree."""
    assert title_of(text, encoding, encoding, content_type) == text


def test_a_feed_wrapped_into_a_page_is_a_feed() -> None:
    """Some servers put HTML around their feed."""
    body = b"<!DOCTYPE html><html><body><feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id></entry></feed></body></html>"
    assert isinstance(read_feed(body, {"content-type": "text/html"}), ParsedFeed)
