"""Lint finds what loads and is probably not meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.matching.lint import Finding, LintContext, Severity, lint
from bot.matching.matcher import Matcher
from bot.matching.rule_file import load_rules
from tests.unit.matching.rules_of import RULES, rules_of, when

PROVEN = "{match: [x1 y1], no_match: [z9]}"


def codes(text: str) -> list[str]:
    return [finding.code for finding in findings(text)]


def findings(text: str) -> list[Finding]:
    return lint(LintContext(matcher=Matcher(rules_of(text))))


def test_the_shipped_rules_are_clean_of_errors() -> None:
    found = lint(LintContext(matcher=Matcher(load_rules(RULES))))
    assert [f for f in found if f.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("{any: [x1, FTC]}", "bare-acronym"),
        ("{all: [x1], not: [x1]}", "contradiction"),
        ("{all: [{stage: inquiry}, {stage: decision}]}", "contradiction"),
        ("{all: [x1, {feed: a}, {feed: b}]}", "contradiction"),
        ("{any: [x1, x1]}", "repeated"),
        ("{any: [{text: [x1, y1]}, x1]}", "unreachable"),
        ("{regex: 'x*'}", "always-true"),
        ("{any: [x1, {not: y2}]}", "always-true"),
        ("{not: x2}", "always-true"),
        ("mer*er", "star-within"),
        ("{text: [x1, 'merger *quiry']}", "star-within"),
        ("{near: {terms: [x1, mer*er], within: 3}}", "star-within"),
    ],
)
def test_a_doubtful_clause_is_found(condition: str, code: str) -> None:
    assert code in codes(when(condition, examples=PROVEN))


@pytest.mark.parametrize(
    "condition",
    [
        "{text: FTC, case: exact}",
        "{same: sentence, all: [FTC, x1]}",
        "x1",
        "inquir* in*",
        "{text: '*strafe*'}",
    ],
)
def test_a_sound_clause_is_left_alone(condition: str) -> None:
    assert not {"bare-acronym", "always-true", "contradiction", "star-within"} & set(
        codes(when(condition, examples=PROVEN))
    )


@pytest.mark.parametrize("examples", ["{match: [x1]}", "{no_match: [y1]}", "{}"])
def test_a_live_rule_needs_both_sorts_of_examples(examples: str) -> None:
    found = [f for f in findings(when("x1", examples=examples)) if f.code == "no-example"]
    assert found
    assert found[0].severity is Severity.ERROR


def test_an_example_that_does_not_hold_is_an_error_at_its_place() -> None:
    found = findings(when("x1", examples="{match: [y1], no_match: [z1]}"))
    assert [(f.code, f.severity, f.at.line, f.at.column) for f in found] == [
        ("example-fails", Severity.ERROR, 2, 22)
    ]


def test_two_rules_of_one_condition_are_told() -> None:
    one = f"- id: a\n  when: x1\n  examples: {PROVEN}\n"
    assert codes(one + one.replace("id: a", "id: b")) == ["duplicate-rule"]


def test_a_rule_that_never_hit_is_told_when_history_is_at_hand() -> None:
    matcher = Matcher(rules_of(when("x1", examples=PROVEN)))
    assert [f.code for f in lint(LintContext(matcher=matcher, last_hits={}))] == ["never-hit"]
    hit = {"r": datetime(2026, 1, 1, tzinfo=UTC)}
    assert lint(LintContext(matcher=matcher, last_hits=hit)) == []


def test_an_unknown_feed_is_told() -> None:
    matcher = Matcher(rules_of(when("{all: [x1], feed: ftc-pres}", status="draft")))
    found = lint(LintContext(matcher=matcher, feeds=("ftc-press",)))
    assert [(f.code, f.hint) for f in found] == [("unknown-feed", 'did you mean "ftc-press"?')]


def test_examples_that_differ_by_language_alone_are_two() -> None:
    """A word may be one of ours in one language and not in another."""
    examples = "{match: [{title: x1, language: de}], no_match: [{title: x1, language: en}]}"
    assert "example-both" not in codes(when("{all: [x1, {language: de}]}", examples=examples))


def test_one_example_under_both_is_an_error() -> None:
    assert "example-both" in codes(when("x1", examples="{match: [x1], no_match: [x1]}"))
