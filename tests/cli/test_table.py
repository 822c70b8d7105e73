"""Tables on a narrow terminal, terminals without colours, and what the command line says of a wrong option."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from bot.cli import progress, rules_common
from bot.cli.common import write_rows
from bot.cli.main import main
from tests.cli.test_drawing import Terminal
from tests.unit.history.fill import filled

ROW: dict[str, object] = {
    "on": "2026-04-28",
    "at": "2026-04-28 10:30",
    "what": "phase 1 decision",
    "title": "CMA: Microsoft / OpenAI partnership merger inquiry, the long title of a case",
    "matter": "cma:microsoft+openai",
}


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Sixty columns."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


@pytest.mark.parametrize("columns", [("on", "title", "matter"), tuple(ROW)], ids=["fits", "has no room"])
def test_dates_and_keys_stay_in_one_piece(columns: tuple[str, ...], terminal: Terminal) -> None:
    """Prose wraps; where even that has no room, each row is a block of lines."""
    write_rows([ROW, ROW], columns, "table", terminal)
    shown = terminal.getvalue()
    assert shown.count("2026-04-28") >= 2
    assert shown.count("cma:microsoft+openai") == 2
    assert "long title" in " ".join(shown.split())


def test_a_table_that_fits_is_no_wider_than_the_terminal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    write_rows([ROW], ("on", "title", "matter"), "table", terminal)
    assert max(map(len, terminal.getvalue().splitlines())) <= 60


@pytest.mark.parametrize("words", [["hits"], ["hits", "show", "2"], ["matters"], ["matters", "show", "1"]])
def test_no_color_leaves_no_escape_sequence(
    words: list[str], terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://no-color.org, and bold and links with it."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main([*words, "--config", str(filled(tmp_path))]) == 0
    assert terminal.getvalue()
    assert "\x1b" not in terminal.getvalue()


@pytest.mark.parametrize("off", [True, False], ids=["NO_COLOR", "colours"])
def test_a_progress_bar_is_drawn_only_where_escape_sequences_may_be(
    off: bool, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    if off:
        monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.polling(3), rules_common.progress("reading") as step:
        step()
    assert ("\x1b" in terminal.getvalue()) is not off


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hits", "--regulatr", "cma"], 'regwatch hits: there is no option --regulatr; did you mean "--regulator"?'),
        (["hits", "--min_amount=1bn"], 'did you mean "--min-amount"?'),
        (["deadlines", "list", "--mater", "1"], 'regwatch deadlines list: there is no option --mater; did you mean "--matter"?'),
        (["hits", "--zzz"], "there is no option --zzz. See: regwatch hits --help"),
        (["hits", "--regulator", ""], "--regulator: is empty"),
        (["hits", "--since", " "], "--since: is empty"),
        (["matters", "--regulator", ""], "is empty"),
        (["deadlines", "list", "--matter", ","], "--matter: is empty"),
        (["silence", "add", "--rule", "", "--for", "7d", "--reason", "x"], "--rule: is empty"),
        (["hits", "show", "abc"], "hits show abc: not the ID of a hit"),
        (["hits", "export", "12", "x", "-o", "p.zip"], "hits export x: not the ID of a hit"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_slip_on_the_command_line_is_answered_in_one_line_with_code_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


def test_words_that_begin_with_show_can_be_searched_for_as_a_phrase(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The advice of the complaint works."""
    assert main(["hits", '"show abc"', "--config", str(filled(tmp_path))]) == 0
    assert "No hits" in capsys.readouterr().err


def test_a_pipe_gets_plain_columns() -> None:
    out = io.StringIO()
    write_rows([ROW], ("on", "matter"), "table", out)
    assert out.getvalue() == "on          matter\n2026-04-28  cma:microsoft+openai\n"
