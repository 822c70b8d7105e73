"""Rules from YAML text against the shipped lexicon, for the tests of the rule language."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.matching.lexicon import Lexicon
from bot.matching.lexicon_file import load_lexicon
from bot.matching.matcher import Matcher
from bot.matching.rule_file import RuleSet, read_rules
from bot.strict_yaml import parse

RULES = Path(__file__).resolve().parents[3] / "rules"


@cache
def lexicon() -> Lexicon:
    """Return the shipped lexicon."""
    return load_lexicon(RULES / "lexicon")


@cache
def small() -> Lexicon:
    """Return the shipped lexicon with few terms an entry, which is quick to build a matcher of."""
    whole = lexicon()
    few = {
        name: {key: replace(entry, terms=entry.terms[:3]) for key, entry in getattr(whole, name).items()}
        for name in whole.__slots__
    }
    return replace(whole, **few)


def rules_of(text: str, known: Lexicon | None = None) -> RuleSet:
    """Return the rules of a YAML text, against the small lexicon or the one given. Raises InvalidFiles."""
    return read_rules([parse(text, name="t.yaml")], known or small())


def when(condition: str, **keys: str) -> str:
    """Return a file of one rule with this condition, in flow style."""
    more = "".join(f"\n  {key}: {value}" for key, value in keys.items())
    return f"- id: r{more}\n  when: {condition}\n"


def matches(condition: str, title: str, *, body: str = "", **given: str) -> bool:
    """Whether a rule of this condition matches an article."""
    matcher = Matcher(rules_of(when(condition)))
    return bool(matcher.read(title=title, body=body, **given).matches)  # type: ignore[arg-type]
