"""Which letters a text must hold for a regex to fit: what lets most articles skip the regex. Pure."""

from __future__ import annotations

import re

MIN_LITERAL = 3
_MARKS = frozenset("bBAzdDsSwW")  # after a backslash: a place, or one character
_COUNT = re.compile(r"[*?]|\{0*,?\d*\}|\+|\{\d+,?\d*\}")
_LETTERS = re.compile("[a-z]+")


class _Unclear(Exception):
    """The pattern uses what is not read here; it must be tried on every text."""


def required_literals(pattern: str) -> frozenset[str] | None:
    """Return runs of a-z of which every folded text that an RE2 pattern fits holds at least one; None: unknown."""
    try:
        found, end = _alternatives(pattern, 0)
    except (_Unclear, RecursionError):
        return None
    return found if found and end == len(pattern) else None


def _alternatives(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    """Read `a|b|c` up to its end or closing bracket; each alternative must give a literal."""
    found: frozenset[str] | None = frozenset()
    while True:
        one, at = _sequence(pattern, at)
        found = found | one if found is not None and one is not None else None
        if at >= len(pattern) or pattern[at] == ")":
            return found, at
        at += 1


def _sequence(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    """Read one alternative; the choosiest of its parts that must occur."""
    parts: list[frozenset[str]] = []
    run = ""
    while at < len(pattern) and pattern[at] not in "|)":
        letter, inner, at = _atom(pattern, at)
        count = _COUNT.match(pattern, at)
        if count:
            at = count.end()
            if at < len(pattern) and pattern[at] in "?+":
                at += 1
        optional = count is not None and count.group()[0] in "*?{" and _may_be_none(count.group())
        if letter and not optional:
            run += letter
        if inner and not optional:
            parts.append(inner)
        if not letter or count:
            parts += [frozenset({run})] if len(run) >= MIN_LITERAL else []
            run = ""
    parts += [frozenset({run})] if len(run) >= MIN_LITERAL else []
    return max(parts, key=lambda part: min(map(len, part)), default=None), at


def _may_be_none(count: str) -> bool:
    return count in ("*", "?") or not count[1:].split(",", maxsplit=1)[0].strip("{}0 ")


def _atom(pattern: str, at: int) -> tuple[str, frozenset[str] | None, int]:
    """Read one atom: its letter, or what its group needs, and where the next begins."""
    mark = pattern[at]
    if mark == "(":
        if pattern.startswith("(?:", at):
            at += 2
        elif pattern.startswith("(?", at):
            raise _Unclear
        inner, at = _alternatives(pattern, at + 1)
        if at >= len(pattern):
            raise _Unclear
        return "", inner, at + 1
    if mark == "\\":
        if pattern[at + 1 : at + 2] in _MARKS or not pattern[at + 1 : at + 2].isalnum():
            return "", None, at + 2
        raise _Unclear
    if mark == "[":
        closing = pattern.find("]", at + (3 if pattern.startswith("[^", at) else 2))
        if closing < 0 or "[" in pattern[at + 1 : closing] or "\\" in pattern[at + 1 : closing]:
            raise _Unclear
        return "", None, closing + 1
    letter = mark.lower() if mark.isascii() else ""
    return (letter if _LETTERS.fullmatch(letter) else ""), None, at + 1
