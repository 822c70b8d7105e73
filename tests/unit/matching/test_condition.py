"""What each clause of the rule language means."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.matching.condition_file import sum_of
from bot.matching.matcher import Matcher
from storage.words import Tier
from tests.unit.matching.rules_of import matches, rules_of, when

CASES = [
    ("merger inquiry", "A Merger-Inquiry opens", True),
    ("merger inquiry", "The inquiry into a merger", False),
    ("inquir*", "Two inquiries", True),
    ("enquete", "Une enquête", True),
    ("{text: CMA, case: exact}", "The CMA acts", True),
    ("{text: CMA, case: exact}", "The cma acts", False),
    ("{text: 公取委}", "日本の公取委が調査", True),
    ("{near: {terms: [cloud, deal], within: 2}}", "A cloud and data deal", True),
    ("{near: {terms: [cloud, deal], within: 1}}", "A cloud and data deal", False),
    ("{near: {terms: [deal, cloud], within: 2}}", "A cloud and data deal", True),
    ("{near: {terms: [[x, cloud], [y, deal]], within: 3}}", "A cloud and data deal", True),
    ("{regex: 'gpt-?[0-9]'}", "Meet GPT-5", True),
    ("{regex: 'gpt-?[0-9]', case: exact}", "Meet GPT-5", False),
    ("{regulator: any}", "Competition and Markets Authority acts", True),
    ("{company: ai-lab}", "OpenAI hires", True),
    ("{company: ai-lab}", "Microsoft hires", False),
    ("{tie: {between: [ai-lab, amazon]}}", "Amazon invests in Anthropic", True),
    ("{tie: {between: [microsoft, ai-lab]}}", "Amazon invests in Anthropic", False),
    ("{amount: {over: 1bn}}", "Amazon invests $4 billion in Anthropic", True),
    ("{amount: {over: 5bn}}", "Amazon invests $4 billion in Anthropic", False),
    ("{amount: {currency: EUR}}", "Amazon invests $4 billion in Anthropic", False),
    ("{all: [cloud, {not: outage}]}", "cloud", True),
    ("{all: [cloud], not: [outage]}", "cloud outage", False),
    ("{at_least: {of: 2, these: [a1, b1, c1]}}", "a1 and c1", True),
    ("{at_least: {of: 2, these: [a1, b1, c1]}}", "a1 and d1", False),
]


@pytest.mark.parametrize(("condition", "title", "expected"), CASES, ids=lambda v: str(v)[:50])
def test_a_clause_means_what_the_readme_says(condition: str, title: str, expected: bool) -> None:
    assert matches(condition, title) is expected


def test_same_sentence_wants_one_sentence() -> None:
    condition = "{same: sentence, all: [{company: anthropic}, supplier]}"
    assert matches(condition, "News", body="It grew. Amazon is a supplier of Anthropic.")
    assert not matches(condition, "News", body="A supplier failed. Anthropic grew.")


def test_same_sentence_finds_a_late_one_among_many_mentions() -> None:
    """Facts keep a few spans; the clause looks at every place."""
    body = "Anthropic grew. " * 30 + "A supplier of Anthropic failed."
    assert matches("{same: sentence, all: [{company: anthropic}, supplier]}", "News", body=body)


def test_a_field_limits_every_clause_inside() -> None:
    condition = "{field: title, all: [{company: openai}, cloud]}"
    assert matches(condition, "OpenAI and the cloud")
    assert not matches(condition, "The cloud", body="OpenAI")


def test_the_address_is_read_only_when_asked() -> None:
    url = "https://example.org/merger-inquiry"
    assert not matches("merger inquiry", "News", url=url)
    assert matches("{field: url, text: merger inquiry}", "News", url=url)


def test_sources_are_feed_language_and_tier() -> None:
    matcher = Matcher(rules_of(when("{feed: f, language: fr, tier: official}")))
    assert matcher.read(title="x", feed="f", language="fr-CA", tier=Tier.OFFICIAL).matches
    assert not matcher.read(title="x", feed="g", language="fr", tier=Tier.OFFICIAL).matches
    assert not matcher.read(title="x", feed="f", language="en", tier=Tier.OFFICIAL).matches
    assert not matcher.read(title="x", feed="f", language="fr").matches


@pytest.mark.parametrize(
    ("written", "value"),
    [("1bn", 10**9), ("500m", 5 * 10**8), ("1.5 billion", 1_500_000_000), ("2,000,000", 2_000_000), ("7", 7)],
)
def test_sums_are_written_as_people_do(written: str, value: int) -> None:
    assert sum_of(written) == Decimal(value)


@pytest.mark.parametrize("written", ["1,5bn", "1,5", "10,00", "1.5.0bn", ",5bn"])
def test_a_sum_that_could_be_two_is_none(written: str) -> None:
    """A comma groups thousands in English and begins decimals elsewhere."""
    assert sum_of(written) is None
