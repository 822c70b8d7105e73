"""Documents: markup, entities, folding, tokens, sentences, and the way back."""

from __future__ import annotations

import pytest

from bot.matching.fold import folded, plain
from bot.matching.text import BREAK, Document


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("Autorité", "autorite", id="accents"),
        pytest.param("ＭＳ ２５日", "ms 25日", id="fullwidth"),
        pytest.param("Straße ﬁn", "strasse fin", id="ligatures"),
        pytest.param("part\u00adner\u200bship", "partnership", id="invisible"),
        pytest.param("l’accord « x » – y", 'l\'accord " x " - y', id="quotes and dashes"),
        pytest.param("pаrtenariat", "partenariat", id="a Cyrillic letter in a Latin word"),
        pytest.param("Wіndsurf Οpen", "windsurf open", id="Cyrillic and Greek look-alikes"),
        pytest.param("Kомиссия", "комиссия", id="a Latin letter in a Cyrillic word"),
        pytest.param("Комиссия", "комиссия", id="Cyrillic stays"),
        pytest.param("ｶﾞｲﾄﾞ", "ガイド", id="half-width kana"),
        pytest.param("\u1112\u1161\u11ab", "한", id="Hangul letters"),
        pytest.param("Łódź İzmir", "lodz izmir", id="letters without decomposition"),
    ],
)
def test_folding(given: str, expected: str) -> None:
    """Readers see no difference, so there is none."""
    assert folded(given) == expected


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param("a <b>bold</b> word", "a bold word", id="inline"),
        pytest.param("<p>one</p><p>two</p>", "\n\none\n\n\n\ntwo\n\n", id="blocks"),
        pytest.param("<td>1</td><td>2</td>", "\t1\t\t2\t", id="cells"),
        pytest.param("AT&amp;T &lt;b&gt;x&lt;/b&gt;", "AT&T x", id="escaped twice"),
        pytest.param("&amp;amp;nbsp;", "\xa0", id="entities to a fixed point"),
        pytest.param("a<!-- hidden -->b<script>x()</script>c", "ab c", id="comments and scripts"),
        pytest.param("1 < 2 and 3 > 2", "1 < 2 and 3 > 2", id="comparison signs are text"),
    ],
)
def test_markup_goes(given: str, shown: str) -> None:
    """Markup and entities become what a browser shows."""
    assert plain(given)[0] == shown


def test_a_span_is_of_what_was_given() -> None:
    """Tags and entities within a phrase belong to its span."""
    given = "The <b>Fed</b>eral&nbsp;Trade Commission"
    span = Document.of(title=given).span(1, 4)
    assert span.text == "Fed</b>eral&nbsp;Trade Commission"
    assert given[span.start : span.end] == span.text


def test_tokens_are_words_and_single_characters() -> None:
    """Apostrophes, hyphens and dots separate; Chinese, Japanese and Korean are read by the character."""
    document = Document.of(title="l'EU-Kommission, U.S. $50bn", summary="公取委がAI調査")
    assert document.tokens[:6] == ["l", "eu", "kommission", "u", "s", "50bn"]
    assert document.tokens[6:] == [BREAK, "公", "取", "委", "が", "ai", "調", "査", BREAK, BREAK]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("The U.S. regulator acts. It waits.", 2, id="abbreviation by letters"),
        pytest.param("Es geht um 13 Mrd. Dollar. Mehr nicht.", 2, id="German scale word"),
        pytest.param("Am 29. November entschied das Amt. Ende.", 2, id="German date"),
        pytest.param("公取委が調査。結論は出ていない。", 2, id="Japanese stops"),
        pytest.param("Title without stop\n\nNext paragraph", 2, id="paragraphs"),
        pytest.param("wrapped\nline", 1, id="a line break is no stop"),
    ],
)
def test_sentences(text: str, count: int) -> None:
    """Sentences end where a reader ends them."""
    document = Document.of(title=text)
    assert len(set(document.sentences[: document.first[1] - 1])) == count


def test_a_sentence_can_be_quoted_whole() -> None:
    """The sentence around a token, from its first word to its last."""
    document = Document.of(title="", body="One is here. The CMA acts now. Three.")
    token = document.tokens.index("cma")
    assert document.sentence_span(token).text == "The CMA acts now"


def test_a_clause_ends_at_a_comma() -> None:
    """Two tokens are parted by a comma or a colon between them."""
    document = Document.of(title="No merger: UK clears the deal")
    assert document.parted(0, 3)
    assert not document.parted(2, 3)
