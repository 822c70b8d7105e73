"""How a term of the lexicon is written: alternatives, word lists, gaps."""

from __future__ import annotations

import pytest

from bot.matching.automaton import PhraseBook
from bot.matching.gaps import ALL, Parts, joined
from bot.matching.pattern import MAX_PHRASES, BadPattern, alternatives_of, pattern_of
from bot.matching.text import Document


def found_in(pattern: str, text: str, lists: dict[str, tuple[str, ...]] | None = None) -> list[str]:
    """Return what a pattern finds in a title, as written."""
    book = PhraseBook()
    numbers = {name: {book.add(term): ALL for term in terms} for name, terms in (lists or {}).items()}
    parts = Parts(book, numbers)
    term = parts.add(pattern_of(pattern), exact=False)
    document = Document.of(title=text)
    chains = joined(term, parts.places(book.build().find(document), lambda _tongues: True), document)
    return [document.span(min(c)[0], max(end for _, end in c)).text for c in chains]


def test_alternatives_stand_for_every_choice() -> None:
    """Each choice of each group, and an empty one leaves its word out."""
    assert alternatives_of("(a|b) (c|)") == ["a c", "a", "b c", "b"]
    assert alternatives_of("(米|英)競争当局") == ["米競争当局", "英競争当局"]


def test_brackets_without_a_bar_are_text() -> None:
    """`6(b)` is a section of the FTC Act."""
    assert alternatives_of("6(b)") == ["6(b)"]


def test_too_many_alternatives_are_refused() -> None:
    """A pattern cannot blow up."""
    with pytest.raises(BadPattern, match="alternatives"):
        alternatives_of(" ".join(["(a|b|c|d|e|f)"] * 5))
    assert MAX_PHRASES < 6**4


@pytest.mark.parametrize(
    ("pattern", "why"),
    [("a .. b .. c .. d .. e", "5 parts"), ("a ..99 b", "gap of 99"), ("the <open> probe", "joins a list")],
)
def test_what_cannot_be_read_is_told(pattern: str, why: str) -> None:
    """The text says what is wrong."""
    with pytest.raises(BadPattern, match=why):
        pattern_of(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("opens .. probe", "It opens a long awaited probe today", ["opens a long awaited probe"]),
        ("opens .. probe", "A probe opens", []),
        ("opens ~ probe", "A probe opens", ["probe opens"]),
        ("opens ..1 probe", "It opens a long probe", []),
        ("opens .. probe", "It opens, after a probe", []),
        ("opens .. probe", "It opens. A probe follows", []),
        (
            "opens .. (antitrust|merger) .. probe",
            "opens an antitrust or other probe",
            ["opens an antitrust or other probe"],
        ),
        ("調査 ~ 開始", "調査を正式に開始した", ["調査を正式に開始"]),
    ],
)
def test_parts_join_over_few_words_of_a_clause(pattern: str, text: str, found: list[str]) -> None:
    """In order for `..`, in either order for `~`; never over a comma or a full stop."""
    assert found_in(pattern, text) == found


def test_a_list_stands_for_its_words() -> None:
    """`<open>` is any word of the list."""
    assert found_in(
        "<open> ~2 (probe|inquiry)", "an inquiry was launched", {"open": ("opens", "launched")}
    ) == ["inquiry was launched"]


def test_a_list_can_leave_out_the_words_of_another() -> None:
    """A market study is no study of the one that is opened as a probe."""
    lists = {"probe": ("study", "probe"), "study": ("market study",)}
    assert found_in("opens .. <probe -study>", "It opens a market study", lists) == []
    assert found_in("opens .. <probe -study>", "It opens a probe", lists) == ["opens a probe"]
