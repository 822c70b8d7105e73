"""The shipped rules against labelled articles: the figures that they must not fall below.

`dev.jsonl` is the project's labelled set, of which every fifth item was held back while the rules were tuned;
`own.jsonl` and `wording.jsonl` are paraphrases in eleven languages; `languages.jsonl` and `mixed.jsonl` (whole articles) and
`headlines.jsonl` (titles with a line) were first read unseen, which docs/figures.md reports, and tuned on since, as was `articles.jsonl`, the last; `acts.jsonl` was written to find words that were missing, `stages.jsonl` to teach what words weigh (learn_weights.py). News in
which no signal is known is read from REGWATCH_EVAL_DIR where that is set.
"""

from __future__ import annotations

import gzip
import os
from functools import cache
from pathlib import Path

import pytest

from bot.matching.evaluate import Figures, figures_of, judge, split
from bot.matching.items import Item, read_items
from bot.matching.matcher import Matcher
from bot.matching.rule_file import load_rules

HERE = Path(__file__).parent
RULES = HERE.parent.parent / "rules"
NEWS = Path(os.environ.get("REGWATCH_EVAL_DIR", "nowhere")) / "news-sample.jsonl.gz"


@cache
def matcher() -> Matcher:
    return Matcher(load_rules(RULES))


def items(name: str) -> list[Item]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [item for item in read_items(lines) if isinstance(item, Item)]


@cache
def figures(name: str) -> Figures:
    return figures_of(judge(matcher(), items(name)))


ALL = ["dev.jsonl", "own.jsonl", "wording.jsonl", "languages.jsonl"]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("label", "floor"), [("signal", 0.96), ("other", 0.92), ("deal", 0.92)])
def test_each_label_is_found(name: str, label: str, floor: float) -> None:
    """F1 of a label stays above its target."""
    assert figures(name).labels[label].f1 >= floor


@pytest.mark.parametrize("name", ALL)
def test_most_labels_are_right(name: str) -> None:
    """Accuracy stays above its target."""
    assert figures(name).accuracy >= 0.95


def test_articles_that_came_last_are_mostly_read() -> None:
    """Labels of the set that was written last, one of its halves in the manner of feature writers."""
    assert figures("mixed.jsonl").accuracy >= 0.95
    assert figures("mixed.jsonl").labels["signal"].f1 >= 0.96
    assert figures("mixed.jsonl").labels["deal"].f1 >= 0.93


def test_the_last_articles_are_mostly_read() -> None:
    """Labels and stages of the set by three writers who knew the kind of `dev.jsonl` and not the rules."""
    assert figures("articles.jsonl").accuracy >= 0.95
    assert figures("articles.jsonl").labels["signal"].f1 >= 0.97
    assert figures("articles.jsonl").stage_accuracy >= 0.90


def test_titles_that_hide_their_subject_are_mostly_read() -> None:
    """A line or two, half of them the hardest that could be thought of: what is reached, below the target."""
    assert figures("headlines.jsonl").accuracy >= 0.94
    assert figures("headlines.jsonl").labels["signal"].f1 >= 0.95


def test_what_authorities_do_is_told_in_every_language() -> None:
    """Some seven hundred titles, one act each, in the words of eleven languages, many with a line that alone tells it."""
    assert figures("acts.jsonl").accuracy >= 0.97
    assert figures("acts.jsonl").stage_accuracy >= 0.95
    assert figures("acts.jsonl").labels["signal"].precision >= 0.99


@pytest.mark.parametrize("name", ["dev.jsonl", "own.jsonl"])
def test_names_and_sums_are_right(name: str) -> None:
    """F1 of authorities, companies and sums stays above its target."""
    assert figures(name).regulators.f1 >= 0.97
    assert figures(name).companies.f1 >= 0.97
    assert figures(name).amounts.f1 >= 0.95


@pytest.mark.parametrize("name", ["dev.jsonl", "own.jsonl", "wording.jsonl"])
def test_stages_are_right(name: str) -> None:
    """Most stages are as a reader has them; two readers agree on nine in ten."""
    assert figures(name).stage_accuracy >= 0.88


@pytest.mark.parametrize("name", ["languages.jsonl", "headlines.jsonl", "mixed.jsonl"])
def test_stages_in_other_wordings_are_right(name: str) -> None:
    """Articles that hide their subject, as editors like them, are harder."""
    assert figures(name).stage_accuracy >= 0.88


def test_held_back_items_do_nearly_as_well() -> None:
    """What was not tuned on is within three points of what was."""
    every = items("dev.jsonl")
    kept = figures_of(judge(matcher(), split(every, 5, hold_out=False)))
    held = figures_of(judge(matcher(), split(every, 5, hold_out=True)))
    assert held.accuracy >= kept.accuracy - 0.03
    assert held.labels["signal"].f1 >= kept.labels["signal"].f1 - 0.03


@pytest.mark.skipif(not NEWS.exists(), reason="REGWATCH_EVAL_DIR has no news sample")
def test_ordinary_news_raises_no_alarm() -> None:
    """At most one false signal in ten thousand items of news."""
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        news = [item for item in read_items(lines) if isinstance(item, Item)]
    alarms = [item.given.title for item in news if matcher().read_given(item.given).label == "signal"]
    assert len(alarms) <= len(news) / 10_000, alarms
