"""`regwatch db`: upgrade, backup, check, prune."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import db
from storage.errors import AlreadyRunning, StorageError
from storage.lock import single_instance
from tests.unit.storage.make import NOW, a_store, hit, new, poll, save

Run = Callable[..., int]


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{tmp_path / 'watch.db'}")
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit()), new("a2", body="old words")))

    def run(*words: str) -> int:
        parser = argparse.ArgumentParser()
        db.register(parser.add_subparsers())
        args = parser.parse_args(["db", *words])
        code: int = args.handler(args)
        return code

    return run


def test_a_check_of_a_sound_database_is_fine(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    assert "PROBLEM" not in capsys.readouterr().out


def test_a_check_that_finds_something_ends_with_1(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "watch.db", isolation_level=None)) as raw:
        raw.execute("UPDATE hits SET level = 'low'")
    assert run("check") == 1
    assert "hit 1 was changed" in capsys.readouterr().out


def test_a_database_that_cannot_be_written_is_checked_in_a_copy(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup on a read-only share; the search index too, which SQLite checks for writers alone."""
    monkeypatch.setattr("os.access", lambda *_: False)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert run("check") == 0
    said = capsys.readouterr()
    assert said.out.count(" ok (") == 4
    assert "a copy of it was checked" in said.err
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE hits SET level = 'low'", "hit 1 was changed"),
        ("INSERT INTO search_hits (search_hits) VALUES ('delete-all')", "search_hits lacks 1 texts"),
        ("UPDATE search_hits_data SET block = x'00' WHERE id > 100", "search_hits is damaged"),
    ],
    ids=["hit", "index-lost", "index-damaged"],
)
def test_a_copy_shows_the_same_harm(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], harm: str, said: str
) -> None:
    with closing(sqlite3.connect("watch.db", isolation_level=None)) as raw:
        raw.execute(harm)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert run("check") == 1
    assert said in capsys.readouterr().out


def test_a_lost_search_index_is_built_anew(run: Run, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "watch.db", isolation_level=None)) as raw:
        raw.execute("INSERT INTO search_hits (search_hits) VALUES ('delete-all')")
    assert run("check") == 1
    assert run("check", "--rebuild") == 0


def test_a_backup_goes_where_it_is_told(run: Run, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy.db")) == 0
    assert (tmp_path / "copy.db").stat().st_size > 0
    assert run("backup") == 0
    assert len(list(tmp_path.glob("watch-*.bak"))) == 1
    with pytest.raises(StorageError, match="exists already"):
        run("backup", str(tmp_path / "copy.db"))


def test_an_upgrade_waits_until_the_bot_has_stopped(run: Run, tmp_path: Path) -> None:
    assert run("upgrade") == 0
    with single_instance(tmp_path / "watch.db", NOW), pytest.raises(AlreadyRunning):
        run("upgrade")


def test_a_dry_run_of_prune_says_what_would_go(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("prune", "--dry-run") == 0
    assert "Would empty" in capsys.readouterr().out


def test_without_an_action_the_help_is_shown_and_the_usage_is_bad(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 2
    assert "ACTION" in capsys.readouterr().err


def test_a_missing_database_is_said_plainly(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{tmp_path / 'none.db'}")
    for action in ("upgrade", "backup", "check", "prune"):
        with pytest.raises(StorageError, match="there is no database"):
            run(action)


def test_a_backup_into_a_folder_that_is_not_there_asks_for_a_folder(run: Run, tmp_path: Path) -> None:
    """Not for disk space, of which there is enough."""
    with pytest.raises(StorageError, match="Name a folder that is there"):
        run("backup", str(tmp_path / "none" / "b.db"))
