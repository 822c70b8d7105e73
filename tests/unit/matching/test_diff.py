"""What a change of rules does to given articles, and what rules would have told."""

from __future__ import annotations

import pytest

from bot.matching.backtest import backtest
from bot.matching.diff import changes
from bot.matching.matcher import Given, Matcher
from tests.unit.matching.rules_of import rules_of, when

ARTICLES = [("#1", Given(title="x1")), ("#2", Given(title="x1 y1"))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (when("x1"), when("{all: [x1, y1]}"), [("lost", "#1", True)]),
        (when("{all: [x1, y1]}"), when("x1"), [("gained", "#1", False)]),
        (when("y1", level="low"), when("y1", level="high"), [("re-levelled", "#2", False)]),
        (when("y1"), when("y1", status="shadow"), [("lost", "#2", True)]),
        (when("y1", status="shadow"), when("y1", status="retired"), [("lost", "#2", False)]),
        (when("y1"), when("{text: y1}"), []),
    ],
    ids=["narrowed", "widened", "level", "to shadow", "shadow gone", "same"],
)
def test_a_change_is_told_hit_by_hit(before: str, after: str, expected: list[tuple[str, str, bool]]) -> None:
    found = changes(Matcher(rules_of(before)), Matcher(rules_of(after)), ARTICLES)
    assert [(change.what, change.article, change.costs) for change in found] == expected


def test_a_backtest_counts_hits_and_labels() -> None:
    outcome = backtest(Matcher(rules_of(when("y1"))), ARTICLES)
    assert (outcome.articles, outcome.labels["signal"], outcome.rules["r"].hits) == (2, 1, 1)
