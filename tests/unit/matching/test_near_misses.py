"""Near misses: what failed by one clause, why, and the smallest edit."""

from __future__ import annotations

import pytest

from bot.matching.matcher import Given, Matcher
from bot.matching.near_misses import NearMiss, NearMisses
from tests.unit.matching.rules_of import lexicon, rules_of, when

FACTS = Matcher(rules_of(when("{scrutiny: {by: cma, of: ai-tie}}"), lexicon()))


def misses(condition: str, title: str, body: str = "") -> list[NearMiss]:
    matcher = Matcher(rules_of(when(condition)))
    ready = NearMisses(matcher, matcher.rules.rules)
    return list(ready.of(matcher.evidence(Given(title=title, body=body))))


@pytest.mark.parametrize(
    ("condition", "title", "edit"),
    [
        (
            "{all: [x1, {company: openai}]}",
            "x1 at Anthropic",
            "add anthropic to company: openai at t.yaml:2:30",
        ),
        ("{all: [x1], not: [y1]}", "x1 y1", "drop or narrow not: text: y1 at t.yaml:2:26"),
        (
            "{all: [x1, {near: {terms: [a1, b1], within: 1}}]}",
            "x1 a1 q q q b1",
            "raise within: 1 to 3 at t.yaml:2:27",
        ),
        (
            "{all: [x1, {amount: {over: 1bn, currency: USD}}]}",
            "x1: OpenAI raises $800 million",
            "lower over: to 800,000,000 USD at t.yaml:2:29",
        ),
        (
            "{all: [x1, {amount: {over: 1m, currency: EUR}}]}",
            "x1: OpenAI raises $800 million",
            "allow currency: USD for 800,000,000 USD at t.yaml:2:29",
        ),
        ("{all: [x1, {field: title, text: y1}]}", "x1", "add the article's own word to text: y1"),
    ],
    ids=["named", "not", "near", "over", "currency", "text"],
)
def test_the_smallest_edit_is_told(condition: str, title: str, edit: str) -> None:
    (miss,) = misses(condition, title)
    assert miss.edit.startswith(edit)


@pytest.mark.parametrize(
    ("condition", "title"),
    [
        ("{all: [x1, y1, z1]}", "x1"),
        ("{all: [x1]}", "nothing"),
        ("{all: [x1]}", "x1"),
        ("{scrutiny: any}", "x"),
    ],
    ids=["two clauses fail", "nothing holds", "it matches", "no facts"],
)
def test_no_near_miss(condition: str, title: str) -> None:
    assert misses(condition, title) == []


@pytest.mark.parametrize(
    ("title", "body", "cause"),
    [
        (
            "CMA publishes its annual report",
            "It looks back. " * 9
            + "Much was said of trains and of buses. Elsewhere Amazon invests in Anthropic.",
            "no word of competition law",
        ),
        (
            "CMA opens merger inquiry into the partnership between OpenAI and Fooble Compute",
            "",
            "the other party is not recognised",
        ),
        (
            "CMA asks Microsoft and OpenAI to end dark patterns in a shop",
            "",
            "set aside as consumer protection",
        ),
    ],
    ids=["no competition word", "unknown party", "another field of law"],
)
def test_an_authority_and_a_tie_that_are_not_bound_are_a_near_miss(title: str, body: str, cause: str) -> None:
    evidence = FACTS.evidence(Given(title=title, body=body, language="en"))
    assert not FACTS.read_evidence(evidence).matches
    assert [miss.cause for miss in NearMisses(FACTS, FACTS.rules.rules).of(evidence)] == [cause]


def test_a_tie_without_a_deal_word_is_a_near_miss_of_a_deal_rule() -> None:
    matcher = Matcher(rules_of(when("{subject: ai-deal}"), lexicon()))
    evidence = matcher.evidence(Given(title="What Microsoft and OpenAI think of rain"))
    (miss,) = NearMisses(matcher, matcher.rules.rules).of(evidence)
    assert miss.cause == "a tie without a deal word"
