"""Canonical links: equal for one page's addresses, different for two pages."""

from __future__ import annotations

import pytest

from bot.feeds.links import canonical_link, host_of, is_home, web_link

PAGE = "https://example.org/news/deal"


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org/news/deal",
        "https://www.example.org/news/deal/",
        "https://m.example.org/news/deal",
        "https://amp.example.org/news/deal",
        "https://example.org/news/deal/amp/",
        "https://example.org/amp/news/deal",
        "https://example.org/news/deal?amp=1",
        "https://example.org/news/deal?utm_source=feed&utm_medium=rss",
        "https://example.org/news/deal?fbclid=x&gclid=y&mc_cid=z",
        "https://example.org/news/deal?ref=rss&CMP=share&xtor=RSS-1&at_medium=RSS&wt_mc=rss.x",
        "https://example.org/news/deal?source=feed",
        "https://example.org/news/deal#comments",
        "HTTPS://EXAMPLE.ORG:443/news/deal",
        "http://example.org:80/news/%64eal",
        "https://www.google.com/amp/s/www.example.org/news/deal",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/deal",
        " https://example.org/news/deal\n",
    ],
)
def test_addresses_of_one_page_have_one_canonical_form(link: str) -> None:
    """Scheme, www, m, amp, ports, tracking words, fragments and escapes make no difference."""
    assert canonical_link(link) == PAGE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://news.google.com/rss/articles/A?oc=5", "https://news.google.com/rss/articles/B?oc=5"),
        ("https://example.org:8443/a", "https://example.org/a"),
    ],
)
def test_two_pages_stay_two(one: str, other: str) -> None:
    """Whatever may name another page is kept."""
    assert canonical_link(one) != canonical_link(other)


def test_the_order_of_query_words_makes_no_difference() -> None:
    """Queries are compared sorted."""
    assert canonical_link("https://e.org/?b=2&a=1") == canonical_link("https://e.org/?a=1&b=2")


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.c", "", "http://", "https://a b/",
     "http://[::1", "https://example.org:99999/", "ftp://example.org/", "https://-.-/", "//", "tag:x,2005:1"],
)  # fmt: skip
def test_what_is_no_web_address_gives_no_link(link: str) -> None:
    """Only http and https with a host are links."""
    assert canonical_link(link) == ""


def test_relative_links_are_resolved() -> None:
    """A link without a scheme is relative to the feed's own page."""
    assert web_link("/a?b", "https://example.org/feed/") == "https://example.org/a?b"
    assert web_link("a", "") == ""


def test_spaces_and_controls_are_escaped() -> None:
    """A link is one word whatever the feed put into it."""
    assert web_link("https://e.org/a b\nc\u202e") == "https://e.org/a%20b%0Ac%E2%80%AE"


def test_international_hosts_are_written_in_ascii() -> None:
    """Hosts are compared in their ASCII form."""
    assert host_of("https://www.müller.example/") == "xn--mller-kva.example"


def test_front_pages_name_no_article() -> None:
    """A site's root is a home, a page below it is not."""
    assert is_home("https://example.org/")
    assert not is_home(PAGE)
