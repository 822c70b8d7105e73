"""Rules over stored history: what they would have told, without telling it. Pure but for the articles it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.matching.matcher import Given, Matcher
from storage.records import Match
from storage.words import Kind

SAMPLES = 5


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one rule would have hit."""

    hits: int = 0
    samples: list[tuple[str, Match]] = field(default_factory=list)  # title, match


@dataclass(slots=True, kw_only=True)
class Backtest:
    """The outcome: articles read, labels counted, and each rule's tally."""

    articles: int = 0
    labels: dict[str, int] = field(default_factory=lambda: dict.fromkeys([*Kind, "none"], 0))
    rules: dict[str, Tally] = field(default_factory=dict)


def backtest(
    matcher: Matcher, articles: Iterable[tuple[str, Given]], *, step: Callable[[], None] = lambda: None
) -> Backtest:
    """Read every article with the rules; `step` is called after each."""
    outcome = Backtest(rules={rule.id: Tally() for rule in matcher.rules.rules})
    for _, given in articles:
        reading = matcher.read_given(given)
        outcome.articles += 1
        outcome.labels[reading.label] += 1
        for match in reading.matches:
            tally = outcome.rules[match.rule]
            tally.hits += 1
            if len(tally.samples) < SAMPLES:
                tally.samples.append((given.title, match))
        step()
    return outcome
