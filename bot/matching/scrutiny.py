"""Which authority looks at what: authority, word of competition law and subject, bound within a passage.

Title and summary are one passage. In the body, a passage is a sentence with two before it and one after. An authority
and a subject that only share a long article are not bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot.matching.hits import Hit
from bot.matching.layout import Layout, Passage
from bot.matching.lexicon import COMPANY

COMPETITION = ("competition", "competition-soft", "status", "objections", "raid")
NAMED_SUBJECTS = ("ai-tie", "chip-ties", "ai-deals", "ai-distribution", "cloud-ai")
OF_MANY_FIELDS = ("ftc", "ec", "doj", "samr", "accc", "agcm")  # authorities of consumers or of other law too
STEPS = ("inquiry", "investigation", "decision", "litigation")
ESSAY = 8  # sentences of the body before one that names an authority, in which an essay may name the tie
BEFORE = 5  # sentences before a passage in which another field of law may be named
WIDER = 3  # sentences around a passage in which the field of law may be named
LINKING = (
    *COMPETITION,
    *(
        "ai",
        "ai-firms",
        "ai-market",
        "ai-deals",
        "acqui-hire",
        "assistant",
        "back-reference",
        "cloud",
        "deal",
    ),
    *("grip", "labs", "messenger"),
)  # lists of words, of which one links an authority to what stands beside it
OF_OTHER_LAW = ("ec", "doj")
SEVERAL = 3  # authorities that speak together
MAX_MENTIONS = 60
MAX_SENTENCES = 400


class Binding(NamedTuple):
    """An authority's mention that is bound to a subject."""

    authority: str
    subject: str
    passage: Passage
    lead: bool
    hit: Hit | None  # the mention; None when the feed's own authority is meant


@dataclass
class Scene(Layout):
    """The subjects and bindings of one document."""

    # Asked again for each mention and each subject, of few passages.
    _held: dict[tuple[str, Passage], bool] = field(default_factory=dict)

    def subject_in(self, subject: str, passage: Passage) -> bool:
        """Whether a subject of subjects.yaml holds in a passage."""
        possible = self._possible[subject]
        if not possible:
            return False
        held = self._held.get((subject, passage))
        if held is None:
            reach = self.hits.lexicon.subjects[subject].reach
            held = any(self._together(parts, passage, reach) for parts in possible)
            self._held[subject, passage] = held
        return held

    def has_one_of(self, parts: Iterable[str]) -> bool:
        """Whether the article has a word of one of these lists, or a company of one of these groups."""
        return not self._there.isdisjoint(parts)

    @cached_property
    def _there(self) -> set[str]:
        """The word lists and groups of companies of which the article has one, and the parts that are no list."""
        named = {hit.key for hit in self.hits.of("companies")}
        groups = {COMPANY + group for group, ids in self.hits.members.items() if not ids.isdisjoint(named)}
        return {"tie", "authorities", *groups, *self.hits.words}

    @cached_property
    def _possible(self) -> dict[str, list[tuple[str, ...]]]:
        """The combinations of each subject whose every part stands somewhere in the document."""
        return {
            key: [parts for parts in entry.combinations if self._there.issuperset(parts)]
            for key, entry in self.hits.lexicon.subjects.items()
        }

    def _together(self, parts: tuple[str, ...], passage: Passage, reach: str) -> bool:
        if reach == "passage":
            return all(self._part_in(part, passage) for part in parts)
        return any(
            all(self._part_in(part, Passage(sentence, sentence)) for part in parts)
            for sentence in range(passage.low, passage.high + 1)
        )

    def _part_in(self, part: str, passage: Passage) -> bool:
        if part == "bound-deal":
            return False  # known once ties and sums are: see `facts`
        if part == "tie":
            return bool(self.lead_pairs if passage == self.lead else self.pairs_in(passage))
        if part == "authorities":
            return (
                len({hit.key for hit in self.hits.of("regulators") if hit.sentence <= passage.high})
                >= SEVERAL
            )
        if part.startswith(COMPANY):
            wanted = self.hits.members.get(part.removeprefix(COMPANY), frozenset())
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
        """Every binding of an authority to a subject, title and summary first; in an essay, those from afar."""
        return self._near or self._from_afar

    @property
    def is_essay(self) -> bool:
        """Whether the article names a tie and an authority apart, and nowhere close together."""
        return not self._near and bool(self._from_afar)

    @property
    def sets_aside(self) -> bool:
        """Whether title and summary speak of a field of law that only looks like ours."""
        return self._elsewhere(self.lead)

    @cached_property
    def _near(self) -> list[Binding]:
        found: dict[tuple[str, str, Passage], Binding] = {}
        acting = self._acting
        for mention in self._mentions:
            key, sentence, hit = mention
            passage = self.around(sentence)
            if mention not in acting and not self._named_with_tie(passage):
                continue
            if hit is not None and self._is_of_many_things and not self._links(sentence):
                continue
            for subject in self._in_reach(passage):
                if self._stands_in(subject, passage) or self._refers_back(subject, passage):
                    binding = Binding(key, subject, passage, passage == self.lead, hit)
                    found.setdefault((key, subject, passage), binding)
        for key, hit in self._principals.items():
            for passage, subject in self._body_subjects:
                binding = Binding(key, subject, passage, lead=False, hit=hit)
                found.setdefault((key, subject, passage), binding)
        return list(found.values())

    @cached_property
    def _is_of_many_things(self) -> bool:
        """Whether the headline names nobody and nothing of ours, as that of a newsletter, a roundup or a diary does."""
        low, high = self.title
        named = any(hit.field == 0 for hit in self.hits.of("regulators")) or any(
            self.companies.get(sentence) for sentence in range(low, high + 1)
        )
        return not named and not any(self.hits.word_in(name, low, high) for name in LINKING)

    def _links(self, sentence: int) -> bool:
        """Whether the sentence of an authority has a company or a word that links it to what stands beside it."""
        return bool(self.companies.get(sentence)) or any(
            self.hits.word_in(name, sentence, sentence) for name in LINKING
        )

    @cached_property
    def _from_afar(self) -> list[Binding]:
        """The bindings of an essay, which names a tie, and some sentences on who enforces competition law."""
        return [
            Binding(key, "ai-tie", passage, lead=False, hit=hit)
            for key, sentence, hit in self._acting
            if hit and sentence > self.lead.high
            for passage in [self.around(sentence)]
            if self._says_competition(passage)
            and self.pairs_in(
                Passage(max(sentence - ESSAY, self.lead.high + 1), passage.high), suppliers=self.title
            )
        ]

    @cached_property
    def _mentions(self) -> list[tuple[str, int, Hit | None]]:
        mentions: list[tuple[str, int, Hit | None]] = [
            (hit.key, hit.sentence, hit) for hit in self.hits.of("regulators")[:MAX_MENTIONS]
        ]
        return [(self.authority, 0, None), *mentions] if self.authority else mentions

    @cached_property
    def _acting(self) -> list[tuple[str, int, Hit | None]]:
        """The mentions of authorities that go with a word of competition law or of scrutiny."""
        return [mention for mention in self._mentions if self._acts(*mention[1:])]

    def _stands_in(self, subject: str, passage: Passage) -> bool:
        """Whether a subject holds in a passage; in the body of an article about something else, by more words."""
        if not self.subject_in(subject, passage):
            return False
        if passage == self.lead or subject in self.subjects:
            return True
        if self._says_competition(passage) and (
            subject == "ai-tie" or self.hits.word_in("deal", passage.low, passage.high)
        ):
            return True
        return subject in NAMED_SUBJECTS and any(
            passage.low <= hit.sentence <= passage.high and hit.key in STEPS for hit in self.hits.of("stages")
        )

    def _named_with_tie(self, passage: Passage) -> bool:
        """Whether title and summary name a tie, or deals as a kind: an authority beside it needs no further word."""
        return (
            passage == self.lead
            and any(key in self.subjects for key in NAMED_SUBJECTS)
            and not self._elsewhere(passage)
        )

    def _in_reach(self, passage: Passage) -> tuple[str, ...]:
        """The subjects that may be bound: without a word of competition law, only those that name parties."""
        subjects = tuple(self.hits.lexicon.subjects)
        if self._competition(passage) or self._competition(self.lead):
            return subjects
        return tuple(key for key in subjects if key in NAMED_SUBJECTS)

    def _competition(self, passage: Passage) -> bool:
        """Whether a passage speaks of competition: a word of its law, or a lead of an authority of no other field."""
        if self._says_competition(passage):
            return True
        return passage == self.lead and any(
            hit.sentence <= passage.high and hit.key not in OF_MANY_FIELDS
            for hit in self.hits.of("regulators")[:MAX_MENTIONS]
        )

    def _says_competition(self, passage: Passage) -> bool:
        return not self._of_law.isdisjoint(range(passage.low, passage.high + 1))

    @cached_property
    def _of_law(self) -> set[int]:
        """The sentences with a word of competition law."""
        return set().union(*(self.hits.words.get(name, ()) for name in COMPETITION))

    def _acts(self, sentence: int, hit: Hit | None) -> bool:
        passage = self.around(sentence)
        if self._elsewhere(passage):
            return self.hits.word_in("competition-law", passage.low, passage.high)
        if hit is None or self._competition(passage):
            return True
        deal_story = "ai-tie" in self.subjects and self.hits.word_in("deal", self.lead.low, self.lead.high)
        if deal_story and hit.key not in OF_OTHER_LAW:
            return True  # in a story of a deal, an authority of mergers is there for one reason
        return self.hits.word_in("acting", passage.low, passage.high)

    def _elsewhere(self, passage: Passage) -> bool:
        """Whether the lead, a passage or what leads to it speaks of a field of law that only looks like ours."""
        if not self._excluding:
            return False
        own = self._says_competition(self.lead)
        return any(
            sentence <= self.lead.high or (not own and passage.low - BEFORE <= sentence <= passage.high)
            for sentence in self._excluding
        )

    @cached_property
    def _excluding(self) -> set[int]:
        """The sentences with a topic that is of another field of law."""
        topics = self.hits.lexicon.topics
        return {hit.sentence for hit in self.hits.of("topics") if topics[hit.key].effect == "exclude"}

    @cached_property
    def _principals(self) -> dict[str, Hit | None]:
        """The authorities whose act under competition law the article is about."""
        lead = self.hits.word_in("competition", self.lead.low, self.lead.high)
        principals: dict[str, Hit | None] = {}
        acting = self._acting
        for mention in self._mentions:
            key, sentence, hit = mention
            if hit is not None and hit.field and mention not in acting:
                continue
            named = hit is None or hit.field == 0 or (sentence <= self.lead.high and lead)
            if named or (lead and sentence <= self.opening.high):
                principals.setdefault(key, hit)
        return principals

    @cached_property
    def _body_subjects(self) -> list[tuple[Passage, str]]:
        """The subjects of the body's passages, with the passages where they stand."""
        if not self._principals or self.subjects or self._elsewhere(self.lead):
            return []
        return [
            (passage, subject)
            for sentence in range(self.lead.high + 1, min(self.last, MAX_SENTENCES) + 1)
            for passage in [self.around(sentence)]
            for subject in self.hits.lexicon.subjects
            if self.hits.lexicon.subjects[subject].effect != "weak"
            and (self._of_competition or self._says_competition(self._wider(passage)))
            and (
                self.subject_in(subject, passage) or (subject == "ai-tie" and self._tie_with_opening(passage))
            )
        ]

    @cached_property
    def _of_competition(self) -> bool:
        """Whether title and summary have a word of competition law, or a step of an authority of no other field."""
        return self._says_competition(self.lead) or (
            self._competition(self.lead)
            and any(hit.sentence <= self.lead.high and hit.key in STEPS for hit in self.hits.of("stages"))
        )

    def _wider(self, passage: Passage) -> Passage:
        return Passage(max(passage.low - WIDER, self.lead.high + 1), passage.high + WIDER)

    def _tie_with_opening(self, passage: Passage) -> bool:
        """Whether a passage ties an AI developer to a supplier that the article's opening names."""
        return self.hits.word_in("deal", passage.low, passage.high) and bool(
            self.pairs_in(passage, suppliers=self.opening)
        )

    def _refers_back(self, subject: str, passage: Passage) -> bool:
        """Whether a passage of the body speaks of the subject of title and summary."""
        if passage == self.lead or subject not in self.subjects:
            return False
        if passage.high <= self.opening.high and subject in NAMED_SUBJECTS:
            return True
        return any(
            self.hits.word_in(name, passage.low, passage.high)
            for name in ("deal", "competition", "back-reference")
        )
