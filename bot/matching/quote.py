"""The passage to quote for a match: the sentence with the most evidence, as a reader sees it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from bot.matching.fold import plain
from bot.matching.text import FIELDS

if TYPE_CHECKING:
    from bot.matching.evidence import Evidence, Proof

MAX_QUOTE = 300
_ELLIPSIS = "…"


def quoted(proofs: list[Proof], evidence: Evidence) -> str:
    """Return the sentence with the most evidence, the earliest of equals; at most 300 characters."""
    counts = Counter(proof.sentence for proof in set(proofs) if FIELDS[proof.field] != "url")
    if not counts:
        return cut(evidence.shown(0)[0], 0)
    best = max(counts, key=lambda sentence: (counts[sentence], -sentence))
    document = evidence.document
    token = bisect_right(document.sentences, best) - 1
    if token < 0 or document.sentences[token] != best or document.field_of(token) >= len(FIELDS) - 1:
        return cut(evidence.shown(0)[0], 0)
    first = next(proof for proof in proofs if proof.sentence == best)
    return sentence_at(evidence, token, first)


def sentence_at(evidence: Evidence, token: int, proof: Proof) -> str:
    """Return the sentence of a token, cut around a proof within it."""
    document = evidence.document
    number = document.field_of(token)
    if token - document.first[number] >= len(document.fields[number].ranges):
        token -= 1  # the break between two fields belongs to neither
    if token < document.first[number]:
        return ""
    whole = document.sentence_span(token)
    inner = evidence.span_of(proof)
    before = plain(whole.text[: max(0, inner.start - whole.start)])[0]
    return cut(plain(whole.text)[0], len(" ".join(before.split())))


def cut(text: str, around: int) -> str:
    """Return at most 300 characters of a text, whole words, with the position `around` inside."""
    flat = " ".join(text.split())
    if len(flat) <= MAX_QUOTE:
        return flat
    start = max(0, min(around - MAX_QUOTE // 3, len(flat) - MAX_QUOTE))
    if start:
        space = flat.find(" ", start, start + MAX_QUOTE // 4)
        start = space + 1 if space >= 0 else start
    room = MAX_QUOTE - len(_ELLIPSIS) * (2 if start else 1)
    end = min(len(flat), start + room)
    if end < len(flat):
        space = flat.rfind(" ", start + room // 2, end + 1)
        end = space if space > 0 else end
    return (_ELLIPSIS if start else "") + flat[start:end].strip() + (_ELLIPSIS if end < len(flat) else "")
