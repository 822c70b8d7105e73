"""What the words of an article weigh for each answer to a question: linear models learned from the labelled articles. Pure.

The phrases of the lexicon say exactly what they find, and never find all that can be written. The weights know far more
words, none of them for certain, and have a say only where phrases are silent or unsure: on the stage (stages.py), and on
whether authorities and a tie that an article names apart have to do with each other (scrutiny_by_words.py). They are made by
tests/eval/learn_weights.py out of the labelled articles beside it; companies are masked, so that who is named never tells.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from bot.matching.text import UNSPACED

if TYPE_CHECKING:
    from bot.matching.hits import Hit
    from bot.matching.text import Document

STAGE_FILE, SCRUTINY_FILE = "weights_of_stage.tsv", "weights_of_scrutiny.tsv"
NAME = "<company>"
STEMS = (4, 6)  # letters, in languages that inflect
# Tokens read of each; the lead-in is of a body without a summary.
TITLE, SUMMARY, LEAD_IN, BODY = 120, 120, 60, 80
IN_TITLE, IN_SUMMARY, IN_BODY = 1.0, 0.6, 0.3  # how strongly a word counts by where it stands
WORDS = 2  # longest run that is one feature
CHARACTERS = 4  # the same, where words are not spaced
SCALE = 100  # weights are kept as whole numbers, hundredths
SHOWN = 3  # words that are given as proof
_UNSPACED = re.compile(f"[{UNSPACED}]")


class Feature(NamedTuple):
    """A word, the stem of one, or a run of words: its name, how strongly it counts, and its tokens [start, end)."""

    name: str
    strength: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Weight:
    """Of one feature: how rare it is, and what it weighs for each answer."""

    rarity: float
    answers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WordWeights:
    """The weights by feature, and what each answer has without any; answers are numbered. Does not change."""

    bias: tuple[float, ...]
    weights: Mapping[str, Weight]

    @classmethod
    def shipped(cls, name: str) -> WordWeights:
        """Return weights of the package, by the name of their file."""
        return cls.read(files("bot.matching").joinpath(name).read_text(encoding="utf-8"))

    @classmethod
    def read(cls, text: str) -> WordWeights:
        """Return the weights of a file: a feature, its rarity and a weight for each answer a line; "#" is a comment."""
        rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
        weights = {
            name: Weight(int(rarity) / SCALE, tuple(int(weight) / SCALE for weight in answers))
            for name, rarity, *answers in rows
        }
        return cls(weights.pop("").answers, weights)

    def weigh(self, strengths: Mapping[str, float]) -> list[float]:
        """Return the logarithm of each answer's probability; `strengths` is how strongly each feature counts."""
        known = [
            (weight, strength * weight.rarity)
            for name, strength in strengths.items()
            if (weight := self.weights.get(name)) is not None
        ]
        norm = math.sqrt(sum(value * value for _, value in known)) or 1.0
        scores = list(self.bias)
        for weight, value in known:
            for number, share in enumerate(weight.answers):
                scores[number] += share * value / norm
        top = max(scores)
        total = top + math.log(sum(math.exp(score - top) for score in scores))
        return [score - total for score in scores]

    def strongest(self, features: Sequence[Feature], answer: int) -> list[Feature]:
        """Return the features that speak most for an answer, strongest first, none within another."""
        spoken = [
            (weight.answers[answer] * weight.rarity * feature.strength, feature)
            for feature in features
            if (weight := self.weights.get(feature.name)) is not None and weight.answers[answer] > 0
        ]
        chosen: list[Feature] = []
        for _, feature in sorted(spoken, key=lambda one: -one[0]):
            if len(chosen) == SHOWN:
                break
            if not any(one.start < feature.end and feature.start < one.end for one in chosen):
                chosen.append(feature)
        return chosen


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights that the recogniser uses."""

    stage: WordWeights  # answers in the order of `Stage`
    scrutiny: WordWeights  # 0: authority and tie are merely named; 1: the one looks at the other

    @classmethod
    def shipped(cls) -> Weights:
        """Return the weights of the package."""
        return cls(stage=WordWeights.shipped(STAGE_FILE), scrutiny=WordWeights.shipped(SCRUTINY_FILE))


def strengths_of(features: Sequence[Feature]) -> dict[str, float]:
    """Return how strongly each feature counts, by the strongest place where it stands."""
    strengths: dict[str, float] = {}
    for feature in features:
        if strengths.get(feature.name, 0.0) < feature.strength:
            strengths[feature.name] = feature.strength
    return strengths


def features_of(document: Document, companies: Sequence[Hit]) -> list[Feature]:
    """Return the features of title, summary and the beginning of the body; `companies` in order of position."""
    title, summary, body, url = document.first
    named = {hit.start: hit.end for hit in companies}
    parts = [(title, min(summary - 1, title + TITLE), IN_TITLE)]
    if body - summary > 1:
        parts.append((summary, min(body - 1, summary + SUMMARY), IN_SUMMARY))
        parts.append((body, min(url - 1, body + BODY), IN_BODY))
    else:
        parts.append((body, min(url - 1, body + LEAD_IN), IN_SUMMARY))
        parts.append((body + LEAD_IN, min(url - 1, body + BODY), IN_BODY))
    return [
        Feature(name, strength, start, end)
        for low, high, strength in parts
        for name, start, end in _runs(_masked(document.tokens, low, high, named))
    ]


def _masked(
    tokens: Sequence[str], low: int, high: int, named: Mapping[int, int]
) -> list[tuple[str, int, int]]:
    """Return the words [low, high) with their tokens, a company's name as one word that names none."""
    words: list[tuple[str, int, int]] = []
    at = low
    while at < high:
        end = named.get(at, at)
        words.append((NAME, at, end) if end > at else (tokens[at], at, at + 1))
        at = max(end, at + 1)
    return words


def _runs(words: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield the words, their stems, and the runs of several of them."""
    for number, (word, start, end) in enumerate(words):
        yield word, start, end
        unspaced = _UNSPACED.match(word) is not None
        if not unspaced and word != NAME:
            for length in STEMS:
                if len(word) > length:
                    yield f"{word[:length]}*", start, end
        run = word
        for following, _, last in words[number + 1 : number + (CHARACTERS if unspaced else WORDS)]:
            run = f"{run} {following}"
            yield run, start, last
