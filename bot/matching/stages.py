"""How far an authority has gone: the furthest stage that the bound passages report as fact.

Phrases of stages.yaml go first: a denial just before one takes it back, a hedge makes it a mere possibility (shades.py);
both leave `concern`. Then all words of the article are weighed (word_weights.py): where they speak clearly for another
stage, that one it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bot.matching.hits import Hit
from bot.matching.layout import Passage
from bot.matching.shades import SHADES, Shades
from bot.matching.word_weights import WordWeights, strengths_of
from storage.words import Stage

if TYPE_CHECKING:
    from bot.matching.scrutiny import Binding, Scene

# How much likelier the words must make another stage than what phrases tell, as a power of e; measured on 321 articles that
# neither was made from. A headline alone has too few words to be weighed against what a phrase says of it.
TRUST, TRUST_ALONE = 1.0, 3.0
MAX_WORDS = 2_000  # for stages, that are weighed in one article
_QUOTED = re.compile(r"""["'「].+["'」]\s*[:,-]""")  # a headline that quotes somebody


class Told(NamedTuple):
    """A stage, whether a further one was denied or hedged, and the words that prove it."""

    stage: Stage
    hedged: bool = False
    proof: Sequence[Hit] = ()


def stage_of(scene: Scene, bindings: list[Binding], *, deal_story: bool, weights: WordWeights) -> Told:
    """Return the stage of bound scrutiny."""
    told = _by_phrases(scene, bindings, deal_story=deal_story)
    return told if scene.is_essay else _weighed(scene, told, weights)


def _weighed(scene: Scene, told: Told, weights: WordWeights) -> Told:
    """Return what was told, or the stage for which the words of the article speak much more.

    A phrase of the headline is nearly always right, and so is one of an authority's own, who speaks in formulas.
    """
    if told.proof and (scene.hits.official or any(hit.field == 0 for hit in told.proof)):
        return told
    document = scene.hits.document
    weighed = dict(zip(Stage, weights.weigh(strengths_of(scene.features)), strict=True))
    _, summary, body, url = document.first
    alone = body - summary <= 1 and url - body <= 1
    weighed[told.stage] += TRUST_ALONE if alone else TRUST
    best = max(Stage, key=lambda stage: weighed[stage])
    if best is told.stage:
        return told
    proof = [
        Hit(best.value, one.start, one.end, document.sentence_of(one.start), document.field_of(one.start))
        for one in weights.strongest(scene.features, list(Stage).index(best))
    ]
    return Told(best, told.hedged and best.rank < told.stage.rank, proof)


def _by_phrases(scene: Scene, bindings: list[Binding], *, deal_story: bool) -> Told:
    """Return the stage that phrases of the lexicon tell."""
    if scene.is_essay:
        return Told(Stage.CONCERN)
    lead = [b for b in bindings if b.lead or b.hit is None or b.hit.sentence <= scene.lead.high]
    passages = (
        [scene.lead] if lead else [scene.title, *dict.fromkeys(binding.passage for binding in bindings)]
    )
    titled = _in_title(scene, bindings)
    talk = _talks(scene)
    shades = Shades(scene.hits)
    if deal_story and _deal_in_title(scene) and not titled and not _step_in_title(scene):
        within = scene.lead if lead else scene.opening
        aside = _furthest(shades, _asides(scene, bindings, within), talk=talk)
        # An older file that was closed, told in passing, does not make a deal story a decision.
        return aside if lead or aside.stage.rank <= Stage.INVESTIGATION.rank else Told(Stage.CONCERN)
    stage, hedged, proof = _furthest(shades, passages, talk=talk)
    if stage is Stage.CONCERN and (titled or not deal_story):
        for further in ([scene.opening], _mentioned(scene, bindings)):
            if further and stage is Stage.CONCERN:
                stage, also_hedged, proof = _furthest(shades, further, talk=talk)
                hedged = hedged or also_hedged
    if stage is Stage.CONCERN and titled and not talk and not hedged and not _worries(scene):
        stage = Stage.INQUIRY  # the headline has an authority act, in words that we do not know
    return Told(stage, hedged, proof)


def _asides(scene: Scene, bindings: list[Binding], within: Passage) -> list[Passage]:
    """Return where the beginning of a deal story has an authority act now, not in the past, with the sentence after."""
    named = {binding.authority for binding in bindings}
    past = {hit.sentence for hit in scene.hits.of("stages") if hit.key == "background"}
    return [
        Passage(hit.sentence, min(hit.sentence + 1, within.high))
        for hit in scene.hits.of("regulators")
        if hit.key in named and hit.sentence <= within.high and hit.sentence not in past
    ]


def _in_title(scene: Scene, bindings: list[Binding]) -> bool:
    """Whether the headline names a bound authority."""
    named = {binding.authority for binding in bindings}
    return any(hit.field == 0 and hit.key in named for hit in scene.hits.of("regulators"))


def _worries(scene: Scene) -> bool:
    """Whether title and summary report a worry, a speech, an opinion or an expectation."""
    return any(
        hit.key in ("concern", "expect") and hit.sentence <= scene.lead.high
        for hit in scene.hits.of("stages")
    )


def _talks(scene: Scene) -> bool:
    """Whether the article reports a speech or an interview, or is a comment: a look told there is only talk of one."""
    if _QUOTED.match(scene.hits.document.fields[0].folded):
        return True
    return any(hit.key == "talk" and hit.sentence <= scene.opening.high for hit in scene.hits.of("stages"))


def _furthest(shades: Shades, passages: list[Passage], *, talk: bool) -> Told:
    """Return the furthest stage that passages report, whether a further one was denied or hedged, and the proof."""
    best, hedged, refused = Stage.CONCERN, False, False
    proof: list[Hit] = []
    hits = shades.hits
    wanted = {sentence for low, high in dict.fromkeys(passages) for sentence in range(low, high + 1)}
    words = (hit for hit in hits.of("stages") if hit.key not in SHADES and hit.sentence in wanted)
    for hit in islice(words, MAX_WORDS):
        stage = shades.stage(hit)
        if stage is None or stage.rank < best.rank:
            continue
        if talk and stage is Stage.INQUIRY and shades.is_glance(hit):
            continue
        denied = shades.is_denied(hit, stage)
        doubted = not denied and shades.is_doubted(hit, stage, talk=talk)
        if denied or doubted or shades.is_awaited(hit, stage):
            hedged = hedged or not hits.official or hit.field == 0
            refused = refused or (denied and hit.field == 0)
            if not doubted or stage is not Stage.INVESTIGATION or shades.is_expected(hit):
                continue
            stage = Stage.INQUIRY  # one that may be opened is being looked into
            if stage.rank < best.rank:
                continue
        if stage.rank > best.rank:
            best, proof = stage, []
        proof.append(hit)
    if refused and best is Stage.CONCERN:
        return Told(Stage.DECISION, hedged, proof)  # a headline that says "will not investigate"
    return Told(best, hedged, proof)


def _mentioned(scene: Scene, bindings: list[Binding]) -> list[Passage]:
    """Return the passages of the body that name a bound authority."""
    authorities = {binding.authority for binding in bindings}
    return [
        scene.around(hit.sentence)
        for hit in scene.hits.of("regulators")
        if hit.key in authorities and hit.sentence > scene.lead.high
    ]


def _deal_in_title(scene: Scene) -> bool:
    """Whether the headline names a company, and the other party or the deal too."""
    if not any(scene.companies.get(sentence) for sentence in range(scene.title.high + 1)):
        return False
    return bool(scene.pairs_in(scene.title)) or scene.hits.word_in("deal", *scene.title)


def _step_in_title(scene: Scene) -> bool:
    """Whether the headline has a word for a step, so that the story is not of a deal alone."""
    return any(hit.field == 0 and hit.key not in SHADES for hit in scene.hits.of("stages"))
