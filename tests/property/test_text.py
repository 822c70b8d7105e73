"""Folding is total and idempotent, and every span leads back to what was given."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.matching.automaton import PhraseBook
from bot.matching.fold import fold
from bot.matching.text import _TOKEN, Document, tokens_of
from tests.growth import LINEAR, growth

PIECES = st.sampled_from(
    [
        "Microsoft", "ＯｐｅｎＡＩ", "straße", "ﬁn", "&amp;", "&amp;lt;b&amp;gt;", "&#8217;", "<b>", "</b>", "<td>", "<p>",
        "<!--", "-->", "<script>", "\u00ad", "\u200b", "е", "о", "ο", "a\u0301", "ｶﾞ", "か\u3099", "\u1112\u1161\u11ab",
        "公取委", "공정위는", "½", "İ", "…", " ", "\n\n", "\u2028", "1.", "$50bn", "l’", "\ud800",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=12).map("".join))


@settings(deadline=None, max_examples=300)
@given(TEXTS)
@example("か\u200b\u3099")
@example("ͺ")
@example("аᴬ")
def test_folding_twice_is_folding_once(text: str) -> None:
    """Folded text folds to itself."""
    once = fold(text)[0]
    assert fold(once)[0] == once


@settings(deadline=None, max_examples=300)
@given(st.one_of(TEXTS, st.text(st.characters(max_codepoint=127), max_size=80)))
@example("snake_case a_1")
def test_tokens_are_runs_of_letters_and_digits(text: str) -> None:
    """The quick way for ASCII gives the tokens and the places that the expression gives."""
    field = Document.of(title=text).fields[0]
    found = list(_TOKEN.finditer(field.folded))
    assert tokens_of(field.folded) == [token.group() for token in found]
    assert field.ranges == [token.span() for token in found]


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
def test_a_token_is_of_the_last_sentence_that_begins_before_it(title: str, body: str) -> None:
    """Sentences are numbered through all fields, and a break between two fields is one by itself."""
    document = Document.of(title=title, body=body)
    number = 0
    for field, first in zip(document.fields, document.first, strict=True):
        for token, (start, _) in enumerate(field.ranges):
            begun = sum(begin <= start for begin in field.sentence_starts)
            assert document.sentence_of(first + token) == number + begun - 1
        number += len(field.sentence_starts) + 1


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
def test_every_token_span_round_trips(title: str, body: str) -> None:
    """The characters at a span are the span's text, and folding them again gives the token."""
    document = Document.of(title=title, body=body)
    given_fields = {"title": title, "summary": "", "body": body, "url": ""}
    for number, field in enumerate(document.fields):
        for offset in range(len(field.ranges)):
            span = document.span(document.first[number] + offset, document.first[number] + offset + 1)
            assert 0 <= span.start < span.end <= len(given_fields[span.field])
            assert given_fields[span.field][span.start : span.end] == span.text
    assert [document.sentence_of(token) for token in range(len(document.tokens))] == document.sentences


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(["open", "ai", "OpenAI", "FTC", "ftc", "–", "."]), max_size=12))
def test_the_index_finds_what_a_slow_search_finds(words: list[str]) -> None:
    """Phrase occurrences are exactly the consecutive whole tokens."""
    book = PhraseBook()
    number = book.add("open ai")
    exact = book.add("FTC", exact=True)
    document = Document.of(title=" ".join(words))
    found = book.build().find(document)
    tokens = document.tokens
    expected = [(i, i + 2) for i in range(len(tokens) - 1) if tokens[i : i + 2] == ["open", "ai"]]
    assert found.get(number, []) == expected
    assert len(found.get(exact, [])) == words.count("FTC")


@pytest.mark.parametrize("piece", ["<!--", "&amp;", "a", "<script>", "аa", "open "])
def test_hostile_text_takes_time_that_grows_with_its_length(piece: str) -> None:
    """Unclosed comments, nested entities and endless words do not stall."""
    book = PhraseBook()
    book.add("ope* ai")
    index = book.build()

    def read(size: int) -> None:
        document = Document.of(title="t", body=piece * (size // len(piece)))
        index.find(document)
        assert document.sentences

    assert growth(read, 250_000) < LINEAR
