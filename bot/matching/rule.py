"""What a rule is once read: its clauses, its level and how that moves, its examples. Contains no I/O."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from bot.errors import Place
from bot.matching.condition import NOWHERE, Condition, canonical
from bot.matching.lexicon import Lexicon
from storage.words import Kind, Level, RuleStatus, Stage, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What else an example says of its article; None and empty are not checked."""

    level: Level | None = None
    stage: Stage | None = None
    regulators: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An article, or just its title, that a rule must or must not match."""

    title: str
    summary: str = ""
    body: str = ""
    url: str = ""
    language: str = ""
    feed: str = ""
    authority: str | None = None
    tier: Tier = Tier.PRESS
    expect: Expect = Expect()
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """A level for articles of these stages, or of this tier; `word` is what the file says."""

    word: str
    level: Level
    stages: frozenset[Stage] = frozenset()
    tier: Tier | None = None

    def applies(self, stage: Stage | None, tier: Tier) -> bool:
        """Whether an article of this stage and tier is meant."""
        return stage in self.stages or tier is self.tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `raises` lift the level to at least theirs, then `caps` hold it to at most theirs."""

    id: str
    title: str
    kind: Kind
    level: Level
    status: RuleStatus
    when: Condition
    raises: tuple[LevelChange, ...] = ()
    caps: tuple[LevelChange, ...] = ()
    match: tuple[Example, ...] = ()
    no_match: tuple[Example, ...] = ()
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    digest: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    def level_for(self, stage: Stage | None, tier: Tier) -> Level:
        """Return the level of a match in an article of this stage and tier."""
        level = self.level
        for change in self.raises:
            if change.applies(stage, tier) and change.level.rank > level.rank:
                level = change.level
        for change in self.caps:
            if change.applies(stage, tier) and change.level.rank < level.rank:
                level = change.level
        return level


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The rules of a directory, in file order, with the lexicon that they are read against."""

    rules: tuple[Rule, ...]
    lexicon: Lexicon
    digest: str = ""

    def rule(self, key: str) -> Rule | None:
        """Return the rule of an id."""
        return next((rule for rule in self.rules if rule.id == key), None)


def digest_of(rule: Rule) -> str:
    """Return 16 hex digits over what decides a match and how it is told; comments and examples do not count."""
    return short_digest(digested(rule))


def digested(rule: Rule) -> str:
    """Return the text that a rule's digest is made of, as JSON."""
    said = [
        *(rule.id, rule.title, rule.kind.value, rule.level.value, rule.status.value),
        canonical(rule.when),
        [[change.word, change.level.value] for change in rule.raises],
        [[change.word, change.level.value] for change in rule.caps],
    ]
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def short_digest(text: str) -> str:
    """Return the first 16 hex digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
