"""How far an authority has gone: the furthest stage that the bound passages report as fact.

A denial just before a stage word takes it back, a hedge makes it a mere possibility (shades.py); both leave `concern`.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from bot.matching.scrutiny import Passage
from bot.matching.shades import SHADES, Shades
from storage.words import Stage

if TYPE_CHECKING:
    from bot.matching.hits import Hit
    from bot.matching.scrutiny import Binding, Scene

MAX_WORDS = 2_000  # for stages, that are weighed in one article
_QUOTED = re.compile(r"""["'「].+["'」]\s*[:,-]""")  # a headline that quotes somebody


def stage_of(scene: Scene, bindings: list[Binding], *, deal_story: bool) -> tuple[Stage, bool, list[Hit]]:
    """Return the stage of bound scrutiny, whether a further one was denied or hedged, and the proof."""
    if scene.is_essay:
        return Stage.CONCERN, False, []
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
        return aside if lead or aside[0].rank <= Stage.INVESTIGATION.rank else (Stage.CONCERN, False, [])
    stage, hedged, proof = _furthest(shades, passages, talk=talk)
    if stage is Stage.CONCERN and (titled or not deal_story):
        for further in ([scene.opening], _mentioned(scene, bindings)):
            if further and stage is Stage.CONCERN:
                stage, also_hedged, proof = _furthest(shades, further, talk=talk)
                hedged = hedged or also_hedged
    if stage is Stage.CONCERN and titled and not talk and not hedged and not _worries(scene):
        stage = Stage.INQUIRY  # the headline has an authority act, in words that we do not know
    return stage, hedged, proof


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


def _furthest(shades: Shades, passages: list[Passage], *, talk: bool) -> tuple[Stage, bool, list[Hit]]:
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
        return Stage.DECISION, hedged, proof  # a headline that says "will not investigate"
    return best, hedged, proof


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
