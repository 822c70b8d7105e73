"""A matter's life in order: its steps, its stage ladder, what is due, and why each article is there. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.durations import short
from bot.matters.agenda import DueDate
from storage.records import Hit, Matter, SourceNote, Step, StoredArticle, StoredStep
from storage.words import Stage

REASONS = {
    "opened": "opened",
    "advanced": "stage went up",
    "official-act": "new act of the authority",
    "confirmed": "confirmed by the authority",
    "closed": "ended",
    "reopened": "reopened",
    "deadline-moved": "deadline set or moved",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rung of the stage ladder: `reached` is None where the matter never stood on it."""

    stage: Stage
    reached: datetime | None
    current: bool
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article of a matter: who carried it, why it is there, and what became of each revision that hit."""

    hit: Hit  # the first
    verdicts: tuple[str, ...]
    publisher: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Everything that `matters show` says of a matter. Steps and members are oldest first."""

    matter: Matter
    steps: tuple[StoredStep, ...]
    ladder: tuple[Rung, ...]
    due: tuple[DueDate, ...]
    sources: tuple[SourceNote, ...]
    members: tuple[Member, ...]
    linked: tuple[Matter, ...]
    today: date
    lead: str = ""  # how long the press was ahead of the authority


def happened(step: Step) -> datetime:
    """Return when a step happened as its source says, else when we saw it; never later than that."""
    return min(step.happened_at or step.at, step.at)


def ladder_of(matter: Matter, steps: Sequence[StoredStep]) -> tuple[Rung, ...]:
    """Return the five rungs with the day on which each was first reached."""
    reached: dict[Stage, datetime] = {}
    official: set[Stage] = set()
    for stored in steps:
        stage = stored.step.stage
        if stage is None:
            continue
        when = happened(stored.step)
        reached[stage] = min(when, reached.get(stage, when))
        if stored.step.confirmed:
            official.add(stage)
    return tuple(
        Rung(
            stage=stage,
            reached=reached.get(stage),
            current=stage is matter.stage,
            confirmed=stage in official or (stage is matter.stage and matter.confirmed),
        )
        for stage in Stage
    )


def members_of(hits: Iterable[Hit], articles: Mapping[int, StoredArticle]) -> tuple[Member, ...]:
    """Return one member an article, oldest first; its strongest word is that of its first live hit."""
    found: dict[int, list[Hit]] = {}
    for hit in sorted(hits, key=lambda h: (h.published_at or h.first_seen_at, h.id)):
        found.setdefault(hit.article_id, []).append(hit)
    members = []
    for number, own in found.items():
        first = min(own, key=lambda h: (h.status.value != "live", h.id))
        stored = articles.get(number)
        publisher = stored.article.publisher if stored and stored.article.publisher else first.feed
        rules = tuple(dict.fromkeys(hit.rule for hit in own))
        # One word a revision: several rules that hit one text have one fate.
        fates = {hit.revision: hit.verdict for hit in reversed(own) if hit.status is first.status}
        verdicts = tuple(fates[number] for number in sorted(fates))
        members.append(Member(hit=first, publisher=publisher, rules=rules, verdicts=verdicts))
    return tuple(members)


def linked_of(matter: Matter, others: Iterable[Matter]) -> tuple[Matter, ...]:
    """Return the living matters of the same tie, or that share a case, the deal matter first."""
    kin = [
        other
        for other in others
        if other.key != matter.key
        and other.merged_into is None
        and ((matter.tie and other.tie == matter.tie) or set(matter.cases) & set(other.cases))
    ]
    return tuple(sorted(kin, key=lambda m: (m.authority is not None, m.key)))


def lead_of(steps: Sequence[StoredStep]) -> str:
    """Return how long the press was ahead when the authority first confirmed, e.g. `2 d 3 h`; else nothing."""
    confirmed = next((s.step for s in steps if s.step.reason == "confirmed"), None)
    if confirmed is None:
        return ""
    before = [
        s.step
        for s in steps
        if not s.step.confirmed and s.step.at < confirmed.at and s.step.stage is confirmed.stage
    ]
    return short(confirmed.at - min(s.at for s in before)) if before else ""


def due_of(matter: Matter, dates: Iterable[DueDate]) -> tuple[DueDate, ...]:
    """Return what is or was due in the matter, earliest first."""
    return tuple(
        sorted((due for due in dates if due.matter == matter.key), key=lambda due: (due.on, due.key))
    )
