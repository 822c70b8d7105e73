"""Reads a rule's `when` from YAML into a tree of clauses and notes every problem with its place.

A mapping of several clauses means all of them; a bare text means `text`. `field`, `same` and `case` qualify
the clauses of their own mapping.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import re2

from bot.errors import did_you_mean
from bot.matching import condition as c
from bot.matching.fold import folded
from bot.matching.text import FIELDS, tokens_of
from bot.yaml_tree import Fields, Items, Node, Reading, Scalar, describe
from storage.words import Stage, Tier

if TYPE_CHECKING:
    from bot.matching.lexicon import Entry, Lexicon

BLOCKS = ("all", "any", "not", "at_least")
NAMED = ("regulator", "company", "theory", "topic", "deal_form", "subject")
LEAVES = (
    *("text", "near", "regex", *NAMED, "tie", "scrutiny", "stage", "amount", "case_number"),
    *("feed", "language", "tier"),
)
QUALIFIERS = ("field", "same", "case")
KEYS = (*BLOCKS, *LEAVES, *QUALIFIERS)
CASES = ("exact", "any")
AMOUNT_KINDS = ("investment", "commitment", "fine", "price", "valuation", "revenue", "threshold", "other")
MAX_WITHIN = 200
MAX_PATTERN = 1_000
STAGE_WORDS = (*(stage.value for stage in Stage), *(f"{stage.value}+" for stage in Stage))
# A comma groups thousands; "1,5bn" is no sum.
_SUM = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9][0-9_ ]*(?:\.[0-9]+)?)\s*([a-z]*)", re.IGNORECASE
)
_SCALES = {
    "": 1, "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mln": 10**6, "million": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "t": 10**12, "tn": 10**12, "trillion": 10**12,
}  # fmt: skip
_SUM_SHAPE = "a sum such as 500m, 1bn or 1.5 billion"


def sum_of(text: str) -> Decimal | None:
    """Return the sum that a person wrote (`500m`, `1.5 billion`, `2,000,000`), or None."""
    found = _SUM.fullmatch(text.strip())
    scale = _SCALES.get(found.group(2).casefold()) if found else None
    if found is None or scale is None:
        return None
    try:
        return Decimal(re.sub(r"[_ ,]", "", found.group(1))) * scale
    except InvalidOperation:
        return None


def stages_of(word: str) -> frozenset[Stage] | None:
    """Return the stages that `inquiry`, `inquiry+` or `any` stands for, or None for another word."""
    if word == c.ANY:
        return frozenset(Stage)
    least = word.removesuffix("+")
    if least not in list(Stage):
        return None
    if word.endswith("+"):
        return frozenset(stage for stage in Stage if stage.rank >= Stage(least).rank)
    return frozenset({Stage(least)})


def regex_problem(pattern: str) -> str:
    """Return why RE2 refuses a pattern, or nothing when it takes it."""
    if len(pattern) > MAX_PATTERN:
        return f"longer than {MAX_PATTERN} characters"
    try:
        re2.compile(pattern, regex_options())
    except re2.error as error:
        raw = error.args[0] if error.args else ""
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return ""


def regex_options(*, exact: bool = False) -> re2.Options:
    """Return how patterns are compiled: linear time, quiet, case folded unless `exact`."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = exact
    return options


@dataclass(frozen=True, slots=True)
class ConditionReader:
    """Reads conditions; problems are noted in `reading`, and what is wrong is left out of the tree."""

    reading: Reading
    lexicon: Lexicon

    def condition(self, node: Node) -> c.Condition | None:
        """Return the clause that a node says, or None after having noted why it says none."""
        if isinstance(node, Scalar):
            if node.value is None:
                self.reading.note(node.at, "nothing as a condition", "a clause, e.g. regulator: cma")
                return None
            return self._text(node, exact=False)
        if isinstance(node, Items):
            self.reading.note(
                node.at, "a list as a condition", "all: [...] or any: [...]", "Say which of the two is meant."
            )
            return None
        return self._mapping(node)

    def _mapping(self, node: Fields) -> c.Condition | None:
        known = self.reading.fields_of(node, KEYS, what="a condition")
        if known is None:
            return None
        exact = self._exact(node)
        items = [
            item
            for key, value in node.nodes.items()
            if key in KEYS
            and key not in QUALIFIERS
            and (item := self._clause(key, value, exact=exact)) is not None
        ]
        if not any(key in BLOCKS or key in LEAVES for key in node.nodes):
            if not node.nodes or all(key in KEYS for key in node.nodes):
                self.reading.note(node.at, "no clause here", "one of " + ", ".join((*BLOCKS, *LEAVES)))
            return None
        if not items:
            return None
        inner: c.Condition = items[0] if len(items) == 1 else c.All(items=tuple(items), at=node.at)
        return self._qualified(node, inner)

    def _qualified(self, node: Fields, inner: c.Condition) -> c.Condition:
        if "same" in node.nodes:
            self.reading.word_of(node.get("same"), ("sentence",), what="same", default="sentence")
            inner = c.SameSentence(item=inner, at=node.at)
        if "field" in node.nodes:
            names = self.reading.texts_of(node.get("field"), what="field")
            for name in names:
                self._check(name, FIELDS, node.nodes["field"], "field")
            wrapped = [c.InField(field=n, item=inner, at=node.at) for n in names if n in FIELDS]
            if wrapped:
                return wrapped[0] if len(wrapped) == 1 else c.Any(items=tuple(wrapped), at=node.at)
        return inner

    def _exact(self, node: Fields) -> bool:
        value = node.get("case")
        if value is None:
            return False
        if not any(key in node.nodes for key in ("text", "near", "regex")):
            self.reading.note(
                node.keys["case"], '"case" without text, near or regex', "",
                "For a case number write case_number: M.11766.",
            )  # fmt: skip
            return False
        return self.reading.word_of(value, CASES, what="case", default="any") == "exact"

    def _clause(self, key: str, value: Node, *, exact: bool) -> c.Condition | None:
        if key in ("all", "any", "not"):
            return self._block(key, value)
        if key in NAMED:
            return self._named(key, value)
        readers: Mapping[str, Callable[[Node], c.Condition | None]] = {
            "at_least": self._at_least,
            "text": lambda node: self._text(node, exact=exact),
            "near": lambda node: self._near(node, exact=exact),
            "regex": lambda node: self._regex(node, exact=exact),
            "tie": self._tie,
            "scrutiny": self._scrutiny,
            "stage": self._stage,
            "amount": self._amount,
            "case_number": self._case_number,
        }
        if key in readers:
            return readers[key](value)
        return self._source(key, value)

    def _block(self, key: str, value: Node) -> c.Condition | None:
        items = self._items(value, key, single=key == "not")
        if not items:
            return None
        if key == "all":
            return c.All(items=items, at=value.at)
        if key == "any":
            return c.Any(items=items, at=value.at)
        inner = items[0] if len(items) == 1 else c.Any(items=items, at=value.at)
        return c.Not(item=inner, at=value.at)

    def _items(self, value: Node, what: str, *, single: bool = False) -> tuple[c.Condition, ...]:
        if single and not isinstance(value, Items):
            item = self.condition(value)
            return () if item is None else (item,)
        nodes = self.reading.items_of(value, what=what)
        if isinstance(value, Items) and not nodes:
            self.reading.note(value.at, f"an empty list as {what}", "at least one clause")
        return tuple(item for node in nodes if (item := self.condition(node)) is not None)

    def _at_least(self, value: Node) -> c.Condition | None:
        fields = self.reading.fields_of(value, ("of", "these"), what="at_least")
        if fields is None:
            return None
        these = fields.get("these")
        if these is None or fields.get("of") is None:
            self.reading.note(value.at, "at_least without of or these", "{of: 2, these: [...]}")
            return None
        items = self._items(these, "these")
        count = len(these.nodes) if isinstance(these, Items) else 1
        of = self.reading.int_of(fields.get("of"), what="of", default=1, low=1, high=max(1, count))
        return c.AtLeast(of=of, items=items, at=value.at) if items else None

    # ------------------------------------------------------------------ words

    def _phrases(self, value: Node, what: str) -> tuple[str, ...]:
        nodes = value.nodes if isinstance(value, Items) else (value,)
        if not nodes:
            self.reading.note(value.at, f"an empty list as {what}", "at least one phrase")
        phrases = []
        for node in nodes:
            text = self.reading.text_of(node, what=what)
            if text.strip("* ") and tokens_of(folded(text.replace("*", ""))):
                phrases.append(" ".join(text.split()))
            elif isinstance(node, Scalar) and node.value is not None:
                self.reading.note(node.at, f'no letter or digit in the phrase "{text}"', "words to look for")
        return tuple(dict.fromkeys(phrases))

    def _text(self, value: Node, *, exact: bool) -> c.Condition | None:
        phrases = self._phrases(value, "text")
        return c.Text(phrases=phrases, exact=exact, at=value.at) if phrases else None

    def _near(self, value: Node, *, exact: bool) -> c.Condition | None:
        fields = self.reading.fields_of(value, ("terms", "within"), what="near")
        if fields is None:
            return None
        node = fields.get("terms")
        if node is None:
            self.reading.note(value.at, "near without terms", "{terms: [a, b], within: 12}")
            return None
        terms = tuple(self._phrases(item, "a term") for item in self.reading.items_of(node, what="terms"))
        within = self.reading.int_of(
            fields.get("within"), what="within", default=10, low=0, high=MAX_WITHIN
        )  # fmt: skip
        if isinstance(node, Items) and len(terms) < 2:
            self.reading.note(node.at, f"{len(terms)} terms in near", "at least two")
        if len(terms) < 2 or not all(terms):
            return None
        return c.Near(terms=terms, within=within, exact=exact, at=value.at)

    def _regex(self, value: Node, *, exact: bool) -> c.Condition | None:
        pattern = self.reading.text_of(value, what="regex")
        if not pattern:
            if isinstance(value, Scalar) and value.value is not None:
                self.reading.note(value.at, "an empty regex", "a pattern")
            return None
        if reason := regex_problem(pattern):
            hint = "Patterns are RE2: no look-around, no back-references."
            self.reading.note(value.at, f'RE2 refuses "{pattern[:80]}": {reason}', "an RE2 pattern", hint)
            return None
        return c.Regex(pattern=pattern, exact=exact, at=value.at)

    # ------------------------------------------------------------------ facts

    def _check(self, word: str, known: Sequence[str], node: Node, what: str) -> bool:
        if word in known:
            return True
        near = did_you_mean(word, known)
        shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        self.reading.note(node.at, f'unknown {what} "{word}"', f"one of {shown}", near)
        return False

    def _words(self, value: Node, known: Sequence[str], what: str) -> tuple[str, ...]:
        """Return the known words of a text or a list of texts, each checked at its own place."""
        nodes = value.nodes if isinstance(value, Items) else (value,)
        if not nodes:
            self.reading.note(value.at, f"an empty list as {what}", f"at least one {what}")
        words = []
        for node in nodes:
            word = self.reading.text_of(node, what=what)
            if word and self._check(word, known, node, what):
                words.append(word)
        return tuple(dict.fromkeys(words))

    def _entries(self, kind: str) -> Mapping[str, Entry]:
        tables = {
            "regulator": self.lexicon.regulators, "company": self.lexicon.companies,
            "theory": self.lexicon.theories, "topic": self.lexicon.topics,
            "deal_form": self.lexicon.deal_forms, "subject": self.lexicon.subjects,
        }  # fmt: skip
        return tables[kind]

    def _groups(self, kind: str) -> tuple[str, ...]:
        if kind not in ("regulator", "company"):
            return ()
        entries = self._entries(kind).values()
        return tuple(dict.fromkeys(group for entry in entries for group in entry.groups))

    def _ids(self, kind: str, words: Sequence[str]) -> frozenset[str]:
        """Return the ids that ids and groups stand for; an id wins over a group of the same name."""
        entries = self._entries(kind)
        groups = [word for word in words if word not in entries]
        grouped = {key for key, entry in entries.items() if any(group in entry.groups for group in groups)}
        return frozenset(word for word in words if word in entries) | grouped

    def _named(self, kind: str, value: Node) -> c.Condition | None:
        known = (c.ANY, *self._entries(kind), *self._groups(kind))
        words = self._words(value, known, kind)
        if not words:
            return None
        ids = frozenset[str]() if c.ANY in words else self._ids(kind, words)
        return c.Named(kind=kind, words=words, ids=ids, at=value.at)

    def _tie(self, value: Node) -> c.Condition | None:
        if isinstance(value, Scalar):
            return c.Tie(at=value.at) if self._words(value, (c.ANY,), "tie") else None
        fields = self.reading.fields_of(value, ("between",), what="tie")
        node = fields.get("between") if fields else None
        if node is None:
            if fields is not None:
                self.reading.note(value.at, "tie without between", "{between: [cloud, ai-lab]}, or any")
            return None
        known = (*self.lexicon.companies, *self.lexicon.groups)
        sides = self.reading.items_of(node, what="between")
        if isinstance(node, Items) and len(sides) != 2:
            self.reading.note(node.at, f"{len(sides)} sides of a tie", "two: [cloud, ai-lab]")
        words = [self._words(side, known, "company or group") for side in sides]
        if len(words) != 2 or not all(words):
            return None
        return c.Tie(
            words=tuple("/".join(side) for side in words),
            sides=(self._ids("company", words[0]), self._ids("company", words[1])),
            at=value.at,
        )

    def _scrutiny(self, value: Node) -> c.Condition | None:
        if isinstance(value, Scalar):
            return c.Scrutiny(at=value.at) if self._words(value, (c.ANY,), "scrutiny") else None
        fields = self.reading.fields_of(value, ("by", "of"), what="scrutiny")
        if fields is None:
            return None
        said: list[tuple[tuple[str, ...], frozenset[str]]] = []
        for key, kind in (("by", "regulator"), ("of", "subject")):
            node = fields.get(key)
            found = c.Named(kind=kind, words=(c.ANY,)) if node is None else self._named(kind, node)
            if not isinstance(found, c.Named):
                return None
            said.append((found.words, found.ids))
        (by_words, by), (of_words, of) = said
        return c.Scrutiny(by_words=by_words, of_words=of_words, by=by, of=of, at=value.at)

    def _stage(self, value: Node) -> c.Condition | None:
        words = self._words(value, (*STAGE_WORDS, c.ANY), "stage")
        stages = frozenset(stage for word in words for stage in stages_of(word) or ())
        return c.StageIs(words=words, stages=stages, at=value.at) if stages else None

    def _amount(self, value: Node) -> c.Condition | None:
        if isinstance(value, Scalar):
            return c.AmountIs(at=value.at) if self._words(value, (c.ANY,), "amount") else None
        fields = self.reading.fields_of(value, ("over", "under", "currency", "kind"), what="amount")
        if fields is None:
            return None
        over, under = self._sum(fields.get("over"), "over"), self._sum(fields.get("under"), "under")
        if over is not None and under is not None and over > under:
            self.reading.note(value.at, "over is more than under", "a sum that can be both")
        currency = self.reading.text_of(fields.get("currency"), what="currency").upper()
        if currency and not re.fullmatch("[A-Z]{3}", currency):
            self.reading.note(fields.nodes["currency"].at, f'"{currency}" as currency', "a code such as USD")
        kind = fields.get("kind")
        kinds = self._words(kind, (*AMOUNT_KINDS, c.ANY), "kind of amount") if kind else ()
        return c.AmountIs(over=over, under=under, currency=currency, kinds=kinds, at=value.at)

    def _sum(self, node: Node | None, what: str) -> Decimal | None:
        if node is None:
            return None
        found = sum_of(node.text) if isinstance(node, Scalar) else None
        if found is None:
            self.reading.note(node.at, f"{describe(node)} as {what}", _SUM_SHAPE)
        return found

    def _case_number(self, value: Node) -> c.Condition | None:
        numbers = tuple(n for n in self.reading.texts_of(value, what="case_number") if n.strip())
        if not numbers:
            self.reading.note(value.at, "no case number", "M.11766, or any")
            return None
        return c.CaseNumber(numbers=() if c.ANY in numbers else numbers, at=value.at)

    def _source(self, kind: str, value: Node) -> c.Condition | None:
        if kind == "tier":
            values = self._words(value, [tier.value for tier in Tier], "tier")
        else:
            values = tuple(v.strip() for v in self.reading.texts_of(value, what=kind) if v.strip())
            if not values:
                self.reading.note(value.at, f"no {kind} named", f"a {kind} or a list of them")
        if kind == "language":
            values = tuple(v.casefold() for v in values)
            for word in values:
                if not re.fullmatch("[a-z]{2,3}", word):
                    self.reading.note(value.at, f'"{word}" as language', "a code such as en or fr")
        return c.Source(kind=kind, values=values, at=value.at) if values else None
