"""The entry point: exit codes, one line for every trouble, output that no terminal, pipe or locale breaks."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bot
from bot.cli.main import COMMANDS, main
from bot.cli.usage import _columns
from tests.unit.storage.make import a_store, hit, new, poll, save

Capture = pytest.CaptureFixture[str]
HEAVY = {
    "httpx",
    "feedparser",
    "slack_sdk",
    "apscheduler",
    "sqlalchemy",
    "sqlmodel",
    "rich",
    "ahocorasick_rs",
    "re2",
}
# What a search can do without: these cost more than the search.
NEEDLESS = HEAVY | {
    "yaml",
    "dataclasses",
    "inspect",
    "zoneinfo",
    "bot.config",
    "storage.records",
    "difflib",
    "csv",
    "pathlib",
    "shutil",
    "typing",
    "urllib.parse",
}


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with one hit in `watch.db`, named by the environment."""
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit(), title="Amazon’s Überraschung 🟠 for Anthropic")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{tmp_path / 'watch.db'}")
    return tmp_path


def process(*words: str, code: str = "", **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run regwatch as a process of its own."""
    start = ["-c", code] if code else ["-m", "bot"]
    return subprocess.run(
        [sys.executable, *start, *words],
        env={**os.environ, "PYTHONPATH": str(Path(bot.__file__).parent.parent), **environ},
        capture_output=True,
        check=False,
    )


def loaded(*words: str) -> set[str]:
    """Return the modules that a command has loaded by its end, and a bare interpreter has not."""
    code = (
        "import sys; bare = set(sys.modules); from bot.cli.main import main; main(sys.argv[1:]); "
        "print('\\n' + ' '.join(set(sys.modules) - bare))"
    )
    return set(process(*words, code=code).stdout.decode().splitlines()[-1].split())


def test_without_a_command_the_help_is_shown_and_the_usage_is_bad(capsys: Capture) -> None:
    assert main([]) == 2
    assert "demo" in capsys.readouterr().err


def test_help_and_version_are_fine(capsys: Capture) -> None:
    assert main(["--help"]) == 0
    assert main(["--version"]) == 0
    assert bot.__version__ in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str, capsys: Capture) -> None:
    """Nobody has to guess how a command is meant."""
    assert main([command, "--help"]) == 0
    assert "examples:" in capsys.readouterr().out


def test_every_action_of_a_command_has_examples_too() -> None:
    """`regwatch db backup --help` shows one line to copy."""
    commands = argparse.ArgumentParser().add_subparsers()
    for module, _ in COMMANDS.values():
        importlib.import_module(module).register(commands)
    bare = [
        f"{command} {name}"
        for command, group in commands.choices.items()
        for actions in group._actions
        if isinstance(actions, argparse._SubParsersAction)
        for name, one in actions.choices.items()
        if "regwatch" not in (one.epilog or "")
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hit"], 'regwatch: "hit" is no command; did you mean "hits"?'),
        (["xyzzy"], 'regwatch: "xyzzy" is no command; regwatch --help lists them'),
        (
            ["--config", "x.yaml", "hits"],
            "regwatch: --config goes after the command: regwatch hits --config FILE",
        ),
        (["--bogus"], "regwatch: there is no option --bogus. See: regwatch --help"),
        (
            ["hits", "--limit", "x"],
            "regwatch hits: argument --limit: invalid int value: 'x'. See: regwatch hits --help",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_is_one_line_with_what_to_do(words: list[str], said: str, capsys: Capture) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.splitlines() == [said]


def test_a_misspelt_action_is_answered_with_the_near_one(capsys: Capture) -> None:
    assert main(["rules", "lnt"]) == 2
    assert 'did you mean "lint"?' in capsys.readouterr().err


@pytest.mark.parametrize("group", ["rules", "feeds", "alerts", "silence", "db", "deadlines", "evidence"])
def test_a_group_without_an_action_shows_its_help(group: str, capsys: Capture) -> None:
    assert main([group]) == 2
    shown = capsys.readouterr()
    assert f"usage: regwatch {group}" in shown.err + shown.out


@pytest.mark.parametrize("command", ["hits", "matters", "coverage", "status", "digest"])
def test_a_missing_database_is_one_line_and_a_failure(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "there is no database" in line
    assert "regwatch run" in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"slack: {chanel: x}", 'did you mean "channel"?'),
        (b"database: postgres://x", "expected sqlite:///FILE"),
        (b"slack: [", "s.yaml:"),
    ],
    ids=["missing", "not-utf-8", "typo", "database", "broken"],
)
def test_an_unusable_settings_file_is_bad_usage(
    content: bytes | None, said: str, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "s.yaml"
    if content is not None:
        file.write_bytes(content)
    assert main(["hits", "--config", str(file)]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_is_no_settings_file(tmp_path: Path, capsys: Capture) -> None:
    assert main(["status", "--config", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err


def test_bytes_that_are_no_utf_8_are_only_words(home: Path, capsys: Capture) -> None:
    assert main(["hits", "--regulator", "\udcff"]) == 0
    assert "No hits" in capsys.readouterr().err


def test_a_reader_who_closes_the_pipe_is_no_trouble(home: Path) -> None:
    """`regwatch … | head -0` ends with 0 and says nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "hits", "--help"], stdout=writing, stderr=-1, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_is_said(home: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "bot", "hits"], stdout=full, stderr=-1, check=False)
    assert done.returncode == 1
    assert done.stderr == b"regwatch: output: No space left on device\n"


@pytest.mark.parametrize("style", ["table", "json", "csv", "md"])
def test_no_locale_breaks_the_output(home: Path, style: str) -> None:
    """What ASCII lacks is escaped; JSON stays JSON."""
    done = process("hits", "--format", style, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b"\\ud83d\\udfe0" in done.stdout
    if style == "json":
        assert json.loads(done.stdout)[0]["title"] == "Amazon’s Überraschung 🟠 for Anthropic"


def test_closed_streams_are_no_trouble(home: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -m bot hits >&- 2>&-"], capture_output=True, check=False
    )
    assert done.returncode == 0


def test_no_colours_away_from_a_terminal(home: Path) -> None:
    assert b"\x1b" not in process("hits", COLORTERM="truecolor").stdout


def test_a_machine_without_a_home_is_enough(home: Path) -> None:
    environ = {"REGWATCH_DATABASE": os.environ["REGWATCH_DATABASE"]}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "hits"], env=environ, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_bug_is_one_line_and_its_trace_is_for_the_asking(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A lawyer is shown a sentence; who wants to help sets REGWATCH_DEBUG."""
    module = "tests.cli.broken_command"
    monkeypatch.setitem(COMMANDS, "broken", (module, "always fails"))
    monkeypatch.setitem(sys.modules, module, _Broken())
    assert main(["broken"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "this is a bug" in line
    assert "ZeroDivisionError" in line
    monkeypatch.setenv("REGWATCH_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["broken"])


class _Broken:
    def register(self, commands: object) -> None:
        raise ZeroDivisionError


def test_the_help_is_as_wide_as_the_terminal_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert _columns() == 72
    monkeypatch.setenv("COLUMNS", "wide")
    assert _columns() > 0


def test_help_loads_nothing_heavy() -> None:
    """`regwatch --help` comes at once."""
    assert not loaded("--help") & NEEDLESS


def test_a_search_loads_nothing_that_it_does_not_need(home: Path) -> None:
    """No settings machinery where there is no settings file; no drawing away from a terminal."""
    assert not loaded("hits", "amazon", "--format", "json") & NEEDLESS


def test_a_search_with_dates_and_words_loads_nothing_that_it_does_not_need(home: Path) -> None:
    assert not loaded("hits", "-rainforest", "--level", "low+", "--since", "2020-01-01") & NEEDLESS


@pytest.mark.parametrize(
    "words", [("hits",), ("matters",), ("silence", "list"), ("alerts", "list")], ids=" ".join
)
def test_an_invalid_settings_file_is_refused_also_where_only_the_database_is_asked_for(
    words: tuple[str, ...], home: Path, capsys: Capture
) -> None:
    (home / "regwatch.yaml").write_text("heartbeet: {url: x}\n", encoding="utf-8")
    assert main(words) == 2
    assert 'unknown key "heartbeet"' in capsys.readouterr().err


def test_a_search_heeds_every_variable_that_is_set(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Only the database's, and empty ones, are read by the short way."""
    monkeypatch.setenv("REGWATCH_NETWORK__WORKERS", "")
    assert main(["hits"]) == 0
    monkeypatch.setenv("REGWATCH_NETWORK__WORKERS", "many")
    assert main(["hits"]) == 2
    assert "REGWATCH_NETWORK__WORKERS" in capsys.readouterr().err


def test_a_database_is_found_whatever_signs_its_name_has(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sign of a file's name is one of the address that SQLite takes."""
    odd = home / "100% a?b#c=%3f&mode=rwc" / "é.db"
    odd.parent.mkdir()
    (home / "watch.db").rename(odd)
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{odd}")
    assert main(["hits"]) == 0
    monkeypatch.chdir(odd.parent)
    monkeypatch.setenv("REGWATCH_DATABASE", "sqlite:///é.db")
    assert main(["hits"]) == 0


def test_a_search_under_variables_alone_reads_no_yaml(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container, whose settings are its environment."""
    monkeypatch.setenv("REGWATCH_SLACK__CHANNEL", "#antitrust")
    needless = {"yaml", "dataclasses", "inspect", "zoneinfo", "storage.records"}
    assert not loaded("hits", "amazon") & (HEAVY | needless)


def test_a_search_under_a_settings_file_loads_nothing_heavy(home: Path) -> None:
    (home / "regwatch.yaml").write_text("database: sqlite:///watch.db\n", encoding="utf-8")
    assert not loaded("hits", "amazon") & (HEAVY | {"dataclasses", "inspect", "zoneinfo", "storage.records"})
