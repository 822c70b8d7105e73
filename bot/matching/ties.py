"""Ties between a cloud, chip or platform company and an AI developer, and the deal word that binds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.matching.layout import Pair, Passage
from bot.matching.money_kinds import COUNTED

if TYPE_CHECKING:
    from bot.matching.hits import Hit
    from bot.matching.scrutiny import Scene
    from storage.records import Amount

MAX_TIES = 12
OPENING_CHARACTERS = 500  # of a body, in which a story of a deal names its sum


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


def bound_deal(scene: Scene, amounts: tuple[Amount, ...]) -> tuple[str | None, list[Hit]]:
    """Return the form of the deal that binds a tie of title and summary, with its words; or None.

    The deal word stands in a sentence that names a party; anywhere in title and summary where the title names the tie or
    speaks of deals. A sum there binds by itself, as an investment; so does one that opens the body of an article whose
    title names the tie. Where title and summary name one party alone, a sentence of the opening may name both.
    """
    pairs = scene.pairs_in(scene.lead)
    if not pairs:
        return _opened_deal(scene)
    titled = bool(scene.pairs_in(scene.title)) or any(
        hit.field == 0 and hit.key == "partnership" for hit in scene.hits.of("deal_forms")
    )
    sentences = _sentences_of(scene, pairs, titled=titled)
    words = [hit for hit in scene.hits.of("deal_forms") if hit.sentence in sentences]
    if not words:
        return ("investment", []) if _sum_in(sentences, amounts, titled=titled) else (None, [])
    counts: dict[str, float] = {}
    for hit in words:
        counts[hit.key] = counts.get(hit.key, 0) + (2 if hit.field == 0 else 1)
    best = max(counts, key=lambda key: counts[key])
    return best, [hit for hit in words if hit.key == best]


def _opened_deal(scene: Scene) -> tuple[str | None, list[Hit]]:
    """Return the deal that title and summary tell with one party, and the body's opening with both in a sentence."""
    words = [hit for hit in scene.hits.of("deal_forms") if hit.sentence <= scene.opening.high]
    named = {key for sentence in range(scene.lead.high + 1) for key in scene.companies.get(sentence, ())}
    told = {hit.key for hit in words if hit.sentence <= scene.lead.high}
    for hit in words:
        if hit.key in told and hit.sentence > scene.lead.high:
            pairs = scene.pairs_in(Passage(hit.sentence, hit.sentence))
            if any(pair.supplier in named or pair.lab in named for pair in pairs):
                return hit.key, [word for word in words if word.key == hit.key]
    return None, []


def _sentences_of(scene: Scene, pairs: list[Pair], *, titled: bool) -> set[int]:
    """Return the sentences of title and summary that name a party to a tie; all, where the title names a tie."""
    parties = {party for pair in pairs for party in (pair.supplier, pair.lab)}
    return {
        sentence
        for sentence in range(scene.lead.low, scene.lead.high + 1)
        if titled or any(key in parties for key in scene.companies.get(sentence, ()))
    }


def _sum_in(sentences: set[int], amounts: tuple[Amount, ...], *, titled: bool) -> bool:
    """Whether a sum of a deal stands in title, summary or the opening of the body, beside the parties."""
    return bool(sentences) and any(
        amount.span
        and amount.kind in COUNTED
        and (amount.span.field in ("title", "summary") or (titled and amount.span.start < OPENING_CHARACTERS))
        for amount in amounts
    )
