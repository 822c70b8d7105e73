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


CLOSED_A_ROUND = "Thinking Machines closes its seed round"
WITH_BACKER = "The lab raised two billion dollars, with Nvidia among the investors of the round. It is young."


def test_the_opening_of_the_body_names_the_other_party() -> None:
    """Title and summary tell of the round and the developer alone; a sentence of the opening names both."""
    body = WITH_BACKER.replace("The lab", "Thinking Machines")
    assert (
        facts(CLOSED_A_ROUND, body=body, summary="A young firm of former researchers has money.").deal_form
        == "investment"
    )


def test_a_deal_told_only_in_the_body_is_an_aside() -> None:
    """An article whose title and summary tell of no deal is not a story of one."""
    body = WITH_BACKER.replace("The lab", "Thinking Machines")
    assert (
        facts(
            "Thinking Machines moves house", body=body, summary="The new house is larger than the old one."
        ).deal_form
        is None
    )
