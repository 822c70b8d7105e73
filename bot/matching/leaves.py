"""Evaluating leaves: each clause becomes a small test that returns the proofs where it holds.

A `Test` has `prove` (proofs, or None where the clause does not hold), `sentences` (where it might hold within
one sentence; None: anywhere), `needs` (keys of which at least one must be present; None: no such keys) and
`gates` (of each of these sets at least one key must be present).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

import re2

from bot.matching import condition as c
from bot.matching.automaton import PhraseBook
from bot.matching.condition_file import regex_options
from bot.matching.evidence import EVERYWHERE, PLACED, URL, Evidence, Proof, Scope, key_of, scrutiny_key
from bot.matching.literals import required_literals
from bot.matching.money import COUNTED

Needs = frozenset[int | str] | None  # keys: numbers of phrases, and words such as "regulator:cma"
MAX_PROOFS = 6  # of one clause, where one would do
TIES = frozenset({"ai-tie", "chip-ties"})  # subjects of named parties
MAX_FINDS = 500  # of one pattern in one field


@dataclass(frozen=True, slots=True)
class Test:
    """A clause made ready for evaluation."""

    prove: Callable[[Evidence, Scope], list[Proof] | None]
    sentences: Callable[[Evidence], set[int] | None]
    needs: Needs = None
    more: tuple[frozenset[int | str], ...] = ()  # what else must be present, besides `needs`

    @property
    def gates(self) -> tuple[frozenset[int | str], ...]:
        """The sets of keys of each of which at least one must be present."""
        return self.more if self.needs is None else (self.needs, *self.more)


def anywhere(_: Evidence) -> None:
    """The `sentences` of a clause that is true of the article as a whole."""


def leaf_test(node: c.Leaf, book: PhraseBook) -> Test:
    """Return the test of a leaf; its phrases are numbered in `book`."""
    if isinstance(node, c.Text):
        return _text(node, book)
    if isinstance(node, c.Near):
        return _near(node, book)
    if isinstance(node, c.Regex):
        return _regex(node, book)
    if isinstance(node, c.Named):
        return _deal_form(node) if node.kind == "deal_form" else _named(node)
    if isinstance(node, c.Tie):
        return _tie(node)
    if isinstance(node, c.Scrutiny):
        return _scrutiny(node)
    if isinstance(node, c.StageIs):
        return _stage(node)
    if isinstance(node, c.AmountIs):
        return _amount(node)
    if isinstance(node, c.CaseNumber):
        return _case_number(node)
    return _source(node)


# ---------------------------------------------------------------------------- words


def _text(node: c.Text, book: PhraseBook) -> Test:
    numbers = frozenset(book.add(phrase, exact=node.exact) for phrase in node.phrases)

    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        proofs: list[Proof] = []
        for number in sorted(numbers & evidence.keys):
            proofs += evidence.phrase_in(number, scope)[:MAX_PROOFS]
        return sorted(proofs)[:MAX_PROOFS] or None

    return Test(prove, lambda evidence: _sentences(_all_of(numbers, evidence)), frozenset(numbers))


def _all_of(numbers: Iterable[int], evidence: Evidence) -> Iterable[Proof]:
    return (proof for number in numbers for proof in evidence.phrase(number))


def _sentences(proofs: Iterable[Proof]) -> set[int]:
    return {proof.sentence for proof in proofs}


def _near(node: c.Near, book: PhraseBook) -> Test:
    terms = [frozenset(book.add(phrase, exact=node.exact) for phrase in term) for term in node.terms]
    shortest = min(terms, key=len)

    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        if any(term.isdisjoint(evidence.keys) for term in terms):
            return None
        marks = sorted(
            (proof, index)
            for index, term in enumerate(terms)
            for number in term & evidence.keys
            for proof in evidence.phrase_in(number, scope)
        )
        return _window(marks, len(terms), node.within)

    def sentences(evidence: Evidence) -> set[int]:
        found = [_sentences(_all_of(term, evidence)) for term in terms]
        return set.intersection(*found)

    return Test(prove, sentences, shortest, tuple(term for term in terms if term is not shortest))


def _window(marks: list[tuple[Proof, int]], terms: int, within: int) -> list[Proof] | None:
    """Return the first window with a mark of every term and at most `within` words between its ends."""
    latest: dict[int, Proof] = {}
    for proof, index in sorted(marks, key=lambda mark: (mark[0].start, mark[0].end)):
        latest[index] = proof
        if len(latest) < terms:
            continue
        first = min(latest.values(), key=lambda p: p.start)
        last = max(latest.values(), key=lambda p: p.start)
        if last.start - first.end <= within and first.field == last.field:
            return sorted(set(latest.values()))
    return None


def _regex(node: c.Regex, book: PhraseBook) -> Test:
    pattern = re2.compile(node.pattern, regex_options(exact=node.exact))
    literals = None if node.exact else required_literals(node.pattern)
    needs = frozenset(book.add(f"*{literal}*") for literal in literals) if literals else None

    def finds(evidence: Evidence, number: int) -> list[Proof]:
        return evidence.memo((id(node), number), lambda: _found(pattern, evidence, number, exact=node.exact))

    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        fields = range(URL) if scope.field is None else (scope.field,)
        proofs = [proof for number in fields for proof in finds(evidence, number) if scope.holds(proof)]
        return proofs[:MAX_PROOFS] or None

    def sentences(evidence: Evidence) -> set[int]:
        return _sentences(p for number in range(URL + 1) for p in finds(evidence, number))

    return Test(prove, sentences, needs)


def _found(pattern: re2._Regexp, evidence: Evidence, number: int, *, exact: bool) -> list[Proof]:
    text = evidence.shown(number)[0] if exact else evidence.document.fields[number].folded
    place = evidence.unfolded if exact else evidence.ranged
    ranges = (found.span() for found in islice(pattern.finditer(text), MAX_FINDS))
    return [place(number, start, end) for start, end in ranges if end > start]


# ---------------------------------------------------------------------------- facts


def _ids_named(kind: str, wanted: frozenset[str], evidence: Evidence) -> list[str]:
    """Return the wanted ids that the article names; all of the kind when none in particular is wanted."""
    named = evidence.named(kind)
    return [key for key in named if key in wanted] if wanted else list(named)


def _named(node: c.Named) -> Test:
    kind = node.kind

    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        ids = _ids_named(kind, node.ids, evidence)
        if not ids:
            return None
        if scope == EVERYWHERE:
            proofs = [proof for key in ids for proof in evidence.mentioned(kind, key)]
            return [proof for proof in proofs if proof.field != URL][:MAX_PROOFS]
        if kind not in PLACED:
            return []
        return [p for key in ids for p in evidence.places(kind, key) if scope.holds(p)][:MAX_PROOFS] or None

    def sentences(evidence: Evidence) -> set[int] | None:
        if kind not in PLACED:
            return None
        ids = _ids_named(kind, node.ids, evidence)
        return _sentences(proof for key in ids for proof in evidence.places(kind, key))

    words = sorted(node.ids) or [c.ANY]
    return Test(prove, sentences, frozenset(key_of(kind, word) for word in words))


def _tie(node: c.Tie) -> Test:
    def pairs(evidence: Evidence) -> list[tuple[str, str]]:
        if node.sides is None:
            return list(evidence.facts.ties)
        left, right = node.sides
        return [
            (a, b) for a, b in evidence.facts.ties if (a in left and b in right) or (b in left and a in right)
        ]

    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        for a, b in pairs(evidence):
            if scope == EVERYWHERE:
                return [*evidence.mentioned("company", a)[:2], *evidence.mentioned("company", b)[:2]]
            one = [proof for proof in evidence.places("company", a) if scope.holds(proof)]
            two = [proof for proof in evidence.places("company", b) if scope.holds(proof)]
            if one and two:
                return [one[0], two[0]]
        return None

    def sentences(evidence: Evidence) -> set[int]:
        found: set[int] = set()
        for a, b in pairs(evidence):
            found |= _sentences(evidence.places("company", a)) & _sentences(evidence.places("company", b))
        return found

    return Test(prove, sentences, frozenset({key_of("tie")}))


def _scrutiny(node: c.Scrutiny) -> Test:
    def pairs(evidence: Evidence) -> list[tuple[str, str]]:
        return [
            (by, of)
            for by, of in evidence.facts.scrutiny
            if (not node.by or by in node.by) and (not node.of or of in node.of)
        ]

    def proofs(evidence: Evidence) -> list[Proof] | None:
        found = pairs(evidence)
        if not found:
            return None
        return [proof for by, of in found for proof in evidence.mentioned("scrutiny", f"{by}:{of}")]

    test = _of_facts(proofs, "scrutiny")

    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        found = test.prove(evidence, scope)
        if found is None or scope != EVERYWHERE or not evidence.facts.ties:
            return found
        if not any(of in TIES for _, of in pairs(evidence)):
            return found
        # An official feed speaks for its authority without naming it: the parties are then the proof.
        parties = [evidence.mentioned("company", key)[:1] for tie in evidence.facts.ties[:2] for key in tie]
        return [*found, *(proof for party in parties for proof in party if proof not in found)]

    named = frozenset(scrutiny_key(by, of) for by in node.by for of in node.of)
    return Test(prove, test.sentences, test.needs, (named,) if named else ())


def _stage(node: c.StageIs) -> Test:
    def proofs(evidence: Evidence) -> list[Proof] | None:
        stage = evidence.facts.stage
        if stage is None or stage not in node.stages:
            return None
        return evidence.mentioned("stage", stage.value)

    return _of_facts(proofs, "stage")


def _deal_form(node: c.Named) -> Test:
    def proofs(evidence: Evidence) -> list[Proof] | None:
        form = evidence.facts.deal_form
        if form is None or (node.ids and form not in node.ids):
            return None
        return evidence.mentioned("deal", form)

    return _of_facts(proofs, "deal_form")


def _amount(node: c.AmountIs) -> Test:
    kinds = COUNTED if not node.kinds else frozenset(node.kinds)

    def proofs(evidence: Evidence) -> list[Proof] | None:
        found = [
            amount
            for amount in evidence.facts.amounts
            if (amount.kind in kinds or c.ANY in kinds)
            and (not node.currency or amount.currency == node.currency)
            and (node.over is None or Decimal(amount.value) >= node.over)
            and (node.under is None or Decimal(amount.value) <= node.under)
        ]
        return [evidence.spanned(a.span) for a in found if a.span is not None] if found else None

    return _of_facts(proofs, "amount")


def _case_number(node: c.CaseNumber) -> Test:
    wanted = {number.casefold() for number in node.numbers}

    def proofs(evidence: Evidence) -> list[Proof] | None:
        cases = [case for case in evidence.facts.cases if not wanted or case.casefold() in wanted]
        if not cases:
            return None
        return [proof for case in cases for proof in evidence.mentioned("case", case)]

    return _of_facts(proofs, "case")


def _of_facts(proofs: Callable[[Evidence], list[Proof] | None], kind: str) -> Test:
    """A fact of the whole article: within a field or a sentence its proof must stand there, if it has one."""

    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        found = proofs(evidence)
        if not found:
            return found
        within = [proof for proof in found if scope.holds(proof)]
        if scope == EVERYWHERE:
            return within[:MAX_PROOFS]
        return within[:MAX_PROOFS] or None

    def sentences(evidence: Evidence) -> set[int] | None:
        found = proofs(evidence)
        return _sentences(found) if found else None if found == [] else set()

    return Test(prove, sentences, frozenset({key_of(kind)}))


def _source(node: c.Source) -> Test:
    def holds(evidence: Evidence) -> bool:
        if node.kind == "feed":
            return evidence.feed in node.values
        if node.kind == "tier":
            return evidence.tier.value in node.values
        language = evidence.document.language
        return bool(language) and any(language == v or language.split("-")[0] == v for v in node.values)

    return Test(lambda evidence, _: [] if holds(evidence) else None, anywhere)
