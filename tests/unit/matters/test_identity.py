"""Which matter an article speaks of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.matters.identity import Claim, authority_of_case, claim_of, title_of
from storage.records import Facts
from storage.words import Kind
from tests.replay import CMA, DEAL, EC, START, TIE, WIRE, evidence, facts


def test_an_authority_and_a_tie_name_a_matter() -> None:
    assert claim_of(evidence()).tie_key == "cma:amazon+anthropic"


def test_the_order_of_the_two_companies_is_no_part_of_the_name() -> None:
    swapped = facts(ties=(("anthropic", "amazon"),))
    assert claim_of(evidence(swapped)).tie_key == "cma:amazon+anthropic"


def test_a_tie_without_an_authority_is_a_matter_of_its_own() -> None:
    assert claim_of(evidence(DEAL, kind=Kind.DEAL)).tie_key == "tie:amazon+anthropic"


def test_an_official_feed_speaks_for_its_own_authority_whoever_else_it_names() -> None:
    named = facts(regulators=("ftc", "cma"))
    claim = claim_of(evidence(named, feed=EC))
    assert claim.authority == "ec"
    assert [who for who, _ in claim.others] == ["ftc", "cma"]


def test_the_press_leads_with_the_most_salient_authority_of_the_rules_kind() -> None:
    named = facts(regulators=("bundeskartellamt", "ec", "cma"))
    assert claim_of(evidence(named)).authority == "ec"
    assert claim_of(evidence(named, kind=Kind.OTHER)).authority == "bundeskartellamt"


def test_an_authority_that_looks_at_something_goes_before_one_that_is_only_named() -> None:
    named = replace(facts(regulators=("ec", "cma")), scrutiny=(("cma", "ai-tie"),))
    assert claim_of(evidence(named)).authority == "cma"


def test_further_ties_are_noted() -> None:
    named = facts(ties=(TIE, ("microsoft", "mistral")))
    assert claim_of(evidence(named)).others == (("cma", ("microsoft", "mistral")),)


def test_a_case_page_is_known_by_its_slug() -> None:
    page = evidence(facts(ties=()), feed=CMA, link="https://gov.uk/cma-cases/amazon-anthropic", updated=START)
    assert claim_of(page).case == "gov.uk:amazon-anthropic"


def test_a_survey_of_several_cases_goes_by_its_tie() -> None:
    survey = facts(regulators=("ec",), cases=("M.11766", "AT.40684"))
    assert claim_of(evidence(survey)).case == ""
    assert claim_of(evidence(replace(survey, ties=()))).case == "M.11766"


def test_another_authoritys_number_does_not_identify() -> None:
    assert claim_of(evidence(facts(cases=("M.11766",)))).case == ""


def scrutiny(*subjects: str, companies: tuple[str, ...] = ()) -> Facts:
    return Facts(
        regulators=("ec",), companies=companies, scrutiny=tuple(("ec", subject) for subject in subjects)
    )


@pytest.mark.parametrize(
    ("found", "key"),
    [
        pytest.param(scrutiny("cloud-ai", companies=("amazon", "microsoft")), "market:cloud", id="cloud"),
        pytest.param(scrutiny("ai-market"), "market:ai", id="AI"),
        pytest.param(scrutiny("chip-ties"), "market:ai-chips", id="chips"),
        pytest.param(scrutiny("ai-market", companies=("google",)), "google", id="a market of one company"),
        pytest.param(scrutiny("ai-distribution", companies=("meta", "openai")), "meta", id="conduct"),
        pytest.param(scrutiny("chip-ties", companies=("nvidia",)), "nvidia", id="one company"),
    ],
)
def test_without_a_tie_the_authority_looks_at_a_company_or_a_market(found: Facts, key: str) -> None:
    claim = claim_of(evidence(found))
    assert (f"market:{claim.market}" if claim.market else "+".join(claim.tie)) == key


def test_two_companies_cases_before_one_authority_are_two_matters() -> None:
    one = claim_of(evidence(scrutiny("ai-distribution", companies=("meta",))))
    two = claim_of(evidence(scrutiny("ai-distribution", companies=("google",))))
    assert (one.tie_key, two.tie_key) == ("ec:meta", "ec:google")


@pytest.mark.parametrize(
    "found",
    [
        Facts(regulators=("ec",), companies=("microsoft",)),
        Facts(regulators=("ec",), subjects=("ai-market",), topics=("ai-act",)),
        Facts(topics=("cloud",)),
    ],
    ids=["a company named beside it", "a subject that it is not bound to", "no authority"],
)
def test_without_proof_of_scrutiny_an_article_stands_alone(found: Facts) -> None:
    assert claim_of(evidence(found)).stands_alone


@pytest.mark.parametrize(
    ("case", "authority"),
    [
        ("M.11766", "ec"),
        ("AT.40684", "ec"),
        ("DMA.100220", "ec"),
        ("gov.uk:ebay-slash-depop", "cma"),
        ("ME/7068/23", "cma"),
        ("24-A-05", "autorite"),
        ("T-15/25", None),
        ("1:20-cv-03010", None),
    ],
)
def test_a_number_says_whose_it_is(case: str, authority: str | None) -> None:
    assert authority_of_case(case) == authority


@pytest.mark.parametrize(
    ("claim", "title"),
    [
        (Claim(authority="cma", tie=("microsoft", "openai")), "CMA: Microsoft / OpenAI"),
        (Claim(authority="ec", case="M.11766"), "European Commission: case M.11766"),
        (Claim(authority="cma", case="gov.uk:a-slash-b-merger"), "CMA: A / b merger"),
        (Claim(authority="cma", market="cloud"), "CMA: Cloud market"),
        (Claim(authority=None, tie=("nvidia", "xai")), "NVIDIA / xAI"),
    ],
    ids=["tie", "case", "slug", "market", "deal"],
)
def test_a_matter_is_titled_by_what_names_it(claim: Claim, title: str) -> None:
    assert title_of(claim) == title


def test_a_press_feed_with_an_authority_does_not_speak_for_it() -> None:
    feed = replace(WIRE, authority="ec")
    assert claim_of(evidence(facts(regulators=("cma",)), feed=feed)).authority == "cma"
