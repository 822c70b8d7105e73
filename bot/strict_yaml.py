"""YAML for files that people edit: safe, with a place for every value, and every problem at once.

Refused: duplicate keys, anchors and aliases (so no alias bombs), tags, tabs, more than one document, files over
1 MB, nesting over 40. Scalars are strings unless quoted otherwise by YAML 1.2's core words: `yes`, `no`, `on`,
`off` stay words, `012` and `12:30` stay text. Contains no knowledge of rules, feeds or settings.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from bot.errors import InvalidFiles, Place, Problem
from bot.yaml_tree import Fields, Items, Node, Scalar

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip


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
    (
        "expected node content",
        "A bracket is not closed, a comma is one too many, or a # without quotes made a comment.",
    ),
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
