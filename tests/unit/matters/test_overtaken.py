"""A later step overtakes the dates that it makes void, and no others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.matters.agenda import DueDate, agenda_of, whole_agenda
from storage.words import Stage
from tests.unit.matters.test_agenda import KEY, NOW, decided, hit, matter, step

AHEAD = date(2026, 4, 28)
LATER = NOW + timedelta(days=10)
DAY = timedelta(days=1)


def overtaken(dates: tuple[DueDate, ...]) -> list[str]:
    return [due.what for due in dates if due.overtaken]


@pytest.mark.parametrize(
    ("title", "what", "void"),
    [
        ("CMA phase 1 decision: remedies", "phase 1 decision", True),
        ("CMA phase 1 decision: remedies", "comments", True),
        ("CMA phase 1 decision: remedies", "phase 2 decision", False),
        ("CMA prohibits the merger", "phase 2 decision", True),
        ("CMA prohibits the merger", "appeal", False),
        ("CMA prohibits the merger", "compliance", False),
        ("CMA prohibits the merger", "designation decision", False),
        ("CMA designates Microsoft with strategic market status", "designation decision", True),
        ("CMA designates Microsoft with strategic market status", "phase 1 decision", False),
        ("CMA fines Microsoft for late answers", "phase 1 decision", False),
        ("CMA fines Microsoft for late answers", "comments", False),
        ("Commission adopts specification decisions", "preliminary findings", True),
    ],
    ids=str,
)
def test_a_decision_overtakes_the_dates_of_its_own_proceeding(title: str, what: str, void: bool) -> None:
    """A fine leaves the review running, a designation the merger, an end the appeal."""
    dates = whole_agenda([hit(1, AHEAD, what=what)], [matter()], {KEY: [decided(title, LATER)]})
    assert (what in overtaken(dates)) is void


def test_phase_two_overtakes_what_was_due_in_phase_one() -> None:
    """The first decision was to go on."""
    stated = [hit(1, AHEAD, what="phase 1 decision"), hit(2, AHEAD, what="phase 2 decision")]
    opened = step("Referred for an in-depth inquiry", LATER)
    assert overtaken(whole_agenda(stated, [matter()], {KEY: [opened]})) == ["phase 1 decision"]


def test_a_date_that_was_reached_before_the_step_is_not_overtaken() -> None:
    """The comments were due on the fifth, the decision came on the twelfth."""
    stated = hit(1, date(2026, 3, 5))
    assert overtaken(whole_agenda([stated], [matter()], {KEY: [decided("Decision", LATER)]})) == []


def test_a_date_stated_after_the_step_is_due() -> None:
    """A decision may be followed by a consultation on remedies."""
    new = hit(1, AHEAD, published=LATER + DAY)
    assert overtaken(whole_agenda([new], [matter()], {KEY: [decided("Decision", LATER)]})) == []


def test_a_date_that_is_only_repeated_after_the_step_stays_overtaken() -> None:
    """A case page names its old timetable for life."""
    pages = [hit(1, AHEAD), hit(2, AHEAD, published=LATER + DAY)]
    assert overtaken(whole_agenda(pages, [matter()], {KEY: [decided("Decision", LATER)]})) == ["comments"]


@pytest.mark.parametrize(("what", "void"), [("comments", False), ("phase 1 decision", True)], ids=str)
def test_the_deciding_article_sets_the_next_date_but_not_that_of_its_own_decision(
    what: str, void: bool
) -> None:
    """Comments on remedies are asked for in the decision; the phase that it ends is over."""
    own = hit(7, AHEAD, what=what, published=LATER)
    end = step("Phase 1 decision", LATER, stage=Stage.DECISION, article=7)
    assert (what in overtaken(whole_agenda([own], [matter()], {KEY: [end]}))) is void


def test_the_end_of_a_matter_overtakes_everything_but_an_appeal() -> None:
    """With the step that ended it."""
    stated = [hit(1, AHEAD), hit(2, AHEAD, what="answers to the 6(b) orders"), hit(3, AHEAD, what="appeal")]
    end = decided("Cleared", LATER, reason="closed")
    dates = whole_agenda(stated, [matter(outcome="cleared")], {KEY: [end]})
    assert overtaken(dates) == ["answers to the 6(b) orders", "comments"]
    assert {d.overtaken.stored for d in dates if d.overtaken} == {end}


def test_a_reopened_matter_has_the_dates_that_are_stated_anew() -> None:
    """What was void stays void."""
    stated = [hit(1, AHEAD), hit(2, AHEAD + DAY, what="answer", published=LATER + 2 * DAY)]
    steps = [
        decided("Cleared", LATER, reason="closed", number=1),
        step("Inquiry reopened", LATER + DAY, reason="reopened", number=2),
    ]
    dates = whole_agenda(stated, [matter()], {KEY: steps})
    assert overtaken(dates) == ["comments"]


def test_an_estimate_is_overtaken_as_a_stated_date_is() -> None:
    """The clock of phase 1 stops with its decision, which starts that for an appeal."""
    steps = [step("Phase 1 opened", NOW), decided("Phase 1 decision", LATER)]
    dates = whole_agenda([], [matter()], {KEY: steps})
    assert overtaken(dates) == ["phase 1 decision"]
    assert [due.what for due in agenda_of([], [matter()], {KEY: steps})] == ["appeal"]


def test_a_new_clock_goes_before_an_old_date_of_the_same_name() -> None:
    """A second notification starts phase 1 again; one key is one event in a calendar."""
    stated = hit(1, AHEAD, what="phase 1 decision")
    steps = [decided("Phase 1 decision", LATER), step("Phase 1 opened", LATER + 5 * DAY, number=10)]
    dates = whole_agenda([stated], [matter()], {KEY: steps})
    assert [(d.what, d.estimated, d.overtaken) for d in dates if d.what != "appeal"] == [
        ("phase 1 decision", True, None)
    ]


def test_a_date_without_a_matter_is_never_overtaken() -> None:
    """Nothing says what it belongs to."""
    assert overtaken(whole_agenda([hit(1, AHEAD, matter=None)], [matter()], {})) == []
