"""Finding the feeds that a page names."""

from __future__ import annotations

import pytest

from bot.feeds.discover import find_feeds, guesses
from tests.growth import LINEAR, growth

URL = "https://www.example.org/news/"


def addresses(page: str) -> list[str]:
    return [found.url for found in find_feeds(page.encode(), url=URL)]


def test_declared_feeds_come_first_and_comment_feeds_last() -> None:
    """<link rel=alternate> is trusted most; links that look like feeds follow."""
    page = """<head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
    <LINK REL='alternate' TYPE='application/atom+xml' HREF='atom.xml?a=1&amp;b=2'></head><a href="/rss">RSS</a>"""
    assert addresses(page) == [
        "https://www.example.org/news/atom.xml?a=1&b=2",
        "https://www.example.org/comments/feed",
        "https://www.example.org/rss",
    ]


def test_other_alternates_are_no_feeds() -> None:
    """Translations, stylesheets, oEmbed and what scripts or comments hold are passed over."""
    page = """<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" type="text/css" href="/x.css">
    <link rel="alternate" type="application/json" href="/wp-json/oembed"><script>'<a href="/feed">'</script>
    <!-- <link rel="alternate" type="application/rss+xml" href="/old"> --><link rel=alternate
    type="application/rss+xml" href="javascript:x">"""
    assert addresses(page) == []


def test_the_pages_base_counts() -> None:
    """<base href> moves relative links."""
    page = '<base href="https://cdn.example.org/"><link rel="alternate" type="application/feed+json" href="feed.json">'
    assert addresses(page) == ["https://cdn.example.org/feed.json"]


def test_likely_addresses_are_few_and_on_the_same_site() -> None:
    """Where a page names no feed, a handful of usual places is tried."""
    tried = guesses(URL)
    assert "https://www.example.org/news/feed/" in tried
    assert "https://www.example.org/rss.xml" in tried
    assert len(tried) < 20


@pytest.mark.parametrize("piece", ["<link ", "<!--", "<script", "<a href='"])
def test_a_hostile_page_takes_time_that_grows_with_its_length(piece: str) -> None:
    """Unclosed tags and comments cost no more than a long page."""
    assert growth(lambda size: find_feeds((piece * size).encode(), url=URL), 50_000) < LINEAR
