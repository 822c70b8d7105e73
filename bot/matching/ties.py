"""Ties between a cloud, chip or platform company and an AI developer, and the deal word that binds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.matching.scrutiny import Pair, Passage

if TYPE_CHECKING:
    from bot.matching.hits import Hit
    from bot.matching.scrutiny import Scene

MAX_TIES = 12
OPENING = 3  # sentences of the body that count as its opening


def ties_of(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Return the (supplier, developer) pairs, those of title and summary first."""
    order: dict[tuple[str, str], None] = {}
    for pair in scene.pairs_in(scene.lead):
        order[pair.supplier, pair.lab] = None
    for sentence in sorted(scene.companies):
        if len(order) >= MAX_TIES:
            break
        if sentence > scene.lead.high:
            for pair in scene.pairs_in(Passage(sentence, sentence)):
                order[pair.supplier, pair.lab] = None
    return tuple(order)[:MAX_TIES]


def bound_deal(scene: Scene) -> tuple[str | None, list[Hit]]:
    """Return the form of the deal that binds a tie of the article's opening, with its words; or None."""
    opening = Passage(0, scene.lead.high)
    pairs = scene.pairs_in(opening)
    if not pairs:
        return None, []
    sentences = _sentences_of(scene, pairs, opening)
    words = [hit for hit in scene.hits.of("deal_forms") if hit.sentence in sentences]
    if not words:
        return None, []
    counts: dict[str, float] = {}
    for hit in words:
        counts[hit.key] = counts.get(hit.key, 0) + (2 if hit.field == 0 else 1)
    best = max(counts, key=lambda key: counts[key])
    return best, [hit for hit in words if hit.key == best]


def _sentences_of(scene: Scene, pairs: list[Pair], opening: Passage) -> set[int]:
    """Return the sentences of the opening that name a party of a tie."""
    parties = {party for pair in pairs for party in (pair.supplier, pair.lab)}
    return {
        sentence
        for sentence in range(opening.low, opening.high + 1)
        if any(key in parties for key in scene.companies.get(sentence, ()))
    }
