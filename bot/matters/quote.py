"""The sentence to quote: the one of summary or body that proves the step, never the headline again.

Facts and matches say where their words stand; no language is known here. Contains no I/O.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.matching.quote import cut
from bot.matching.sentences import boundaries
from storage.records import Article, Facts, Match, Span
from storage.words import Kind

_FIELDS = ("summary", "body")
_MAX_TEXT = 60_000  # code points of a field looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence and its words that matched; both empty where only the headline proves the step."""

    text: str = ""
    words: tuple[str, ...] = ()


def quote_of(article: Article, facts: Facts, match: Match, authority: str | None) -> Quote:
    """Return the sentence with the most proof, the earliest of equals: the step's words, then who and whom."""
    weighed = tuple(_weighed(facts, match, authority))
    texts = {"summary": article.summary[:_MAX_TEXT], "body": article.body[:_MAX_TEXT]}
    best: tuple[float, str, tuple[str, ...]] = (0.0, "", ())
    for name in _FIELDS:
        text = texts[name]
        here = [(w, what, s) for w, what, s in weighed if s.field == name and _stands(text, s)]
        for start, end in _sentences(text, here):
            inside = [(w, what, s) for w, what, s in here if start <= s.start < end]
            score = sum(dict(sorted((what, w) for w, what, _ in inside)).values())
            if score > best[0] and not _same(text[start:end], article.title):
                words = tuple(dict.fromkeys(s.text for _, _, s in inside))
                best = (score, _shortened(text[start:end], inside, start), words)
    if best[1]:
        return Quote(text=best[1], words=best[2])
    if match.sentence and not _same(match.sentence, article.title):
        return Quote(text=match.sentence, words=tuple(dict.fromkeys(s.text for s in match.spans)))
    return Quote()


def _weighed(facts: Facts, match: Match, authority: str | None) -> Iterator[tuple[float, str, Span]]:
    """Yield (weight, what it proves, where): a stage's or a deal's word counts most, each thing once."""
    deal = match.kind is Kind.DEAL
    for mention in facts.mentions:
        weight = {
            "stage": 4.0,
            "deal": 4.0 if deal else 0.5,
            "scrutiny": 2.0 if mention.id.partition(":")[0] == authority else 0.0,
            "regulator": 2.0 if mention.id == authority else 0.5,
            "company": 1.0 if any(mention.id in tie for tie in facts.ties[:1]) else 0.3,
        }.get(mention.kind, 0.0)
        what = "scrutiny" if mention.kind == "scrutiny" else f"{mention.kind}:{mention.id}"
        yield from ((weight, what, span) for span in mention.spans if weight)
    yield from ((1.5, f"match:{span.text.casefold()}", span) for span in match.spans)
    if deal:
        yield from ((2.0, "amount", a.span) for a in facts.amounts if a.span)


def _stands(text: str, span: Span) -> bool:
    """Return whether the span's words stand where it says; a field may have been cut since."""
    return bool(span.text) and text[span.start : span.end] == span.text


def _sentences(text: str, here: list[tuple[float, str, Span]]) -> list[tuple[int, int]]:
    """Return the sentences that hold some proof; rows of a table and items of a list are parted too."""
    if not here:
        return []
    lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    starts = {*boundaries(lowered), *(n + 1 for n, char in enumerate(text) if char == "\n")}
    ordered = [*sorted(starts), len(text)]
    found = []
    for start, end in pairwise(ordered):
        if any(start <= span.start < end for _, _, span in here):
            found.append((start, end))
    return found


def _shortened(sentence: str, inside: list[tuple[float, str, Span]], start: int) -> str:
    """Return the sentence in one line, cut around its weightiest word."""
    main = max(inside, key=lambda one: (one[0], -one[2].start))[2]
    return cut(sentence, len(" ".join(sentence[: max(0, main.start - start)].split())))


def _same(sentence: str, title: str) -> bool:
    return (
        " ".join(sentence.split()).strip(" .…").casefold() == " ".join(title.split()).strip(" .…").casefold()
    )
