"""How a term of the lexicon is written: words, alternatives, word lists, and words that stand near each other. Pure.

    merger (inquiry|probe*)        one of the alternatives; `*` stands for any ending
    (the |)watchdog                an alternative may be empty
    <open> .. <probe>              a word of the one list, then one of the other, at most four words between
    <open> .. <probe -study>       not where the word is part of one of the third list ("market study")
    <british> ~2 <enforcer>        the two in either order, at most two words between

Gaps never reach over a comma, a bracket or the end of a sentence. `<name>` is an entry of words.yaml or
acts.yaml. A number after `..` or `~` is the most words that may stand between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

REACH = 4  # words between two parts, unless a number says otherwise
MAX_REACH = 16
MAX_PHRASES = 600  # that the alternatives of one part may stand for
MAX_PARTS = 4

_JOIN = re.compile(r"\s+(\.\.|~)(\d*)\s+")
_LIST = re.compile(r"<([a-z0-9-]+)(?: -([a-z0-9-]+))?>")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SPACE = re.compile(r"\s+")


class BadPattern(ValueError):
    """A pattern that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Join:
    """How a part follows the one before it: at most `reach` words between, in this order or in either."""

    reach: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """The parts of a term, each a set of phrases and of word lists, and how they are joined.

    `but` has for each part the word list whose words it must not be part of, or an empty text.
    """

    phrases: tuple[tuple[str, ...], ...]
    lists: tuple[tuple[str, ...], ...]
    joins: tuple[Join, ...]
    but: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the pattern is nothing but phrases."""
        return not self.joins and not self.lists[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The word lists that the pattern refers to."""
        return (*(name for names in self.lists for name in names), *(name for name in self.but if name))


def pattern_of(text: str) -> Pattern:
    """Return a term's pattern. Raises BadPattern."""
    pieces = _JOIN.split(text.strip())
    parts = [_part(piece) for piece in pieces[::3]]
    if len(parts) > MAX_PARTS:
        raise BadPattern(f"{len(parts)} parts, and at most {MAX_PARTS} are read")
    joins = tuple(_join(mark, number) for mark, number in zip(pieces[1::3], pieces[2::3], strict=True))
    return Pattern(
        phrases=tuple(part[0] for part in parts),
        lists=tuple(part[1] for part in parts),
        joins=joins,
        but=tuple(part[2] for part in parts),
    )


def _join(mark: str, number: str) -> Join:
    reach = int(number) if number else REACH
    if reach > MAX_REACH:
        raise BadPattern(f"a gap of {reach} words, and at most {MAX_REACH} are bridged")
    return Join(reach, ordered=mark == "..")


def _part(text: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    phrases: list[str] = []
    lists: list[str] = []
    but = ""
    for alternative in alternatives_of(text):
        named = _LIST.fullmatch(alternative)
        if named:
            lists.append(named.group(1))
            but = named.group(2) or but
        elif "<" in alternative or ">" in alternative:
            raise BadPattern(f'"{alternative}" joins a list to other words; put `..` or `~0` between')
        else:
            phrases.append(alternative)
    return tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(lists)), but


def alternatives_of(text: str) -> list[str]:
    """Return all phrases that a text with alternatives stands for. Raises BadPattern when they are too many."""
    pieces: list[list[str]] = []
    position = 0
    count = 1
    for found in _CHOICE.finditer(text):
        pieces += [[text[position : found.start()]], found.group(1).split("|")]
        count *= len(pieces[-1])
        position = found.end()
    if count > MAX_PHRASES:
        raise BadPattern(f"{count} alternatives, and at most {MAX_PHRASES} are read; use a word list")
    pieces.append([text[position:]])
    return [_SPACE.sub(" ", "".join(choice)).strip() for choice in product(*pieces)]
