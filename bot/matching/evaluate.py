"""How good the rules are on labelled articles: precision, recall and F1 by label, language and fact. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from bot.matching.items import LABELS, Gold, Item, amounts_told, stage_told
from bot.matching.matcher import Matcher, Reading


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one class, and the figures that follow."""

    right: int = 0
    wrong: int = 0  # said, and not so
    missed: int = 0  # so, and not said

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Of what was said, the share that is so; 1 when nothing was said."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of what is so, the share that was said; 1 when nothing is."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One item with what it is and what was said."""

    item: Item
    gold: Gold
    reading: Reading

    @property
    def faults(self) -> tuple[str, ...]:
        """What was said wrongly, one line each."""
        gold, reading = self.gold, self.reading
        pairs: list[tuple[str, object, object]] = [("label", gold.label, reading.label)]
        if gold.label in ("signal", "other"):
            pairs.append(("stage", gold.stage, stage_told(reading)))
        faults = [f"{what}: is {so}, said {said}" for what, so, said in pairs if so != said]
        for what, so, said in (
            ("regulators", gold.regulators, frozenset(reading.facts.regulators)),
            ("companies", gold.companies, frozenset(reading.facts.companies)),
            ("amounts", gold.amounts, frozenset(amounts_told(reading))),
        ):
            marks = [f"-{_plain(x)}" for x in sorted(so - said)] + [
                f"+{_plain(x)}" for x in sorted(said - so)
            ]
            if marks:
                faults.append(f"{what}: {' '.join(marks)}")
        return tuple(faults)


def _plain(value: object) -> str:
    return f"{value[0]}{value[1]}" if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What `rules eval` shows of a set of items."""

    items: int
    accuracy: float
    stage_accuracy: float
    stages: int
    labels: dict[str, Score]
    languages: dict[str, tuple[int, float, Score]]  # items, accuracy, signal
    regulators: Score
    companies: Score
    amounts: Score


def judge(matcher: Matcher, items: Iterable[Item]) -> list[Judged]:
    """Return every item that has a gold label, with what the rules say of it."""
    return [
        Judged(item=item, gold=item.gold, reading=matcher.read_given(item.given))
        for item in items
        if item.gold is not None
    ]


def figures_of(judged: Sequence[Judged]) -> Figures:
    """Return the figures of judged items."""
    staged = [one for one in judged if one.gold.label in ("signal", "other")]
    languages = sorted({one.item.language for one in judged})
    return Figures(
        items=len(judged),
        accuracy=_share([one.gold.label == one.reading.label for one in judged]),
        stage_accuracy=_share([one.gold.stage == stage_told(one.reading) for one in staged]),
        stages=len(staged),
        labels={label: _label_score(judged, label) for label in LABELS},
        languages={language: _language(judged, language) for language in languages},
        regulators=_sum(_overlap(one.gold.regulators, one.reading.facts.regulators) for one in judged),
        companies=_sum(_overlap(one.gold.companies, one.reading.facts.companies) for one in judged),
        amounts=_sum(_overlap(one.gold.amounts, amounts_told(one.reading)) for one in judged),
    )


def _language(judged: Sequence[Judged], language: str) -> tuple[int, float, Score]:
    own = [one for one in judged if one.item.language == language]
    return len(own), _share([o.gold.label == o.reading.label for o in own]), _label_score(own, "signal")


def _label_score(judged: Iterable[Judged], label: str) -> Score:
    return _sum(
        Score(
            right=one.gold.label == label == one.reading.label,
            wrong=one.gold.label != label == one.reading.label,
            missed=one.reading.label != label == one.gold.label,
        )
        for one in judged
    )


def _overlap(
    gold: frozenset[Hashable] | frozenset[str] | frozenset[tuple[int, str]], said: Iterable[Hashable]
) -> Score:
    named = set(said)
    return Score(len(named & gold), len(named - gold), len(gold - named))


def _sum(scores: Iterable[Score]) -> Score:
    total = Score()
    for score in scores:
        total += score
    return total


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 1.0


def split(items: Sequence[Item], every: int, *, hold_out: bool) -> list[Item]:
    """Return every n-th item (held out), or all the others; the split depends on positions alone."""
    return [item for index, item in enumerate(items) if (index % every == every - 1) == hold_out]
