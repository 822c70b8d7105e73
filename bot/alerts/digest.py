"""The brief: what moved, what is due and what stands unconfirmed since a date, as markdown and for Slack.

Contains no I/O.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts import blocks
from bot.alerts.escape import clean, link, plain, safe_url, units
from bot.alerts.wording import day, state_words, subject_of
from bot.matters.verdict import Verdict
from storage.records import Hit, Matter, Message, Step

AHEAD = timedelta(days=14)  # how far the brief looks for deadlines
UNCONFIRMED_AFTER = timedelta(hours=72)
_MAX_LINES = 200
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A matter with its steps since then, oldest first, and how many articles spoke of it."""

    matter: Matter
    steps: tuple[Step, ...]
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a team reads instead of the week's channel; every part may be empty."""

    since: datetime
    until: datetime
    zone: str
    moved: tuple[Moved, ...]  # with steps, gravest first
    spoken: tuple[Moved, ...]  # articles, but no step
    alone: tuple[Hit, ...]  # hits that hang on no matter, newest first
    due: tuple[Matter, ...]  # with a deadline soon, soonest first
    unconfirmed: tuple[Matter, ...]  # for longer than three days
    hidden: int  # articles hidden by silences
    recorded: int  # articles recorded only: baseline, late

    @property
    def is_empty(self) -> bool:
        """Return whether nothing at all happened."""
        return not (self.moved or self.spoken or self.alone)


def brief_of(
    *,
    hits: Iterable[Hit],
    matters: Iterable[Matter],
    steps: Iterable[Step],
    since: datetime,
    now: datetime,
    zone: str = "UTC",
) -> Brief:
    """Return the brief of [since, now). `matters` are all that live; hits and steps outside the time are left out."""
    living = {m.key: m for m in matters if m.merged_into is None}
    recent = _one_an_article(h for h in hits if since <= h.matched_at < now and h.verdict != Verdict.SHADOW)
    spoken = Counter(h.matter for h in recent if h.matter and h.verdict not in _RECORDED)
    taken: dict[str, list[Step]] = {}
    for step in sorted(steps, key=lambda s: s.at):
        if since <= step.at < now and step.matter in living:
            taken.setdefault(step.matter, []).append(step)
    moved = [
        Moved(matter=living[k], steps=tuple(found), articles=spoken[k])
        for k, found in taken.items()
    ]  # fmt: skip
    quiet = [
        Moved(matter=living[k], steps=(), articles=n)
        for k, n in spoken.items()
        if k in living and k not in taken
    ]
    today = now.astimezone(ZoneInfo(zone)).date()
    return Brief(
        since=since,
        until=now,
        zone=zone,
        moved=tuple(sorted(moved, key=lambda m: (-m.matter.level.rank, -m.matter.moved_at.timestamp(), m.matter.key))),
        spoken=tuple(sorted(quiet, key=lambda m: (-m.articles, m.matter.key))),
        alone=tuple(h for h in recent if h.matter is None and h.verdict in _SHOWN),
        due=tuple(
            sorted(
                (m for m in living.values() if m.deadline and today <= m.deadline.on <= today + AHEAD),
                key=lambda m: (m.deadline.on if m.deadline else today, m.key),
            )
        ),
        unconfirmed=tuple(
            sorted(
                (m for m in living.values() if _waits(m, now)), key=lambda m: (m.moved_at, m.key)
            )
        ),
        hidden=sum(h.verdict == Verdict.SILENCED for h in recent),
        recorded=sum(h.verdict in _RECORDED for h in recent),
    )  # fmt: skip


_RECORDED = frozenset({Verdict.BASELINE, Verdict.LATE, Verdict.DUPLICATE})
_SHOWN = frozenset({Verdict.TOLD, Verdict.HELD, Verdict.ROLLED_UP})


def _one_an_article(hits: Iterable[Hit]) -> list[Hit]:
    """Return one hit an article, the newest article first."""
    found: dict[int, Hit] = {}
    for hit in sorted(hits, key=lambda h: (-h.matched_at.timestamp(), -h.id)):
        found.setdefault(hit.article_id, hit)
    return list(found.values())


def _waits(matter: Matter, now: datetime) -> bool:
    """Return whether only the press has carried the matter's step for too long; old ones are left alone."""
    age = now - matter.moved_at
    return (
        matter.authority is not None
        and not matter.confirmed
        and not matter.outcome
        and matter.stage is not None
        and UNCONFIRMED_AFTER <= age <= timedelta(days=90)
    )


# ---------------------------------------------------------------------------- as lines


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the brief; a heading, or an item with an optional link."""

    text: str
    heading: bool = False
    url: str = ""
    detail: str = ""


def _lines(brief: Brief) -> list[_Line]:
    zone = ZoneInfo(brief.zone)
    lines: list[_Line] = []
    if brief.moved:
        lines.append(_Line("What moved", heading=True))
        for one in brief.moved:
            lines.append(_Line(subject_of(one.matter), detail=f"{state_words(one.matter)}{_carried(one)}"))
            lines += [_step_line(step, zone) for step in one.steps]
    if brief.due:
        lines.append(_Line("Due in the next 14 days", heading=True))
        lines += [
            _Line(subject_of(m), detail=f"{day(m.deadline.on)}: {m.deadline.what or 'deadline'}")
            for m in brief.due
            if m.deadline
        ]
    if brief.unconfirmed:
        lines.append(_Line("Reported by the press, not confirmed for three days", heading=True))
        lines += [_Line(subject_of(m), detail=state_words(m)) for m in brief.unconfirmed]
    if brief.spoken:
        lines.append(_Line("In the news without a step", heading=True))
        lines += [_Line(subject_of(one.matter), detail=_articles(one.articles)) for one in brief.spoken]
    if brief.alone:
        lines.append(_Line("Other hits", heading=True))
        lines += [_Line(h.title or h.url, url=h.url, detail=f"rule {h.rule}") for h in brief.alone]
    return lines


def _step_line(step: Step, zone: ZoneInfo) -> _Line:
    when = day((step.happened_at or step.at).astimezone(zone).date())
    trust = "" if step.confirmed else ", unconfirmed"
    stage = f" ({step.stage.value}{trust})" if step.stage else ""
    note = f": {step.note}" if step.note else ""
    return _Line(f"{when} {step.reason.replace('-', ' ')}{stage}{note}")


def _carried(one: Moved) -> str:
    return f"; {_articles(one.articles)}" if one.articles else ""


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count} articles"


def _span(brief: Brief) -> str:
    zone = ZoneInfo(brief.zone)
    first, last = brief.since.astimezone(zone), brief.until.astimezone(zone)
    return f"{day(first.date())} {first:%H:%M} to {day(last.date())} {last:%H:%M} ({brief.zone})"


def _footer(brief: Brief) -> str:
    parts = []
    if brief.is_empty:
        parts.append("Nothing happened that a rule looks for.")
    if brief.hidden:
        parts.append(f"{_articles(brief.hidden)} hidden by silences.")
    if brief.recorded:
        parts.append(f"{_articles(brief.recorded)} recorded without an alert (baseline, late or duplicate).")
    return " ".join(parts)


# ---------------------------------------------------------------------------- as markdown and for Slack


def markdown(brief: Brief) -> str:
    """Return the brief as markdown; texts from feeds are escaped and links are http(s) only."""
    out = [f"# Brief: {_span(brief)}", ""]
    for line in _lines(brief):
        if line.heading:
            out += ["", f"## {line.text}", ""]
            continue
        text, url = _safe(line.text), safe_url(line.url)
        shown = f"[{text}](<{url}>)" if url else text
        out.append(f"- {shown}: {_safe(line.detail)}" if line.detail else f"  - {text}")
    footer = _footer(brief)
    return "\n".join([*out, *(["", footer] if footer else [])]).replace("\n\n\n", "\n\n") + "\n"


def _safe(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", clean(text))


def brief_messages(brief: Brief) -> tuple[Message, ...]:
    """Return the brief as few Slack messages, each within Slack's room."""
    rows = [_slack(line) for line in _lines(brief)[:_MAX_LINES]]
    footer = _footer(brief)
    rows += [plain(footer, 500)] if footer else []
    pages: list[list[str]] = [[]]
    used = 0
    for row in rows:
        if pages[-1] and used + units(row) + 1 > blocks.TEXT_ROOM - 200:
            pages.append([])
            used = 0
        pages[-1].append(row)
        used += units(row) + 1
    title = plain(f"Brief: {_span(brief)}", 140)
    found = []
    for number, page in enumerate(pages, 1):
        head = title + (f" ({number}/{len(pages)})" if len(pages) > 1 else "")
        found.append(
            Message(
                text="\n".join([head, *page]),
                blocks=(blocks.section(f"*{head}*"), *blocks.sections_of(page)),
            )
        )
    return tuple(found)


def _slack(line: _Line) -> str:
    if line.heading:
        return f"*{plain(line.text, 150)}*"
    if not line.detail:
        return f"      {plain(line.text, 300)}"
    shown = link(line.url, line.text, 900) if line.url else plain(line.text, 200)
    return f"• {shown}: {plain(line.detail, 200)}"
