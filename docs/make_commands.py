"""Writes docs/commands.md out of the command line itself: what each command says of itself, and what the demo shows.

Run it anywhere: `.venv/bin/python docs/make_commands.py`. Needs no network. A test holds the page and the parsers equal.
"""
# ruff: noqa: INP001, S603 - a script of the docs folder; it runs regwatch alone

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bot.cli.main import COMMANDS, _parser  # noqa: E402 - after the path

PAGE = HERE / "commands.md"
WIDTH, LINES = 118, 16
Group = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public way to walk its parsers

INTRO = """# Commands

Made by `docs/make_commands.py` out of the commands' own help and the demo's database; edit neither here.

`regwatch COMMAND --help` shows the same with more examples. Every command that reads settings takes `--config FILE`
(default: `$REGWATCH_CONFIG`, else `regwatch.yaml` in the current folder). `--format json` is for scripts: a list (or one
object), also when empty; fields are added, never renamed. Away from a terminal, and with `NO_COLOR`, there are no colours.

| exit code | means |
| --- | --- |
| 0 | fine |
| 1 | something found or failed: a check that found something, a feed that fails, a refused message, no database |
| 2 | bad usage, or a file that is invalid or cannot be read |
| 70 | `regwatch run` alone: a job hung; the service manager should start it again |
| 130 | stopped by Ctrl-C |

`REGWATCH_DEBUG=1` shows the whole trace where the program itself is at fault.
"""

# One example of each command, run on the demo's database.
EXAMPLES = {
    "init": "init antitrust",
    "hits": "hits --regulator cma --since 30d --limit 3",
    "matters": "matters",
    "matters show": "matters show cma:amazon+openai",
    "why": "why https://wire.example/cma-amazon-openai",
    "coverage": "coverage --since 1d --about merger",
    "deadlines list": "deadlines list",
    "digest": "digest --since 7d",
    "report": "report --since 30d -o report.html",
    "rules lint": "rules lint",
    "rules test": "rules test",
    "rules explain": 'rules explain --title "CMA looks at Amazon and Anthropic" --rule cma-ai-tie',
    "rules stats": "rules stats",
    "rules backtest": "rules backtest --since 7d",
    "rules diff": "rules diff rules rules",
    "rules near-misses": "rules near-misses --since 7d",
    "feeds list": "feeds list",
    "feeds status": "feeds status",
    "alerts list": "alerts list --limit 3",
    "alerts test": "alerts test",
    "silence add": 'silence add --matter cma:amazon+openai --for 7d --reason "we act in it"',
    "silence list": "silence list",
    "silence report": "silence report",
    "feedback": "feedback 2 --not-relevant --note test --author nina",
    "evidence verify": "evidence verify pack.zip",
    "status": "status",
    "doctor": "doctor --offline",
    "rules match": "rules match articles.jsonl",
    "rules eval": "rules eval articles.jsonl",
    "db backup": "db backup copy.db",
    "db check": "db check",
    "db prune": "db prune --dry-run",
}
ARTICLE = (
    '{"id": "a1", "title": "CMA invites comments on Microsoft\'s partnership with OpenAI", "summary": "", "body": "", '
    '"lang": "en", "label": "signal", "regulators": ["cma"], "companies": ["microsoft", "openai"], "stage": "inquiry"}\n'
)


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command and sub-command with its parser, in the order of `regwatch --help`."""
    for name in COMMANDS:
        root = _parser([name])
        yield from _below("", root)


def _below(path: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, Group):
            for name, child in action.choices.items():
                yield f"{path}{name}", child
                yield from _below(f"{path}{name} ", child)


def flags(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Yield each argument as it is written, and what it is for."""
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, (Group, argparse._HelpAction)):  # noqa: SLF001
            continue
        what = (action.help or "") % {**vars(action), "prog": parser.prog}
        value = action.metavar or (
            "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
        )
        shown = " ".join(value) if isinstance(value, tuple) else str(value)
        if not action.option_strings:
            yield shown, what
        else:
            yield ", ".join(action.option_strings) + (f" {shown}" if action.nargs != 0 else ""), what


def section(path: str, parser: argparse.ArgumentParser, example: str) -> str:
    """Return a command's part of the page."""
    depth = "##" if " " not in path else "###"
    lines = [f"{depth} regwatch {path}", "", (parser.description or "").strip()]
    rows = [(flag, what) for flag, what in flags(parser) if not flag.startswith("--config")]
    if rows:
        lines += ["", "| argument | what |", "| --- | --- |"]
        lines += [
            f"| `{flag.replace('|', chr(92) + '|')}` | {what.replace('|', chr(92) + '|')} |"
            for flag, what in rows
        ]
    if example:
        lines += ["", "```console", example, "```"]
    return "\n".join(lines) + "\n"


def shown(words: str, home: Path) -> str:
    """Run a command in the demo's folder and return it with its output, cut to a page's width."""
    environ = {"PATH": os.environ.get("PATH", ""), "COLUMNS": str(WIDTH), "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m bot {words}"],
        cwd=home, env=environ, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if "this is a bug" in done.stderr:
        message = f"{words}: {done.stderr}"
        raise RuntimeError(message)
    text = (done.stdout + done.stderr).replace(str(home), "/home/nina/watch")
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", text)
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    cut = [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in lines[:LINES]]
    return "\n".join([f"$ regwatch {words}", *cut, *(["…"] if len(lines) > LINES else [])])


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        shown(f"demo --keep {home}", home)
        (home / "articles.jsonl").write_text(ARTICLE, encoding="utf-8")
        shown("hits export 2 -o pack.zip", home)
        sections = [
            section(path, parser, shown(EXAMPLES[path], home) if path in EXAMPLES else "")
            for path, parser in parsers()
        ]
    PAGE.write_text("\n".join([INTRO, *sections]), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(sections)} commands\n")


if __name__ == "__main__":
    main()
