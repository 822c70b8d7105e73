"""Ties: which companies stand on which side, and what binds them into a deal."""

from __future__ import annotations

import pytest

from tests.unit.matching.test_facts import facts


@pytest.mark.parametrize(
    ("text", "ties"),
    [
        ("Amazon invests in Anthropic", (("amazon", "anthropic"),)),
        ("Nvidia buys Run:ai", (("nvidia", "run-ai"),)),
        ("Nvidia takes a stake in CoreWeave", (("nvidia", "coreweave"),)),
        ("OpenAI competes with Anthropic", ()),
        ("Amazon and Microsoft compete", ()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_tie_has_a_supplier_and_a_developer(text: str, ties: tuple[tuple[str, str], ...]) -> None:
    """Cloud, chip or platform on one side, AI developer on the other."""
    assert facts(text).ties == ties


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Amazon invests another $4bn in Anthropic", "investment"),
        ("Microsoft hires Inflection's founders and staff", "acqui-hire"),
        ("Nvidia acquires Run:ai", "acquisition"),
        ("OpenAI signs cloud contract with Oracle for more capacity", "compute"),
        ("Samsung teams up with Perplexity in AI alliance", "partnership"),
        ("Microsoft and OpenAI meet at a fair", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_deal_word_gives_the_form(text: str, form: str | None) -> None:
    """Without one, two names are only two names."""
    read = facts(text)
    assert read.deal_form == form
    assert ("ai-deal" in read.subjects) == (form is not None)


def test_ties_of_the_headline_come_first() -> None:
    """Most salient first."""
    read = facts("Google invests in Anthropic", "", "Microsoft had put money into OpenAI before.")
    assert read.ties[0] == ("google", "anthropic")
