"""How many publishers carry a matter's current step. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.matters.evidence import Evidence
from storage.records import Matter, SourceNote


@dataclass(frozen=True, slots=True)
class Carriers:
    """Publishers that carry the current step, and all that ever carried the matter.

    The store keeps one note a publisher and stage, with the time it first carried that stage; so a publisher
    that wrote of the matter before, and now writes of an older stage, says nothing for the current step.
    """

    current: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()

    def with_one(self, publisher: str) -> Carriers:
        """Return the carriers with one more of the current step."""
        return Carriers(self.current | {publisher}, self.ever | {publisher})


def carriers_of(matter: Matter, notes: Sequence[SourceNote]) -> Carriers:
    """Return who carries the matter, as far as the notes know."""
    current = frozenset(
        n.publisher
        for n in notes
        if n.first_seen_at >= matter.moved_at or (n.stage is matter.stage and n.stage is not None)
    )
    return Carriers(current, frozenset(n.publisher for n in notes))


def corroborated(matter: Matter, evidence: Evidence, carriers: Carriers) -> Matter | None:
    """Return the matter with one more source, or None where the article adds none."""
    publisher = evidence.publisher
    if publisher in carriers.current:
        return None
    if publisher in carriers.ever and evidence.stage is not matter.stage:
        return None
    return replace(matter, sources=max(matter.sources, len(carriers.current)) + 1)


def with_carrier(matter: Matter, publisher: str, carriers: Carriers) -> Matter:
    """Return the matter after a step at the same stage: who took it counts as a source, unless it did already."""
    if publisher in carriers.current:
        return matter
    return replace(matter, sources=max(matter.sources, len(carriers.current)) + 1)


def told_officially(link: str, notes: Iterable[SourceNote]) -> bool:
    """Return whether an official feed carried this very link before."""
    return bool(link) and any(n.official and n.link == link for n in notes)
