"""Reads the rule files of a directory: every `*.yaml` beside feeds.yaml, each a list of rules.

Nothing is skipped: files that cannot be used are refused with every problem at once, each with its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from bot.errors import InvalidFiles, Place, Problem, did_you_mean
from bot.matching.condition import All
from bot.matching.condition_file import STAGE_WORDS, ConditionReader, stages_of
from bot.matching.lexicon import Lexicon
from bot.matching.lexicon_file import load_lexicon
from bot.matching.rule import Example, Expect, LevelChange, Rule, RuleSet, digest_of, short_digest
from bot.strict_yaml import load
from bot.yaml_tree import Fields, Items, Node, Reading, Scalar, describe
from storage.words import Kind, Level, RuleStatus, Stage, Tier

__all__ = [
    "Example",
    "Expect",
    "LevelChange",
    "Rule",
    "RuleSet",
    "Survey",
    "load_rules",
    "read_rules",
    "survey",
]

NOT_RULES = frozenset({"feeds.yaml"})
RULE_KEYS = (
    *("id", "title", "kind", "level", "status", "raise", "cap", "when", "examples"),
    *("description", "owner", "tags"),
)
EXAMPLE_KEYS = ("title", "summary", "body", "url", "language", "feed", "authority", "tier", "expect")
EXPECT_KEYS = ("level", "stage", "regulators", "companies")
MAX_RULES = 20_000
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_E = TypeVar("_E", Kind, Level, RuleStatus, Tier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A folder read to its end, whatever is wrong with it.

    `rules` are those that nothing is wrong with, all of them where there is no problem; None where the lexicon cannot
    be used. `empty` are rule files without a rule.
    """

    rules: RuleSet | None
    problems: tuple[Problem, ...]
    empty: tuple[Place, ...]


def load_rules(directory: Path) -> RuleSet:
    """Return the rules of a directory and its `lexicon/`. Raises InvalidFiles with every problem of every file."""
    found = survey(directory)
    if found.problems or found.rules is None:
        raise InvalidFiles(found.problems)
    return found.rules


def survey(directory: Path) -> Survey:
    """Return what a directory and its `lexicon/` hold, and everything that is wrong with it."""
    if not directory.is_dir():
        gone = Problem(Place(str(directory)), "no such folder", "a folder of rule files")
        return Survey(rules=None, problems=(gone,), empty=())
    problems: list[Problem] = []
    lexicon = None
    try:
        lexicon = load_lexicon(directory / "lexicon")
    except InvalidFiles as error:
        problems.extend(error.problems)
    stray = sorted(path for path in directory.glob("*.yml") if path.is_file())
    problems += [
        Problem(Place(str(path)), "a rule file that ends in .yml", f"{path.stem}.yaml") for path in stray
    ]
    roots: list[Node] = []
    for path in sorted(directory.glob("*.yaml")):
        if path.name in NOT_RULES:
            continue
        try:
            roots.append(load(path, name=str(path)))
        except InvalidFiles as error:
            problems.extend(error.problems)
    empty = tuple(Place(root.at.file) for root in roots if _is_empty(root))
    if lexicon is None:  # what rules say of it cannot be judged
        return Survey(rules=None, problems=tuple(problems), empty=empty)
    reader = _RuleReader(lexicon, Reading(problems))
    for root in roots:
        reader.file(root)
    rules = reader.sound()
    digest = short_digest(rules.digest + repr(lexicon))
    return Survey(rules=replace(rules, digest=digest), problems=tuple(reader.reading.problems), empty=empty)


def _is_empty(root: Node) -> bool:
    return (isinstance(root, Scalar) and root.value is None) or (isinstance(root, Items) and not root.nodes)


def read_rules(roots: list[Node], lexicon: Lexicon) -> RuleSet:
    """Return the rules of files already read. Raises InvalidFiles with their problems."""
    reader = _RuleReader(lexicon, Reading())
    for root in roots:
        reader.file(root)
    reader.reading.done()
    return reader.sound()


@dataclass(slots=True)
class _RuleReader:
    """Reads rules one by one; ids are unique across files."""

    lexicon: Lexicon
    reading: Reading
    rules: dict[str, Rule] = field(default_factory=dict)
    unsound: set[str] = field(default_factory=set)  # ids of rules that something is wrong with

    def sound(self) -> RuleSet:
        """Return the rules read so far that nothing is wrong with."""
        rules = tuple(rule for key, rule in self.rules.items() if key not in self.unsound)
        whole = short_digest("\n".join(rule.digest for rule in rules))
        return RuleSet(rules=rules, lexicon=self.lexicon, digest=whole)

    def file(self, root: Node) -> None:
        if isinstance(root, Scalar) and root.value is None:
            return
        for node in self.reading.items_of(root, what="a rule file"):
            before = len(self.reading.problems)
            rule = self._rule(node)
            if rule is None:
                continue
            if len(self.reading.problems) > before:
                self.unsound.add(rule.id)
            if rule.id in self.rules:
                first = self.rules[rule.id].at
                self.reading.note(
                    rule.at, f'the id "{rule.id}" a second time', f"ids that differ from {first}"
                )
                continue
            self.rules[rule.id] = rule

    def _rule(self, node: Node) -> Rule | None:
        fields = self.reading.fields_of(node, RULE_KEYS, what="a rule")
        if fields is None:
            return None
        key = self._id(fields)
        when_node = fields.get("when")
        when = None
        if when_node is None:
            self.reading.note(node.at, f'the rule "{key}" has no when', "when: what must hold")
        else:
            when = ConditionReader(self.reading, self.lexicon).condition(when_node)
        match, no_match = self._examples(fields.get("examples"))
        description = self.reading.text_of(fields.get("description"), what="description")
        # Read to the end even so: every problem is told at once.
        rule = Rule(
            id=key,
            title=self.reading.text_of(fields.get("title"), what="title", default=key),
            kind=self._member(fields.get("kind"), Kind, "kind", Kind.SIGNAL),
            level=self._member(fields.get("level"), Level, "level", Level.MEDIUM),
            status=self._member(fields.get("status"), RuleStatus, "status", RuleStatus.LIVE),
            when=when or All(items=()),
            raises=self._changes(fields.get("raise"), "raise"),
            caps=self._changes(fields.get("cap"), "cap"),
            match=match,
            no_match=no_match,
            description=description,
            owner=self.reading.text_of(fields.get("owner"), what="owner"),
            tags=self.reading.texts_of(fields.get("tags"), what="tags"),
            at=node.at,
        )
        return replace(rule, digest=digest_of(rule)) if key and when is not None else None

    def _id(self, fields: Fields) -> str:
        key = self.reading.text_of(fields.get("id"), what="id")
        node = fields.get("id")
        if node is None or (isinstance(node, Scalar) and node.value is not None and not key):
            self.reading.note(fields.at, "a rule without id", "id: a-short-name")
        elif key and not _ID.fullmatch(key):
            self.reading.note(fields.nodes["id"].at, f'"{key[:80]}" as id', "a-z, 0-9, dots and hyphens")
        return key

    def _member(self, node: Node | None, kind: type[_E], what: str, default: _E) -> _E:
        words = [member.value for member in kind]
        return kind(self.reading.word_of(node, words, what=what, default=default.value))

    def _changes(self, node: Node | None, what: str) -> tuple[LevelChange, ...]:
        """Read `{investigation+: critical, official: high}`."""
        if node is None:
            return ()
        tiers = [tier.value for tier in Tier]
        fields = self.reading.fields_of(node, (*STAGE_WORDS, *tiers), what=what)
        if fields is None:
            return ()
        changes = []
        for word, value in fields.nodes.items():
            level = self._member(value, Level, "level", Level.MEDIUM)
            if word in tiers:
                changes.append(LevelChange(word=word, level=level, tier=Tier(word)))
            elif stages := stages_of(word):
                changes.append(LevelChange(word=word, level=level, stages=stages))
        return tuple(changes)

    # ------------------------------------------------------------------ examples

    def _examples(self, node: Node | None) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
        if node is None:
            return (), ()
        fields = self.reading.fields_of(node, ("match", "no_match"), what="examples")
        if fields is None:
            return (), ()
        return self._example_list(fields.get("match"), "match"), self._example_list(
            fields.get("no_match"), "no_match"
        )

    def _example_list(self, node: Node | None, what: str) -> tuple[Example, ...]:
        if node is None:
            return ()
        nodes = node.nodes if isinstance(node, Items) else (node,)
        return tuple(example for child in nodes if (example := self._example(child, what)) is not None)

    def _example(self, node: Node, what: str) -> Example | None:
        if isinstance(node, Scalar):
            title = self.reading.text_of(node, what=f"an example of {what}")
            return Example(title=title, at=node.at) if title else None
        if isinstance(node, Items):
            self.reading.note(
                node.at, f"{describe(node)} as an example", "a title, or {title, summary, body}"
            )
            return None
        fields = self.reading.fields_of(node, EXAMPLE_KEYS, what="an example")
        if fields is None:
            return None
        text = {k: self.reading.text_of(fields.get(k), what=k) for k in ("title", "summary", "body", "url")}
        if not any(text.values()):
            self.reading.note(node.at, "an example without words", "title, summary or body")
            return None
        authority = self.reading.text_of(fields.get("authority"), what="authority") or None
        if authority is not None:
            self._known(fields.nodes["authority"], [authority], list(self.lexicon.regulators), "authority")
        default = Tier.OFFICIAL if authority else Tier.PRESS
        return Example(
            **text,
            language=self.reading.text_of(fields.get("language"), what="language"),
            feed=self.reading.text_of(fields.get("feed"), what="feed"),
            authority=authority,
            tier=self._member(fields.get("tier"), Tier, "tier", default),
            expect=self._expect(fields.get("expect")),
            at=node.at,
        )

    def _expect(self, node: Node | None) -> Expect:
        fields = self.reading.fields_of(node, EXPECT_KEYS, what="expect") if node is not None else None
        if fields is None:
            return Expect()
        level, stage = fields.get("level"), fields.get("stage")
        stages = [stage.value for stage in Stage]
        word = self.reading.word_of(stage, stages, what="stage", default="") if stage else ""
        return Expect(
            level=self._member(level, Level, "level", Level.MEDIUM) if level else None,
            stage=Stage(word) if word else None,
            regulators=self._ids(fields.get("regulators"), list(self.lexicon.regulators), "regulator"),
            companies=self._ids(fields.get("companies"), list(self.lexicon.companies), "company"),
        )

    def _ids(self, node: Node | None, known: list[str], what: str) -> tuple[str, ...]:
        words = self.reading.texts_of(node, what=what)
        if node is not None:
            self._known(node, words, known, what)
        return words

    def _known(self, node: Node, words: list[str] | tuple[str, ...], known: list[str], what: str) -> None:
        for word in words:
            if word and word not in known:
                self.reading.note(
                    node.at,
                    f'unknown {what} "{word}"',
                    f"an id of lexicon/{what}s",
                    did_you_mean(word, known),
                )
