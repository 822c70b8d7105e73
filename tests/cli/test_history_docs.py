"""What docs/history.md shows is what the commands print."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.unit.history.fill import filled

PAGE = Path(__file__).resolve().parents[2] / "docs" / "history.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
# What differs from run to run: where the rules are, and the pack's hash, which holds the time it was made.
CHANGING = ((re.compile(r"\(/[^)\s]*/rules/"), "(rules/"), (re.compile(r"sha256 [0-9a-f]{64}"), "sha256 …"))


def printed(block: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the commands of a block and return it with what they print."""
    lines = []
    for line in block.splitlines():
        if line.startswith("$ regwatch "):
            assert main(shlex.split(line.removeprefix("$ regwatch "))) == 0
            out = capsys.readouterr().out
            for shape, words in CHANGING:
                out = shape.sub(words, out)
            lines += [line, *out.rstrip("\n").split("\n")]
    return "\n".join(lines) + "\n"


def test_every_block_is_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the past of `fill`; REGWATCH_REGOLD writes the page anew."""
    filled(tmp_path, lexicon=True)
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    now = BLOCK.sub(lambda found: f"```console\n{printed(found[1], capsys)}```", text)
    if os.environ.get("REGWATCH_REGOLD"):
        PAGE.write_text(now, encoding="utf-8")
    else:
        assert text == now
