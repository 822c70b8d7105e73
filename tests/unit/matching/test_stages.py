"""Stages: the furthest that is reported as fact, with denials, doubts and looks back."""

from __future__ import annotations

import pytest

from storage.words import Stage
from tests.unit.matching.test_facts import facts

CASES = [
    ("en", "CMA invites comments on Microsoft's partnership with OpenAI", Stage.INQUIRY),
    ("en", "CMA opens phase 1 investigation into Amazon and Anthropic", Stage.INVESTIGATION),
    ("en", "Microsoft's OpenAI partnership does not qualify for review, CMA finds", Stage.DECISION),
    ("en", "EU will not investigate Microsoft's investment in OpenAI", Stage.DECISION),
    ("en", "Nvidia appeals to the General Court over the Commission's Run:ai review", Stage.LITIGATION),
    ("en", "FTC chair warns of cloud firms' stakes in OpenAI and Anthropic", Stage.CONCERN),
    ("en", "Amazon invests in Anthropic; lawyers expect the FTC to look into the deal", Stage.CONCERN),
    ("fr", "La CMA ouvre la phase 1 sur Amazon et Anthropic", Stage.INVESTIGATION),
    ("fr", "Microsoft-OpenAI : la CMA range le dossier", Stage.DECISION),
    (
        "de",
        "Microsoft und OpenAI: derzeit kein Fall für die Fusionskontrolle, sagt das Kartellamt",
        Stage.DECISION,
    ),
    (
        "de",
        "EU-Kommission leitet Verfahren ein: Meta sperrt KI-Chatbots auf WhatsApp aus",
        Stage.INVESTIGATION,
    ),
    ("es", "La CMA archiva el examen de Microsoft y OpenAI", Stage.DECISION),
    ("it", "Meta, l'Antitrust ordina di sospendere le clausole sui chatbot in WhatsApp", Stage.DECISION),
    ("nl", "CMA vraagt reacties op samenwerking Google en Anthropic", Stage.INQUIRY),
    ("pl", "CMA wszczyna postępowanie w sprawie Amazona i Anthropic", Stage.INVESTIGATION),
    ("pt", "Cade suspende regra do WhatsApp contra chatbots de IA; medida preventiva", Stage.DECISION),
    ("ja", "英CMA、アマゾンのアンソロピック出資を審査せず", Stage.DECISION),
    ("ko", "영국 경쟁시장청, 아마존·앤트로픽 제휴 1단계 조사 착수", Stage.INVESTIGATION),
    ("zh", "英国反垄断机构：微软与OpenAI的合作不符合并购审查条件", Stage.DECISION),
]


@pytest.mark.parametrize(("language", "title", "stage"), CASES, ids=[title for _, title, _ in CASES])
def test_stage_of_a_headline(language: str, title: str, stage: Stage) -> None:
    """Each authority's words, in the language of the press."""
    assert facts(title, language=language).stage is stage


def test_without_scrutiny_there_is_no_stage() -> None:
    """A deal has no stage, nor has an authority on another market."""
    assert facts("Amazon invests in Anthropic").stage is None
    assert facts("CMA opens phase 1 investigation into a supermarket merger").stage is None


def test_an_old_file_in_a_deal_story_is_no_new_step() -> None:
    """The headline is a deal; the authority's earlier decision stands in the body."""
    body = (
        "Money will flow for years.\n\nThe CMA cleared an earlier investment of Google in Anthropic in 2024."
    )
    read = facts("Google invests $10bn more in Anthropic", "The largest cheque so far.", body)
    assert ("cma", "ai-tie") in read.scrutiny
    assert read.stage is Stage.CONCERN


def test_a_denial_in_another_clause_denies_nothing() -> None:
    """ "No merger: UK clears …" clears."""
    assert facts("No merger, no case: UK's CMA clears Alphabet's Anthropic tie-up").stage is Stage.DECISION


@pytest.mark.parametrize(
    "title",
    [
        "CMA delays decision on Google-Anthropic partnership",
        "La CMA repousse sa décision sur Google et Anthropic",
        "La CMA aplaza su decisión sobre la alianza entre Google y Anthropic",
        "CMA decision on Google-Anthropic tie-up expected by June",
    ],
)
def test_a_decision_that_is_put_off_or_awaited_is_none(title: str) -> None:
    """What an authority has yet to decide is not told as decided."""
    assert facts(title).stage is not Stage.DECISION


def test_the_american_commission_is_not_the_european_one() -> None:
    """In the FTC's own release "the Commission" is the FTC."""
    found = facts(
        "FTC issues 6(b) orders on AI partnerships to Microsoft and OpenAI",
        "The Commission voted 3-0 to require information on investments.",
    )
    assert found.regulators == ("ftc",)
