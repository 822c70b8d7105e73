"""HTML to text: what is kept, what is dropped, and that no input makes it slow."""

from __future__ import annotations

import pytest

from bot.feeds.html import MAX_TEXT, one_line, plain_text
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("<p>One<p>Two<br>three <b>Open</b>AI", "One\nTwo\nthree OpenAI"),
        ("<table><tr><td>Jan</td><td>$10 billion</td></tr><tr><th>b</th></tr></table>", "Jan $10 billion\nb"),
        ("<style>p{}</style><p>a</p><script>if (1<2) alert()</script>b", "a\nb"),
        ("AT&amp;amp;amp;T", "AT&T"),
        ("&amp;lt;p&amp;gt;Twice escaped&amp;lt;/p&amp;gt;", "Twice escaped"),
        ("R&eacute;gulation &#8212; l&rsquo;Autorit&#xe9;", "Régulation — l’Autorité"),
        ("a < b and c > d", "a < b and c > d"),
        ("if x<y then", "if x<y then"),
        ("tabs\tand \u00a0 spaces \r\n\r\n lines", "tabs and spaces\nlines"),
        (
            "zero\u200bwidth \u202eoverride soft\u00adhyphen bell\x07 null\x00",
            "zerowidth override softhyphen bell null",
        ),
        ("half \ud800 a character", "half a character"),
        ("cafe\u0301", "café"),
        (
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("no &#xD800; no &#99999999; crash", None),
        ("", ""),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_markup_becomes_readable_text(given: str, text: str | None) -> None:
    """Blocks break lines, cells are spaced, entities decoded to the end, invisible characters dropped."""
    found = plain_text(given)
    assert text is None or found == text


def test_declared_html_is_stripped_even_of_unknown_tags() -> None:
    """A value that the feed calls HTML loses every tag, known or not."""
    assert plain_text("<x-card>Inside</x-card>", markup=True) == "Inside"


def test_escaped_angle_brackets_in_declared_html_are_text() -> None:
    """`&lt;market&gt;` in HTML is the word in brackets, not a tag."""
    assert plain_text("Cloud &lt;market&gt; study", markup=True) == "Cloud <market> study"


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<b>", "<a a1=1 ", "<nobr><b><i>x", "<", "&", "&amp;", "<!--", "<script>", "<table><tr><td>", " \n", "<p"],
)  # fmt: skip
def test_anything_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    """Nesting, attributes, unclosed tags and comments cost no more than ordinary text."""
    assert growth(lambda size: plain_text(piece * (size // len(piece)), markup=True), 250_000) < LINEAR


def test_text_is_cut_not_dropped() -> None:
    """Over-long text keeps its beginning."""
    assert len(plain_text("word " * 100_000)) <= MAX_TEXT


def test_one_line_ends_in_an_ellipsis_where_it_is_cut() -> None:
    """A title is one line of bounded length."""
    assert one_line("a\n b   c") == "a b c"
    assert one_line("x" * 50, limit=10) == "x" * 9 + "…"
