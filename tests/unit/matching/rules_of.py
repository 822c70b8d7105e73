"""Rules from YAML text against the shipped lexicon, for the tests of the rule language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.matching.lexicon import Lexicon, load_lexicon
from bot.matching.matcher import Matcher
from bot.matching.rule_file import RuleSet, read_rules
from bot.strict_yaml import parse

RULES = Path(__file__).resolve().parents[3] / "rules"


@cache
def lexicon() -> Lexicon:
    """Return the shipped lexicon."""
    return load_lexicon(RULES / "lexicon")


def rules_of(text: str) -> RuleSet:
    """Return the rules of a YAML text. Raises InvalidFiles."""
    return read_rules([parse(text, name="t.yaml")], lexicon())


def when(condition: str, **keys: str) -> str:
    """Return a file of one rule with this condition, in flow style."""
    more = "".join(f"\n  {key}: {value}" for key, value in keys.items())
    return f"- id: r{more}\n  when: {condition}\n"


def matches(condition: str, title: str, *, body: str = "", **given: str) -> bool:
    """Whether a rule of this condition matches an article."""
    matcher = Matcher(rules_of(when(condition)))
    return bool(matcher.read(title=title, body=body, **given).matches)  # type: ignore[arg-type]
