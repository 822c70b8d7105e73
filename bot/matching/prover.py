"""Evaluating blocks: a tree of clauses becomes one test; and which keys an article must have to be worth it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.matching import condition as c
from bot.matching.automaton import PhraseBook
from bot.matching.evidence import Evidence, Proof, Scope
from bot.matching.leaves import Needs, Test, leaf_test
from bot.matching.text import FIELDS

Weigh = Callable[[int | str], float]


class Prover:
    """Turns clauses into tests; phrases are numbered in one book, so all are found in one pass."""

    def __init__(self, book: PhraseBook, weigh: Weigh | None = None) -> None:
        self._book = book
        self._weigh = weigh or (lambda _: 1.0)

    def test(self, node: c.Condition) -> Test:
        """Return the test of a clause."""
        if isinstance(node, c.All):
            return self._all([self.test(item) for item in node.items])
        if isinstance(node, c.Any):
            return self._any([self.test(item) for item in node.items])
        if isinstance(node, c.AtLeast):
            return self._at_least(node.of, [self.test(item) for item in node.items])
        if isinstance(node, c.Not):
            return _not(self.test(node.item))
        if isinstance(node, c.InField):
            return _in_field(FIELDS.index(node.field), self.test(node.item))
        if isinstance(node, c.SameSentence):
            return _same_sentence(self.test(node.item))
        return leaf_test(node, self._book)

    def _all(self, tests: Sequence[Test]) -> Test:
        # Clauses with few keys are the cheap and choosy ones; proofs are told in that order too.
        ordered = sorted(tests, key=lambda test: len(test.needs) if test.needs is not None else 10_000)

        def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
            proofs: list[Proof] = []
            for test in ordered:
                found = test.prove(evidence, scope)
                if found is None:
                    return None
                proofs += found
            return proofs

        def sentences(evidence: Evidence) -> set[int] | None:
            found = [s for test in tests if (s := test.sentences(evidence)) is not None]
            return set.intersection(*found) if found else None

        # The rarest set first: it triggers the rule, and the others turn most candidates away unevaluated.
        gates = sorted(dict.fromkeys(gate for test in tests for gate in test.gates), key=self._cost)
        return Test(prove, sentences, gates[0] if gates else None, tuple(gates[1:]))

    def _any(self, tests: Sequence[Test]) -> Test:
        def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
            results = [found for test in tests if (found := test.prove(evidence, scope)) is not None]
            return [proof for found in results for proof in found] if results else None

        return Test(prove, lambda evidence: _union(tests, evidence), _one_of([test.needs for test in tests]))

    def _at_least(self, of: int, tests: Sequence[Test]) -> Test:
        def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
            results = [found for test in tests if (found := test.prove(evidence, scope)) is not None]
            return [proof for found in results for proof in found] if len(results) >= of else None

        # Of any k - n + 1 items at least one must hold: take those with the rarest keys.
        known = sorted((test.needs for test in tests if test.needs is not None), key=self._cost)
        wanted = len(tests) - of + 1
        needs = _one_of(known[:wanted]) if len(known) >= wanted else None
        return Test(prove, lambda evidence: _union(tests, evidence), needs)

    def _cost(self, needs: frozenset[int | str]) -> float:
        return sum(self._weigh(key) for key in needs)


def _one_of(found: Sequence[Needs]) -> Needs:
    """Return the keys of which one is needed when one of several clauses is; None when a clause has none."""
    keys: set[int | str] = set()
    for needs in found:
        if needs is None:
            return None
        keys |= needs
    return frozenset(keys)


def _union(tests: Sequence[Test], evidence: Evidence) -> set[int] | None:
    found: set[int] = set()
    for test in tests:
        sentences = test.sentences(evidence)
        if sentences is None:
            return None
        found |= sentences
    return found


def _not(inner: Test) -> Test:
    gates = inner.gates

    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        for gate in gates:
            if gate.isdisjoint(evidence.keys):
                return []
        return [] if inner.prove(evidence, scope) is None else None

    return Test(prove, lambda _: None)


def _in_field(number: int, inner: Test) -> Test:
    return Test(
        lambda evidence, scope: (
            inner.prove(evidence, scope._replace(field=number)) if scope.field in (None, number) else None
        ),
        inner.sentences,
        inner.needs,
        inner.more,
    )


def _same_sentence(inner: Test) -> Test:
    def prove(evidence: Evidence, scope: Scope) -> list[Proof] | None:
        if scope.sentence is not None:
            return inner.prove(evidence, scope)
        places = inner.sentences(evidence)
        if places is None:
            places = set(evidence.document.sentences)
        for sentence in sorted(places):
            found = inner.prove(evidence, scope._replace(sentence=sentence))
            if found is not None:
                return found
        return None

    return Test(prove, inner.sentences, inner.needs, inner.more)
