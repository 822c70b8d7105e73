"""The tree of a file that people edit, each value with its place, and how values are read out of it.

`bot.strict_yaml` makes the tree out of YAML; settings that stand in the environment alone make do without. Contains no
knowledge of rules, feeds or settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.errors import InvalidFiles, Place, Problem, did_you_mean
from storage.light import NamedTuple


class Scalar(NamedTuple):
    """One value. `text` is what was written; `value` the YAML 1.2 core reading of it."""

    at: Place
    text: str
    value: str | int | float | bool | None


class Items:
    """A list. No tuple itself, because to go through it is to go through its nodes."""

    __slots__ = ("at", "nodes")

    def __init__(self, at: Place, nodes: tuple[Node, ...]) -> None:
        self.at = at
        self.nodes = nodes

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)


class Fields(NamedTuple):
    """A mapping with text keys, in file order."""

    at: Place
    keys: dict[str, Place]
    nodes: dict[str, Node]

    def get(self, key: str) -> Node | None:
        """Return the value of `key`, or None where it is absent."""
        return self.nodes.get(key)


Node = Scalar | Items | Fields


def describe(node: Node) -> str:
    """Say in a few words what a node is, for `found …`."""
    if isinstance(node, Scalar):
        if node.value is None:
            return "nothing"
        return f'"{node.text}"' if len(node.text) <= 60 else f'"{node.text[:57]}…"'
    return "a list" if isinstance(node, Items) else "a mapping"


class Reading:
    """Reads a tree into values and collects what is wrong on the way.

    Each `…_of` method returns the value, or its default after having noted a problem.
    """

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems = list(problems)

    def note(self, at: Place, found: str, expected: str = "", hint: str = "") -> None:
        """Add a problem."""
        self.problems.append(Problem(at, found, expected, hint))

    def fields_of(self, node: Node, known: Sequence[str], *, what: str) -> Fields | None:
        """Return the mapping, having refused unknown keys with a suggestion; None when it is no mapping."""
        if not isinstance(node, Fields):
            self.note(node.at, f"{describe(node)} as {what}", "a mapping")
            return None
        for key, at in node.keys.items():
            if key not in known:
                hint = did_you_mean(key, known)
                self.note(at, f'unknown key "{key}" in {what}', "one of " + ", ".join(known), hint)
        return node

    def items_of(self, node: Node, *, what: str) -> tuple[Node, ...]:
        """Return the list's nodes."""
        if not isinstance(node, Items):
            self.note(node.at, f"{describe(node)} as {what}", "a list")
            return ()
        return node.nodes

    def text_of(self, node: Node | None, *, what: str, default: str = "") -> str:
        """Return a scalar's text; numbers and words are taken as written."""
        if node is None:
            return default
        if not isinstance(node, Scalar) or node.value is None:
            self.note(node.at, f"{describe(node)} as {what}", "text")
            return default
        return node.text

    def texts_of(self, node: Node | None, *, what: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        if node is None:
            return ()
        if isinstance(node, Scalar):
            return (self.text_of(node, what=what),) if node.value is not None else ()
        return tuple(self.text_of(child, what=what) for child in self.items_of(node, what=what))

    def flag_of(self, node: Node | None, *, what: str, default: bool) -> bool:
        """Return true or false."""
        if node is None:
            return default
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.note(node.at, f"{describe(node)} as {what}", "true or false")
        return default

    def int_of(self, node: Node | None, *, what: str, default: int, low: int, high: int) -> int:
        """Return a whole number within [low, high]."""
        if node is None:
            return default
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.note(node.at, f"{describe(node)} as {what}", f"a whole number from {low} to {high}")
        return default

    def word_of(self, node: Node | None, words: Sequence[str], *, what: str, default: str) -> str:
        """Return one of `words`."""
        if node is None:
            return default
        text = node.text if isinstance(node, Scalar) else ""
        if text in words:
            return text
        self.note(
            node.at, f"{describe(node)} as {what}", "one of " + ", ".join(words), did_you_mean(text, words)
        )
        return default

    def done(self) -> None:
        """Raise InvalidFiles if anything was noted."""
        if self.problems:
            raise InvalidFiles(self.problems)
