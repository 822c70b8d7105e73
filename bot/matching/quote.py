"""The passage to quote for a match: the sentence with the most evidence, as a reader sees it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from bot.matching.fold import plain
from bot.matching.text import FIELDS

if TYPE_CHECKING:
    from bot.matching.evidence import Evidence, Proof
    from bot.matching.text import Document
    from storage.records import Span

MAX_QUOTE = 300
_ELLIPSIS = "…"


def quoted(proofs: list[Proof], evidence: Evidence) -> str:
    """Return the sentence with the most evidence, the earliest of equals; at most 300 characters."""
    counts = Counter(proof.sentence for proof in set(proofs) if FIELDS[proof.field] != "url")
    if not counts:
        return cut(evidence.shown(0)[0], 0)
    best = max(counts, key=lambda sentence: (counts[sentence], -sentence))
    first = next(proof for proof in proofs if proof.sentence == best)
    whole = _sentence(evidence.document, first)
    if whole is None:
        return cut(evidence.shown(0)[0], 0)
    inner = evidence.span_of(first)
    before = plain(whole.text[: max(0, inner.start - whole.start)])[0]
    return cut(plain(whole.text)[0], len(" ".join(before.split())))


def _sentence(document: Document, proof: Proof) -> Span | None:
    """Return the sentence in which a proof stands, first to last word; None between two fields."""
    field = document.fields[proof.field]
    number, starts, ranges = (
        proof.sentence - document.sentence_bases[proof.field],
        field.sentence_starts,
        field.ranges,
    )
    if not 0 <= number < len(starts):
        return None
    low = bisect_left(ranges, (starts[number],))
    high = bisect_left(ranges, (starts[number + 1],)) if number + 1 < len(starts) else len(ranges)
    return field.span(ranges[low][0], ranges[high - 1][1]) if low < high else None


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
