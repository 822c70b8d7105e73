"""Where things stand in a document: title, lead, opening, the passage of a sentence; companies and pairs of them by passage."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot.matching.hits import DocumentHits
from bot.matching.lexicon import Entry
from bot.matching.word_weights import Feature, features_of

SUPPLIERS = frozenset({"cloud", "chip", "platform"})
SHORT = 4  # tokens of a summary that says nothing
LEAD = 5  # sentences of the summary that belong to the lead
BODY_LEAD = 2  # sentences of the body, where there is no summary
OPENING = 3  # sentences of the body after title and summary
LEADING_UP, FOLLOWING = 2, 1  # sentences of a passage of the body, around the one that names the authority


class Passage(NamedTuple):
    """The sentences low to high, both included."""

    low: int
    high: int


class Pair(NamedTuple):
    """A supplier and an AI developer that stand near each other."""

    supplier: str
    lab: str
    sentence: int


@dataclass
class Layout:
    """The passages and pairs of one document."""

    hits: DocumentHits
    authority: str | None = None  # of the official feed that it came from
    _pairs: dict[Passage, list[Pair]] = field(default_factory=dict)

    @cached_property
    def lead(self) -> Passage:
        """Title and the beginning of the summary, or of the body where there is no summary.

        Feeds give whole articles as summaries, so only its first sentences are taken.
        """
        document = self.hits.document
        _, summary, body, url = document.first
        if body - summary > SHORT or url - body <= 1:
            first, last = (summary, body - 2) if body - summary > 1 else (0, max(summary - 2, 0))
            length = LEAD
        else:
            first, last, length = body, url - 2, BODY_LEAD
        return Passage(
            0, min(document.sentence_of(first) + length - 1, document.sentence_of(max(first, last)))
        )

    @cached_property
    def title(self) -> Passage:
        """The sentences of the title."""
        return Passage(0, self.hits.document.sentence_of(max(self.hits.document.first[1] - 1, 0)))

    @cached_property
    def opening(self) -> Passage:
        """The lead and the first sentences of the body."""
        return Passage(0, min(self.lead.high + OPENING, self.last))

    @cached_property
    def last(self) -> int:
        """The number of the last sentence of the body."""
        return self.hits.document.sentence_of(self.hits.document.first[3] - 1)

    def around(self, sentence: int) -> Passage:
        """Return the passage of a sentence."""
        if sentence <= self.lead.high:
            return self.lead
        return Passage(max(sentence - LEADING_UP, self.lead.high + 1), min(sentence + FOLLOWING, self.last))

    @cached_property
    def companies(self) -> dict[int, list[str]]:
        """Company ids by sentence."""
        found: dict[int, list[str]] = {}
        for hit in self.hits.of("companies"):
            found.setdefault(hit.sentence, []).append(hit.key)
        return found

    def pairs_in(self, passage: Passage, *, suppliers: Passage | None = None) -> list[Pair]:
        """Return the supplier–developer pairs of a passage; suppliers may stand in another."""
        if suppliers:
            return self._find_pairs(passage, suppliers)
        if passage not in self._pairs:
            self._pairs[passage] = self._find_pairs(passage)
        return self._pairs[passage]

    def _find_pairs(self, passage: Passage, suppliers: Passage | None = None) -> list[Pair]:
        entries = self.hits.lexicon.companies
        named: dict[str, int] = {}
        for low, high in [passage, suppliers] if suppliers else [passage]:
            for sentence in range(low, high + 1):
                for key in self.companies.get(sentence, ()):
                    if low == passage.low or "ai-lab" not in entries[key].groups:
                        named.setdefault(key, sentence)
        pairs: list[Pair] = []
        for supplier, first in named.items():
            for lab, second in named.items():
                if supplier != lab and is_tie(entries[supplier], entries[lab]):
                    pairs.append(Pair(supplier, lab, max(first, second)))
        return pairs

    @cached_property
    def lead_pairs(self) -> list[Pair]:
        """The pairs of title and summary; where they name an authority and one party, those of the opening."""
        pairs = self.pairs_in(self.lead)
        if pairs or not any(hit.sentence <= self.lead.high for hit in self.hits.of("regulators")):
            return pairs
        named = {key for sentence in range(self.lead.high + 1) for key in self.companies.get(sentence, ())}
        return [pair for pair in self.pairs_in(self.opening) if pair.supplier in named or pair.lab in named]

    @cached_property
    def features(self) -> list[Feature]:
        """What is weighed of the document (word_weights.py), for either question."""
        return features_of(self.hits.document, self.hits.of("companies"))


def is_tie(supplier: Entry, lab: Entry) -> bool:
    """Whether two companies stand on the two sides of a tie."""
    supplies = not SUPPLIERS.isdisjoint(supplier.groups)
    if supplies and "ai-lab" in lab.groups:
        return True
    return "chip" in supplier.groups and "neocloud" in lab.groups
