"""Colours only on a terminal, and nothing from outside steers it."""

from __future__ import annotations

import io

import pytest

from bot.cli.drawing import Paint, markdown_safe


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Around text that was made safe first: the escape in it does not come through."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Paint(Terminal())("a\x1b[2Jb\nc", "1") == "\x1b[1ma[2Jb c\x1b[0m"


def test_a_pipe_gets_text() -> None:
    """As safe, and bare."""
    assert Paint(io.StringIO())("a\x1bb", "1") == "ab"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """https://no-color.org"""
    monkeypatch.setenv("NO_COLOR", "1")
    assert Paint(Terminal())("a", "1") == "a"


def test_markdown_shows_what_was_written() -> None:
    """No link, no cell, no heading is made by a title."""
    assert markdown_safe("# [a](b) | `c`\n") == r"\# \[a\](b) \| \`c\` "
