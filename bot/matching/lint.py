"""A second pass over rules that load: what is legal, and probably not meant. Each check is a small function. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.errors import Place, did_you_mean
from bot.matching import condition as c
from bot.matching.examples import run_examples
from bot.matching.fold import folded
from bot.matching.matcher import Matcher
from bot.matching.rule import Expect, Rule
from storage.words import RuleStatus

_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{1,3}")
_STAR_WITHIN = re.compile(r"\*[^\s*]")
_SOME_PATTERNS = ("", "a")


class Severity(StrEnum):
    """An error makes `rules lint` fail; a warning deserves a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One thing that is probably not meant."""

    at: Place
    code: str
    rule: str
    message: str
    hint: str = ""
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class LintContext:
    """What checks may look at. `last_hits` is None when no history is at hand; `feeds` is None when unknown."""

    matcher: Matcher
    feeds: Collection[str] | None = None
    last_hits: Mapping[str, datetime] | None = None
    seen: dict[str, Rule] = field(default_factory=dict)  # canonical condition → first rule that has it


Check = Callable[[Rule, LintContext], Iterator[Finding]]


def lint(context: LintContext) -> list[Finding]:
    """Return the findings of all checks over all rules that are not retired, in file order."""
    findings: list[Finding] = []
    for rule in context.matcher.rules.rules:
        if rule.status is RuleStatus.RETIRED:
            continue
        for check in CHECKS:
            findings.extend(check(rule, context))
    return sorted(findings)


def lint_files(empty: Sequence[Place], never_read: Sequence[Place]) -> list[Finding]:
    """Return the findings on files that hold no rule that is in force."""
    found = [
        Finding(
            at=at,
            code="empty-file",
            rule="",
            message="the file holds no rule",
            hint="Delete it, or look at the last edit.",
        )
        for at in empty
    ]
    found += [
        Finding(
            at=at, code="never-read", rule="", message="the file is never read",
            hint="Rule files are *.yaml, in small letters, in the rules folder itself.",
        )
        for at in never_read
    ]  # fmt: skip
    return sorted(found)


def _finding(rule: Rule, code: str, message: str, hint: str = "", at: Place | None = None) -> Finding:
    return Finding(at=at or rule.at, code=code, rule=rule.id, message=message, hint=hint)


def _error(rule: Rule, code: str, message: str, hint: str = "", at: Place | None = None) -> Finding:
    return Finding(
        at=at or rule.at, code=code, rule=rule.id, message=message, hint=hint, severity=Severity.ERROR
    )


def check_examples_present(rule: Rule, _: LintContext) -> Iterator[Finding]:
    """A live rule has at least one example of each sort."""
    for what, examples in (("match", rule.match), ("no_match", rule.no_match)):
        if examples:
            continue
        message = f'the rule "{rule.id}" has no {what} example'
        hint = f'Add examples: {{{what}: ["a title"]}}.'
        if rule.status is RuleStatus.LIVE:
            yield _error(rule, "no-example", message, hint)
        elif rule.status is RuleStatus.SHADOW:
            yield _finding(rule, "no-example", message, hint)


def check_examples_hold(rule: Rule, context: LintContext) -> Iterator[Finding]:
    """Every example holds."""
    for result in run_examples(context.matcher, rule):
        for fault in result.faults:
            title = result.example.title or result.example.summary or result.example.body
            message = f'example "{title[:70]}" {fault}'
            hint = "`regwatch rules explain --title …` says why."
            if rule.status is RuleStatus.DRAFT:
                yield _finding(rule, "example-fails", message, hint, result.example.at)
            else:
                yield _error(rule, "example-fails", message, hint, result.example.at)


def check_same_example_twice(rule: Rule, _: LintContext) -> Iterator[Finding]:
    """No article is both a match and a no_match example."""
    wanted = {replace(example, expect=Expect()) for example in rule.match}
    for example in rule.no_match:
        if replace(example, expect=Expect()) in wanted:
            yield _error(rule, "example-both", "the same example is under match and no_match", at=example.at)


def check_acronyms(rule: Rule, _: LintContext) -> Iterator[Finding]:
    """A short upper-case word matches its lower-case namesakes unless its case or its context is given."""
    for node, alone in _texts(rule.when, alone=True):
        if not alone or node.exact:
            continue
        for phrase in node.phrases:
            if _ACRONYM.fullmatch(phrase):
                yield _finding(
                    rule, "bare-acronym", f'the acronym "{phrase}" also matches "{phrase.lower()}"',
                    f"Write {{text: {phrase}, case: exact}}, use near, or the regulator clause.", node.at,
                )  # fmt: skip


def _texts(node: c.Condition, *, alone: bool) -> Iterator[tuple[c.Text, bool]]:
    """Yield text leaves with whether nothing gives them context: no sentence shared with another clause."""
    if isinstance(node, c.Text):
        yield node, alone
    elif isinstance(node, c.SameSentence):
        yield from ((text, False) for text, _ in _texts(node.item, alone=False))
    else:
        for child in c.children(node):
            yield from _texts(child, alone=alone)


def check_stars(rule: Rule, _: LintContext) -> Iterator[Finding]:
    """A star within a word is no wildcard: it is passed over, and the phrase matches something else."""
    for node in c.walk(rule.when):
        phrases = node.phrases if isinstance(node, c.Text) else ()
        if isinstance(node, c.Near):
            phrases = tuple(phrase for term in node.terms for phrase in term)
        for phrase in phrases:
            if _STAR_WITHIN.search(phrase.lstrip(" *")):
                yield _error(
                    rule, "star-within", f'the * in "{phrase}" stands for nothing',
                    "A * works at the end of a word alone, as in inquir*; regex can do more.", node.at,
                )  # fmt: skip


def check_always_true(rule: Rule, _: LintContext) -> Iterator[Finding]:
    """A clause that holds for every article says nothing."""
    for node in c.walk(rule.when):
        if isinstance(node, c.Regex) and _matches_nothing_much(node):
            message = f"the regex {node.pattern} fits almost any text"
            yield _error(rule, "always-true", message, "Anchor it to words.", node.at)
        elif isinstance(node, c.Any) and any(isinstance(item, c.Not) for item in node.items):
            yield _finding(
                rule, "always-true", "a not inside any is true of nearly every article",
                "Put not beside any, under all.", node.at,
            )  # fmt: skip
    if not any(_is_positive(node) for node in _positive(rule.when)):
        yield _error(
            rule, "always-true", "only exclusions, feeds or languages: nearly every article matches",
            "Add what the article must say.",
        )  # fmt: skip


def _matches_nothing_much(node: c.Regex) -> bool:
    import re2

    return any(re2.search(node.pattern, text) for text in _SOME_PATTERNS)


def _positive(node: c.Condition) -> Iterator[c.Condition]:
    if isinstance(node, c.Not):
        return
    yield node
    for child in c.children(node):
        yield from _positive(child)


def _is_positive(node: c.Condition) -> bool:
    return not c.children(node) and not isinstance(node, c.Not | c.Source)


def check_contradictions(rule: Rule, _: LintContext) -> Iterator[Finding]:
    """What must hold and must not hold at once never matches."""
    for block in (node for node in c.walk(rule.when) if isinstance(node, c.All)):
        items = _flat(block)
        wanted = [item for item in items if not isinstance(item, c.Not)]
        for item in items:
            if not isinstance(item, c.Not):
                continue
            refused = item.item.items if isinstance(item.item, c.Any) else (item.item,)
            for clause in refused:
                if any(_implies(need, clause) for need in wanted):
                    message = f"both wanted and excluded: {c.brief(clause)}"
                    yield _error(rule, "contradiction", message, "It can never match.", clause.at)
        yield from _clashing(rule, wanted)


def _flat(block: c.All) -> list[c.Condition]:
    return [x for item in block.items for x in (_flat(item) if isinstance(item, c.All) else [item])]


def _implies(need: c.Condition, other: c.Condition) -> bool:
    """Whether `other` surely holds where `need` does."""
    if need == other:
        return True
    if isinstance(need, c.Text) and isinstance(other, c.Text) and (need.exact or not other.exact):
        return {folded(p) for p in need.phrases} <= {folded(p) for p in other.phrases}
    if isinstance(need, c.Named) and isinstance(other, c.Named) and need.kind == other.kind:
        return not other.ids or (bool(need.ids) and need.ids <= other.ids)
    if isinstance(need, c.StageIs) and isinstance(other, c.StageIs):
        return need.stages <= other.stages
    return False


def _clashing(rule: Rule, wanted: Sequence[c.Condition]) -> Iterator[Finding]:
    stages = [node for node in wanted if isinstance(node, c.StageIs)]
    if stages and not frozenset.intersection(*(node.stages for node in stages)):
        yield _error(rule, "contradiction", "stages that no article can have at once", at=stages[-1].at)
    for kind in ("feed", "language", "tier"):
        sources = [node for node in wanted if isinstance(node, c.Source) and node.kind == kind]
        if sources and not set.intersection(*(set(node.values) for node in sources)):
            message = f"{kind}s that no article can have at once"
            yield _error(rule, "contradiction", message, at=sources[-1].at)


def check_repeated(rule: Rule, _: LintContext) -> Iterator[Finding]:
    """The same clause twice in a block, or one that another makes unreachable."""
    for block in c.walk(rule.when):
        if not isinstance(block, c.All | c.Any | c.AtLeast):
            continue
        for index, item in enumerate(block.items):
            for earlier in block.items[:index]:
                if item == earlier:
                    yield _finding(rule, "repeated", f"twice in one block: {c.brief(item)}", at=item.at)
                elif isinstance(block, c.Any) and _implies(item, earlier):
                    message = f"unreachable: {c.brief(earlier)} already covers {c.brief(item)}"
                    yield _finding(rule, "unreachable", message, "Drop the narrower one.", item.at)


def check_duplicates(rule: Rule, context: LintContext) -> Iterator[Finding]:
    """Two rules with the same condition tell the same article twice."""
    said = json.dumps(c.canonical(rule.when), sort_keys=True, ensure_ascii=False)
    first = context.seen.setdefault(said, rule)
    if first is not rule:
        message = f'the same condition as "{first.id}" ({first.at})'
        yield _finding(rule, "duplicate-rule", message, "Merge the two.")


def check_feeds(rule: Rule, context: LintContext) -> Iterator[Finding]:
    """Feeds that a rule or an example names exist."""
    if context.feeds is None:
        return
    named = [
        (f, n.at) for n in c.walk(rule.when) if isinstance(n, c.Source) and n.kind == "feed" for f in n.values
    ]
    named += [(example.feed, example.at) for example in (*rule.match, *rule.no_match) if example.feed]
    for feed, at in named:
        if feed not in context.feeds:
            hint = did_you_mean(feed, list(context.feeds))
            yield _error(rule, "unknown-feed", f'no feed "{feed}" in feeds.yaml', hint, at)


def check_never_hit(rule: Rule, context: LintContext) -> Iterator[Finding]:
    """A live rule that never hit in stored history may be waiting, or may be wrong."""
    if context.last_hits is None or rule.status is not RuleStatus.LIVE or rule.id in context.last_hits:
        return
    message = f'the rule "{rule.id}" never hit in stored history'
    yield _finding(rule, "never-hit", message, "`regwatch rules near-misses` shows what came close.")


def check_level_changes(rule: Rule, _: LintContext) -> Iterator[Finding]:
    """A raise that does not lift, or a cap that does not hold down, says nothing."""
    for change in rule.raises:
        if change.level.rank <= rule.level.rank:
            message = f"raise {change.word}: {change.level.value} does not lift {rule.level.value}"
            yield _finding(rule, "idle-raise", message)


CHECKS: tuple[Check, ...] = (
    check_examples_present,
    check_examples_hold,
    check_same_example_twice,
    check_acronyms,
    check_stars,
    check_always_true,
    check_contradictions,
    check_repeated,
    check_duplicates,
    check_feeds,
    check_never_hit,
    check_level_changes,
)
