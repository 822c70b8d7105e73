"""Errors that a person is shown, each with a place and what to do next.

    RegwatchError          anything we raise on purpose; `str(error)` is fit to print
    ├── InvalidFiles       rule, lexicon, feed or config files with every problem found, exit code 2
    ├── UsageError         the command's words are off, exit code 2
    └── OperationError     the machine said no (lock, disk, network), exit code 1

The storage package has its own errors (`storage.errors`), because it imports nothing of bot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storage.light import NamedTuple


class RegwatchError(Exception):
    """Anything that is raised on purpose; `str(error)` is fit to print."""

    exit_code = 1


class UsageError(RegwatchError):
    """The command's words are off."""

    exit_code = 2


class OperationError(RegwatchError):
    """The machine, the network or another process said no."""


class Place(NamedTuple):
    """Where in a file something stands; line and column count from 1, 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Problem(NamedTuple):
    """One thing wrong in one place: what was found, what was expected, and a hint where there is one."""

    at: Place
    found: str
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.at}: {self.found}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.hint:
            text += f". {self.hint}"
        return text


class InvalidFiles(RegwatchError):
    """Files that cannot be used, with every problem found, in file order."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return `did you mean "x"?` for the nearest known word, or nothing."""
    import difflib

    near = difflib.get_close_matches(word.casefold(), [k.casefold() for k in known], n=1, cutoff=0.6)
    if not near:
        return ""
    original = next(k for k in known if k.casefold() == near[0])
    return f'did you mean "{original}"?'


def sentence(text: str) -> str:
    """Return the text with a full stop, where it does not end a sentence already."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."
