"""What became of a hit: one word each, the only ones that `NewHit.verdict` holds. Contains no I/O."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """Why a hit was told, or was not."""

    TOLD = "told"  # a message of its own, or a reply in its matter's thread
    HELD = "held"  # will be told when quiet hours end
    ROLLED_UP = "rolled-up"  # a line of a roll-up message
    CORROBORATES = "corroborates"  # one more source for a step that was told: an edit at most
    SILENCED = "silenced"  # every destination was silenced
    BASELINE = "baseline"  # there when the feed was first read
    LATE = "late"  # older than its tier's maximum age when first seen
    SHADOW = "shadow"  # its rule is recorded, not posted
    DUPLICATE = "duplicate"  # the same link came from another feed before
    KNOWN = "known"  # an edit that says nothing new
