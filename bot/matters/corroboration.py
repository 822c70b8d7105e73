"""How many publishers carry a matter's current step. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from storage.records import Matter, SourceNote


def carriers(matter: Matter, notes: Iterable[SourceNote]) -> frozenset[str]:
    """Return the publishers that carried the current step, as far as the notes know."""
    return frozenset(n.publisher for n in notes if n.first_seen_at >= matter.moved_at)


def corroborated(matter: Matter, publisher: str, carried: frozenset[str]) -> Matter | None:
    """Return the matter with one more source, or None where this publisher is counted already."""
    if publisher in carried:
        return None
    return replace(matter, sources=max(matter.sources, len(carried)) + 1)


def told_officially(link: str, notes: Iterable[SourceNote]) -> bool:
    """Return whether an official feed carried this very link before."""
    return bool(link) and any(n.official and n.link == link for n in notes)
