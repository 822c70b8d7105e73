"""How far an authority has gone: the furthest stage that the bound passages report as fact.

A denial just before a stage word takes it back, a hedge makes it a mere possibility; both leave `concern`.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.matching.scrutiny import Passage
from bot.matching.text import TOPIC_COMMA
from storage.words import Stage

if TYPE_CHECKING:
    from bot.matching.hits import DocumentHits, Hit
    from bot.matching.scrutiny import Binding, Scene
    from bot.matching.text import Document

DENIAL_REACH = 6
HEDGE_REACH = 6
EXPECT_REACH = 10
AWAITED_REACH = 12
PAPERS_REACH = 12
TITLE_REACH = 8
ACT_REACH = 1  # tokens between an authority and what it did, outside of headlines
SHADES = (
    "concern",
    "denial",
    "hedge",
    "expect",
    "background",
    "order",
    "papers",
    "provisional",
    "glance",
    "talk",
    "that",
    "announced",
    "lack",
    "postponed",
)
NEGATED_AFTER = ("de", "nl", "ja", "ko")  # languages that put the denial after the verb
HEDGED_AFTER = ("ja", "ko")
IN_TITLE = "-in-title"  # entries whose words count in a headline alone


def stage_of(scene: Scene, bindings: list[Binding], *, deal_story: bool) -> tuple[Stage, bool, list[Hit]]:
    """Return the stage of bound scrutiny, whether a further one was denied or hedged, and the proof."""
    lead = [b for b in bindings if b.lead or b.hit is None or b.hit.sentence <= scene.lead.high]
    passages = (
        [scene.lead] if lead else [scene.title, *dict.fromkeys(binding.passage for binding in bindings)]
    )
    titled = _in_title(scene, bindings)
    talk = _talks(scene)
    if deal_story and _deal_in_title(scene) and not titled and not _step_in_title(scene):
        aside = _furthest(
            scene.hits, _asides(scene, bindings, scene.lead if lead else scene.opening), talk=talk
        )
        # An older file that was closed does not make a deal story a decision.
        return aside if aside[0].rank <= Stage.INVESTIGATION.rank else (Stage.CONCERN, False, [])
    stage, hedged, proof = _furthest(scene.hits, passages, talk=talk)
    if stage is Stage.CONCERN and (titled or not deal_story):
        for further in ([scene.opening], _mentioned(scene, bindings)):
            if further and stage is Stage.CONCERN:
                stage, also_hedged, proof = _furthest(scene.hits, further, talk=talk)
                hedged = hedged or also_hedged
    if stage is Stage.CONCERN and titled and not talk and not _worries(scene):
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
    return any(hit.key == "talk" and hit.sentence <= scene.opening.high for hit in scene.hits.of("stages"))


def _furthest(hits: DocumentHits, passages: list[Passage], *, talk: bool) -> tuple[Stage, bool, list[Hit]]:
    best, hedged, refused = Stage.CONCERN, False, False
    proof: list[Hit] = []
    document = hits.document
    words = hits.of("stages")
    denials = [hit for hit in words if hit.key in ("denial", "lack")]
    nots = [hit for hit in words if hit.key == "denial"]
    hedges = [hit for hit in words if hit.key == "hedge"]
    put_off = [hit for hit in words if hit.key in ("hedge", "postponed")]
    expected = [hit for hit in words if hit.key == "expect"]
    announced = [hit for hit in words if hit.key == "announced"]
    provisional = [hit for hit in words if hit.key == "provisional"]
    authorities = hits.of("regulators")
    listed = [
        (one.end - 1, other.start) for one, other in pairwise(authorities) if 0 <= other.start - one.end <= 1
    ] + [(hit.start - 1, hit.start) for hit in words if hit.key == "that" and hit.start]
    glances = {(hit.start, hit.end) for hit in words if hit.key == "glance" and hit.field} if talk else set()
    for hit in words:
        if hit.key in SHADES or not any(p.low <= hit.sentence <= p.high for p in passages):
            continue
        name = hit.key.removesuffix(IN_TITLE)
        if name != hit.key and not _acts(authorities, hit, document):
            continue
        stage = Stage(name)
        if stage is Stage.DECISION and _asks_for_papers(hits, hit):
            stage = Stage.INQUIRY
        if stage is Stage.DECISION and not hits.official and _bare_order(words, authorities, hit):
            continue
        inquiry = stage is Stage.INQUIRY
        if stage.rank < best.rank or (inquiry and (hit.start, hit.end) in glances):
            continue
        doubts = expected + ([] if inquiry else put_off if stage is Stage.DECISION else hedges)
        if stage is Stage.DECISION and any(
            word.sentence == hit.sentence and not hit.start <= word.start < hit.end for word in provisional
        ):
            continue
        denied = (
            _within(nots, hit)
            or _before(denials, hit, DENIAL_REACH, document, listed)
            or (stage.rank <= Stage.INVESTIGATION.rank and _after(denials, hit, document))
        )
        doubted = not denied and (
            _shared(expected, hit)
            or (stage is Stage.LITIGATION and hit.field and _announced(announced, hit, document, listed))
            or _before(doubts, hit, EXPECT_REACH if inquiry else HEDGE_REACH, document, listed)
            or (not inquiry and document.language[:2] in HEDGED_AFTER and _after(doubts, hit, document))
        )
        awaited = name != hit.key and stage is Stage.DECISION and _awaited(expected, hit, document)
        if denied or doubted or awaited or (inquiry and _after(expected, hit, document)):
            hedged = hedged or not hits.official or hit.field == 0
            refused = refused or (denied and hit.field == 0)
            if (
                not doubted
                or stage is not Stage.INVESTIGATION
                or _before(expected, hit, HEDGE_REACH, document, listed)
            ):
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


def _acts(authorities: list[Hit], hit: Hit, document: Document) -> bool:
    """Whether an authority stands beside a word that alone reports its act; in a headline, in its clause."""
    if hit.field == 0 and not any(word.field == 0 for word in authorities):
        return any(word.field == 1 for word in authorities)
    before, after = (TITLE_REACH, ACT_REACH) if hit.field == 0 else (ACT_REACH, -1)
    return any(
        word.sentence == hit.sentence
        and _apart(word, hit, document) <= (before if word.start < hit.start else after)
        for word in authorities
    )


def _apart(word: Hit, hit: Hit, document: Document) -> float:
    """Return how many words stand between two hits of a sentence; no end of them where a comma does too."""
    left, right = (word, hit) if word.start < hit.start else (hit, word)
    if right.start < left.end:
        return 0
    if document.language[:2] not in TOPIC_COMMA and document.parted(left.end - 1, right.start):
        return math.inf
    return document.words_between(left.end, right.start)


def _asks_for_papers(hits: DocumentHits, hit: Hit) -> bool:
    """Whether a hit is the word for an order, and what is ordered is to hand over information."""
    words = hits.of("stages")
    if not any(word.key == "order" and word.start <= hit.start < word.end for word in words):
        return False
    return any(
        word.sentence == hit.sentence
        and (
            (word.key == "papers" and 0 <= word.start - hit.end < PAPERS_REACH)
            or (word.key == "inquiry" and word.apart and word.start <= hit.start and hit.end <= word.end)
        )
        for word in words
    )


def _announced(words: list[Hit], hit: Hit, document: Document, listed: list[tuple[int, int]]) -> bool:
    """Whether a party only says that it will appeal."""
    return _shared(words, hit) or _before(words, hit, EXPECT_REACH, document, listed)


def _bare_order(words: list[Hit], authorities: list[Hit], hit: Hit) -> bool:
    """Whether a hit is but a word for an order, and no authority is in its sentence: "The cheque obliges"."""
    order = hit.end - hit.start == 1 and any(word.key == "order" and word[1:3] == hit[1:3] for word in words)
    return order and not any(word.sentence == hit.sentence for word in authorities)


def _awaited(expected: list[Hit], hit: Hit, document: Document) -> bool:
    """Whether a headline's "decision" is one that is expected: the word follows in the same clause."""
    return any(
        word.sentence == hit.sentence
        and 0 <= word.start - hit.end < AWAITED_REACH
        and not document.parted(hit.end - 1, word.start)
        for word in expected
    )


def _before(
    words: list[Hit], hit: Hit, reach: int, document: Document, listed: list[tuple[int, int]]
) -> bool:
    """Whether one of the words stands in the same clause, at most `reach` tokens before the hit."""
    return any(
        word.sentence == hit.sentence
        and word.end <= hit.start
        and hit.start - word.end < reach
        and not _parted(document, listed, word.end - 1, hit.start)
        for word in words
    )


def _parted(document: Document, listed: list[tuple[int, int]], left: int, right: int) -> bool:
    """Whether the clause ends between two tokens; a comma between two authorities, or before "that", does not."""
    for end, start in listed:
        if left <= end and start <= right:
            return document.parted(left, end) or _parted(document, listed, start, right)
    return document.parted(left, right)


def _within(words: list[Hit], hit: Hit) -> bool:
    """Whether one of the words stands within the hit: "eine Untersuchung wurde nicht eingeleitet"."""
    return hit.apart and any(hit.start < word.start and word.end < hit.end for word in words)


def _shared(words: list[Hit], hit: Hit) -> bool:
    """Whether one of the words runs into the hit: "ouvre la voie à une enquête", "raises questions", "should look at"."""
    return any(
        word.start <= hit.start < word.end
        and (word.start < hit.start or hit.end <= word.end or (hit.apart and word.end - word.start > 1))
        for word in words
    )


def _after(words: list[Hit], hit: Hit, document: Document) -> bool:
    """Whether one of the words follows the hit, in a language that puts such words after the verb."""
    return document.language[:2] in NEGATED_AFTER and any(
        word.sentence == hit.sentence and 0 <= word.start - hit.end < DENIAL_REACH for word in words
    )


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
