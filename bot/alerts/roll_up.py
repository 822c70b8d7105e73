"""The burst cap: which alerts of a poll get messages of their own, and which become lines of a roll-up.

Nothing is dropped: every alert is in exactly one of the two. Contains no I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.alerts.alert import Alert
from bot.alerts.policy import is_official_step, is_step
from storage.words import Level

# A poll that brings this many times the cap is a flood: a feed that was rebuilt, a rule that is too wide.
FLOOD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Positions of the alerts that are told one by one, and of those that are rolled up; both in order."""

    single: tuple[int, ...]
    rolled: tuple[int, ...]


def cut(alerts: Sequence[Alert], *, posted: int, cap: int) -> Cut:
    """Return which alerts for one channel are told one by one.

    `posted` messages went to the channel within the window. Room goes to the gravest first: critical, official
    steps, other steps, then the rest by level and order. Critical alerts may exceed the cap up to `FLOOD` times.
    In a flood only critical alerts and official steps are told one by one, and only up to the cap, so that
    hundreds of entries make a handful of messages.
    """
    order = sorted(range(len(alerts)), key=lambda i: (_gravity(alerts[i]), -alerts[i].level.rank, i))
    flood = len(alerts) > FLOOD * cap
    single: list[int] = []
    for position in order:
        gravity = _gravity(alerts[position])
        room = (FLOOD * cap if gravity == 0 and not flood else cap) - posted - len(single)
        if room > 0 and not (flood and gravity > 1):
            single.append(position)
    kept = set(single)
    rolled = tuple(i for i in range(len(alerts)) if i not in kept)
    return Cut(single=tuple(sorted(single)), rolled=rolled)


def _gravity(alert: Alert) -> int:
    if alert.level is Level.CRITICAL:
        return 0
    if is_official_step(alert):
        return 1
    return 2 if is_step(alert) else 3
