"""Phrases: whole words, stems, loose beginnings, case, and text without spaces."""

from __future__ import annotations

import pytest

from bot.matching.automaton import PhraseBook
from bot.matching.text import Document


def found(phrase: str, text: str, *, exact: bool = False) -> list[str]:
    book = PhraseBook()
    number = book.add(phrase, exact=exact)
    document = Document.of(title=text)
    return [document.span(start, end).text for start, end in book.build().find(document).get(number, [])]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        pytest.param(
            "merger inquiry", "A Merger  Inquiry opens", ["Merger  Inquiry"], id="consecutive words"
        ),
        pytest.param("meta", "metadata and meta", ["meta"], id="whole words"),
        pytest.param("6(b)", "a 6(b) order", ["6(b"], id="punctuation"),
        pytest.param("kommission*", "die EU-Kommissionen", ["Kommissionen"], id="stem"),
        pytest.param("komisj* europejsk*", "Komisją Europejską bada", ["Komisją Europejską"], id="two stems"),
        pytest.param("*kartellamt", "das Bundeskartellamt", ["Bundeskartellamt"], id="any beginning"),
        pytest.param("*kartellamt*", "des Bundeskartellamts", ["Bundeskartellamts"], id="both ends"),
        pytest.param("公取委", "日本の公取委が動く", ["公取委"], id="no spaces"),
        pytest.param("공정위", "공정위는 조사", ["공정위"], id="Korean particle"),
        pytest.param("공정위", "반공정위", [], id="Korean word that goes on to the left"),
        pytest.param("メタ", "メタバースとメタ", ["メタ"], id="short katakana is a word"),
        pytest.param("グーグル", "グーグルクラウド", ["グーグル"], id="long katakana may be glued"),
        pytest.param("l'autorité", "L’Autorité dit", ["L’Autorité"], id="elision"),
    ],
)
def test_phrases(phrase: str, text: str, expected: list[str]) -> None:
    """A phrase is found where a reader would."""
    assert found(phrase, text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [("the CMA acts", 1), ("the cma acts", 0), ("the СMA acts", 1), ("ＣＭＡ", 1), ("Cma", 0)],
    ids=["as written", "lower case", "a Cyrillic letter", "full width", "capitalised"],
)
def test_exact_case(text: str, count: int) -> None:
    """An exact phrase wants its case, whatever the script of a look-alike letter."""
    assert len(found("CMA", text, exact=True)) == count


def test_fields_do_not_run_together() -> None:
    """A phrase does not begin in the title and end in the summary."""
    book = PhraseBook()
    book.add("open ai")
    assert not book.build().find(Document.of(title="open", summary="ai"))


def test_the_same_phrase_has_one_number() -> None:
    """Lexicon and rules share phrases."""
    book = PhraseBook()
    assert book.add("merger  inquiry") == book.add("merger inquiry")
    assert book.add("CMA") != book.add("CMA", exact=True)


def test_a_phrase_needs_a_letter() -> None:
    """Punctuation alone is refused."""
    with pytest.raises(ValueError, match="no letters"):
        PhraseBook().add("*…*")


def test_an_empty_book_finds_nothing() -> None:
    """No phrases, no hits, no error."""
    assert PhraseBook().build().find(Document.of(title="CMA")) == {}
