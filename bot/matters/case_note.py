"""What the CMA's own change notes prove of a case: their wording is a formula, and English. Contains no I/O.

A case page keeps its title and summary for life, so the note is often the only word on what happened.
"""

from __future__ import annotations

import re

from bot.feeds.govuk import stage_of
from storage.words import Stage

# First that fits: how a note says that the case ended.
_ENDS = tuple(
    (re.compile(shape, re.IGNORECASE), outcome)
    for shape, outcome in (
        (r"\b(?:not|n't) qualify|\bno relevant merger situation\b", "no-jurisdiction"),
        (r"\bcancel|\babandon|\bwithdr[ae]w", "withdrawn"),
        (r"\bclear(?:ed|ance|s)\b|\bnot to refer\b|\bfound not to\b", "cleared"),
        (
            r"\bcase closed\b|\b(?:case|inquiry|investigation) (?:has been |was )?closed\b|\bclosure\b",
            "closed",
        ),
        (r"\bno (?:further action|grounds for action)\b|\bdiscontinued\b|\bterminated\b", "closed"),
    )
)


def stage_of_note(text: str) -> tuple[Stage | None, str]:
    """Return (stage, outcome) that a change note proves; (None, "") where it proves neither."""
    stage = stage_of(text)
    return stage, outcome_in(text) if stage is Stage.DECISION else ""


def outcome_in(text: str) -> str:
    """Return how the CMA's words say that a case ended; empty where they do not."""
    return next((outcome for shape, outcome in _ENDS if shape.search(text)), "")
