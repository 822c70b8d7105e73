"""Gathers the life of a matter from the stored past. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.history.timeline import Life, due_of, ladder_of, lead_of, linked_of, members_of
from bot.matters.agenda import agenda_of
from storage.reader import Reader
from storage.records import Hit, Matter


def life_of(reader: Reader, matter: Matter, hits: Iterable[Hit], today: date) -> Life:
    """Return everything that is known of a matter; `hits` are all of its own."""
    found = list(hits)
    steps = reader.steps(matter.key)
    articles = {
        number: stored
        for number in dict.fromkeys(hit.article_id for hit in found)
        if (stored := reader.article(number)) is not None
    }
    dates = agenda_of(found, [matter], {matter.key: steps})
    return Life(
        matter=matter,
        steps=steps,
        ladder=ladder_of(matter, steps),
        due=due_of(matter, dates),
        sources=reader.sources(matter.key),
        members=members_of(found, articles),
        linked=linked_of(matter, reader.matters()),
        today=today,
        lead=lead_of(steps),
    )
