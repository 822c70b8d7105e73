"""What one article offers to the rules: where phrases stand, what was recognised, where it comes from.

Built once per article and shared by all rules that are evaluated; everything is found on first use.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from bot.matching.condition import ANY
from bot.matching.fold import Offsets, plain
from bot.matching.hits import DocumentHits, LexiconPhrases
from bot.matching.text import FIELDS, MAX_CHARACTERS
from storage.records import Facts, Mention, Span
from storage.words import Tier

if TYPE_CHECKING:
    from bot.matching.automaton import Occurrences
    from bot.matching.text import Document

_SURROGATES = re.compile("[\ud800-\udfff]")
URL = FIELDS.index("url")
# Kinds of facts by the file of the lexicon that names them, where a mention has a place in the text.
PLACED = {
    "regulator": "regulators", "company": "companies", "theory": "theories",
    "topic": "topics", "deal_form": "deal_forms",
}  # fmt: skip


class Proof(NamedTuple):
    """A place that proves a clause: tokens [start, end) in a sentence of a field, or a span of a fact."""

    field: int
    sentence: int
    start: int
    end: int
    span: Span | None = None


class Scope(NamedTuple):
    """Where proofs may stand: a field, a sentence, or anywhere but the url."""

    field: int | None = None
    sentence: int | None = None

    def holds(self, proof: Proof) -> bool:
        """Whether a proof stands within."""
        if self.field is None:
            if proof.field == URL:
                return False
        elif proof.field != self.field:
            return False
        return self.sentence is None or proof.sentence == self.sentence


EVERYWHERE = Scope()


def key_of(kind: str, word: str = ANY) -> str:
    """Return the key that is present when an article names `word`, or anything, of a kind."""
    return f"{kind}:{word}"


def keys_of(facts: Facts) -> set[str]:
    """Return the keys of what was recognised in an article."""
    keys = {key_of(mention.kind, mention.id) for mention in facts.mentions}
    for kind, ids in (
        *(("regulator", facts.regulators), ("company", facts.companies), ("theory", facts.theories)),
        *(("topic", facts.topics), ("subject", facts.subjects)),
    ):
        keys.update(key_of(kind, word) for word in ids)
    keys.update(key_of(key.partition(":")[0]) for key in list(keys))
    present = (
        *(("tie", facts.ties), ("stage", facts.stage), ("amount", facts.amounts), ("case", facts.cases)),
        *(("deal_form", facts.deal_form), ("scrutiny", facts.scrutiny)),
    )
    keys.update(key_of(kind) for kind, value in present if value)
    keys.update(scrutiny_key(by, of) for by, of in facts.scrutiny)
    return keys


def scrutiny_key(by: str, of: str) -> str:
    """Return the key that is present when an authority is found to look at a subject."""
    return key_of("scrutiny", f"{by}:{of}")


class Evidence:
    """One article as rules see it."""

    def __init__(
        self,
        document: Document,
        found: Occurrences,
        facts: Facts,
        phrases: LexiconPhrases,
        *,
        feed: str = "",
        tier: Tier = Tier.PRESS,
    ) -> None:
        self.document = document
        self.found = found
        self.facts = facts
        self.feed = feed
        self.tier = tier
        self._phrases = phrases
        self._proofs: dict[int, list[Proof]] = {}
        self._by_sentence: dict[int, dict[int, list[Proof]]] = {}
        self._named: dict[str, tuple[str, ...]] = {}
        self._mentioned: dict[tuple[str, str], list[Proof]] = {}
        self._memo: dict[tuple[int, int], list[Proof]] = {}
        self._shown: dict[int, tuple[str, tuple[Offsets, ...]]] = {}
        self._placed: dict[str, dict[str, list[Proof]]] = {}

    @cached_property
    def keys(self) -> frozenset[int | str]:
        """The numbers of the phrases that occur, and the keys of what was recognised."""
        return frozenset(self.found).union(keys_of(self.facts))

    def phrase(self, number: int) -> list[Proof]:
        """Return every place of a phrase, in order."""
        if number not in self._proofs:
            document = self.document
            self._proofs[number] = [
                Proof(document.field_of(start), document.sentence_of(start), start, end)
                for start, end in self.found.get(number, ())
            ]
        return self._proofs[number]

    def phrase_in(self, number: int, scope: Scope) -> list[Proof]:
        """Return the places of a phrase within a scope."""
        if scope.sentence is None:
            return [proof for proof in self.phrase(number) if scope.holds(proof)]
        if number not in self._by_sentence:
            table: dict[int, list[Proof]] = {}
            for proof in self.phrase(number):
                table.setdefault(proof.sentence, []).append(proof)
            self._by_sentence[number] = table
        return [p for p in self._by_sentence[number].get(scope.sentence, ()) if scope.holds(p)]

    @cached_property
    def hits(self) -> DocumentHits:
        """The lexicon laid over the article, for clauses that ask where a name stands."""
        return DocumentHits(self._phrases, self.document, self.found)

    def places(self, kind: str, key: str) -> list[Proof]:
        """Return every place where an entry of a kind is named."""
        if kind not in self._placed:
            table: dict[str, list[Proof]] = {}
            for hit in self.hits.of(PLACED[kind]):
                table.setdefault(hit.key, []).append(Proof(hit.field, hit.sentence, hit.start, hit.end))
            self._placed[kind] = table
        return self._placed[kind].get(key, [])

    @cached_property
    def mentions(self) -> dict[tuple[str, str], Mention]:
        """What is named, by kind and id."""
        return {(mention.kind, mention.id): mention for mention in self.facts.mentions}

    def named(self, kind: str) -> tuple[str, ...]:
        """Return the ids of a kind that the article names, or that its feed stands for."""
        if kind not in self._named:
            facts = self.facts
            listed = {
                "regulator": facts.regulators, "company": facts.companies, "theory": facts.theories,
                "topic": facts.topics, "subject": facts.subjects,
            }  # fmt: skip
            mentioned = (mention.id for mention in facts.mentions if mention.kind == kind)
            self._named[kind] = tuple(dict.fromkeys([*listed.get(kind, ()), *mentioned]))
        return self._named[kind]

    def memo(self, key: tuple[int, int], find: Callable[[], list[Proof]]) -> list[Proof]:
        """Return what `find` finds; asked once per key."""
        if key not in self._memo:
            self._memo[key] = find()
        return self._memo[key]

    def mentioned(self, kind: str, key: str) -> list[Proof]:
        """Return the kept spans of a fact as proofs."""
        if (kind, key) not in self._mentioned:
            mention = self.mentions.get((kind, key))
            self._mentioned[kind, key] = [self.spanned(span) for span in mention.spans] if mention else []
        return self._mentioned[kind, key]

    def spanned(self, span: Span) -> Proof:
        """Return a fact's span as a proof, with its field and sentence."""
        number = FIELDS.index(span.field) if span.field in FIELDS else 0
        return Proof(number, self._sentence_of(number, span.start), -1, -1, span)

    def _sentence_of(self, number: int, start: int) -> int:
        """Return the sentence at a position of a field as it was given."""
        field = self.document.fields[number]
        low = bisect_right(field.ranges, start, key=lambda token: field.given_end(token[1]))
        token = self.document.first[number] + min(low, max(0, len(field.ranges) - 1))
        return self.document.sentence_of(token) if token < len(self.document.tokens) else 0

    def ranged(self, number: int, start: int, end: int) -> Proof:
        """Return the folded range [start, end) of a field as a proof."""
        field = self.document.fields[number]
        span = field.span(start, end)
        token = max(0, bisect_right(field.ranges, (start, len(field.folded) + 1)) - 1)
        at = self.document.first[number] + token
        sentence = self.document.sentence_of(at) if at < len(self.document.tokens) else 0
        return Proof(number, sentence, -1, -1, span)

    def shown(self, number: int) -> tuple[str, tuple[Offsets, ...]]:
        """Return a field's text as a reader sees it, with the maps back to what was given."""
        if number not in self._shown:
            given = self.document.fields[number].given[:MAX_CHARACTERS]
            text, maps = (given, ()) if number == URL else plain(given)
            self._shown[number] = (_SURROGATES.sub("\ufffd", text), maps)
        return self._shown[number]

    def unfolded(self, number: int, start: int, end: int) -> Proof:
        """Return the range [start, end) of a field's shown text as a proof."""
        for offsets in reversed(self.shown(number)[1]):
            start, end = offsets.source(start, end)
        given = self.document.fields[number].given
        return self.spanned(Span(field=FIELDS[number], start=start, end=end, text=given[start:end]))

    def span_of(self, proof: Proof) -> Span:
        """Return the text that a proof points at, in the article as given."""
        return proof.span or self.document.span(proof.start, proof.end)
