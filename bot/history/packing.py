"""Gathers what an evidence pack holds from the stored past and the rules on disk. Reads only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.history.evidence_pack import PackedHit, RuleText
from bot.matching.rule import Rule, RuleSet, digested
from storage.reader import Reader
from storage.records import Hit

_NEXT_RULE = re.compile(r"-\s")


def packed(reader: Reader, hits: Sequence[Hit], rules: RuleSet | None) -> tuple[PackedHit, ...]:
    """Return everything about hits; a rule's text only where today's rule has the digest that the hit carries."""
    texts = rule_texts(rules) if rules is not None else {}
    found = []
    for hit in hits:
        sealed = reader.sealed(hit.id)
        if sealed is None:
            continue
        fetches = reader.evidence(hit.id)
        raw = {one.sha256: body for one in fetches if (body := reader.raw(one.sha256)) is not None}
        found.append(
            PackedHit(
                hit=hit,
                sealed=sealed,
                article=reader.article(hit.article_id),
                revisions=reader.revisions(hit.article_id),
                deliveries=reader.deliveries_of_hit(hit),
                fetches=fetches,
                raw=raw,
                rule=texts.get((hit.rule, hit.rule_digest)),
            )
        )
    return tuple(found)


def rule_texts(rules: RuleSet) -> Mapping[tuple[str, str], RuleText]:
    """Return the rules' texts by id and digest."""
    sources: dict[str, list[str]] = {}
    return {
        (rule.id, rule.digest): RuleText(
            id=rule.id, digest=rule.digest, said=digested(rule), source=_source(rule, sources)
        )
        for rule in rules.rules
    }


def _source(rule: Rule, sources: dict[str, list[str]]) -> str:
    """Return the lines of a rule's file from its dash to the next rule's."""
    name = rule.at.file
    if name not in sources:
        try:
            sources[name] = Path(name).read_text(encoding="utf-8").splitlines(keepends=True)
        except (OSError, UnicodeDecodeError):
            sources[name] = []
    lines = sources[name]
    start = rule.at.line - 1
    if not 0 <= start < len(lines):
        return ""
    ends = (n for n in range(start + 1, len(lines)) if _NEXT_RULE.match(lines[n]))
    return "".join(lines[start : next(ends, len(lines))]).rstrip() + "\n"
