"""What the commands share: settings, safe text, tables and formats."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.defaults import DEFAULT_DATABASE, DEFAULT_FILE

# What a search can do without is imported where it is used: a query starts in milliseconds.
TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from typing import TextIO

    from bot.config import Settings

MOST_WORDS = 12
FORMATS = ("table", "json", "jsonl", "csv", "md")
_LINE_BREAKS = r"[\r\n\t\u2028\u2029\x0b\x0c]+"
_SCHEME = "sqlite:///"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\x00")


def add_config_option(parser: argparse.ArgumentParser) -> None:
    """Add `--config FILE`."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=file_named,
        help="settings file (default: regwatch.yaml here, if there is one)",
    )


def filled(text: str) -> str:
    """Return the word of a filter; an empty one, as of a variable that nobody set, would quietly filter nothing."""
    if not text.strip(" ,"):
        raise argparse.ArgumentTypeError("is empty; name one, or leave the option out")
    return text


def file_named(name: str) -> Path:
    """Return the path of a file that an option names; `Path` itself would be imported before it is needed."""
    from pathlib import Path

    return Path(name)


def settings_of(args: argparse.Namespace) -> Settings:
    """Return the settings that the command's words and the environment name. Raises InvalidFiles."""
    from bot.config_file import load_settings

    settings = load_settings(getattr(args, "config", None), os.environ)
    for warning in settings.warnings:
        print(f"regwatch: {printable(warning)}", file=sys.stderr)
    return settings


NO_ROOM = 20_000_000  # bytes; with less free space than this the database cannot be relied on


def free_space(path: Path) -> int:
    """Return the bytes that are free where a file is or will be; none where its folder is missing."""
    import shutil

    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return 0


def rules_directory(settings: Settings) -> Path:
    """Return the configured rules folder, else `rules/` of the settings' folder, of the checkout, or the packaged copy."""
    if settings.rules is not None:
        return settings.rules
    from pathlib import Path

    import bot

    package = Path(bot.__file__).resolve().parent
    candidates = [settings.home / "rules", package.parent / "rules", package / "_rules"]
    if settings.file is not None and any(candidates[0].glob("*.yaml")):
        # The user's own, of which a file is missing: others would watch in its place, unasked.
        return candidates[0]
    for candidate in candidates:
        if (candidate / "feeds.yaml").is_file():
            return candidate
    return candidates[-1]


def database_path(settings: Settings) -> Path:
    """Return the database's file."""
    from pathlib import Path

    return Path(settings.database.removeprefix(_SCHEME))


def database_of(args: argparse.Namespace) -> str:
    """Return the database's file; where nothing else is set, without loading what reads settings. Raises InvalidFiles."""
    names = {name for name, value in os.environ.items() if name.startswith("REGWATCH_") and value.strip()}
    url = os.environ.get("REGWATCH_DATABASE") or DEFAULT_DATABASE
    # os.path, because pathlib would be a sixth of a search's start.
    if (
        args.config
        or names - {"REGWATCH_DATABASE"}
        or os.path.lexists(DEFAULT_FILE)
        or not url.startswith(_SCHEME)
    ):
        return str(database_path(settings_of(args)))
    return os.path.join(os.getcwd(), os.path.expanduser(url.removeprefix(_SCHEME)))  # noqa: PTH109, PTH111, PTH118


def printable(text: str) -> str:
    """Return one line that a terminal shows as it is: no control, escape or direction-changing characters."""
    if text.isascii() and text.isprintable():
        return text
    import unicodedata

    flat = re.sub(_LINE_BREAKS, " ", text)
    return "".join(c for c in flat if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def unknown(row: str, what: str, asked: Iterable[str], known: Collection[str]) -> list[str]:
    """Return a line for each word asked for that no row carries at all: a typing error finds nothing either."""
    from bot.errors import did_you_mean

    there = sorted(known)
    listed = ", ".join(there[:MOST_WORDS]) or "none"
    return [
        f"No {row} at all has the {what} {printable(word)}; {did_you_mean(word, there) or f'there are: {listed}'}"
        for word in asked
        if word not in known
    ]


def iso(moment: datetime | None) -> str | None:
    """Return a time in UTC as ISO 8601 with a Z, to the second."""
    if moment is None:
        return None
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_rows(
    rows: Sequence[Mapping[str, object]], columns: Sequence[str], style: str, out: TextIO | None = None
) -> None:
    """Write rows as a table, JSON, JSON lines, CSV or Markdown; machine formats carry every key of a row."""
    import json

    out = out or sys.stdout
    if style == "json":
        # In one piece: a stream without a buffer, as in a container, would take each sign by itself.
        out.write(json.dumps(list(rows), ensure_ascii=False, indent=2) + "\n")
    elif style == "jsonl":
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    elif style == "csv":
        _write_csv(rows, columns, out)
    elif style == "md":
        _write_markdown(rows, columns, out)
    else:
        _write_table(rows, columns, out)


def cell(value: object) -> str:
    """Return a value as one line of safe text; lists are joined by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {cell(item)}" for key, item in value.items() if item is not None)
    return printable(str(value))


def formula_safe(text: str) -> str:
    """Return a CSV cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return "'" + text if text.startswith(_FORMULA) else text


def _write_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str], out: TextIO) -> None:
    import csv

    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([formula_safe(cell(row.get(column))) for column in columns])


def _write_markdown(rows: Iterable[Mapping[str, object]], columns: Sequence[str], out: TextIO) -> None:
    out.write("| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns) + "\n")
    for row in rows:
        cells = [
            cell(row.get(c)).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for c in columns
        ]
        out.write("| " + " | ".join(cells) + " |\n")


def _write_table(rows: Iterable[Mapping[str, object]], columns: Sequence[str], out: TextIO) -> None:
    """Draw with rich on a terminal; elsewhere plain columns that `awk` and `grep` can read."""
    texts = [[cell(row.get(column)) for column in columns] for row in rows]
    if out.isatty():
        from rich.text import Text

        from bot.cli.table import draw

        draw([c.replace("_", " ") for c in columns], [[Text(text) for text in line] for line in texts], out)
        return
    widths = [max([len(c), *(len(line[i]) for line in texts)]) for i, c in enumerate(columns)]
    lines = [
        "  ".join(text.ljust(min(width, 80)) for text, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in [list(columns), *texts]
    ]
    out.write("".join(lines))


def add_format_option(parser: argparse.ArgumentParser, *, formats: Sequence[str] = FORMATS) -> None:
    """Add `--format`."""
    parser.add_argument(
        "--format", choices=formats, default=formats[0], help=f"how to write it (default: {formats[0]})"
    )


def epilog(*lines: str) -> str:
    """Return examples for the foot of `--help`."""
    return "examples:\n" + "\n".join(f"  {line}" for line in lines)
