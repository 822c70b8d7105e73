"""What the CMA's change notes say."""

from __future__ import annotations

import pytest

from bot.matters.case_note import stage_of_note
from storage.words import Stage


@pytest.mark.parametrize(
    ("note", "stage", "outcome"),
    [
        ("First published.", None, ""),
        ("Invitation to comment published.", Stage.INQUIRY, ""),
        ("Merger inquiry launched.", Stage.INVESTIGATION, ""),
        ("Launch of merger inquiry and invitation to comment on phase 1", Stage.INVESTIGATION, ""),
        ("Phase 1 decision announced.", Stage.DECISION, ""),
        ("The CMA has cleared the anticipated acquisition.", Stage.DECISION, "cleared"),
        ("Full text of the clearance decision published.", Stage.DECISION, "cleared"),
        ("Summary of phase 1 decision published.", Stage.DECISION, ""),
        ("The CMA found that the partnership does not qualify for investigation.", Stage.DECISION, "no-jurisdiction"),
        ("Merger inquiry cancelled.", Stage.DECISION, "withdrawn"),
        ("Case closed.", Stage.DECISION, "closed"),
        ("Reference to phase 2 and terms of reference published.", Stage.INVESTIGATION, ""),
        ("Provisional findings published.", Stage.INVESTIGATION, ""),
        ("Final report published.", Stage.DECISION, ""),
        ("Undertakings accepted.", Stage.DECISION, ""),
        ("Notice of appeal published.", Stage.LITIGATION, ""),
        ("Administrative timetable updated.", None, ""),
    ],
)  # fmt: skip
def test_a_note_proves_what_its_formula_says(note: str, stage: Stage | None, outcome: str) -> None:
    assert stage_of_note(note) == (stage, outcome)
