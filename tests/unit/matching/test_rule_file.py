"""Rule files are refused with every problem at once, each with its place and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.errors import InvalidFiles
from bot.matching.rule_file import load_rules
from storage.words import Level, Stage, Tier
from tests.unit.matching.rules_of import RULES, rules_of, when


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidFiles) as caught:
        rules_of(text)
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_rules_load() -> None:
    assert len(load_rules(RULES).rules) >= 5


def test_every_shipped_file_has_the_editor_modeline() -> None:
    for path in [*RULES.glob("*.yaml"), *RULES.glob("lexicon/*.yaml")]:
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema="), path.name


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{regulator: cmaa}", 'did you mean "cma"?'),
        ("{company: antropic}", 'did you mean "anthropic"?'),
        ("{company: [openai, clouds]}", 'did you mean "cloud"?'),
        ("{topic: consumer-protecton}", 'did you mean "consumer-protection"?'),
        ("{stage: inquiri+}", 'did you mean "inquiry+"?'),
        ("{theory: nonsense-zzz}", 'unknown theory "nonsense-zzz"'),
        ("{tie: {between: [cloud, ai-labs]}}", 'did you mean "ai-lab"?'),
        ("{tie: {between: [cloud]}}", "1 sides of a tie"),
        ("{scrutiny: {by: cma, of: ai-ties}}", 'did you mean "ai-tie"?'),
        ("{regulater: cma}", 'did you mean "regulator"?'),
        ("{text: ''}", "no letter or digit"),
        ("{text: []}", "an empty list as text"),
        ("{text: '...'}", "no letter or digit"),
        ("{all: []}", "an empty list as all"),
        ("{all: text}", "expected a list"),
        ("[a, b]", "all: [...] or any: [...]"),
        ("{regex: '(?=a)b'}", "invalid perl operator: (?="),
        ("{regex: '(a'}", "missing )"),
        ("{amount: {over: lots}}", "500m, 1bn or 1.5 billion"),
        ("{amount: {over: 2bn, under: 1bn}}", "over is more than under"),
        ("{amount: {currency: dollars}}", "a code such as USD"),
        ("{at_least: {of: 3, these: [a, b]}}", "a whole number from 1 to 2"),
        ("{at_least: {of: 1}}", "{of: 2, these: [...]}"),
        ("{near: {terms: [a]}}", "at least two"),
        ("{near: {terms: [a, b], within: -1}}", "a whole number from 0"),
        ("{field: headline, text: a}", 'unknown field "headline"'),
        ("{field: title}", "no clause here"),
        ("{same: paragraph, text: a}", "one of sentence"),
        ("{case: M.11766}", "case_number"),
        ("{language: English, text: a}", "a code such as en"),
        ("{tier: offical}", 'did you mean "official"?'),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_condition_is_refused_with_its_place(condition: str, said: str) -> None:
    """The problem stands at line 2 of the file, and says what was expected."""
    found = problems(when(condition))
    assert any(said in problem for problem in found), found
    assert all(problem.startswith("t.yaml:2:") for problem in found)


def test_all_problems_are_told_at_once() -> None:
    text = "- id: a\n  kind: signl\n  levl: high\n  when: {regulator: cmaa}\n- id: a b\n  when: {text: ''}\n- when: x\n"
    found = problems(text)
    assert [p.split(": ")[0] for p in found] == [
        *("t.yaml:2:9", "t.yaml:3:3", "t.yaml:4:21", "t.yaml:5:7", "t.yaml:6:16", "t.yaml:7:3"),
    ]


def test_an_id_stands_once_across_files(tmp_path: Path) -> None:
    shutil.copytree(RULES / "lexicon", tmp_path / "lexicon")
    (tmp_path / "a.yaml").write_text("- id: x\n  when: a\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("- id: x\n  when: b\n", encoding="utf-8")
    with pytest.raises(InvalidFiles, match=r"b\.yaml:1:3: the id \"x\" a second time"):
        load_rules(tmp_path)


def test_feeds_are_no_rules(tmp_path: Path) -> None:
    shutil.copytree(RULES / "lexicon", tmp_path / "lexicon")
    (tmp_path / "feeds.yaml").write_text("- {id: f, url: 'https://example.org/'}\n", encoding="utf-8")
    assert load_rules(tmp_path).rules == ()


@pytest.mark.parametrize(
    ("edit", "same"),
    [
        ("# a comment\n- id: r\n  when: {text: a}\n", True),
        ("- when:\n    text: a\n  id: r\n  examples: {match: [a]}\n", True),
        ("- id: r\n  when: {text: b}\n", False),
        ("- id: r\n  level: high\n  when: {text: a}\n", False),
    ],
    ids=["comment", "order and examples", "condition", "level"],
)
def test_the_digest_follows_what_the_rule_does(edit: str, same: bool) -> None:
    """Comments, layout and examples leave it; conditions and levels move it."""
    before = rules_of("- id: r\n  when: {text: a}\n").rules[0].digest
    assert (rules_of(edit).rules[0].digest == before) is same
    assert len(before) == 16


@pytest.mark.parametrize(
    ("stage", "tier", "level"),
    [
        (None, Tier.PRESS, Level.MEDIUM),
        (Stage.INQUIRY, Tier.PRESS, Level.HIGH),
        (Stage.LITIGATION, Tier.PRESS, Level.CRITICAL),
        (Stage.LITIGATION, Tier.BLOG, Level.LOW),
        (None, Tier.OFFICIAL, Level.HIGH),
    ],
)
def test_the_level_follows_stage_and_tier(stage: Stage | None, tier: Tier, level: Level) -> None:
    """`raise` lifts, then `cap` holds down."""
    text = when(
        "a", level="medium", **{"raise": "{inquiry: high, investigation+: critical, official: high}"},
        cap="{blog: low}",
    )  # fmt: skip
    assert rules_of(text).rules[0].level_for(stage, tier) is level


def test_a_rule_with_an_empty_id_is_refused() -> None:
    """It was dropped without a word."""
    with pytest.raises(InvalidFiles) as refused:
        rules_of('- {id: "", when: x1}')
    assert "a rule without id" in str(refused.value.problems[0])
