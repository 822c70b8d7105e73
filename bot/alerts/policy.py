"""How loudly an alert is told: the rule's level, raised where an authority takes a grave step.

The scale follows what competition lawyers want at once (an opening, objections, a decision, a judgment), on the
same day (an inquiry, a deadline) or in the digest (talk of deals). Contains no I/O.
"""

from __future__ import annotations

from bot.alerts.alert import Alert, AlertReason
from storage.records import Matter
from storage.words import Kind, Level, Stage, Tier

# Reasons that say that the matter itself moved, not only that somebody wrote of it.
MOVES = frozenset(
    {
        AlertReason.ADVANCED,
        AlertReason.CONFIRMED,
        AlertReason.CLOSED,
        AlertReason.REOPENED,
    }
)
_GRAVE = frozenset({Stage.INVESTIGATION, Stage.DECISION, Stage.LITIGATION})


def level_of(base: Level, *, reason: AlertReason, kind: Kind, matter: Matter | None) -> Level:
    """Return the level to tell with: one above the rule's where an official source proves a grave step.

    Unconfirmed reports keep the rule's level, whatever they claim; a worry that the press alone reports is no act,
    so it is medium at most.
    """
    if matter is not None and matter.stage is Stage.CONCERN and not matter.confirmed:
        return min(base, Level.MEDIUM, key=lambda one: one.rank)
    grave = matter is not None and matter.confirmed and matter.stage in _GRAVE
    if kind is Kind.DEAL or not grave or not (reason in MOVES or reason is AlertReason.OPENED):
        return base
    levels = list(Level)
    return levels[min(base.rank + 1, len(levels) - 1)]


def is_official_step(alert: Alert) -> bool:
    """Return whether the authority itself reports a step of a matter."""
    return alert.tier is Tier.OFFICIAL and alert.matter is not None and alert.step is not None


def is_step(alert: Alert) -> bool:
    """Return whether the alert pierces a silence: an official step, or a stage that moved."""
    return is_official_step(alert) or alert.reason in MOVES
