"""Headers read as wishes: when to come again; and bodies read as whole or cut off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.answers import challenge, hint, read_headers, retry_after, whole_document

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MIN, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 2 * MIN),
        (" 60 ", MIN),
        ("0", timedelta(0)),
        ("99999999999999999999", 6 * HOUR),
        ("Mon, 02 Mar 2026 12:30:00 GMT", 30 * MIN),
        ("Mon, 02 Mar 2026 11:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 6 * HOUR),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, wait: timedelta | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == wait


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 10 * MIN),
        ({"cache-control": 'public, MAX-AGE="600"'}, 10 * MIN),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=600", "age": "540"}, MIN),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=0", "expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, None),
        ({"cache-control": "max-age=31536000"}, 6 * HOUR),
        ({"expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, HOUR),
        ({"expires": "Mon, 02 Mar 2026 23:10:00 GMT", "date": "Mon, 02 Mar 2026 23:00:00 GMT"}, 10 * MIN),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"cache-control": "max-age=60", "retry-after": "600"}, 10 * MIN),
    ],
)
def test_the_longest_wish_counts_and_none_beyond_six_hours(
    headers: dict[str, str], wait: timedelta | None
) -> None:
    """max-age overrides Expires, Age shortens it, no-cache voids it."""
    assert hint(headers, NOW) == wait


@settings(deadline=None, max_examples=150)
@given(
    st.dictionaries(st.sampled_from(["retry-after", "cache-control", "expires", "date", "age"]), st.text())
)
def test_any_header_gives_a_wait_within_bounds_or_none(headers: dict[str, str]) -> None:
    wait = hint(headers, NOW)
    assert wait is None or timedelta(0) < wait <= 6 * HOUR


def test_repeated_headers_are_joined_and_bytes_survive() -> None:
    headers = read_headers([(b"Vary", b"a"), (b"VARY", b" b "), (b"ETag", b'"\xe9"')])
    assert headers == {"vary": "a, b", "etag": '"é"'}


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b"<rss></rss>", True),
        (b"<rss></rss>\n\n<!-- cached 12:00 -->\n", True),
        (b"<feed></FEED >", True),
        (b"<rdf:RDF></rdf:RDF>", True),
        (b"<atom:feed></atom:feed>", True),
        (b"<rss><item></item>", False),
        (b"<rss></rss", False),
        (b"", False),
    ],
)
def test_a_document_is_whole_when_its_last_tag_is_there(body: bytes, whole: bool) -> None:
    assert whole_document(body) is whole


def test_a_challenge_may_be_nobodys() -> None:
    """None: no challenge; an empty name: one whose vendor is not known."""
    assert challenge(b"<html>are you a robot?</html>") == ""
    assert challenge(b"<html>hello</html>") is None
