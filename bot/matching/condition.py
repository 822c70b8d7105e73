"""What a rule's `when` says, as a tree of small typed clauses. Contains no I/O and no evaluation.

Blocks: All, Any, Not, AtLeast, InField, SameSentence. Everything else is a leaf. `at` is where a clause stands
in its file; it takes no part in equality, so two clauses are equal when they say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal

from bot.errors import Place
from storage.words import Stage

ANY = "any"
NOWHERE = Place("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """The base of all clauses."""

    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class All(Clause):
    """Every item holds; an empty All holds."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any(Clause):
    """At least one item holds; an empty Any does not."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Clause):
    """The item does not hold."""

    item: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast(Clause):
    """At least `of` of the items hold."""

    of: int
    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InField(Clause):
    """The item holds within one field: title, summary, body or url."""

    field: str
    item: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class SameSentence(Clause):
    """The item holds within one sentence."""

    item: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Clause):
    """One of the phrases occurs: consecutive whole words, case and accents folded unless `exact`."""

    phrases: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Near(Clause):
    """One phrase of each term occurs, in any order, with at most `within` words from first to last."""

    terms: tuple[tuple[str, ...], ...]
    within: int
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex(Clause):
    """An RE2 pattern occurs in the folded text; with `exact`, in the text as it is shown."""

    pattern: str
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Clause):
    """The article names one of the ids of a kind: regulator, company, theory, topic, deal_form or subject.

    `words` is what the file says (ids, groups or `any`); `ids` what that stands for; empty for `any`.
    """

    kind: str
    words: tuple[str, ...]
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie(Clause):
    """A supplier and an AI developer are tied; `sides` limits the two to these companies, either way round."""

    words: tuple[str, ...] = (ANY,)
    sides: tuple[frozenset[str], frozenset[str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrutiny(Clause):
    """An authority is reported to look at, or act on, a subject; an empty set stands for any."""

    by_words: tuple[str, ...] = (ANY,)
    of_words: tuple[str, ...] = (ANY,)
    by: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageIs(Clause):
    """The stage is one of these; `words` is what the file says, e.g. `inquiry+`."""

    words: tuple[str, ...]
    stages: frozenset[Stage]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountIs(Clause):
    """A sum of money within [over, under], in a currency, of a kind; None and empty stand for any.

    Without a kind only sums of the deal or the fine count: no valuations, revenues or thresholds.
    """

    over: Decimal | None = None
    under: Decimal | None = None
    currency: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNumber(Clause):
    """The article gives one of these case numbers; empty: any case number."""

    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Clause):
    """Where the article comes from: `kind` is feed, language or tier."""

    kind: str
    values: tuple[str, ...]


Block = All | Any | Not | AtLeast | InField | SameSentence
Leaf = Text | Near | Regex | Named | Tie | Scrutiny | StageIs | AmountIs | CaseNumber | Source
Condition = Block | Leaf


def children(node: Condition) -> tuple[Condition, ...]:
    """Return the clauses directly inside a block; none for a leaf."""
    if isinstance(node, All | Any | AtLeast):
        return node.items
    if isinstance(node, Not | InField | SameSentence):
        return (node.item,)
    return ()


def walk(node: Condition) -> Iterator[Condition]:
    """Yield a clause and every clause within it, in file order."""
    yield node
    for child in children(node):
        yield from walk(child)


def canonical(node: object) -> object:
    """Return what a clause says as plain JSON values, the same for equal clauses whatever their place."""
    if isinstance(node, Clause):
        said = {f.name: canonical(getattr(node, f.name)) for f in fields(node) if f.name != "at"}
        return {"": type(node).__name__, **said}
    if isinstance(node, frozenset):
        return sorted(str(item) for item in node)
    if isinstance(node, tuple):
        return [canonical(item) for item in node]
    if node is None or isinstance(node, bool | int):
        return node
    return str(node)


def brief(node: Condition) -> str:
    """Return a clause in one line, much as it is written."""
    if isinstance(node, All | Any):
        return f"{type(node).__name__.lower()}: [{', '.join(brief(item) for item in node.items)}]"
    if isinstance(node, Not):
        return f"not: {brief(node.item)}"
    if isinstance(node, AtLeast):
        return f"at least {node.of} of [{', '.join(brief(item) for item in node.items)}]"
    if isinstance(node, InField):
        return f"in {node.field}: {brief(node.item)}"
    if isinstance(node, SameSentence):
        return f"in one sentence: {brief(node.item)}"
    return _brief_leaf(node)


def _brief_leaf(node: Leaf) -> str:
    exact = " (exact case)" if isinstance(node, Text | Near | Regex) and node.exact else ""
    if isinstance(node, Text):
        return f"text: {_listed(node.phrases)}{exact}"
    if isinstance(node, Near):
        terms = ", ".join(_listed(term) for term in node.terms)
        return f"near: [{terms}] within {node.within} words{exact}"
    if isinstance(node, Regex):
        return f"regex: {node.pattern}{exact}"
    if isinstance(node, Named):
        return f"{node.kind}: {_listed(node.words)}"
    if isinstance(node, Tie):
        return "tie: any" if node.sides is None else f"tie between {' and '.join(node.words)}"
    if isinstance(node, Scrutiny):
        return f"scrutiny by {_listed(node.by_words)} of {_listed(node.of_words)}"
    if isinstance(node, StageIs):
        return f"stage: {_listed(node.words)}"
    if isinstance(node, AmountIs):
        return _brief_amount(node)
    if isinstance(node, CaseNumber):
        return f"case_number: {_listed(node.numbers or (ANY,))}"
    return f"{node.kind}: {_listed(node.values)}"


def _brief_amount(node: AmountIs) -> str:
    parts = [f"over {node.over:,f}" if node.over is not None else ""]
    parts.append(f"under {node.under:,f}" if node.under is not None else "")
    parts += [node.currency, "/".join(node.kinds)]
    return "amount: " + (" ".join(part for part in parts if part) or ANY)


def _listed(words: tuple[str, ...]) -> str:
    if len(words) == 1:
        return words[0]
    shown = ", ".join(words[:8])
    return f"[{shown}, … {len(words)} in all]" if len(words) > 8 else f"[{shown}]"
