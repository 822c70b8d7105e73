"""Finds terms whose parts stand apart (`<open> .. <probe>`) among the phrases that occur in a document. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.matching.pattern import Join, Pattern
from bot.matching.text import BREAK, CHARACTERS, TOPIC_COMMA

if TYPE_CHECKING:
    from bot.matching.automaton import Occurrences, PhraseBook
    from bot.matching.text import Document

MAX_PLACES = 200  # of one part; what stands further on in a long article is not joined

ALL: frozenset[str] = frozenset()

Place = tuple[int, int]
"""The tokens [start, end)."""


@dataclass(frozen=True, slots=True)
class Gapped:
    """A term's parts, as numbers of a `Parts`, and how they are joined."""

    parts: tuple[int, ...]
    joins: tuple[Join, ...]
    but: tuple[int | None, ...]  # for each part, the one whose places it must keep off
    wanted: frozenset[int]  # the parts, of which every one must occur


class Parts:
    """The parts of all gapped terms: which phrases make each up. Filled once, then only read."""

    def __init__(self, book: PhraseBook, lists: Mapping[str, Mapping[int, frozenset[str]]]) -> None:
        """Take the word lists: for each, its phrases with the languages they belong to; none means all."""
        self._book = book
        self._lists = lists
        self._numbers: dict[frozenset[tuple[int, frozenset[str]]], int] = {}
        self._of_phrase: dict[int, list[tuple[int, frozenset[str]]]] = {}
        self._sizes: list[int] = []

    def add(self, pattern: Pattern, *, exact: bool) -> Gapped:
        """Return a pattern as parts. Raises KeyError for a list that nobody defines."""
        parts = []
        for phrases, lists in zip(pattern.phrases, pattern.lists, strict=True):
            members = {(self._book.add(phrase, exact=exact), ALL) for phrase in phrases}
            members.update(*(self._lists[name].items() for name in lists))
            parts.append(self._part(frozenset(members)))
        but = tuple(
            self._part(frozenset(self._lists[name].items())) if name else None for name in pattern.but
        )
        return Gapped(tuple(parts), pattern.joins, but, frozenset(parts))

    def _part(self, members: frozenset[tuple[int, frozenset[str]]]) -> int:
        if members not in self._numbers:
            number = self._numbers[members] = len(self._numbers)
            self._sizes.append(len(members))
            for phrase, tongues in members:
                self._of_phrase.setdefault(phrase, []).append((number, tongues))
        return self._numbers[members]

    def rarest(self, term: Gapped) -> int:
        """Return the part of a term that has fewest phrases, and so occurs least."""
        return min(term.parts, key=lambda part: self._sizes[part])

    def phrases_of(self, parts: Iterable[int]) -> frozenset[int]:
        """Return the phrases that make up any of the parts."""
        wanted = frozenset(parts)
        return frozenset(
            phrase for phrase, of in self._of_phrase.items() if any(part in wanted for part, _ in of)
        )

    def places(self, found: Occurrences, speaks: Callable[[frozenset[str]], bool]) -> dict[int, list[Place]]:
        """Return where each part occurs, in order; `speaks` tells whether the document is in one of some languages."""
        places: dict[int, list[Place]] = {}
        of_phrase = self._of_phrase
        for phrase in found.keys() & of_phrase.keys():
            for number, tongues in of_phrase[phrase]:
                if not tongues or speaks(tongues):
                    places.setdefault(number, []).extend(found[phrase])
        return {number: sorted(set(every))[:MAX_PLACES] for number, every in places.items()}


def joined(term: Gapped, places: Mapping[int, Sequence[Place]], document: Document) -> Iterator[list[Place]]:
    """Yield the places of a term's parts, one list for each place of its first part that finds the others."""
    if not places.keys() >= term.wanted:
        return
    where = [_clear(places, part, but) for part, but in zip(term.parts, term.but, strict=True)]
    for first in where[0]:
        chain = [first]
        for following_places, join in zip(where[1:], term.joins, strict=True):
            following = _nearest(following_places, chain[-1], join, document)
            if following is None:
                break
            chain.append(following)
        else:
            yield chain


def _clear(places: Mapping[int, Sequence[Place]], part: int, but: int | None) -> Sequence[Place]:
    """Return the places of a part that are not within a longer place of `but`."""
    if but is None or but not in places:
        return places[part]
    others = places[but]
    return [
        (start, end)
        for start, end in places[part]
        if not any(low <= start and end <= high for low, high in others)
    ]


def _nearest(places: Sequence[Place], one: Place, join: Join, document: Document) -> Place | None:
    """Return the nearest place that joins `one`; the one after it where two are as near."""
    start, end = one
    best: Place | None = None
    distance = join.reach * CHARACTERS + 1
    at = bisect_left(places, (end, 0))
    for other in places[at : at + 1]:
        if other[0] - end < distance and _bridged(end, other[0], join.reach, document):
            best, distance = other, other[0] - end
    if join.ordered:
        return best
    for other in reversed(places[max(at - 4, 0) : at]):
        if (
            other[1] <= start
            and start - other[1] < distance
            and _bridged(other[1], start, join.reach, document)
        ):
            return other
    return best


def _bridged(left: int, right: int, reach: int, document: Document) -> bool:
    """Whether at most `reach` words of one clause stand between the tokens before `left` and from `right` on."""
    if BREAK in document.tokens[left:right] or document.words_between(left, right) > reach:
        return False
    if document.sentence_of(left - 1) != document.sentence_of(right):
        return False
    topic = document.language[:2] in TOPIC_COMMA and document.field_of(left - 1) == 0
    return topic or not document.parted(left - 1, right)
