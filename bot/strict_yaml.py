"""YAML for files that people edit: safe, with a place for every value, and every problem at once.

Refused: duplicate keys, anchors and aliases (so no alias bombs), tags, tabs, more than one document, files over
1 MB, nesting over 40. Scalars are strings unless quoted otherwise by YAML 1.2's core words: `yes`, `no`, `on`,
`off` stay words, `012` and `12:30` stay text. Contains no knowledge of rules, feeds or settings.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yaml

from bot.errors import InvalidFiles, Place, Problem, did_you_mean
from storage.light import NamedTuple

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip


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


def load(path: Path, *, name: str | None = None) -> Node:
    """Return the tree of a YAML file; `name` is what errors call it.

    Raises InvalidFiles when the file cannot be read or is refused.
    """
    label = name or str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InvalidFiles([Problem(Place(label), f"{size:,} bytes", f"at most {MAX_BYTES:,}")])
        raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise InvalidFiles([Problem(Place(label), f"cannot be read: {error.strerror}")]) from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidFiles([_not_utf8(raw, error.start, label)]) from error
    return parse(text, name=label)


def _not_utf8(raw: bytes, offset: int, name: str) -> Problem:
    before = raw[:offset]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    at = Place(name, before.count(b"\n") + 1, column)
    return Problem(at, f"byte 0x{raw[offset]:02x} is not UTF-8", "UTF-8 text", "Save the file as UTF-8.")


_IN_OR_OUT = "The line stands further in, or out, than those that it belongs to."
_HINTS = (
    ("cannot start any token", "Text that begins with such a character wants quotes."),
    ("alphabetic or numeric", "Text that begins with such a character wants quotes."),
    ("expected node content", "A bracket is not closed, or a comma is one too many."),
    ("expected <block end>", _IN_OR_OUT),
    ("did not find expected", _IN_OR_OUT),
)
_OPENED = {
    "while scanning a quoted scalar": "a quote that is not closed",
    "while parsing a flow sequence": "a bracket [ that is not closed, or a comma that is missing",
    "while parsing a flow mapping": "a bracket { that is not closed, or a comma that is missing",
}
_QUOTE = re.compile(r'(?:^|[-:,\[{])\s*"')  # where a value begins


def parse(text: str, *, name: str) -> Node:
    """Return the tree of a YAML text. Raises InvalidFiles."""
    builder = _Builder(name)
    try:
        _refuse_hostile(text, name)
        root = yaml.compose(text, Loader=_loader())
    except yaml.MarkedYAMLError as error:
        raise InvalidFiles([_slip(error, text.splitlines(), name)]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InvalidFiles([Problem(Place(name), f"not YAML: {first}")]) from error
    if root is None:
        return Scalar(Place(name, 1, 1), "", None)
    node = builder.build(root)
    if builder.problems:
        raise InvalidFiles(builder.problems)
    return node


def _slip(error: yaml.MarkedYAMLError, lines: Sequence[str], name: str) -> Problem:
    """Return where the writer went wrong, and what to do: the reader of YAML only knows where it could not go on."""
    mark, said = error.problem_mark or error.context_mark, f"{error.problem or error.context}"
    if mark is None:
        return Problem(Place(name), f"not YAML: {said}", hint=_hint(said))
    noticed = Place(name, mark.line + 1, mark.column + 1)
    opened, begun = _OPENED.get(error.context or ""), error.context_mark
    line = lines[mark.line] if mark.line < len(lines) else ""
    before = line[: mark.column]
    if "\t" in line[: mark.column + 1]:
        return Problem(noticed, "not YAML: a tab", hint="Use spaces, not tabs.")
    if quote := _open_quote(lines, mark.line):
        at = Place(name, *quote)
        return Problem(
            at, "not YAML: a quote that is not closed", hint=f"It was noticed on line {noticed.line}."
        )
    if opened and begun is not None:
        at = Place(name, begun.line + 1, begun.column + 1)
        return Problem(at, f"not YAML: {opened}", hint=f"It was noticed on line {noticed.line}.")
    if "mapping values are not allowed" in said:
        hint = 'Text with a colon wants quotes: "a: b".' if ": " in before else _IN_OR_OUT
        return Problem(noticed, f"not YAML: {said}", hint=hint)
    return Problem(noticed, f"not YAML: {said}", hint=_hint(said))


def _open_quote(lines: Sequence[str], fault: int) -> tuple[int, int] | None:
    """Return line and column of a double quote that stays open by the count of quotes on the lines before a fault.

    The reader of YAML takes the next quote, lines below, for its fellow, and stumbles over what follows that.
    """
    opened = None
    for number, line in enumerate(lines[:fault], 1):
        text = line.split(" #", 1)[0].replace('\\"', "  ")
        if text.count('"') % 2 == 0:
            continue
        start = next((m.end() for m in _QUOTE.finditer(text) if text.count('"', m.end()) % 2 == 0), 0)
        opened = None if opened else (number, start) if start else None
    return opened


def _hint(said: str) -> str:
    """Return what most often lies behind a message of the YAML reader, in words of its writer."""
    return next((hint for words, hint in _HINTS if words in said), "")


def _refuse_hostile(text: str, name: str) -> None:
    """Raise InvalidFiles on anchors, aliases and deep nesting, which would explode once a tree is built."""
    problems: list[Problem] = []
    depth = 0
    for event in yaml.parse(text, Loader=_loader()):
        mark = event.start_mark
        at = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        if anchor := getattr(event, "anchor", None):
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            hint = f'Text that begins with {sign} wants quotes: "{sign}{anchor}".'
            problems.append(Problem(at, f"an anchor or alias ({anchor})", "plain values", hint))
        if tag := getattr(event, "tag", None):
            hint = "Text that begins with ! wants quotes."
            problems.append(Problem(at, f"the tag {tag}", "plain values", hint))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                problems.append(Problem(at, f"nested more than {MAX_DEPTH} deep"))
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if len(problems) >= 20:
            break
    if problems:
        raise InvalidFiles(problems)


def _loader() -> type[yaml.SafeLoader]:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node) -> Node:
        at = Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            return self._fields(node, at)
        if isinstance(node, yaml.SequenceNode):
            return Items(at, tuple(self.build(child) for child in node.value))
        return _scalar(node, at)

    def _fields(self, node: yaml.MappingNode, at: Place) -> Fields:
        keys: dict[str, Place] = {}
        nodes: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key_at = Place(self.file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(key_at, "a key that is not a word", "a word"))
                continue
            key = key_node.value
            if key in keys:
                self.problems.append(
                    Problem(key_at, f'"{key}" a second time', f"one {key}, as on line {keys[key].line}")
                )
                continue
            keys[key] = key_at
            nodes[key] = self.build(value_node)
        return Fields(at, keys, nodes)


def _scalar(node: yaml.Node, at: Place) -> Scalar:
    text = str(node.value)
    if getattr(node, "style", None) in ("'", '"', "|", ">"):
        return Scalar(at, text, text)
    if text in _WORDS:
        return Scalar(at, text, _WORDS[text])
    if _INT.fullmatch(text) and len(text) < 30:
        return Scalar(at, text, int(text))
    if _FLOAT.fullmatch(text) and len(text) < 30:
        return Scalar(at, text, float(text))
    return Scalar(at, text, text)


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
