"""Who leads an article, and whose rule is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.matters.identity import claim_of
from bot.matters.lead import leading_match, other_authorities
from storage.records import Facts, Match, Mention, Span
from storage.words import Kind, Level, RuleStatus
from tests.replay import EC, TIE, WIRE, evidence, facts, match

FTC = replace(EC, id="ftc-press", authority="ftc")


def at(start: int, text: str, field: str = "summary") -> Span:
    return Span(field=field, start=start, end=start + len(text), text=text)


def named(who: str, *spans: Span) -> Mention:
    return Mention(id=who, kind="regulator", spans=spans)


def proved(rule: str, *spans: Span, level: Level = Level.HIGH, kind: Kind = Kind.SIGNAL) -> Match:
    return replace(match(rule, level=level, kind=kind), spans=spans)


THREE = replace(
    facts(regulators=("ftc", "cma", "ec")),
    mentions=(
        named("ftc", at(0, "FTC")),
        named("cma", at(10, "CMA")),
        named("ec", at(20, "Commission")),
    ),
)


def rule_of(found: Facts, *matches: Match, official: bool = False) -> str:
    lead = leading_match(FTC if official else WIRE, found, matches)
    assert lead is not None
    return lead.rule


def test_the_rule_shown_is_one_of_the_authority_that_leads() -> None:
    """Three authorities are named and three rules match: the FTC leads, so its rule is shown."""
    rules = (
        proved("cma-ai-tie", at(10, "CMA")),
        proved("ec-ai-tie", at(20, "Commission")),
        proved("ftc-ai-tie", at(0, "FTC")),
    )
    assert rule_of(THREE, *rules) == "ftc-ai-tie"


def test_words_tell_whose_a_rule_is_where_its_name_does_not() -> None:
    rules = (proved("alpha", at(10, "CMA")), proved("beta", at(0, "FTC")))
    assert rule_of(THREE, *rules) == "beta"


def test_an_authoritys_own_release_shows_its_own_rule_though_that_has_no_words_to_point_at() -> None:
    """The feed's own authority is meant without being named: its rule has no spans, another's has."""
    rules = (proved("ec-ai-tie", at(20, "Commission")), proved("ftc-ai-tie"))
    assert rule_of(THREE, *rules, official=True) == "ftc-ai-tie"


def test_the_level_is_that_of_the_rule_shown() -> None:
    rules = (proved("cma-ai-tie", at(10, "CMA")), proved("ftc-ai-deals", at(0, "FTC"), level=Level.MEDIUM))
    lead = leading_match(WIRE, THREE, rules)
    assert lead is not None
    assert lead.level is Level.MEDIUM


def test_a_teams_own_low_rule_does_not_quiet_a_shipped_one() -> None:
    """Both are about the FTC; the house rule's words fit better, the shipped one's level is higher."""
    rules = (
        proved("house-ftc", at(0, "FTC"), level=Level.LOW),
        proved("ftc-ai-tie", level=Level.CRITICAL),
    )
    assert rule_of(THREE, *rules) == "ftc-ai-tie"


def test_when_nothing_tells_the_strongest_leads() -> None:
    rules = (proved("one", level=Level.LOW), proved("two", level=Level.HIGH), proved("three"))
    assert rule_of(Facts(), *rules) == "three"


def test_a_signal_goes_before_a_deal_and_shadow_rules_never_lead() -> None:
    shadow = replace(proved("a"), status=RuleStatus.SHADOW)
    rules = (shadow, proved("ftc-deal", kind=Kind.DEAL), proved("plain"))
    assert rule_of(THREE, *rules) == "plain"
    assert leading_match(WIRE, THREE, (shadow,)) is None


@pytest.mark.parametrize("words", ["Commission", "The Commission", "the Commission's"])
def test_the_commission_in_an_authoritys_own_text_is_that_authority(words: str) -> None:
    """ "The Commission voted 3-0" in the FTC's release does not name Brussels."""
    found = replace(facts(regulators=("ftc", "ec")), mentions=(named("ec", at(0, words)),))
    assert other_authorities("ftc", found, official=True) == ()
    assert other_authorities("ftc", found, official=False) == ("ec",)


def test_the_commission_by_its_full_name_is_another_authority() -> None:
    spans = (at(0, "European Commission"), at(40, "Commission"))
    found = replace(facts(regulators=("ftc", "ec")), mentions=(named("ec", *spans),))
    assert other_authorities("ftc", found, official=True) == ("ec",)


def company(who: str, field: str) -> Mention:
    return Mention(id=who, kind="company", spans=(at(0, who, field),))


def test_past_deals_in_a_table_make_no_other_matters() -> None:
    """Only ties whose two companies stand in title or summary concern the article's own news."""
    ties = (TIE, ("google", "anthropic"), ("microsoft", "inflection"))
    found = replace(
        facts(ties=ties),
        mentions=(
            company("amazon", "title"),
            company("anthropic", "summary"),
            company("google", "summary"),
            company("microsoft", "body"),
            company("inflection", "body"),
        ),
    )
    assert claim_of(evidence(found)).others == (("cma", ("anthropic", "google")),)
