"""An authority's own date holds even where the act that it awaits is still to come."""

from __future__ import annotations

from datetime import date

from bot.matters.steps import develop
from storage.records import Deadline
from storage.words import Stage
from tests.replay import CMA, START, evidence, facts, matter


def test_an_authoritys_hedged_page_still_moves_its_deadline() -> None:
    """'The deadline for the phase 1 decision is 11 June': the decision is to come, the date is certain."""
    before = matter(stage=Stage.INVESTIGATION, deadline=Deadline(on=date(2026, 5, 28), what="comments"))
    found = facts(Stage.INQUIRY, hedged=True, deadline=date(2026, 6, 11))
    after = develop(before, before, evidence(found, feed=CMA), START)
    assert after.reason == "deadline-moved"
    assert after.matter.deadline is not None
    assert after.matter.deadline.on == date(2026, 6, 11)
