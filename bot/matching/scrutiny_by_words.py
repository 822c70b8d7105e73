"""Binds authorities to a tie that an article names apart from them, where all its words together say that it should. Pure.

scrutiny.py binds what stands close together. A column or a newsletter may name the tie in one place and the authority in
another, and never say "antitrust" in between; its words as a whole tell it from an article that merely names both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.matching.scrutiny import Binding
from bot.matching.ties import ties_of
from bot.matching.word_weights import WordWeights, features_of, strengths_of

if TYPE_CHECKING:
    from bot.matching.scrutiny import Scene

SURE = math.log(0.8)  # of the probability; at 0.7 to 0.9 nothing changed on 30,000 items of news


def bindings_by_words(scene: Scene, weights: WordWeights) -> list[Binding]:
    """Return a binding of each authority that is named, at its first mention; none where the words do not say it clearly."""
    mentions = scene.hits.of("regulators")
    if not mentions or not scene.companies or scene.sets_aside or not ties_of(scene):
        return []
    strengths = strengths_of(features_of(scene.hits.document, scene.hits.of("companies")))
    if weights.weigh(strengths)[1] < SURE:
        return []
    first = {hit.key: hit for hit in reversed(mentions)}
    return [
        Binding(key, "ai-tie", passage, lead=passage == scene.lead, hit=hit)
        for key, hit in first.items()
        for passage in [scene.around(hit.sentence)]
    ]
