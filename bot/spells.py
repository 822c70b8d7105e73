"""What is told of jobs that fail again and again: once when it begins, once an hour, once when all are well. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

REMIND_AFTER = timedelta(hours=1)
WELL_AFTER = timedelta(seconds=30)  # without a failure, a job is well again


@dataclass(slots=True)
class _Spell:
    """Failures of one job that follow each other, in seconds on a clock that never goes back."""

    kind: str
    began: float
    last: float
    told: float


@dataclass(slots=True)
class Spells:
    """The jobs that fail now. The caller keeps two threads from calling at once."""

    _now: dict[str, _Spell] = field(default_factory=dict)
    _over: dict[str, float] = field(
        default_factory=dict
    )  # well again while others are not -> how long it failed

    def failed(self, name: str, kind: str, now: float) -> str | None:
        """Note a failure; return what became of the job where that is to be told, else None.

        Another kind of failure in the same spell is news.
        """
        spell = self._now.get(name)
        if spell is None:
            self._now[name] = _Spell(kind=kind, began=now, last=now, told=now)
            return "failed"
        spell.last = now
        if spell.kind == kind and now - spell.told < REMIND_AFTER.total_seconds():
            return None
        word = "still fails" if spell.kind == kind else "failed"
        spell.kind, spell.told = kind, now
        return word

    def ran_well(self, name: str, now: float) -> str | None:
        """Note a good run; return a line when it ends the last of the spells, else None."""
        spell = self._now.get(name)
        if spell is None or now - spell.last < WELL_AFTER.total_seconds():
            return None
        del self._now[name]
        self._over[name] = spell.last - spell.began
        if self._now:
            return None
        over, self._over = self._over, {}
        length = timedelta(seconds=round(max(over.values())))
        plural = "s" if len(over) > 1 else ""
        return f"job{plural} {', '.join(sorted(over))}: well again, after failures for {length} h"
