"""How `matters show` draws a matter: for a terminal, as Markdown, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from bot.alerts.wording import day, deadline_words, moment, state_words
from bot.cli.common import iso, printable
from bot.cli.drawing import Paint, markdown_safe
from bot.cli.matters import record_of
from bot.history.timeline import REASONS, Life, Member, Rung, happened
from bot.matters.agenda import DueDate
from bot.matters.identity import name_of
from storage.records import StoredStep

_COLOURS = {"critical": "1;31", "high": "31", "medium": "33", "low": "2"}
_MOST_MEMBERS = 60


def lines_of(life: Life, out: TextIO) -> Iterator[str]:
    """Yield the lines that a terminal shows, each with its line break."""
    paint = Paint(out)
    for line in _drawn(life, paint):
        yield line.rstrip() + "\n"


def _drawn(life: Life, paint: Paint) -> Iterator[str]:
    matter = life.matter
    yield f"{paint(matter.title, '1')}  {paint(f'{matter.key}, matter {matter.id}', '2')}"
    yield f"{state_words(matter)}, {_trust(life)}, level {paint(matter.level.value, _COLOURS[matter.level.value])}"
    if matter.cases:
        yield "cases: " + printable(", ".join(matter.cases))
    if matter.deadline:
        word = "next deadline" if matter.deadline.on >= life.today else "last deadline"
        yield f"{word}: {printable(deadline_words(matter.deadline))}"
    yield ""
    yield "  " + _ladder(life.ladder, paint)
    yield ""
    for number, stored in enumerate(life.steps):
        last = number == len(life.steps) - 1 and not life.due
        yield from _step(stored, paint, last=last)
    for due in life.due:
        yield _due(due, paint, passed=due.on < life.today)
    yield from _members(life, paint)
    if life.linked:
        yield from ("", paint("Linked matters", "1"))
        for other in life.linked:
            yield f"  {printable(other.key)}: {state_words(other)}, moved {day(other.moved_at.date())}"


def _trust(life: Life) -> str:
    matter = life.matter
    if matter.authority is None:
        return "no authority has acted"
    if not matter.confirmed:
        return f"unconfirmed: not yet in {name_of(matter.authority)}'s own feeds"
    return f"confirmed by {name_of(matter.authority)}" + (
        f", {life.lead} after the press" if life.lead else ""
    )


def _ladder(rungs: tuple[Rung, ...], paint: Paint) -> str:
    parts = []
    for rung in rungs:
        mark = "●" if rung.reached and rung.confirmed else "○" if rung.reached else "·"
        words = f"{mark} {rung.stage.value}" + (f" {rung.reached:%d %b}" if rung.reached else "")
        parts.append(paint(words, "1;7" if rung.current else "0" if rung.reached else "2"))
    return " ── ".join(parts)


def _step(stored: StoredStep, paint: Paint, *, last: bool) -> Iterator[str]:
    step = stored.step
    mark = paint("●", "32") if step.confirmed else paint("○", "33")
    words = REASONS.get(step.reason, step.reason)
    stage = f" · {step.stage.value}" if step.stage else ""
    trust = "" if step.confirmed else paint(" (unconfirmed)", "33")
    yield f"  {happened(step):%Y-%m-%d}  {mark}  {paint(words, '1')}{stage}{trust}"
    bar = " " if last else "│"
    lead = f"              {bar}" if last else f"              {paint(bar, '2')}"
    if step.note and printable(step.note) != printable(stored.title):
        yield f"{lead}  {paint(step.note, '3')}"
    if stored.title:
        yield f"{lead}  {printable(stored.title)}"
    if stored.url:
        yield f"{lead}  {paint(f'{stored.feed}  {stored.url}', '2')}"
    seen = f"seen {moment(step.at)}"
    yield f"{lead}  {paint(seen, '2')}"


def _due(due: DueDate, paint: Paint, *, passed: bool) -> str:
    basis = "estimated" if due.estimated else "stated"
    source = f", {due.source}" if due.source else ""
    moved = f", was {due.was.isoformat()}" if due.was else ""
    words = paint(f"({basis}{source}{moved})", "2")
    verb = "was due" if passed else "due"
    return f"  {due.on.isoformat()}  {paint('◇', '36')}  {verb}: {printable(due.what)} {words}"


def _members(life: Life, paint: Paint) -> Iterator[str]:
    if not life.members:
        return
    count = f"{len(life.members)} article{'s' if len(life.members) != 1 else ''}"
    publishers = len({member.publisher for member in life.members})
    yield ""
    yield f"{paint('Articles', '1')} ({count} of {publishers} publisher{'s' if publishers != 1 else ''}; sources of the present step: {life.matter.sources})"
    for member in life.members[-_MOST_MEMBERS:]:
        hit = member.hit
        when = hit.published_at or hit.first_seen_at
        yield f"  {when:%Y-%m-%d}  {paint(hit.title, '0')}"
        fate = f"{member.publisher}: {', then '.join(member.verdicts)}; {_why(member)}"
        yield f"              {paint(fate, '2')}"
        yield f"              {paint(f'hit {hit.id}  {hit.url}', '2')}"
    if len(life.members) > _MOST_MEMBERS:
        yield f"  … and {len(life.members) - _MOST_MEMBERS} older: regwatch hits --matter {printable(life.matter.key)}"


def _why(member: Member) -> str:
    return member.hit.why or f"rule {', '.join(member.rules)}"


def markdown_of(life: Life, _out: TextIO) -> Iterator[str]:
    """Yield the matter as Markdown."""
    matter = life.matter
    yield f"## {markdown_safe(matter.title)}\n\n"
    yield f"`{printable(matter.key)}`: {markdown_safe(state_words(matter))}, {markdown_safe(_trust(life))}, level {matter.level.value}.\n"
    yield "\n| Date | Step | Stage | Confirmed | Source |\n| --- | --- | --- | --- | --- |\n"
    for stored in life.steps:
        step = stored.step
        source = (
            f"{markdown_safe(stored.title)} <{printable(stored.url)}>"
            if stored.url
            else markdown_safe(stored.title)
        )
        note = f": {markdown_safe(step.note)}" if step.note else ""
        words = REASONS.get(step.reason, markdown_safe(step.reason))
        stage = step.stage.value if step.stage else ""
        yield (
            f"| {happened(step):%Y-%m-%d} | {words}{note} | {stage} | {'yes' if step.confirmed else 'no'} | {source} |\n"
        )
    if life.due:
        yield "\n### Due\n\n"
        yield from (
            f"- {due.on.isoformat()}: {markdown_safe(due.what)} ({'estimated' if due.estimated else 'stated'})\n"
            for due in life.due
        )
    if life.members:
        yield "\n### Articles\n\n"
        for member in life.members:
            when = member.hit.published_at or member.hit.first_seen_at
            yield f"- {when:%Y-%m-%d} {markdown_safe(member.hit.title)} <{printable(member.hit.url)}> ({markdown_safe(member.publisher)}; {markdown_safe(_why(member))})\n"
    if life.linked:
        yield "\n### Linked matters\n\n"
        yield from (
            f"- `{printable(other.key)}`: {markdown_safe(state_words(other))}\n" for other in life.linked
        )


def life_record(life: Life) -> dict[str, object]:
    """Return a matter as `matters show --format json` writes it (schema 1)."""
    return {
        **record_of(life.matter),
        "lead": life.lead or None,
        "ladder": [
            {
                "stage": rung.stage.value,
                "reached_at": iso(rung.reached),
                "current": rung.current,
                "confirmed": rung.confirmed,
            }
            for rung in life.ladder
        ],
        "steps": [
            {
                "happened_at": iso(happened(s.step)),
                "seen_at": iso(s.step.at),
                "reason": s.step.reason,
                "stage": s.step.stage.value if s.step.stage else None,
                "confirmed": s.step.confirmed,
                "note": s.step.note,
                "title": s.title,
                "url": s.url,
                "feed": s.feed,
            }
            for s in life.steps
        ],
        "due": [
            {
                "on": due.on.isoformat(),
                "what": due.what,
                "basis": "estimated" if due.estimated else "stated",
                "source": due.source or None,
                "was": due.was.isoformat() if due.was else None,
            }
            for due in life.due
        ],
        "carried_by": [
            {
                "publisher": note.publisher,
                "official": note.official,
                "stage": note.stage.value if note.stage else None,
                "first_seen_at": iso(note.first_seen_at),
                "link": note.link,
            }
            for note in life.sources
        ],
        "articles": [
            {
                "hit": member.hit.id,
                "published_at": iso(member.hit.published_at),
                "first_seen_at": iso(member.hit.first_seen_at),
                "title": member.hit.title,
                "url": member.hit.url,
                "publisher": member.publisher,
                "rules": list(member.rules),
                "verdict": member.hit.verdict,
                "verdicts": list(member.verdicts),
                "why": member.hit.why,
            }
            for member in life.members
        ],
        "linked": [other.key for other in life.linked],
    }
