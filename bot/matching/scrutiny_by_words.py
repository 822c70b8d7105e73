"""Binds authorities to a tie that an article names apart from them, where all its words together say that it should. Pure.

scrutiny.py binds what stands close together. A column or a newsletter may name the tie in one place and the authority in
another, and never say "antitrust" in between; its words as a whole tell it from an article that merely names both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.matching.scrutiny import Binding
from bot.matching.ties import ties_of
from bot.matching.word_weights import WordWeights, strengths_of

if TYPE_CHECKING:
    from bot.matching.scrutiny import Scene

SURE = math.log(0.9)  # of the probability
# Of a subject that is no tie: what the article must name or say, one word list or `company:GROUP` of each.
SUBJECTS = {
    "ai-distribution": (("messenger",), ("assistant", "ai")),
    "cloud-ai": (("cloud", "company:cloud"), ("ai-firms", "labs")),
    "ai-chips": (("company:ai-chip",), ("ai", "ai-firms", "labs")),
}


def bindings_by_words(scene: Scene, weights: WordWeights) -> list[Binding]:
    """Return a binding of each authority that is named, at its first mention; none where the words do not say it clearly."""
    mentions = scene.hits.of("regulators")
    subject = _subject(scene) if mentions and scene.companies and not scene.sets_aside else None
    if subject is None:
        return []
    if weights.weigh(strengths_of(scene.features))[1] < SURE:
        return []
    first = {hit.key: hit for hit in reversed(mentions)}
    return [
        Binding(key, subject, passage, lead=passage == scene.lead, hit=hit)
        for key, hit in first.items()
        for passage in [scene.around(hit.sentence)]
    ]


def _subject(scene: Scene) -> str | None:
    """Return what the article has that an authority may be looking at."""
    if ties_of(scene):
        return "ai-tie"
    return next(
        (key for key, parts in SUBJECTS.items() if all(scene.has_one_of(names) for names in parts)), None
    )
