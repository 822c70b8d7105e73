"""How a decision ended its matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.matters.outcome import outcome_of
from storage.records import Facts, Mention, Span
from storage.words import Stage


def decided(*words: str, stage: Stage = Stage.DECISION) -> Facts:
    spans = tuple(Span(field="title", start=0, end=len(w), text=w) for w in words)
    return Facts(stage=stage, mentions=(Mention(id="decision", kind="stage", spans=spans),))


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        (("clears",), "cleared"),
        (("does not qualify",), "no-jurisdiction"),
        (("closes the file",), "closed"),
        (("withdrawn their",), "withdrawn"),
        (("autorise",), "cleared"),
        (("gibt frei",), "cleared"),
        (("stellt ein",), "closed"),
        (("kein Fall für",), "no-jurisdiction"),
        (("da luz verde",), "cleared"),
        (("archivia",), "closed"),
        (("承認",), "cleared"),
        (("cleared", "does not qualify"), "no-jurisdiction"),
        (("fined",), ""),
        (("commitments binding",), ""),
        (("prohibits",), ""),
        (("designated",), ""),
        (("interim measures",), ""),
        ((), ""),
    ],
)
def test_the_words_of_a_decision_say_how_it_ended(words: tuple[str, ...], outcome: str) -> None:
    assert outcome_of(decided(*words)) == outcome


def test_words_that_count_in_a_title_only_count_here_too() -> None:
    span = Span(field="title", start=0, end=6, text="clears")
    found = Facts(
        stage=Stage.DECISION, mentions=(Mention(id="decision-in-title", kind="stage", spans=(span,)),)
    )
    assert outcome_of(found) == "cleared"


def test_words_of_an_end_beside_another_stage_end_nothing() -> None:
    assert outcome_of(decided("clears", stage=Stage.INVESTIGATION)) == ""


def test_an_outcome_that_the_recogniser_gives_goes_before() -> None:
    assert outcome_of(replace(decided("clears"), outcome="withdrawn")) == "withdrawn"
