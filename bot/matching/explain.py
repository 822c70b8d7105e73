"""Why a rule matches an article, or which clause failed first, with the text around. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching import condition as c
from bot.matching.evidence import EVERYWHERE, Evidence, Scope
from bot.matching.matcher import Matcher
from bot.matching.quote import MAX_QUOTE, quoted
from bot.matching.rule import Rule
from bot.matching.text import FIELDS
from storage.records import Match, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One rule on one article. `failed` is the first clause that did not hold, None for a match.

    `held` counts the clauses of the top block that hold; `around` is the nearest text there is.
    """

    rule: Rule
    match: Match | None = None
    failed: c.Condition | None = None
    why: str = ""
    around: str = ""
    held: int = 0
    of: int = 0


def explain(matcher: Matcher, rule: Rule, evidence: Evidence) -> Explained:
    """Return why a rule of the set matches an article, or the clause that failed first."""
    match = matcher.match(rule, evidence)
    if match is not None:
        return Explained(rule=rule, match=match)
    top = top_clauses(rule.when)
    failing = [clause for clause in top if not holds(matcher, clause, evidence)]
    failed = failing[0] if failing else rule.when
    inner = deepest(matcher, failed, evidence, EVERYWHERE)
    return Explained(
        rule=rule,
        failed=inner,
        why=reason(matcher, inner, evidence),
        around=_around(matcher, [clause for clause in top if clause not in failing], evidence),
        held=sum(says(clause) and clause not in failing for clause in top),
        of=sum(says(clause) for clause in top),
    )


def top_clauses(node: c.Condition) -> tuple[c.Condition, ...]:
    """Return the clauses of which all must hold, nested `all` blocks opened; a list of exceptions is one each."""
    if isinstance(node, c.All):
        return tuple(clause for item in node.items for clause in top_clauses(item))
    if isinstance(node, c.Not) and isinstance(node.item, c.Any):
        return tuple(c.Not(item=item, at=item.at) for item in node.item.items)
    return (node,)


def holds(matcher: Matcher, node: c.Condition, evidence: Evidence, scope: Scope = EVERYWHERE) -> bool:
    """Whether one clause of a rule of the set holds."""
    return matcher.prover.test(node).prove(evidence, scope) is not None


def says(clause: c.Condition) -> bool:
    """Whether a clause asks for something in the words; exclusions and sources do not."""
    return not isinstance(clause, c.Not | c.Source)


def _unbound(node: c.Scrutiny, evidence: Evidence) -> str:
    """Say which authority and subject are both there, though nothing binds them; empty where they are not."""
    regulators = [key for key in evidence.named("regulator") if not node.by or key in node.by]
    subjects = [key for key in evidence.named("subject") if not node.of or key in node.of]
    if not regulators or not subjects:
        return ""
    return f"{regulators[0]} and {subjects[0]} are both there, but no word of competition law binds them"


def deepest(matcher: Matcher, node: c.Condition, evidence: Evidence, scope: Scope) -> c.Condition:
    """Follow a failing block to the clause inside that makes it fail, as long as there is only one."""
    if isinstance(node, c.All):
        for item in node.items:
            if not holds(matcher, item, evidence, scope):
                return deepest(matcher, item, evidence, scope)
    if isinstance(node, c.InField):
        inner = deepest(matcher, node.item, evidence, scope._replace(field=FIELDS.index(node.field)))
        return node if inner is node.item else inner
    return node


def reason(matcher: Matcher, node: c.Condition, evidence: Evidence) -> str:
    """Say why a clause does not hold, from what is there instead."""
    if isinstance(node, c.Not):
        proofs = matcher.prover.test(node.item).prove(evidence, EVERYWHERE) or []
        words = ", ".join(f'"{evidence.span_of(proof).text}"' for proof in proofs[:3])
        return f"excluded by {c.brief(node.item)}" + (f", on {words}" if words else "")
    if isinstance(node, c.AtLeast):
        count = sum(holds(matcher, item, evidence) for item in node.items)
        return f"{count} of {len(node.items)} hold, {node.of} wanted"
    if isinstance(node, c.SameSentence) and holds(matcher, node.item, evidence):
        return "all there, but not in one sentence"
    if isinstance(node, c.InField) and holds(matcher, node.item, evidence):
        return f"there, but not in the {node.field}"
    if isinstance(node, c.StageIs):
        stage = evidence.facts.stage
        return f"the stage is {stage.value if stage else 'unknown'}"
    if isinstance(node, c.Named) and evidence.named(node.kind):
        return f"{node.kind} here: {', '.join(evidence.named(node.kind)[:8])}"
    if isinstance(node, c.AmountIs) and (sums := evidence.facts.amounts):
        return "sums here: " + ", ".join(f"{a.value:,} {a.currency} ({a.kind})" for a in sums[:4])
    if isinstance(node, c.Scrutiny):
        return _unbound(node, evidence) or "not found"
    if isinstance(node, c.Near):
        return _near_reason(matcher, node, evidence)
    return "not found"


def _near_reason(matcher: Matcher, node: c.Near, evidence: Evidence) -> str:
    missing = [
        "/".join(term)
        for term in node.terms
        if not holds(matcher, c.Text(phrases=term, exact=node.exact), evidence)
    ]
    return f"not found: {', '.join(missing)}" if missing else f"more than {node.within} words apart"


def _around(matcher: Matcher, held: list[c.Condition], evidence: Evidence) -> str:
    """Quote the passage where most of what did hold stands, or the title."""
    proofs = [
        proof
        for clause in held
        if not isinstance(clause, c.Not)
        for proof in matcher.prover.test(clause).prove(evidence, EVERYWHERE) or ()
    ]
    return quoted(proofs, evidence)[: MAX_QUOTE + 1]


def context(span: Span, given: str, *, width: int = 60) -> tuple[str, str, str]:
    """Return the text before a span, the span, and the text after it, each on one line."""
    before = " ".join(given[max(0, span.start - width) : span.start].split())
    after = " ".join(given[span.end : span.end + width].split())
    return before, " ".join(span.text.split()), after
