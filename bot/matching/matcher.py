"""Reads one article: recognises its facts, finds the rules that match, and says why. Pure and thread-safe.

One automaton pass finds every phrase of the lexicon and of all rules; then only the rules of which a rarest
needed key is present are evaluated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.matching.automaton import PhraseBook
from bot.matching.condition import AmountIs, CaseNumber, Named, Near, Text, walk
from bot.matching.evidence import EVERYWHERE, Evidence, Proof
from bot.matching.facts import Recogniser
from bot.matching.hits import LexiconPhrases
from bot.matching.leaves import Test
from bot.matching.prover import Prover, Weigh
from bot.matching.quote import quoted
from bot.matching.rule import Example, Rule, RuleSet
from bot.matching.text import FIELDS, Document
from storage.records import Article, Facts, Match, Span
from storage.words import Kind, RuleStatus, Tier

MAX_SPANS = 40
NONE = "none"
RUN = (RuleStatus.LIVE, RuleStatus.SHADOW)
PARTIES = ("regulator", "company", "tie", "stage", "scrutiny")  # kinds of facts that are of somebody named
SUBJECTS_OF_PARTIES = ("subject:ai-tie", "subject:ai-deal", "subject:chip-ties", "subject:ai-supply")
FACT_WEIGHT = 0.02  # about how often a named fact occurs, against a phrase's guess below


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an article says and which rules it matches; `label` is the strongest live kind, or "none"."""

    facts: Facts
    matches: tuple[Match, ...] = ()
    label: str = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An article as it is handed to the matcher."""

    title: str
    summary: str = ""
    body: str = ""
    url: str = ""
    language: str = ""
    feed: str = ""
    authority: str | None = None
    tier: Tier = Tier.PRESS

    @classmethod
    def of_example(cls, example: Example) -> Given:
        """Return a rule's example as an article."""
        return cls(
            title=example.title,
            summary=example.summary,
            body=example.body,
            url=example.url,
            language=example.language,
            feed=example.feed,
            authority=example.authority,
            tier=example.tier,
        )

    @classmethod
    def of_article(cls, article: Article, sources: Mapping[str, tuple[str | None, Tier]]) -> Given:
        """Return a stored article; `sources` maps feed ids to their authority and tier."""
        authority, tier = sources.get(article.feed, (None, Tier.PRESS))
        return cls(
            title=article.title,
            summary=article.summary,
            body=article.body,
            url=article.url or article.link,
            language=article.language,
            feed=article.feed,
            authority=authority if tier is Tier.OFFICIAL else None,
            tier=tier,
        )


class Matcher:
    """A rule set made ready. Does not change; safe to share between threads."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._book = PhraseBook()
        self._phrases = LexiconPhrases(rules.lexicon, self._book)
        # Drafts are made ready too: `rules test` and `explain` evaluate them.
        self.prover = Prover(self._book, _weigher(rules.rules, self._book))
        self._tests: dict[str, Test] = {rule.id: self.prover.test(rule.when) for rule in rules.rules}
        self._recogniser = Recogniser(
            self._phrases, of_nobody=any(_asks_of_nobody(rule, self._tests[rule.id]) for rule in rules.rules)
        )
        self._index = self._book.build()
        self._always: list[int] = []
        self._triggers: dict[int | str, list[int]] = {}
        self._gates = [self._tests[rule.id].more for rule in rules.rules]
        for number, rule in enumerate(rules.rules):
            if rule.status not in RUN:
                continue
            needs = self._tests[rule.id].needs
            if needs is None:
                self._always.append(number)
            for key in needs or ():
                self._triggers.setdefault(key, []).append(number)

    def read(
        self,
        *,
        title: str,
        summary: str = "",
        body: str = "",
        url: str = "",
        language: str = "",
        feed: str = "",
        authority: str | None = None,
        tier: Tier = Tier.PRESS,
    ) -> Reading:
        """Return the facts and matches of an article; `authority` is that of the official feed it came from.

        Fields may be HTML or plain text; spans are offsets into the fields as given.
        """
        return self.read_given(
            Given(
                title=title,
                summary=summary,
                body=body,
                url=url,
                language=language,
                feed=feed,
                authority=authority,
                tier=tier,
            )
        )

    def read_given(self, given: Given) -> Reading:
        """Return the facts and matches of an article."""
        return self.read_evidence(self.evidence(given))

    def read_evidence(self, evidence: Evidence) -> Reading:
        """Return the facts and matches of an article whose evidence is at hand."""
        matches = []
        for number in self._candidates(evidence):
            rule = self.rules.rules[number]
            proofs = self._tests[rule.id].prove(evidence, EVERYWHERE)
            if proofs is not None:
                matches.append(_match(rule, proofs, evidence))
        return Reading(facts=evidence.facts, matches=tuple(matches), label=label_of(matches))

    def evidence(self, given: Given) -> Evidence:
        """Return what an article offers to the rules."""
        document = Document.of(
            title=given.title,
            summary=given.summary,
            body=given.body,
            url=given.url,
            language=given.language,
        )
        found = self._index.find(document)
        facts = self._recogniser.read(document, found, authority=given.authority)
        return Evidence(document, found, facts, self._phrases, feed=given.feed, tier=given.tier)

    def match(self, rule: Rule, evidence: Evidence) -> Match | None:
        """Return the match of one rule of the set, whatever its status, or None."""
        proofs = self._tests[rule.id].prove(evidence, EVERYWHERE)
        return None if proofs is None else _match(rule, proofs, evidence)

    def _candidates(self, evidence: Evidence) -> list[int]:
        """Return, in order, the rules of which a key of every gate is present; few match, none else can."""
        present = evidence.keys
        found = set(self._always)
        for key in self._triggers.keys() & present:
            found.update(self._triggers[key])
        passed = []
        for number in found:
            for gate in self._gates[number]:
                if gate.isdisjoint(present):
                    break
            else:
                passed.append(number)
        return sorted(passed)


def _weigher(rules: Iterable[Rule], book: PhraseBook) -> Weigh:
    """Guess how common a key is: short phrases, and those that many rules share, are common."""
    shared: Counter[int] = Counter()
    lengths: dict[int, int] = {}
    for rule in rules:
        for node in walk(rule.when):
            terms: tuple[str, ...] = ()
            if isinstance(node, Text):
                terms = node.phrases
            elif isinstance(node, Near):
                terms = tuple(phrase for term in node.terms for phrase in term)
            for phrase in terms:
                number = book.add(phrase, exact=isinstance(node, Text | Near) and node.exact)
                shared[number] += 1
                lengths[number] = len(phrase)

    def weigh(key: int | str) -> float:
        if isinstance(key, str):
            return FACT_WEIGHT
        return (1 + shared[key]) / (1 + lengths.get(key, 0)) ** 2

    return weigh


def _asks_of_nobody(rule: Rule, test: Test) -> bool:
    """Whether a rule asks for facts of an article that may name no authority and no company, which costs time."""
    return any(
        isinstance(node, AmountIs | CaseNumber) or (isinstance(node, Named) and node.kind not in PARTIES)
        for node in walk(rule.when)
    ) and not any(_names_a_party(gate) for gate in test.gates)


def _names_a_party(gate: frozenset[int | str]) -> bool:
    return all(
        isinstance(key, str) and (key.partition(":")[0] in PARTIES or key in SUBJECTS_OF_PARTIES)
        for key in gate
    )


def label_of(matches: Iterable[Match]) -> str:
    """Return the kind of the strongest live match, or "none"."""
    kinds = {match.kind for match in matches if match.status is RuleStatus.LIVE}
    return next((kind.value for kind in Kind if kind in kinds), NONE)


def _match(rule: Rule, proofs: list[Proof], evidence: Evidence) -> Match:
    stage = evidence.facts.stage
    return Match(
        rule=rule.id,
        digest=rule.digest,
        title=rule.title,
        kind=rule.kind,
        level=rule.level_for(stage, evidence.tier),
        status=rule.status,
        spans=_spans(proofs, evidence),
        sentence=quoted(proofs, evidence),
    )


def _spans(proofs: list[Proof], evidence: Evidence) -> tuple[Span, ...]:
    spans = {evidence.span_of(proof) for proof in proofs}
    ordered = sorted(spans, key=lambda span: (FIELDS.index(span.field), span.start, span.end))
    return tuple(span for span in ordered if span.end > span.start)[:MAX_SPANS]
