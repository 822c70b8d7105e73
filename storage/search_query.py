"""The query language of searches: words, "phrases", OR, -word, title:word, prefix*. Contains no I/O.

    amazon anthropic            both words, anywhere
    "merger inquiry"            these words in a row
    amazon OR microsoft cma     (amazon or microsoft) and cma: OR joins its two neighbours
    amazon -rainforest          the first and not the second
    title:openai  -body:"x y"   in one field: title, summary or body
    investigat*                 words that begin so

Whatever is typed is a query; nothing is a syntax error. Stray quotes, ORs and signs are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from storage.light import NamedTuple

FIELDS = ("title", "summary", "body")
# More would overrun the parser of FTS5; nobody types so many.
MAX_TERMS = 40
MAX_WORDS = 60
# Compiled by the first query that has words.
_PIECE = r"""(?P<sign>-?)(?:(?P<field>title|summary|body):(?P<sign2>-?))?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))"""


class Term(NamedTuple):
    """Words in a row, in one field or (None) in any; `prefix`: the last may go on."""

    words: tuple[str, ...]
    field: str | None = None
    prefix: bool = False

    def fts(self) -> str:
        """Return the term in FTS5's grammar; the words hold letters and digits only, so quoting is safe."""
        quoted = '"' + " ".join(self.words) + '"' + ("*" if self.prefix else "")
        return f"{self.field} : {quoted}" if self.field else quoted

    def found_in(self, fields: Sequence[Sequence[str]]) -> bool:
        """Return whether it stands in the folded words of (title, summary, body)."""
        chosen = fields if self.field is None else [fields[FIELDS.index(self.field)]]
        return any(self.places(words) for words in chosen)

    def places(self, words: Sequence[str]) -> list[int]:
        """Return where it begins in a list of folded words."""
        size = len(self.words)
        return [i for i in range(len(words) - size + 1) if self._at(words[i : i + size])]

    def _at(self, words: Sequence[str]) -> bool:
        if not self.prefix:
            return tuple(words) == self.words
        return tuple(words[:-1]) == self.words[:-1] and words[-1].startswith(self.words[-1])


class Query(NamedTuple):
    """Every group must hold, by any of its terms; no excluded term may. `nothing`: text without a word in it."""

    groups: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()
    nothing: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to search for: everything fits."""
        return not self.groups and not self.excluded and not self.nothing

    def wanted_fts(self) -> str:
        """Return what must be there, in FTS5's grammar; empty where nothing must."""
        return " AND ".join("(" + " OR ".join(term.fts() for term in group) + ")" for group in self.groups)

    def excluded_fts(self) -> str:
        """Return what must not be there, in FTS5's grammar; empty where there is nothing."""
        return " OR ".join(term.fts() for term in self.excluded)

    def fits(self, title: str, summary: str, body: str) -> bool:
        """Return whether a text fits, without an index."""
        from storage.fold import words_of

        fields = [words_of(title), words_of(summary), words_of(body)]
        return (
            not self.nothing
            and all(any(term.found_in(fields) for term in group) for group in self.groups)
            and not any(term.found_in(fields) for term in self.excluded)
        )

    def terms(self) -> tuple[Term, ...]:
        """Return every wanted term, for highlighting."""
        return tuple(term for group in self.groups for term in group)


def parse(text: str) -> Query:
    """Return the query of what somebody typed. Never fails."""
    if not text.strip():
        return Query()
    groups: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    joins = False  # the last word was OR, and a wanted term stands before it
    for found in islice(re.finditer(_PIECE, text, re.IGNORECASE), MAX_TERMS):
        if found["word"] == "OR" and not found["sign"] and not found["field"]:
            joins = bool(groups)
            continue
        term = _term(found)
        if term is None:
            continue
        if found["sign"] or found["sign2"]:
            excluded.append(term)
        elif joins:
            groups[-1] = (*groups[-1], term)
        else:
            groups.append((term,))
        joins = False
    return Query(tuple(groups), tuple(excluded), nothing=not groups and not excluded)


def _term(found: re.Match[str]) -> Term | None:
    from storage.fold import words_of

    raw = found["phrase"] if found["phrase"] is not None else found["word"]
    words = tuple(words_of(raw)[:MAX_WORDS])
    if not words:
        return None
    prefix = found["phrase"] is None and raw.endswith("*")
    return Term(words, found["field"].lower() if found["field"] else None, prefix)
