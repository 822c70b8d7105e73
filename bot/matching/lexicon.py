"""What is recognised: authorities, companies, stages, theories, topics, word lists. Pure; no I/O.

`lexicon_file` reads it from rules/lexicon/*.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.matching.pattern import Pattern

LIST = "list:"
COMPANY = "company:"
TONGUES = ("en", "fr", "de", "es", "it", "nl", "pt", "pl", "ja", "ko", "zh", "sv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A phrase, or parts with gaps, and when it counts.

    `needs`, `also` and `not_with` hold phrases and `list:` references; `gapped` is None for a phrase; `tongue` is the
    language under which the term stands in its file.
    """

    text: str
    gapped: Pattern | None = None
    exact: bool = False
    needs: tuple[str, ...] = ()
    scope: str = "sentence"
    also: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    not_scope: str = "article"
    language: str = ""
    tongue: str = ""
    at: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that is recognised, with the terms that name it.

    `groups` are a company's groups or an authority's; `listed` false: a party to a tie that is not reported
    itself; `combinations` are a subject's alternatives, each a list of words.yaml ids or `company:GROUP`
    that must stand together within `reach`; `of` names word lists whose terms a list has besides its own.
    """

    id: str
    name: str
    terms: tuple[Term, ...] = ()
    groups: tuple[str, ...] = ()
    listed: bool = True
    effect: str = "note"
    combinations: tuple[tuple[str, ...], ...] = ()
    reach: str = "sentence"
    of: tuple[str, ...] = ()
    at: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything that is recognised; each mapping is id → entry, in file order."""

    regulators: Mapping[str, Entry]
    companies: Mapping[str, Entry]
    stages: Mapping[str, Entry]
    theories: Mapping[str, Entry]
    deal_forms: Mapping[str, Entry]
    topics: Mapping[str, Entry]
    words: Mapping[str, Entry]
    subjects: Mapping[str, Entry]

    @property
    def groups(self) -> tuple[str, ...]:
        """The company groups that occur."""
        return tuple(dict.fromkeys(group for entry in self.companies.values() for group in entry.groups))

    def companies_of(self, group: str) -> frozenset[str]:
        """Return the ids of the companies of a group; none for an unknown group."""
        return frozenset(key for key, entry in self.companies.items() if group in entry.groups)
