"""Which dates a later step of their matter has overtaken: what was awaited has come, or the proceeding is over.

Contains no I/O. A date that came before the step was reached, not overtaken. An appeal, and compliance with what was
decided, outlive a proceeding: no step overtakes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.matters.clocks import ClockEvent, event_of
from storage.records import Matter, StoredStep
from storage.words import Stage

OUTLIVE = ("appeal", "compliance")  # what is due also after the proceeding has ended

_ROUND = frozenset({"comments", "answer", "commitments", "notification", "decision"})
_PHASE_1 = _ROUND | {"phase 1 decision", "referral request"}
_WAITING = frozenset({"end of the HSR waiting period", "end of the second waiting period"})
# One authority may lead several proceedings on one tie: a decision settles the dates of the one that it names,
# first that fits. A fine or an interim measure ends no review.
_SETTLED = tuple(
    (re.compile(pattern, re.IGNORECASE), settled)
    for pattern, settled in (
        (r"\bfin(?:es|ed)\b|interim measure", frozenset({"answer", "decision"})),
        (r"\bspecif(?:ies|ied|ication)", _ROUND | {"preliminary findings", "specification decision"}),
        (r"designat|gatekeeper|strategic market status|\bSMS\b", _ROUND | {"designation decision"}),
        (r"phase[ -]?(?:1|one|I)\b|initial period", _PHASE_1),
        ("", _PHASE_1 | _WAITING | {"phase 2 decision"}),
    )
)  # fmt: skip
_OF_EVENTS = {
    ClockEvent.PHASE_2: _PHASE_1,
    ClockEvent.SECOND_REQUEST_ANSWERED: frozenset({"end of the HSR waiting period"}),
}
# The text of an old decision, and a mere edit of its page, decide nothing anew.
_DECIDES = re.compile(
    r"\b(?:clear|approv|prohibit|block|fin(?:es|ed)\b|designat|decision|decid|accept|adopt|impos|order)",
    re.IGNORECASE,
)
_REPUBLISHED = re.compile(r"full[ -]text|non-confidential|public version|summary of", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stating:
    """One time that an article stated a date: when it was published, and when we read it."""

    article_id: int
    published: datetime
    read: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaking:
    """A step after which dates are no longer due; `settles` None: all but what outlives a proceeding.

    `stored` is None for the end of a matter whose closing step is not known. `final`: whoever states a date after it
    is behind the times.
    """

    at: datetime
    settles: frozenset[str] | None
    stored: StoredStep | None = None
    final: bool = False


def event_of_step(matter: Matter, stored: StoredStep) -> ClockEvent | None:
    """Return the clock event that a step reports; a moved date, a new text of an old decision and a dropped case are none."""
    step = stored.step
    text = f"{stored.title} {step.note}"
    if step.reason == "deadline-moved":
        return None
    if step.reason == "official-act" and step.stage is Stage.DECISION:
        said = step.note or stored.title
        if _REPUBLISHED.search(said) or not _DECIDES.search(said):
            return None
    if _ends(matter, stored) and matter.outcome in ("withdrawn", "closed"):
        return None  # nothing was decided that could be challenged
    return event_of(matter.authority or "", step.stage, text)


def moment_of(stored: StoredStep) -> datetime:
    """Return when a step happened, as its source says, else when we saw it."""
    return stored.step.happened_at or stored.step.at


def overtakings(matter: Matter, steps: Iterable[StoredStep]) -> tuple[Overtaking, ...]:
    """Return the steps of a matter that overtake dates, earliest first."""
    found = []
    for stored in sorted(steps, key=lambda s: (moment_of(s), s.id)):
        settles: frozenset[str] | None = None
        if not _ends(matter, stored):
            settles = _settled(event_of_step(matter, stored), f"{stored.title} {stored.step.note}")
            if not settles:
                continue
        found.append(Overtaking(at=moment_of(stored), settles=settles, stored=stored))
    if not matter.outcome:
        return tuple(found)
    ends = [n for n, one in enumerate(found) if one.settles is None]
    if not ends:
        return (*found, Overtaking(at=matter.moved_at, settles=None, final=True))
    last = found[ends[-1]]
    found[ends[-1]] = Overtaking(at=last.at, settles=None, stored=last.stored, final=True)
    return tuple(found)


def named(step: Overtaking) -> str:
    """Return a step in words: its day, its stage and the article that proves it."""
    day = step.at.astimezone(UTC).date().isoformat()
    if step.stored is None:
        return f"{day} end of the matter"
    stage = step.stored.step.stage
    words = "end of the matter" if step.settles is None else stage.value if stage else step.stored.step.reason
    doubt = "" if step.stored.step.confirmed else " (unconfirmed)"
    return f"{day} {words}{doubt}: {step.stored.title}" if step.stored.title else f"{day} {words}{doubt}"


def overtaken_by(
    steps: Sequence[Overtaking], *, what: str, on: date, stated: Sequence[Stating]
) -> Overtaking | None:
    """Return the first of `steps` that overtook a date, None while it is due; `stated` holds each time it was stated."""
    if what in OUTLIVE:
        return None
    for step in steps:
        settles = step.settles is None or what in step.settles
        if not settles or on <= step.at.astimezone(UTC).date():
            continue
        # The article that reports a decision may state the next date, but no longer that of the decision itself.
        at_once = what.startswith("phase ")
        if step.final or any(_stood(stating, step, at_once=at_once) for stating in stated):
            return step
    return None


def _stood(stating: Stating, step: Overtaking, *, at_once: bool) -> bool:
    """Return whether the date stood before the step.

    A case page keeps the day of its publication through all its revisions, so that of the step's own page only what
    we had read before counts.
    """
    own = step.stored is not None and step.stored.article_id == stating.article_id
    when, limit = (stating.read, step.stored.step.at) if own and step.stored else (stating.published, step.at)
    return when < limit or (at_once and when == limit)


def _settled(event: ClockEvent | None, text: str) -> frozenset[str]:
    if event in (ClockEvent.DECISION, ClockEvent.DMA_DESIGNATION):
        return next(settled for pattern, settled in _SETTLED if pattern.search(text))
    return _OF_EVENTS.get(event, frozenset()) if event is not None else frozenset()


def _ends(matter: Matter, stored: StoredStep) -> bool:
    """Return whether a step ended its matter; one that opens with its end has no closing step of its own."""
    step = stored.step
    opened = step.reason == "opened" and step.stage is Stage.DECISION and bool(matter.outcome)
    return step.reason == "closed" or opened
