"""Finding every phrase of the lexicon and of all rules in one pass over a document.

A phrase is consecutive tokens: whole words, case and accents folded. `*` at the end of a word stands for any
ending (`kommission*`), at the beginning of the phrase's first word for any beginning (`*kartellamt`).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ahocorasick_rs

from bot.matching.fold import folded
from bot.matching.text import Document, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_SHORT_KATAKANA = 3

Occurrences = dict[int, list[tuple[int, int]]]
"""Phrase number → its [first token, past last token) ranges, in order."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase as it is searched for. `exact` wants the written case too."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    """A phrase taken apart: its tokens, and the places of those that are stems."""

    tokens: tuple[str, ...]
    stems: tuple[int, ...]  # the tokens at these places may go on
    loose: bool  # the first token may begin earlier
    open: bool  # the literal does not say what each token is
    exact: str  # the text to compare, or empty
    left_kana: bool
    right_kana: bool
    left_hangul: bool

    @property
    def literal_is_proof(self) -> bool:
        """Whether the phrase stands wherever its literal does."""
        checked = self.exact or self.loose or self.left_kana or self.right_kana or self.left_hangul
        return not checked and self.stems in ((), (len(self.tokens) - 1,))

    @property
    def literal(self) -> str:
        """What the automaton looks for: the tokens up to the first stem."""
        begin = "" if self.loose else " "
        if self.stems:
            return begin + " ".join(self.tokens[: self.stems[0] + 1])
        return begin + " ".join(self.tokens) + " "


def _shape_of(phrase: Phrase) -> _Shape:
    tokens: list[str] = []
    stems: list[int] = []
    loose = phrase.text.lstrip().startswith("*")
    for word in phrase.text.split():
        parts = tokens_of(folded(word.strip("*")))
        # Thousands of phrases share some words, and the bot keeps them all.
        tokens.extend(map(sys.intern, parts))
        if parts and word.endswith("*"):
            stems.append(len(tokens) - 1)
    if not tokens:
        raise ValueError(f"no letters or digits in the phrase {phrase.text!r}")
    kana = len(tokens) <= _SHORT_KATAKANA
    return _Shape(
        tokens=tuple(tokens),
        stems=tuple(stems),
        loose=loose,
        open=loose or bool(stems),
        exact=_exact(phrase.text) if phrase.exact else "",
        left_kana=kana and bool(_KATAKANA.match(tokens[0])),
        right_kana=kana and bool(_KATAKANA.match(tokens[-1])),
        left_hangul=bool(_HANGUL.match(tokens[0])),
    )


def _exact(text: str) -> str:
    """Return the case pattern of a text's letters: look-alike letters of another script keep it."""
    if text.isascii() and text.isalpha() and text.isupper():
        return "A" * len(text)
    letters = (c for c in unicodedata.normalize("NFKC", text) if c.isalpha())
    return "".join("A" if letter.isupper() else "a" for letter in letters)


class PhraseBook:
    """Collects phrases and numbers them; the same phrase has one number. `build` makes the index."""

    __slots__ = ("_numbers", "_shapes")

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool], int] = {}
        self._shapes: dict[Phrase, _Shape] = {}

    def add(self, text: str, *, exact: bool = False) -> int:
        """Return the number of a phrase. Raises ValueError when it has no letter or digit."""
        number = self._numbers.get((text, exact))
        if number is None:
            number = self._numbers[text, exact] = self._added(Phrase(" ".join(text.split()), exact))
        return number

    def _added(self, phrase: Phrase) -> int:
        key = phrase.text, phrase.exact
        if phrase not in self._shapes:
            self._shapes[phrase] = _shape_of(phrase)
            self._numbers[key] = len(self._shapes) - 1
        return self._numbers[key]

    def __iter__(self) -> Iterator[Phrase]:
        return iter(self._shapes)

    def build(self) -> PhraseIndex:
        """Return the index of all phrases added so far."""
        return PhraseIndex(self._shapes)


class PhraseIndex:
    """One Aho–Corasick automaton over all phrases. Does not change; safe to share between threads."""

    __slots__ = ("_automaton", "_entries", "phrases")

    def __init__(self, shapes: Mapping[Phrase, _Shape]) -> None:
        self.phrases = tuple(shapes)
        simple: dict[str, list[int]] = defaultdict(list)
        wanting: dict[str, list[tuple[int, _Shape]]] = defaultdict(list)
        for number, shape in enumerate(shapes.values()):
            if shape.literal_is_proof:
                simple[shape.literal].append(number)
            else:
                wanting[shape.literal].append((number, shape))
        literals = list(dict.fromkeys([*simple, *wanting]))
        # For each literal: its whole tokens, all of them, the phrases that it alone is, and those that want a closer look.
        self._entries = [
            (
                literal.count(" ") - 1,
                literal.count(" ") - literal.endswith(" "),
                tuple(simple.get(literal, ())),
                tuple(wanting.get(literal, ())),
            )
            for literal in literals
        ]
        self._automaton = ahocorasick_rs.AhoCorasick(
            literals, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )

    def find(self, document: Document) -> Occurrences:
        """Return where each phrase that occurs stands; phrases that do not occur are absent."""
        found: Occurrences = {}
        entries, starts = self._entries, document.joined_starts
        for literal, start, _ in self._automaton.find_matches_as_indexes(document.joined, overlapping=True):
            first = bisect_right(starts, start) - 1
            whole, length, simple, wanting = entries[literal]
            if whole > 1 and _in_two_sentences(document, first, first + whole):
                continue
            for number in simple:
                if number in found:
                    found[number].append((first, first + length))
                else:
                    found[number] = [(first, first + length)]
            for number, shape in wanting:
                past = _verified(document, shape, first)
                if past:
                    found.setdefault(number, []).append((first, past))
        return found


def _in_two_sentences(document: Document, first: int, past: int) -> bool:
    """Whether a sentence ends within the tokens: "No competition. Commission officials" names no commission."""
    breaks = document.sentence_tokens
    return bisect_right(breaks, first) != bisect_right(breaks, past - 1)


def _verified(document: Document, shape: _Shape, first: int) -> int:
    """Return the number of the token past the phrase that begins at token `first`, or 0 if it does not."""
    tokens = document.tokens
    past = first + len(shape.tokens)
    if past > len(tokens) or (shape.open and not _same_tokens(tokens, shape, first)):
        return 0
    if shape.left_kana and first and _glued(document, first - 1, _KATAKANA):
        return 0
    if shape.right_kana and past < len(tokens) and _glued(document, past - 1, _KATAKANA):
        return 0
    if shape.left_hangul and first and _glued(document, first - 1, _HANGUL):
        return 0
    if shape.exact and _exact(document.written(first, past)) != shape.exact:
        return 0
    return past


def _same_tokens(tokens: list[str], shape: _Shape, first: int) -> bool:
    for offset, wanted in enumerate(shape.tokens):
        token, stem = tokens[first + offset], offset in shape.stems
        if shape.loose and offset == 0:
            if wanted not in token if stem else not token.endswith(wanted):
                return False
        elif not (token.startswith(wanted) if stem else token == wanted):
            return False
    return True


def _glued(document: Document, left: int, script: re.Pattern[str]) -> bool:
    """Whether the tokens `left` and `left + 1` are of a script and touch."""
    if not (script.match(document.tokens[left]) and script.match(document.tokens[left + 1])):
        return False
    number = document.field_of(left)
    field, base = document.fields[number], document.first[number]
    return field.ranges[left - base][1] == field.ranges[left + 1 - base][0]
