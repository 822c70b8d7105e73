"""Cutting bodies at their items: only where each item parses alone as it does within the whole."""

from __future__ import annotations

import pytest

from bot.feeds.cut import cut, split, tells_apart
from bot.feeds.entry import ParsedFeed
from bot.feeds.parse_worker import read_feed

HEAD = b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>T</title><link>https://e.org/</link>'
TAIL = b"<ttl>5</ttl></channel></rss>"
XML = {"content-type": "application/xml"}


def item(number: int, extra: str = "") -> bytes:
    return (
        f"<item><title>Entry {number}</title><link>https://e.org/{number}</link><guid>https://e.org/{number}</guid>"
        f"<description><![CDATA[<p>About {number} </item> <item>]]></description>{extra}</item>"
    ).encode()


def body(*items: bytes) -> bytes:
    return HEAD + b"\n<!-- <item> in a comment -->\n".join(items) + TAIL


def parsed(document: bytes, seen: frozenset[str] = frozenset()) -> ParsedFeed:
    outcome = read_feed(document, XML, seen)
    assert isinstance(outcome, ParsedFeed)
    return outcome


def test_items_are_cut_out_whole() -> None:
    """Items in comments and CDATA do not count; head and tail stay."""
    pieces = cut(body(item(1), item(2)))
    assert pieces is not None
    assert pieces.items == (item(1), item(2))
    assert (pieces.head, pieces.tail) == (HEAD, TAIL)


def test_only_unseen_items_become_entries() -> None:
    """A changed body gives the new items, as the whole body would, and the feed's own words."""
    before = parsed(body(item(2), item(1)))
    whole = parsed(body(item(3), item(2), item(1)))
    after = parsed(body(item(3), item(2), item(1)), before.item_digests)
    assert [entry.title for entry in after.entries] == ["Entry 3"]
    assert after.entries[0] == whole.entries[0]
    assert (after.total, after.title, after.ttl) == (3, whole.title, whole.ttl)
    assert after.item_digests == whole.item_digests


def test_a_changed_item_is_unseen() -> None:
    """One changed byte makes an item new to the parser."""
    before = parsed(body(item(1), item(2)))
    after = parsed(body(item(1, "<category>x</category>"), item(2)), before.item_digests)
    assert [entry.title for entry in after.entries] == ["Entry 1"]


def test_nothing_new_is_still_a_feed() -> None:
    """Head and tail alone tell the format."""
    before = parsed(body(item(1), item(2)))
    after = parsed(body(item(1), item(2)), before.item_digests)
    assert (after.format, after.entries, after.total) == ("rss20", (), 2)


@pytest.mark.parametrize(
    "document",
    [
        body(item(1)).decode().replace("utf-8", "utf-16").encode("utf-16"),
        body(item(1)).replace(b"<rss", b"<!DOCTYPE rss [<!ENTITY x 'y'>]><rss"),
        body(item(1)).replace(b"utf-8", b"shift_jis"),
        body(item(1)).replace(b"Entry", b"Entr\xe9"),
        body(item(1)).replace(b'<rss version="2.0">', b'<rss version="2.0" xmlns="http://purl.org/rss/1.0/">'),
        body(item(1), b"<item><item></item></item>"),
        body(item(1), b"<item/>"),
        body(item(1), b"<entry></entry>"),
        HEAD + item(1) + b"<image/>" + item(2) + TAIL,
        HEAD + item(1) + b"<item><title>cut off",
        HEAD + b"<!-- " + item(1) + TAIL,
        HEAD + TAIL,
    ],
    ids=["utf-16", "doctype", "shift_jis", "invalid", "rss10", "nested", "self-closing", "mixed", "between", "truncated",
         "open comment", "none"],
)  # fmt: skip
def test_any_doubt_means_the_whole_body(document: bytes) -> None:
    """Bodies that may read differently in parts are not cut."""
    assert cut(document) is None


@pytest.mark.parametrize("name", ["guid", "link", "title"])
def test_items_that_share_a_name_are_parsed_together(name: str) -> None:
    """What only the whole document can tell apart is not cut: a repeated GUID, link or title."""
    second = item(2).replace(
        *{
            "guid": (b"<guid>https://e.org/2<", b"<guid>https://e.org/1<"),
            "link": (b"<link>https://e.org/2<", b"<link>https://e.org/1#x<"),
            "title": (b"Entry 2", b"Entry 1"),
        }[name]
    )
    document = body(item(1), second)
    pieces = split(document)
    assert pieces is not None
    assert not tells_apart(pieces)
    assert parsed(document).item_digests == frozenset()


def test_items_whose_guids_are_their_places_are_parsed_together() -> None:
    """Only the whole document shows that "1", "2" name places: one changed item brings all along."""
    items = [item(n).replace(b"<guid>https://e.org/", b"<guid>") for n in (1, 2)]
    before = parsed(body(*items))
    after = parsed(body(items[0].replace(b"Entry 1", b"Entry 3"), items[1]), before.item_digests)
    assert [entry.title for entry in after.entries] == ["Entry 3", "Entry 2"]


def test_broken_items_do_not_take_the_others_along() -> None:
    """An item that the parser cannot read is left out, the others stay."""
    document = body(
        item(1), item(2, "<gml:Point xmlns:gml='http://www.opengis.net/gml' srsName='['/>"), item(3)
    )
    outcome = parsed(document)
    assert {"Entry 1", "Entry 3"} <= {entry.title for entry in outcome.entries}
