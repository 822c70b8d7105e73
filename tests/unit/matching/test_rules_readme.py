"""rules/README.md teaches with examples that are true."""

from __future__ import annotations

import re

import pytest

from bot.matching.condition_file import KEYS
from bot.matching.examples import run_examples
from bot.matching.matcher import Matcher
from bot.matching.rule_file import RULE_KEYS
from tests.unit.matching.rules_of import RULES, lexicon, rules_of

README = (RULES / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)


def test_there_are_ten_worked_examples() -> None:
    assert len(FENCES) == 10


@pytest.mark.parametrize("fence", FENCES, ids=lambda fence: str(fence).split("\n")[0])
def test_every_worked_example_does_what_it_says(fence: str) -> None:
    """Each fence loads, has both sorts of examples, and they hold."""
    matcher = Matcher(rules_of(fence, lexicon()))
    for rule in matcher.rules.rules:
        assert rule.match
        assert rule.no_match
        assert [r.faults for r in run_examples(matcher, rule) if r.faults] == []


@pytest.mark.parametrize("word", [*KEYS, *RULE_KEYS])
def test_every_key_of_the_language_is_taught(word: str) -> None:
    if word != "description":
        assert re.search(rf"\b{word}\b", README), word
