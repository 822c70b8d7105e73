"""What is due when in our matters: dates that articles state, and dates that statutory clocks give. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.matters.clocks import estimate_deadlines
from bot.matters.overtaken import (
    Overtaking,
    Stating,
    event_of_step,
    moment_of,
    overtaken_by,
    overtakings,
)
from storage.records import Hit, Matter, StoredStep

REMIND_DAYS = (7, 2)


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
    overtaken: Overtaking | None = None  # the later step after which it is no longer due


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

    `steps` are the steps of matters by key. Merged matters are left out, and dates that a later step has overtaken.
    """
    return tuple(due for due in whole_agenda(hits, matters, steps) if due.overtaken is None)


def whole_agenda(
    hits: Iterable[Hit], matters: Sequence[Matter], steps: Mapping[str, Sequence[StoredStep]]
) -> tuple[DueDate, ...]:
    """Return what `agenda_of` does, with the dates that a later step has overtaken, marked so; each key once."""
    living = {matter.key: matter for matter in matters if matter.merged_into is None}
    passed = {key: overtakings(matter, steps.get(key, ())) for key, matter in living.items()}
    dates = _stated(hits, living, passed)
    for matter in living.values():
        if matter.authority:
            dates += _from_clocks(matter, steps.get(matter.key, ()), passed[matter.key])
    # What is due goes before what is not, and what was stated before what was computed.
    found: dict[str, DueDate] = {}
    for due in sorted(dates, key=lambda due: (due.overtaken is not None, due.estimated)):
        found.setdefault(due.key, due)
    return tuple(sorted(found.values(), key=lambda due: (due.on, due.key)))


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


def _stated(
    hits: Iterable[Hit], matters: Mapping[str, Matter], passed: Mapping[str, Sequence[Overtaking]]
) -> list[DueDate]:
    """Read the dates of articles, oldest article first, so that a newer one replaces them."""
    found: dict[str, DueDate] = {}
    statings: dict[tuple[str, date], list[Stating]] = {}
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
            statings.setdefault((key, on), []).append(_stating(hit))
    return [
        replace(
            due,
            overtaken=overtaken_by(
                passed.get(due.matter or "", ()), what=due.what, on=due.on, stated=statings[key, due.on]
            ),
        )
        for key, due in found.items()
    ]


def _stating(hit: Hit) -> Stating:
    """Return when a hit's text stated its dates; a later revision keeps the day on which its page was published."""
    published = hit.matched_at if hit.revision else hit.published_at or hit.first_seen_at
    return Stating(article_id=hit.article_id, published=published, read=hit.matched_at)


def _from_clocks(matter: Matter, steps: Sequence[StoredStep], passed: Sequence[Overtaking]) -> list[DueDate]:
    """Let each step of a matter start its clocks; a later step may start one anew, or overtake what it gave."""
    found: dict[str, DueDate] = {}
    for stored in sorted(steps, key=lambda s: (moment_of(s), s.id)):
        event = event_of_step(matter, stored)
        if event is None:
            continue
        began = moment_of(stored)
        for clock in estimate_deadlines(
            authority=matter.authority or "", event=event, on=began.astimezone(UTC).date()
        ):
            started = Stating(article_id=stored.article_id or 0, published=began, read=stored.step.at)
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
                overtaken=overtaken_by(passed, what=clock.what, on=clock.on, stated=(started,)),
            )
    return list(found.values())
