"""Items in, figures out."""

from __future__ import annotations

import json

from bot.matching.evaluate import Score, figures_of, judge, split
from bot.matching.items import BadLine, Item, read_items, record_of
from bot.matching.matcher import Matcher
from tests.unit.matching.rules_of import rules_of

RULES = "- {id: s, kind: signal, when: x1}\n- {id: d, kind: deal, when: y1}\n"


def items(*rows: dict[str, object]) -> list[Item]:
    return [item for item in read_items(json.dumps(row) for row in rows) if isinstance(item, Item)]


def test_figures_are_those_of_a_hand_count() -> None:
    gold = items(
        {"id": 1, "title": "x1", "label": "signal", "lang": "en"},
        {"id": 2, "title": "x1", "label": "none", "lang": "en"},
        {"id": 3, "title": "z1", "label": "signal", "lang": "fr"},
        {
            "id": 4,
            "title": "y1 Anthropic",
            "label": "deal",
            "lang": "fr",
            "companies": ["anthropic", "openai"],
        },
    )
    figures = figures_of(judge(Matcher(rules_of(RULES)), gold))
    assert figures.accuracy == 0.5
    assert figures.labels["signal"] == Score(right=1, wrong=1, missed=1)
    assert figures.labels["signal"].f1 == 0.5
    assert figures.companies == Score(right=1, wrong=0, missed=1)
    assert figures.languages["fr"][:2] == (2, 0.5)


def test_bad_lines_are_told_with_their_number() -> None:
    rows = list(
        read_items(['{"title": "a"}', "", "nonsense", "[1]", '{"title": 3}', '{"label": "maybe"}', b"\xff"])
    )
    assert [(r.line, type(r)) for r in rows] == [
        (1, Item), (3, BadLine), (4, BadLine), (5, BadLine), (6, BadLine), (7, BadLine),
    ]  # fmt: skip


def test_a_record_has_the_contract_s_keys() -> None:
    item = items({"id": "h1", "title": "an x1 of $4 billion"})[0]
    record = record_of(item, Matcher(rules_of(RULES)).read_given(item.given))
    assert list(record)[:9] == [
        *("id", "label", "level", "rules", "regulators", "companies", "stage", "amounts", "spans"),
    ]
    assert record["id"] == "h1"
    assert record["label"] == "signal"
    assert record["spans"] == [{"field": "title", "start": 3, "end": 5, "text": "x1", "rule": "s"}]


def test_every_fifth_item_is_held_out_and_the_rest_is_kept() -> None:
    rows = items(*({"id": n, "title": "a"} for n in range(10)))
    assert [item.id for item in split(rows, 5, hold_out=True)] == [4, 9]
    assert len(split(rows, 5, hold_out=False)) == 8


def test_half_of_a_surrogate_pair_is_read_as_the_mark_of_what_is_missing() -> None:
    """JSON can escape it, and no text can hold it."""
    (item,) = [one for one in read_items(['{"id": 1, "title": "\\ud800 x1"}']) if isinstance(one, Item)]
    assert item.given.title == "\ufffd x1"
