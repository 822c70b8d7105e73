"""What is a step, and what is only one more voice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.matters.evidence import Evidence
from bot.matters.steps import Development, develop
from storage.records import Deadline, Matter
from storage.words import Stage
from tests.replay import (
    CMA,
    DAY,
    EC,
    HOUR,
    START,
    Note,
    article,
    evidence,
    facts,
    known_of,
    matter,
)


def after(held: Matter | None, proof: Evidence) -> Development:
    return develop(held, held or matter(told_of=False), proof, START)


def official(stage: Stage | None, **more: object) -> Evidence:
    return evidence(replace(facts(stage), **more), feed=CMA)  # type: ignore[arg-type]


@pytest.mark.parametrize("stage", [*Stage, None])
def test_the_first_article_opens_a_matter_at_its_stage(stage: Stage | None) -> None:
    found = after(None, official(stage))
    assert (found.reason, found.matter.stage, found.matter.confirmed) == ("opened", stage, True)


def test_the_press_opens_a_matter_unconfirmed() -> None:
    found = after(None, evidence())
    assert (found.reason, found.matter.confirmed) == ("opened", False)


def test_hedged_press_opens_a_matter_as_a_concern_at_most() -> None:
    assert after(None, evidence(facts(Stage.INVESTIGATION, hedged=True))).matter.stage is Stage.CONCERN


@pytest.mark.parametrize("held", list(Stage))
@pytest.mark.parametrize("seen", [*Stage, None])
def test_the_press_only_ever_advances(held: Stage, seen: Stage | None) -> None:
    found = after(matter(stage=held), evidence(facts(seen)))
    if seen is not None and seen.rank > held.rank:
        assert (found.reason, found.matter.stage, found.matter.confirmed) == ("advanced", seen, False)
    else:
        assert (found.reason, found.matter.stage, found.step) == ("corroborated", held, None)


@pytest.mark.parametrize("held", list(Stage))
def test_hedged_press_advances_nothing(held: Stage) -> None:
    found = after(matter(stage=held), evidence(facts(Stage.LITIGATION, hedged=True)))
    assert found.reason == "corroborated"


@pytest.mark.parametrize("held", list(Stage))
@pytest.mark.parametrize("seen", [*Stage, None])
def test_every_new_entry_of_the_authority_is_told(held: Stage, seen: Stage | None) -> None:
    """A higher stage advances; any other is a new act, and a confirmed stage never falls by it."""
    found = after(matter(stage=held), official(seen))
    ahead = seen is not None and seen.rank > held.rank
    assert found.reason == ("advanced" if ahead else "official-act")
    assert found.matter.stage is (seen if ahead else held)
    assert found.step is not None


def test_another_authoritys_feed_is_press_to_a_matter() -> None:
    assert after(matter(), evidence(facts(), feed=EC)).reason == "corroborated"


def test_the_authority_confirms_what_the_press_had_and_the_lead_is_told() -> None:
    held = matter(confirmed=False, at=START - 2 * DAY)
    found = after(held, official(Stage.INQUIRY))
    assert (found.reason, found.matter.confirmed, found.lead) == ("confirmed", True, "2 d")


def test_an_advance_by_the_authority_confirms_as_well() -> None:
    found = after(matter(confirmed=False), official(Stage.DECISION))
    assert (found.reason, found.matter.confirmed) == ("advanced", True)


def test_the_authority_corrects_a_press_that_was_ahead_of_the_facts_and_says_so() -> None:
    found = after(matter(stage=Stage.INVESTIGATION, confirmed=False), official(Stage.INQUIRY))
    assert (found.reason, found.matter.stage, found.before) == (
        "official-act",
        Stage.INQUIRY,
        "investigation",
    )


def test_a_speech_corrects_nothing() -> None:
    found = after(matter(stage=Stage.INVESTIGATION, confirmed=False), official(Stage.CONCERN))
    assert (found.matter.stage, found.matter.confirmed) == (Stage.INVESTIGATION, False)


@pytest.mark.parametrize("outcome", ["cleared", "closed", "withdrawn", "no-jurisdiction"])
def test_an_end_is_a_step_that_says_so(outcome: str) -> None:
    found = after(matter(), official(Stage.DECISION, outcome=outcome))
    assert (found.reason, found.matter.outcome, found.matter.stage) == ("closed", outcome, Stage.DECISION)


def test_a_withdrawal_at_the_inquiry_still_ends_the_matter() -> None:
    assert after(matter(), official(Stage.INQUIRY, outcome="withdrawn")).matter.stage is Stage.DECISION


def test_the_press_reports_an_end_unconfirmed() -> None:
    found = after(matter(), evidence(replace(facts(Stage.DECISION), outcome="cleared")))
    assert (found.reason, found.matter.confirmed) == ("closed", False)


def test_a_new_act_after_the_end_reopens() -> None:
    held = matter(stage=Stage.DECISION, outcome="cleared")
    found = after(held, official(Stage.INQUIRY))
    assert (found.reason, found.matter.stage, found.matter.outcome, found.before) == (
        "reopened",
        Stage.INQUIRY,
        "",
        "cleared",
    )


def test_the_full_text_of_a_decision_does_not_reopen() -> None:
    held = matter(stage=Stage.DECISION, outcome="cleared")
    assert after(held, official(Stage.DECISION, outcome="cleared")).reason == "official-act"


def test_old_background_in_the_press_does_not_reopen() -> None:
    held = matter(stage=Stage.DECISION, outcome="cleared")
    assert after(held, evidence(facts(Stage.INVESTIGATION))).reason == "corroborated"


def test_the_press_reopens_a_matter_that_ended_half_a_year_ago_unconfirmed() -> None:
    held = matter(stage=Stage.DECISION, outcome="cleared", at=START - 181 * DAY)
    found = after(held, evidence(facts(Stage.INVESTIGATION)))
    assert (found.reason, found.matter.stage, found.matter.confirmed) == (
        "reopened",
        Stage.INVESTIGATION,
        False,
    )


def test_an_opinion_on_a_matter_that_ended_long_ago_reopens_nothing() -> None:
    held = matter(stage=Stage.DECISION, outcome="cleared", at=START - 181 * DAY)
    assert after(held, evidence(facts(Stage.CONCERN))).reason == "corroborated"


def test_an_appeal_after_the_end_advances() -> None:
    held = matter(stage=Stage.DECISION, outcome="cleared")
    found = after(held, evidence(facts(Stage.LITIGATION)))
    assert (found.reason, found.matter.outcome) == ("advanced", "")


# ---------------------------------------------------------------------------- revisions of case pages


def revision(
    *, moved: bool = True, text: str = "", note: Note | None = None, stage: Stage = Stage.INQUIRY
) -> Evidence:
    old = article("page", START - DAY, feed=CMA, updated=START - DAY)
    updated = START if moved else START - DAY
    return evidence(
        facts(stage), feed=CMA, name="page", known=known_of(old), updated=updated, text=text, note=note
    )


def test_a_moved_update_of_a_case_page_is_an_act() -> None:
    found = after(matter(), revision())
    assert found.reason == "official-act"


def test_a_page_whose_date_alone_moved_proves_no_stage() -> None:
    assert after(matter(), revision(stage=Stage.DECISION)).matter.stage is Stage.INQUIRY


def test_a_page_that_says_more_advances() -> None:
    assert after(matter(), revision(stage=Stage.DECISION, text="decided")).reason == "advanced"


def test_a_typo_is_no_step() -> None:
    assert after(matter(), revision(note=Note("Fixed a typo", is_step=False))).reason == "known"


def test_the_authoritys_own_note_is_what_the_step_says() -> None:
    found = after(matter(), revision(note=Note("Phase 1 decision announced", is_step=True)))
    assert found.matter.stage is Stage.DECISION
    assert found.step is not None
    assert found.step.note == "Phase 1 decision announced"


def test_the_note_moves_the_stage_of_a_page_whose_text_stays() -> None:
    cleared = after(matter(), revision(note=Note("The CMA has cleared the deal.", is_step=True)))
    assert (cleared.reason, cleared.matter.outcome) == ("closed", "cleared")
    launched = after(matter(), revision(note=Note("Merger inquiry launched", is_step=True)))
    assert (launched.reason, launched.matter.stage) == ("advanced", Stage.INVESTIGATION)


def test_a_full_text_note_does_not_reopen_a_closed_page() -> None:
    held = matter(stage=Stage.DECISION, outcome="cleared")
    note = Note("Full text decision published", is_step=True)
    assert after(held, revision(note=note)).reason == "official-act"


def test_the_standing_title_of_a_closed_page_does_not_reopen_it() -> None:
    """The page is still called "merger inquiry" when its summary is edited and no note is to be had."""
    held = matter(stage=Stage.DECISION, outcome="cleared")
    assert after(held, revision(text="edited")).reason == "official-act"
    ahead = matter(stage=Stage.INVESTIGATION, confirmed=False)
    assert after(ahead, revision(text="edited")).matter.stage is Stage.INVESTIGATION


def test_a_closed_page_that_says_that_it_is_reopened_reopens_the_matter() -> None:
    held = matter(stage=Stage.DECISION, outcome="closed")
    found = after(held, revision(text="The CMA has reopened its inquiry."))
    assert (found.reason, found.matter.stage, found.matter.outcome) == ("reopened", Stage.INQUIRY, "")


def test_an_edited_official_text_is_an_edit_not_a_step() -> None:
    found = after(matter(), revision(moved=False, text="edited"))
    assert (found.reason, found.step) == ("edited", None)


def test_the_same_revision_through_a_second_feed_is_known() -> None:
    first = after(matter(), revision())
    assert after(first.matter, revision()).reason == "known"


# ---------------------------------------------------------------------------- deadlines

MAY, JUNE = date(2026, 5, 9), date(2026, 6, 1)


def due(on: date) -> Deadline:
    return Deadline(on=on, what="comments")


def test_a_moved_deadline_is_a_step() -> None:
    found = after(matter(deadline=due(MAY)), evidence(facts(deadline=JUNE), feed=CMA))
    assert (found.reason, found.before, found.matter.deadline) == ("deadline-moved", "2026-05-09", due(JUNE))


def test_the_authority_may_bring_a_deadline_forward() -> None:
    assert after(matter(deadline=due(JUNE)), official(None, deadlines=(due(MAY),))).reason == "deadline-moved"


def test_the_press_moves_no_deadline_of_the_authority() -> None:
    found = after(matter(deadline=due(MAY)), evidence(facts(deadline=JUNE)))
    assert (found.reason, found.matter.deadline) == ("corroborated", due(MAY))


def test_the_press_fills_in_a_deadline_that_nobody_gave() -> None:
    found = after(matter(), evidence(facts(deadline=MAY)))
    assert (found.reason, found.matter.deadline) == ("corroborated", due(MAY))


def test_a_deadline_that_has_passed_does_not_move() -> None:
    past = Deadline(on=date(2026, 2, 1), what="comments")
    found = after(matter(deadline=past), official(None, deadlines=(due(MAY),)))
    assert (found.reason, found.matter.deadline) == ("official-act", due(MAY))


def test_a_deadline_for_something_else_is_no_move() -> None:
    other = Deadline(on=JUNE, what="phase 1 decision")
    assert after(matter(deadline=due(MAY)), official(None, deadlines=(other,))).reason == "official-act"


def test_the_lead_is_counted_from_what_the_authority_published() -> None:
    """We may see the official text late; the press was not ahead by our delay."""
    held = matter(confirmed=False, at=START - HOUR)
    proof = evidence(facts(), feed=CMA, at=START - 2 * HOUR)
    assert develop(held, held, proof, START).lead == ""


DECISION_DUE = Deadline(on=JUNE, what="phase 1 decision")


def test_a_decision_ends_the_wait_for_its_date() -> None:
    """What the decision overtook is no next deadline, in a press report as in the authority's own."""
    held = matter(stage=Stage.INVESTIGATION, deadline=DECISION_DUE)
    assert after(held, official(Stage.DECISION)).matter.deadline is None
    assert after(held, official(Stage.DECISION, outcome="cleared")).matter.deadline is None
    assert after(held, evidence(facts(Stage.DECISION))).matter.deadline is None


def test_a_deciding_article_that_repeats_the_old_date_does_not_bring_it_back() -> None:
    held = matter(stage=Stage.INVESTIGATION, deadline=DECISION_DUE)
    further = Deadline(on=date(2026, 7, 1), what="undertakings")
    found = after(held, official(Stage.DECISION, deadlines=(DECISION_DUE, further)))
    assert found.matter.deadline == further


def test_an_opening_keeps_the_date_that_runs() -> None:
    assert after(matter(deadline=due(MAY)), official(Stage.INVESTIGATION)).matter.deadline == due(MAY)


CASE_WORDS = (
    "The CMA has launched its phase 1 investigation. The deadline for the phase 1 decision is 1 June."
)


def test_the_cmas_own_summary_states_its_stage_though_a_later_sentence_hedges() -> None:
    hedged = facts(Stage.INVESTIGATION, hedged=True)
    assert evidence(hedged, feed=CMA, text=CASE_WORDS).stage is Stage.INVESTIGATION
    assert evidence(hedged, text=CASE_WORDS).stage is Stage.CONCERN  # the press
    assert evidence(hedged, feed=CMA, text="It may launch an inquiry.").stage is Stage.INQUIRY


def test_the_cmas_own_summary_says_how_the_case_ended() -> None:
    words = "Phase 1 decision: the CMA has cleared the partnership."
    assert evidence(facts(Stage.DECISION), feed=CMA, text=words).outcome == "cleared"
    assert evidence(facts(Stage.DECISION), text=words).outcome == ""
