"""Explaining: the first clause that failed, and near misses with the smallest edit."""

from __future__ import annotations

import pytest

from bot.matching.condition import brief
from bot.matching.explain import Explained, explain
from bot.matching.matcher import Given, Matcher
from tests.unit.matching.rules_of import rules_of, when


def explained(condition: str, title: str, body: str = "") -> Explained:
    matcher = Matcher(rules_of(when(condition)))
    return explain(matcher, matcher.rules.rules[0], matcher.evidence(Given(title=title, body=body)))


@pytest.mark.parametrize(
    ("condition", "title", "failed", "why"),
    [
        ("{all: [x1, y1]}", "x1", "text: y1", "not found"),
        ("{all: [x1], not: [z1, y1]}", "x1 y1", "not: text: y1", 'excluded by text: y1, on "y1"'),
        ("{near: {terms: [x1, y1], within: 1}}", "x1 a a a y1", "near: [x1, y1] within 1 words", "more than 1"),
        ("{near: {terms: [x1, y1], within: 1}}", "x1", "near: [x1, y1] within 1 words", "not found: y1"),
        ("{company: openai}", "Anthropic grows", "company: openai", "company here: anthropic"),
        ("{at_least: {of: 2, these: [x1, y1]}}", "x1", "at least 2 of [text: x1, text: y1]", "1 of 2 hold"),
        ("{scrutiny: any}", "Weather", "scrutiny by any of any", "not found"),
    ],
)  # fmt: skip
def test_the_first_failing_clause_is_named_with_the_reason(
    condition: str, title: str, failed: str, why: str
) -> None:
    found = explained(condition, title)
    assert found.match is None
    assert found.failed is not None
    assert brief(found.failed) == failed
    assert why in found.why


def test_a_field_and_a_sentence_explain_themselves() -> None:
    assert explained("{field: title, text: x1}", "a", "x1").why == "there, but not in the title"
    sentence = explained("{same: sentence, all: [x1, y1]}", "a", "It is x1. It is y1.")
    assert sentence.why == "all there, but not in one sentence"


def test_a_match_explains_itself_by_its_spans() -> None:
    found = explained("x1", "an x1")
    assert found.match is not None
    assert found.match.spans[0].text == "x1"
