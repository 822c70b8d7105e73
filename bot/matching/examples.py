"""Running the examples that stand beside the rules. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.matching.matcher import Given, Matcher
from bot.matching.rule import Example, Rule
from storage.records import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """One example run: `faults` is empty when it holds."""

    rule: Rule
    example: Example
    wanted: bool  # whether the rule must match
    match: Match | None
    faults: tuple[str, ...]


def run_examples(matcher: Matcher, rule: Rule) -> Iterator[ExampleResult]:
    """Yield the result of each example of a rule of the set."""
    for wanted, examples in ((True, rule.match), (False, rule.no_match)):
        for example in examples:
            yield _run(matcher, rule, example, wanted=wanted)


def _run(matcher: Matcher, rule: Rule, example: Example, *, wanted: bool) -> ExampleResult:
    evidence = matcher.evidence(Given.of_example(example))
    match = matcher.match(rule, evidence)
    faults = []
    if wanted and match is None:
        faults.append("does not match, but should")
    if not wanted and match is not None:
        words = ", ".join(f'"{span.text}"' for span in match.spans[:4]) or "nothing in particular"
        faults.append(f"matches, but should not (on {words})")
    expect, facts = example.expect, evidence.facts
    if expect.level is not None and match is not None and match.level is not expect.level:
        faults.append(f"level is {match.level.value}, expected {expect.level.value}")
    if expect.stage is not None and facts.stage is not expect.stage:
        said = facts.stage.value if facts.stage else "none"
        faults.append(f"stage is {said}, expected {expect.stage.value}")
    for what, named, wished in (
        ("regulators", facts.regulators, expect.regulators),
        ("companies", facts.companies, expect.companies),
    ):
        if missing := [key for key in wished if key not in named]:
            faults.append(f"{what} lack {', '.join(missing)}")
    return ExampleResult(rule=rule, example=example, wanted=wanted, match=match, faults=tuple(faults))
