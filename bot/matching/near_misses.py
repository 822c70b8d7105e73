"""Articles that failed a rule by one clause alone, why, and the smallest edit that would have caught them. Pure.

Rules on facts (`scrutiny`, `subject`) are a single clause: there, both ends were named and nothing bound them, or
all but one end was named. Everything is decided from the evidence at hand, one article at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.matching import condition as c
from bot.matching.evidence import EVERYWHERE, Evidence
from bot.matching.explain import deepest, holds, reason, says, top_clauses
from bot.matching.leaves import Test
from bot.matching.matcher import Matcher
from bot.matching.money import COUNTED
from bot.matching.quote import cut
from bot.matching.rule import Rule
from bot.matching.unbound import of_scrutiny, of_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """One article and one rule. `cause` groups misses of a clause; `why` is of this article; `edit` would catch it."""

    rule: Rule
    clause: c.Condition
    cause: str
    why: str
    edit: str
    title: str


class NearMisses:
    """The rules of a matcher made ready for the question. Safe to share between threads."""

    def __init__(self, matcher: Matcher, rules: Sequence[Rule]) -> None:
        self._matcher = matcher
        self._rules = [
            (rule, [(clause, matcher.prover.test(clause)) for clause in top_clauses(rule.when)])
            for rule in rules
        ]

    def of(self, evidence: Evidence) -> Iterator[NearMiss]:
        """Yield what the article missed by one clause; one rule for each cause that lies in the lexicon."""
        told: set[str] = set()
        for rule, clauses in self._rules:
            failed = _only_failure(clauses, evidence)
            if failed is None:
                continue
            held = any(clause is not failed and says(clause) for clause, _ in clauses)
            miss = self._miss(rule, failed, evidence, held=held)
            if miss is None or (miss.cause and miss.cause in told):
                continue
            told.add(miss.cause)
            yield miss

    def _miss(self, rule: Rule, failed: c.Condition, evidence: Evidence, *, held: bool) -> NearMiss | None:
        clause = deepest(self._matcher, failed, evidence, EVERYWHERE)
        unbound = None
        if isinstance(clause, c.Scrutiny):
            unbound = of_scrutiny(clause, evidence)
        elif isinstance(clause, c.Named) and clause.kind == "subject":
            unbound = of_subject(clause, evidence)
        if unbound is None and not held:
            return None
        return NearMiss(
            rule=rule,
            clause=clause,
            cause=unbound.cause if unbound else "",
            why=unbound.why if unbound else reason(self._matcher, clause, evidence),
            edit=unbound.edit if unbound else self._edit(clause, evidence),
            title=cut(evidence.shown(0)[0], 0),
        )

    def _edit(self, node: c.Condition, evidence: Evidence) -> str:
        """Say the smallest change of a clause that would have let the article through."""
        if isinstance(node, c.InField | c.SameSentence) and not holds(self._matcher, node.item, evidence):
            return self._edit(node.item, evidence)
        place = f" at {node.at}" if node.at.line else ""
        if isinstance(node, c.Near) and (distance := self._distance(node, evidence)):
            return f"raise within: {node.within} to {distance}{place}"
        if isinstance(node, c.AmountIs):
            return f"{_amount_edit(node, evidence)}{place}"
        return f"{_edit(node, evidence)}{place}"

    def _distance(self, node: c.Near, evidence: Evidence) -> int | None:
        """Return the least `within` with which the clause holds, or None up to 200."""
        low, high = node.within + 1, 201
        while low < high:
            middle = (low + high) // 2
            wider = c.Near(terms=node.terms, within=middle, exact=node.exact)
            if self._matcher.prover.test(wider).prove(evidence, EVERYWHERE) is None:
                low = middle + 1
            else:
                high = middle
        return low if low <= 200 else None


def _only_failure(clauses: Sequence[tuple[c.Condition, Test]], evidence: Evidence) -> c.Condition | None:
    """Return the one clause that fails; None when none or several do."""
    failed: c.Condition | None = None
    keys = evidence.keys
    for clause, test in clauses:
        gone = any(gate.isdisjoint(keys) for gate in test.gates)
        if gone or test.prove(evidence, EVERYWHERE) is None:
            if failed is not None:
                return None
            failed = clause
    return failed


def _edit(node: c.Condition, evidence: Evidence) -> str:
    if isinstance(node, c.Not):
        return f"drop or narrow {c.brief(node)}"
    if isinstance(node, c.StageIs):
        stage = evidence.facts.stage
        return f"allow stage {stage.value}" if stage else f"drop {c.brief(node)}"
    if isinstance(node, c.Named) and (named := evidence.named(node.kind)):
        return f"add {named[0]} to {c.brief(node)}"
    if isinstance(node, c.Text | c.Near):
        return f"add the article's own word to {c.brief(node)}"
    if isinstance(node, c.SameSentence):
        return "drop same: sentence"
    if isinstance(node, c.InField):
        return f"drop field: {node.field}"
    if isinstance(node, c.AtLeast):
        return f"lower of: {node.of}"
    return f"widen {c.brief(node)}"


def _amount_edit(node: c.AmountIs, evidence: Evidence) -> str:
    """Say which bound of an amount the nearest sum breaks."""
    kinds = frozenset(node.kinds) or COUNTED
    sums = evidence.facts.amounts
    if not sums:
        return f"drop {c.brief(node)}; the article gives no sum"
    fitting = [a for a in sums if a.kind in kinds or c.ANY in kinds] or list(sums)
    best = max(fitting, key=lambda a: a.value)
    told = f"{best.value:,} {best.currency}"
    if best.kind not in kinds and c.ANY not in kinds:
        return f"allow kind: {best.kind} for {told}"
    if node.currency and best.currency != node.currency:
        return f"allow currency: {best.currency} for {told}"
    if node.over is not None and Decimal(best.value) < node.over:
        return f"lower over: to {told}"
    return f"raise under: to {told}"
