"""Which authority looks at what: authority, word of competition law and subject, bound within a passage.

Title and summary are one passage. In the body, a passage is a sentence with its neighbours. An authority
and a subject that only share a long article are not bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bot.matching.hits import DocumentHits, Hit
from bot.matching.lexicon import COMPANY, Entry

SUPPLIERS = ("cloud", "chip", "platform")


class Passage(NamedTuple):
    """The sentences low to high, both included."""

    low: int
    high: int


class Binding(NamedTuple):
    """An authority's mention that is bound to a subject."""

    authority: str
    subject: str
    passage: Passage
    lead: bool
    hit: Hit | None  # the mention; None when the feed's own authority is meant


class Pair(NamedTuple):
    """A supplier and an AI developer that stand near each other."""

    supplier: str
    lab: str
    sentence: int


@dataclass
class Scene:
    """The passages, pairs and bindings of one document."""

    hits: DocumentHits
    authority: str | None = None

    @cached_property
    def lead(self) -> Passage:
        """Title and summary; the first sentences of the body where there is no summary."""
        document = self.hits.document
        body = document.first[2]
        if document.first[2] - document.first[1] > 1:
            return Passage(0, document.sentences[body - 1])
        last = document.first[3] - 1
        start = document.sentences[body] if body < last else 0
        return Passage(0, min(start + 2, document.sentences[last - 1] if last > body else start))

    def around(self, sentence: int) -> Passage:
        """Return the passage of a sentence."""
        if sentence <= self.lead.high:
            return self.lead
        return Passage(max(sentence - 1, self.lead.high + 1), sentence + 1)

    @cached_property
    def companies(self) -> dict[int, list[str]]:
        """Company ids by sentence."""
        found: dict[int, list[str]] = {}
        for hit in self.hits.of("companies"):
            found.setdefault(hit.sentence, []).append(hit.key)
        return found

    def pairs_in(self, passage: Passage) -> list[Pair]:
        """Return the supplier–developer pairs of a passage, in order of position."""
        entries = self.hits.lexicon.companies
        named: dict[str, int] = {}
        for sentence in range(passage.low, passage.high + 1):
            for key in self.companies.get(sentence, ()):
                named.setdefault(key, sentence)
        pairs: list[Pair] = []
        for supplier, first in named.items():
            for lab, second in named.items():
                if supplier != lab and is_tie(entries[supplier], entries[lab]):
                    pairs.append(Pair(supplier, lab, max(first, second)))
        return pairs

    def subject_in(self, subject: str, passage: Passage) -> bool:
        """Whether a subject of subjects.yaml holds in a passage."""
        entry = self.hits.lexicon.subjects[subject]
        return any(self._together(parts, passage, entry.reach) for parts in entry.combinations)

    def _together(self, parts: tuple[str, ...], passage: Passage, reach: str) -> bool:
        if reach == "passage":
            return all(self._part_in(part, passage) for part in parts)
        return any(
            all(self._part_in(part, Passage(sentence, sentence)) for part in parts)
            for sentence in range(passage.low, passage.high + 1)
        )

    def _part_in(self, part: str, passage: Passage) -> bool:
        if part == "tie":
            return bool(self.pairs_in(passage))
        if part.startswith(COMPANY):
            wanted = self.hits.lexicon.companies_of(part.removeprefix(COMPANY))
            return any(
                key in wanted
                for sentence in range(passage.low, passage.high + 1)
                for key in self.companies.get(sentence, ())
            )
        return self.hits.word_in(part, passage.low, passage.high)

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of title and summary."""
        return tuple(key for key in self.hits.lexicon.subjects if self.subject_in(key, self.lead))

    @cached_property
    def bindings(self) -> list[Binding]:
        """Every binding of an authority to a subject, title and summary first."""
        found: dict[tuple[str, str, Passage], Binding] = {}
        mentions: list[tuple[str, int, Hit | None]] = [
            (hit.key, hit.sentence, hit) for hit in self.hits.of("regulators")
        ]
        if self.authority:
            mentions.insert(0, (self.authority, 0, None))
        for key, sentence, hit in mentions:
            passage = self.around(sentence)
            lead = passage == self.lead
            if not self._acts(passage, sentence, hit):
                continue
            for subject in self.hits.lexicon.subjects:
                near = (key, subject, passage)
                if near not in found and (
                    self.subject_in(subject, passage) or (not lead and self._refers_back(subject, passage))
                ):
                    found[near] = Binding(key, subject, passage, lead, hit)
        return list(found.values())

    def _acts(self, passage: Passage, sentence: int, hit: Hit | None) -> bool:
        """Whether a word of competition law, or of scrutiny, goes with the mention."""
        if self.hits.word_in("competition", passage.low, passage.high) or hit is None:
            return True
        return self.hits.word_in("scrutiny", sentence, sentence)

    def _refers_back(self, subject: str, passage: Passage) -> bool:
        """Whether a passage of the body speaks of the subject of title and summary."""
        if subject not in self.subjects:
            return False
        return self.hits.word_in("deal", passage.low, passage.high) and self.hits.word_in(
            "competition", passage.low, passage.high
        )


def is_tie(supplier: Entry, lab: Entry) -> bool:
    """Whether two companies stand on the two sides of a tie."""
    supplies = any(group in SUPPLIERS for group in supplier.groups)
    if supplies and "ai-lab" in lab.groups:
        return True
    return "chip" in supplier.groups and "neocloud" in lab.groups
