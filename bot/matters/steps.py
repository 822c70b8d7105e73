"""Whether an article is a step of its matter, and which: the stage ladder, official acts, ends and deadlines.

The press moves a matter up only, and only with what it states as fact; the authority's own feed also confirms,
corrects, closes and reopens it, and every act of its own is told. Contains no I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.durations import short
from bot.matters.evidence import Evidence
from storage.records import Deadline, KnownArticle, Matter, Step
from storage.words import Stage

# An official page that changes more often is told once a day: it may well change by itself.
EDITS_APART = timedelta(days=1)
# A matter that ended so long ago is reopened by a press report as well: until then it is background.
BACKGROUND = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """What an article makes of its matter.

    `reason` is that of the step; empty where the article only corroborates, `edited` where an official text
    was corrected without a step, `known` where it says nothing at all. `before` is what the step changed.
    """

    matter: Matter
    reason: str
    step: Step | None = None
    before: str = ""
    lead: str = ""

    @property
    def same_stage(self) -> bool:
        """Return whether the step leaves the stage as it is, so that who carried the stage before still carries it."""
        corrects = self.reason == "official-act" and bool(self.before)
        return self.reason in ("confirmed", "official-act", "deadline-moved") and not corrects


def develop(matter: Matter | None, named: Matter, evidence: Evidence, now: datetime) -> Development:
    """Return what the evidence makes of `matter`; None: `named` has no step yet and opens with it."""
    if matter is None:
        return _opened(named, evidence, now)
    own = evidence.official and (matter.authority in (None, evidence.feed.authority))
    if own and matter.evidence == evidence.mark:
        return Development(matter=matter, reason="known")
    if evidence.revision and evidence.note is not None and not evidence.note.is_step:
        return Development(matter=matter, reason="known")
    reason, stage = (_official if own else _press)(matter, evidence, now)
    if reason in ("corroborated", "edited", "known"):
        return Development(matter=_filled(matter, evidence, own=own, now=now), reason=reason)
    return _stepped(matter, evidence, reason, stage, own=own, now=now)


def may_note_edit(known: KnownArticle, now: datetime) -> bool:
    """Return whether an edit of an official article may be told."""
    return known.edit_told_at is None or now - known.edit_told_at >= EDITS_APART


def _opened(named: Matter, evidence: Evidence, now: datetime) -> Development:
    own = evidence.official and (named.authority in (None, evidence.feed.authority))
    matter = replace(
        named,
        stage=evidence.stage if named.authority else None,
        outcome=evidence.outcome if named.authority else "",
        confirmed=own,
        opened_at=now,
        moved_at=now,
        sources=1,
        deadline=_next_deadline(evidence, now.date()),
        evidence=evidence.mark,
    )
    return Development(matter=matter, reason="opened", step=_step(matter, "opened", evidence, now))


def _official(matter: Matter, evidence: Evidence, now: datetime) -> tuple[str, Stage | None]:
    """Return (reason, stage after it) of what the authority itself publishes."""
    seen, current = (evidence.stage if matter.authority else None), matter.stage
    if evidence.outcome and not matter.outcome and matter.authority:
        return "closed", _further(current, Stage.DECISION)
    # A case page is titled "merger inquiry" for life: edited without a note, it proves no return to one, unless it says so.
    standing = (
        evidence.revision and evidence.note is None and seen is Stage.INQUIRY and not evidence.takes_up_again
    )
    begun = seen in (Stage.INQUIRY, Stage.INVESTIGATION) and evidence.act and not standing
    if matter.outcome and begun:
        return "reopened", seen
    if _rank(seen) > _rank(current):
        return "advanced", seen
    if not matter.confirmed and evidence.act:
        if seen is not Stage.CONCERN and not standing and seen is not None and _rank(seen) < _rank(current):
            return "official-act", seen  # the press was ahead of the facts: the authority's word stands
        if _rank(seen) == _rank(current):
            return "confirmed", current
    if _moved_deadline(matter, evidence, now.date(), own=True):
        return "deadline-moved", current
    if evidence.act or evidence.first_match:
        return "official-act", current
    return "edited" if evidence.fresh_text and evidence.says_new else "known", current


def _press(matter: Matter, evidence: Evidence, now: datetime) -> tuple[str, Stage | None]:
    """Return (reason, stage after it) of what somebody else reports."""
    seen, current = (evidence.stage if matter.authority else None), matter.stage
    if evidence.outcome and not matter.outcome and _rank(current) < Stage.DECISION.rank and matter.authority:
        return "closed", Stage.DECISION
    if _rank(seen) > _rank(current):
        return "advanced", seen
    begun = seen in (Stage.INQUIRY, Stage.INVESTIGATION) and not evidence.facts.hedged
    if begun and matter.outcome and evidence.happened_at - matter.moved_at > BACKGROUND:
        return "reopened", seen
    if _moved_deadline(matter, evidence, now.date(), own=False):
        return "deadline-moved", current
    return "known" if evidence.revision and not evidence.first_match else "corroborated", current


def _stepped(
    matter: Matter, evidence: Evidence, reason: str, stage: Stage | None, *, own: bool, now: datetime
) -> Development:
    moves = reason in ("advanced", "closed", "reopened")
    corrects = reason == "official-act" and stage is not matter.stage
    confirmed = own if moves or corrects else matter.confirmed or reason == "confirmed"
    outcome = "" if reason in ("reopened", "advanced") else matter.outcome
    after = replace(
        matter,
        stage=stage,
        outcome=evidence.outcome if reason == "closed" else outcome,
        confirmed=confirmed,
        moved_at=now,
        sources=1 if moves or corrects else matter.sources,
        deadline=_deadline_after(matter, evidence, now.date(), own=own),
        evidence=evidence.mark,
        showing=None if moves or corrects else matter.showing,
        also=() if moves or corrects else matter.also,
    )
    if _overtaken(reason, stage, own=own):
        after = replace(after, deadline=_deadline_beyond(matter, evidence, now.date()))
    return Development(
        matter=after,
        reason=reason,
        step=_step(after, reason, evidence, now, confirmed=own),
        before=_before(matter, reason, corrects=corrects),
        lead=_lead(matter, evidence) if own and not matter.confirmed else "",
    )


def _before(matter: Matter, reason: str, *, corrects: bool) -> str:
    """Return what the step changed, for "before → now"; empty where it changed neither stage nor date."""
    if reason == "deadline-moved":
        return matter.deadline.on.isoformat() if matter.deadline else ""
    if reason == "reopened":
        return matter.outcome
    if reason in ("advanced", "closed") or corrects:
        return matter.stage.value if matter.stage else ""
    return ""


def _lead(matter: Matter, evidence: Evidence) -> str:
    """Return how long the press was ahead of the authority; empty where it was not."""
    ahead = evidence.happened_at - matter.moved_at
    return short(ahead) if ahead.total_seconds() >= 60 else ""


def _step(
    matter: Matter, reason: str, evidence: Evidence, now: datetime, *, confirmed: bool | None = None
) -> Step:
    note = evidence.note.text if evidence.note is not None and evidence.note.text else evidence.match.sentence
    return Step(
        matter=matter.key,
        stage=matter.stage,
        reason=reason,
        at=now,
        happened_at=evidence.happened_at,
        confirmed=matter.confirmed if confirmed is None else confirmed,
        note=note,
    )


def _filled(matter: Matter, evidence: Evidence, *, own: bool, now: datetime) -> Matter:
    """Return the matter with a deadline where it had none; anything else would be a step."""
    if own or matter.deadline is not None or evidence.facts.hedged:
        return matter
    return replace(matter, deadline=_next_deadline(evidence, now.date()))


# ---------------------------------------------------------------------------- deadlines


def _next_deadline(evidence: Evidence, today: date) -> Deadline | None:
    """Return the earliest date that is still to come."""
    ahead = [d for d in evidence.facts.deadlines if d.on >= today]
    return min(ahead, key=lambda d: d.on, default=None)


def _moved_deadline(matter: Matter, evidence: Evidence, today: date, *, own: bool) -> Deadline | None:
    """Return the new date of the deadline that the matter waits for; None where it did not move.

    The authority may move it either way. Outlets differ over dates, so the press moves one only later, and
    only where the authority has not spoken.
    """
    held = matter.deadline
    if held is None or held.on < today or not evidence.fresh_text:
        return None
    if (
        evidence.facts.hedged and not own
    ):  # an authority's own date holds, though the act it awaits is to come
        return None
    same = [d for d in evidence.facts.deadlines if d.on >= today and _same_purpose(held, d)]
    if not same or any(d.on == held.on for d in same):
        return None
    new = min(same, key=lambda d: d.on)
    if own or (not matter.confirmed and new.on > held.on):
        return new
    return None


def _same_purpose(one: Deadline, two: Deadline) -> bool:
    return not one.what or not two.what or one.what.casefold() == two.what.casefold()


def _deadline_after(matter: Matter, evidence: Evidence, today: date, *, own: bool) -> Deadline | None:
    """Return the deadline to wait for after a step."""
    moved = _moved_deadline(matter, evidence, today, own=own)
    if moved is not None:
        return moved
    held = matter.deadline if matter.deadline is not None and matter.deadline.on >= today else None
    new = _next_deadline(evidence, today)
    if new is None or held is None or not own:
        return held or new
    return min(held, new, key=lambda d: d.on)


def _overtaken(reason: str, stage: Stage | None, *, own: bool) -> bool:
    """Return whether the step ends the wait for the date that was awaited: it was decided, or is over."""
    decided = stage in (Stage.DECISION, Stage.LITIGATION)
    return reason == "closed" or (decided and (reason == "advanced" or (own and reason == "confirmed")))


def _deadline_beyond(matter: Matter, evidence: Evidence, today: date) -> Deadline | None:
    """Return the earliest date that the deciding article itself sets, other than the one that it overtook."""
    held = matter.deadline
    ahead = [
        d
        for d in evidence.facts.deadlines
        if d.on >= today and not (held and d.on == held.on and _same_purpose(held, d))
    ]
    return min(ahead, key=lambda d: d.on, default=None)


def _rank(stage: Stage | None) -> int:
    """Return the rung; a matter without a stage stands where a concern does."""
    return stage.rank if stage is not None else 0


def _further(one: Stage | None, two: Stage) -> Stage:
    return one if one is not None and one.rank > two.rank else two
