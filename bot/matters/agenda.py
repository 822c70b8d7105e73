"""What is due when in our matters: dates that articles state, and dates that statutory clocks give. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.matters.clocks import estimate_deadlines, event_of
from storage.records import Hit, Matter, StoredStep

REMIND_DAYS = (7, 2)
OUTLIVE = ("appeal", "compliance")  # what is due also after the proceeding has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """Something due on a day. `key` stays when the day moves; `source` is the law, where a clock gave the day."""

    key: str
    on: date
    what: str
    title: str  # of the matter, or of the article where there is no matter
    matter: str | None
    authority: str | None
    estimated: bool
    source: str = ""
    url: str = ""
    was: date | None = None  # an older article said this day
    latest: date | None = None  # a clock's end when it is extended to the full
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A due date that is near; `key` makes it be told once for each day that the date was set to."""

    key: str
    due: DueDate
    days_left: int


def agenda_of(
    hits: Iterable[Hit], matters: Sequence[Matter], steps: Mapping[str, Sequence[StoredStep]]
) -> tuple[DueDate, ...]:
    """Return every due date, earliest first; the newest article's word on a matter holds, and beats a clock's estimate.

    `steps` are the steps of matters by key. Merged matters are left out. Of a matter that has ended, only what outlives
    a proceeding is due: an appeal, or compliance with what was decided.
    """
    titles = {matter.key: matter for matter in matters if matter.merged_into is None}
    ended = {matter.key for matter in titles.values() if matter.outcome}
    stated = [due for due in _stated(hits, titles) if due.matter not in ended or due.what in OUTLIVE]
    told = {(due.matter, due.what) for due in stated}
    clocks = [
        due
        for matter in titles.values()
        if matter.authority and not matter.outcome
        for due in _from_clocks(matter, steps.get(matter.key, ()))
        if (matter.key, due.what) not in told
    ]
    return tuple(sorted([*stated, *clocks], key=lambda due: (due.on, due.key)))


def due_reminders(dates: Iterable[DueDate], now: datetime, told: Set[str]) -> tuple[Reminder, ...]:
    """Return what to remind of now, 7 and 2 days ahead; `told` holds the keys of reminders already sent.

    A date first seen inside the last two days is told once; a date that moved is told anew; past dates never.
    """
    today = now.astimezone(UTC).date()
    found = []
    for due in dates:
        left = (due.on - today).days
        near = [days for days in REMIND_DAYS if 0 <= left <= days]
        if near:
            key = f"{due.key}:{due.on.isoformat()}:T-{min(near)}"
            if key not in told:
                found.append(Reminder(key=key, due=due, days_left=left))
    return tuple(found)


def _stated(hits: Iterable[Hit], matters: Mapping[str, Matter]) -> list[DueDate]:
    """Read the dates of articles, oldest article first, so that a newer one replaces them."""
    found: dict[str, DueDate] = {}
    for hit in sorted(hits, key=lambda h: (h.published_at or h.first_seen_at, h.revision, h.id)):
        matter = matters.get(hit.matter or "")
        newest: dict[str, date] = {}
        for deadline in hit.facts.deadlines:
            newest[deadline.what] = max(deadline.on, newest.get(deadline.what, date.min))
        for what, on in newest.items():
            key = f"{hit.matter or f'article:{hit.article_id}'}:{what}"
            earlier = found.get(key)
            due = DueDate(
                key=key,
                on=on,
                what=what,
                title=matter.title if matter else hit.title,
                matter=hit.matter,
                authority=matter.authority if matter else None,
                estimated=False,
                url=hit.url,
            )
            if earlier is not None:
                due = replace(due, was=earlier.on if earlier.on != on else earlier.was)
            found[key] = due
    return list(found.values())


def _from_clocks(matter: Matter, steps: Sequence[StoredStep]) -> list[DueDate]:
    """Let each step of a matter start its clocks; a later step's clocks end those of an earlier one."""
    found: dict[str, DueDate] = {}
    for stored in sorted(steps, key=lambda s: (s.step.happened_at or s.step.at, s.id)):
        event = event_of(matter.authority or "", stored.step.stage, f"{stored.title} {stored.step.note}")
        if event is None:
            continue
        moment = stored.step.happened_at or stored.step.at
        running = estimate_deadlines(
            authority=matter.authority or "", event=event, on=moment.astimezone(UTC).date()
        )
        if running:
            found = {}
        for clock in running:
            found[clock.what] = DueDate(
                key=f"{matter.key}:{clock.what}",
                on=clock.on,
                what=clock.what,
                title=matter.title,
                matter=matter.key,
                authority=matter.authority,
                estimated=clock.estimated,
                source=clock.source,
                url=stored.url,
                latest=clock.latest,
                note=clock.note,
            )
    return list(found.values())
