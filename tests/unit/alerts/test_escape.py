"""Text from feeds cannot break, fake or flood a Slack message."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.escape import clean, cut, escaped, link, plain, safe_url, units

ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("a\u202eb\u200bc\x1b[31m\x00", "abc[31m"),
        ("two\n\n lines\tand\u2028more", "two lines and more"),
        ("*bold* `code` ~gone~ _slanted_ snake_case", "∗bold∗ ˋcodeˋ ∼gone∼ ˍslantedˍ snake_case"),
        ("&amp; stays as written", "&amp;amp; stays as written"),
        ("Z" + "\u0301" * 40, "Z" + "\u0301" * 4),
        ("lone \ud800 surrogate", "lone surrogate"),
    ],
    ids=["mentions", "invisible", "white space", "marks", "entity", "zalgo", "surrogate"],
)
def test_feed_text_is_inert(raw: str, shown: str) -> None:
    """What a feed writes is shown, never obeyed."""
    assert plain(raw, 500) == shown


@given(st.text(max_size=400), st.integers(min_value=1, max_value=120))
@settings(deadline=None, max_examples=150)
def test_plain_text_keeps_its_promises(raw: str, room: int) -> None:
    """Room is kept, no entity is broken, nothing invisible or unescaped is left."""
    shown = plain(raw, room)
    assert units(shown) <= room
    assert not ENTITY.search(shown)
    assert "<" not in shown
    assert ">" not in shown
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")]


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("a&b&c", 7, "a&…"),
        ("noe\u0301l", 4, "no…"),
        ("ab🇫🇷🇩🇪", 7, "ab🇫🇷…"),
        ("ok 👍🏽 yes", 6, "ok…"),
    ],
    ids=["fits", "cut", "entity", "accent", "flag", "skin tone"],
)
def test_a_cut_falls_between_whole_characters(text: str, room: int, kept: str) -> None:
    """The cut counts escaped UTF-16 units and never parts what is read as one character."""
    assert cut(text, room) == kept
    assert units(escaped(kept)) <= room


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"),
        ("https://example.org/a b|c>d<e", "https://example.org/a%20b%7Cc%3Ed%3Ce"),
        ("https://example.org/x\ny", "https://example.org/x%0Ay"),
        ("https://example.org/\u202egpj", "https://example.org/%E2%80%AEgpj"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org/x", ""),
        ("https://apple.com@evil.example/", ""),
        ("https://exa|mple.org/", ""),
        ("http://[broken", ""),
        ("https://example.org/" + "a" * 3000, ""),
    ],
)
def test_only_plain_web_addresses_become_links(url: str, safe: str) -> None:
    """http and https alone; what Slack would read as markup is percent-encoded."""
    assert safe_url(url) == safe


def test_a_link_without_a_safe_address_is_its_label() -> None:
    """The text is still shown."""
    assert link("javascript:x", "A <b> title", 200) == "A &lt;b&gt; title"


def test_a_label_that_names_another_host_shows_the_true_one() -> None:
    """A title that looks like an address cannot pass for the link's target."""
    assert link("https://evil.example/x", "https://www.ftc.gov/news", 200) == (
        "<https://evil.example/x|(evil.example) https://www.ftc.gov/news>"
    )
    assert "(" not in link("https://www.ftc.gov/x", "see www.ftc.gov/news", 200)


def test_a_megabyte_of_title_is_looked_at_in_part() -> None:
    """The work is bounded before anything else."""
    assert len(clean("x" * 1_000_000)) == 20_000
