"""How the command line speaks before a command runs: one line for bad usage, help of a fitting width, safe streams."""

from __future__ import annotations

import argparse
import codecs
import os
import re
import sys

from bot.errors import did_you_mean

TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

ESCAPES = "regwatch-escapes"  # how a stream writes what its encoding lacks
# Compiled where a complaint is made, not at every start.
_CHOICE = r"argument ([^:]+): invalid choice: '?(.*?)'? \(choose from (.+)\)"
_MISSING = r"the following arguments are required: (ACTION|COMMAND|VERB)"


class WideHelp(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal, up to 100 columns; asks without importing shutil."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=min(_columns(), 100))


def _columns() -> int:
    try:
        return int(os.environ.get("COLUMNS", "")) or 100
    except ValueError:
        pass
    try:
        return os.get_terminal_size(1).columns
    except (OSError, ValueError):
        return 100


class Parser(argparse.ArgumentParser):
    """A parser that answers bad usage with one line and where to read on; its sub-parsers do the same."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=WideHelp, **options)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does; an option that there is not is answered by the command's own parser, with the nearest."""
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            self._refuse(rest, args if args is not None else sys.argv[1:])
        return found

    def _refuse(self, rest: Sequence[str], words: Sequence[str]) -> NoReturn:
        parser: argparse.ArgumentParser = self
        for word in words:
            for action in parser._actions:  # noqa: SLF001 - argparse says nowhere else which command was named
                if isinstance(action, argparse._SubParsersAction) and word in action.choices:  # noqa: SLF001
                    parser = action.choices[word]
                    break
        name = next((word.partition("=")[0] for word in rest if word.startswith("--") and word != "--"), "")
        if not name:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        known = [n for a in parser._actions for n in a.option_strings if n.startswith("--")]  # noqa: SLF001
        hint = did_you_mean(name, known)
        parser.error(f"there is no option {name}" + (f"; {hint}" if hint else ""))

    def error(self, message: str) -> NoReturn:
        """Complain and end with exit code 2; a group without an action shows its help."""
        if re.search(_MISSING, message):
            self.print_help(sys.stderr)
            self.exit(2)
        choice = re.fullmatch(_CHOICE, message, re.DOTALL)
        if choice:
            what, found, listed = choice.groups()
            known = [word.strip(" '\"") for word in listed.split(",")]
            hint = did_you_mean(found, known)
            message = f'{what}: "{found}" is none of {", ".join(known)}' + (f"; {hint}" if hint else "")
        safe = "".join(c if c.isprintable() else "?" for c in message)
        self.exit(2, f"{self.prog}: {safe}{'' if safe.endswith('?') else '.'} See: {self.prog} --help\n")


def readied_streams() -> None:
    """Make stdout and stderr take any text: what their encoding lacks is written as JSON would escape it.

    A closed stream is pointed to nowhere.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - open to the end
        elif hasattr(stream, "reconfigure"):
            codecs.register_error(ESCAPES, _escaped)
            stream.reconfigure(errors=ESCAPES)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Return `\\uXXXX` for each character; so JSON stays JSON, whatever the locale."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)), error.end
