"""What each silence hid. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.history.why import silence_over
from storage.records import Hit, Silence


def hidden_by(silences: Sequence[Silence], hits: Iterable[Hit]) -> Mapping[int, tuple[Hit, ...]]:
    """Return for each silence the hits that it hid, one an article, oldest first; `hits` are the silenced ones."""
    found: dict[int, dict[int, Hit]] = {silence.id: {} for silence in silences}
    for hit in sorted(hits, key=lambda h: (h.matched_at, h.id)):
        silence = silence_over(hit, silences)
        if silence is not None:
            found[silence.id].setdefault(hit.article_id, hit)
    return {number: tuple(own.values()) for number, own in found.items()}


def state_of(silence: Silence, now: datetime) -> str:
    """Return `running`, or `over` once it ended or was removed."""
    return "running" if silence.created_at <= now < silence.until else "over"
