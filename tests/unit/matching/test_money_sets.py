"""Sums of the labelled sets: how many are found, how many of the found are right."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot.feeds.html import plain_text
from bot.matching.money import amounts_of, counted

OURS = Path(__file__).resolve().parents[2] / "eval"
FIELDS = ("title", "summary", "body")


def f1(file: Path, *, every_fifth: bool | None = None) -> float:
    """Return F1 over the sums of a set; of every fifth item, of the others, or of all."""
    right = wrong = missed = 0
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        if every_fifth is not None and (number % 5 == 4) is not every_fifth:
            continue
        item = json.loads(line)
        texts = [(name, plain_text(item.get(name) or "")) for name in FIELDS]
        found = {(a.value, a.currency) for a in amounts_of(texts, language=item["lang"]) if counted(a.kind)}
        gold = {(a["value"], a["currency"]) for a in item["amounts"]}
        right, wrong, missed = (
            right + len(found & gold),
            wrong + len(found - gold),
            missed + len(gold - found),
        )
    return 2 * right / (2 * right + wrong + missed)


def test_sums_of_our_own_set_in_eleven_languages() -> None:
    """Vocabulary that the other set does not hold."""
    assert f1(OURS / "own.jsonl") >= 0.96


@pytest.mark.parametrize("every_fifth", [False, True], ids=["tuned on", "held back"])
def test_sums_of_the_labelled_set(every_fifth: bool) -> None:
    """The part that was held back is read as well as the part that was tuned on."""
    folder = Path(os.environ.get("REGWATCH_EVAL_DIR", OURS))
    file = folder / "dev.jsonl"
    if not file.is_file():
        pytest.skip("the labelled set is not here")
    assert f1(file, every_fifth=every_fifth) >= 0.96


def test_every_item_of_our_own_set_is_labelled_as_the_guide_asks() -> None:
    """Ids are unique, labels and stages are known, only signal and other have a stage."""
    items = [json.loads(line) for line in (OURS / "own.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({item["id"] for item in items}) == len(items) == 60
    assert {item["label"] for item in items} == {"signal", "other", "deal", "none"}
    assert len({item["lang"] for item in items}) == 11
    assert all((item["stage"] is not None) == (item["label"] in ("signal", "other")) for item in items)
