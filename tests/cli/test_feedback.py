"""`regwatch feedback`: what the buttons say, said on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.unit.storage.make import a_store, hit, new, poll, save

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit()), new("a2", hit())))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{tmp_path / 'watch.db'}")


def listed(capsys: Capture, *words: str) -> list[tuple[int, str, str, str]]:
    capsys.readouterr()
    assert main(["feedback", "list", "--format", "json", *words]) == 0
    rows = json.loads(capsys.readouterr().out)
    return sorted((row["hit"], row["mark"], row["author"], row["note"]) for row in rows)


def test_a_mark_is_kept_with_who_and_why(capsys: Capture) -> None:
    assert main(["feedback", "1", "--not-relevant", "--author", "nina", "--note", "the awards"]) == 0
    assert listed(capsys) == [(1, "not-relevant", "nina", "the awards")]


@pytest.mark.parametrize(
    ("flag", "mark"),
    [("--relevant", "relevant"), ("--not-relevant", "not-relevant"), ("--acknowledge", "acknowledged")],
)
def test_the_marks_are_those_of_the_buttons(flag: str, mark: str, capsys: Capture) -> None:
    main(["feedback", "1", flag, "--author", "x"])
    assert listed(capsys) == [(1, mark, "x", "")]


def test_several_hits_are_marked_at_once_or_not_at_all(capsys: Capture) -> None:
    assert main(["feedback", "1", "99", "--relevant"]) == 2
    assert "there is no hit 99" in capsys.readouterr().err
    assert listed(capsys) == []
    assert main(["feedback", "1", "2", "2", "--relevant", "--author", "x"]) == 0
    assert [row[0] for row in listed(capsys)] == [1, 2]


def test_saying_it_again_changes_the_note_alone(capsys: Capture) -> None:
    main(["feedback", "1", "--relevant", "--author", "x", "--note", "a"])
    main(["feedback", "1", "--relevant", "--author", "x", "--note", "b"])
    assert listed(capsys) == [(1, "relevant", "x", "b")]


def test_the_list_can_be_narrowed(capsys: Capture) -> None:
    main(["feedback", "1", "--relevant", "--author", "x"])
    main(["feedback", "2", "--acknowledge", "--author", "y"])
    assert [row[0] for row in listed(capsys, "--mark", "relevant")] == [1]
    assert [row[0] for row in listed(capsys, "--author", "y")] == [2]


def test_a_hit_shows_what_was_said_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """In `hits show`."""
    main(["feedback", "1", "--relevant", "--author", "x"])
    capsys.readouterr()
    assert main(["hits", "show", "1"]) == 0
    assert "x: relevant" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["x", "--relevant"], "is no hit's number"),
        (["0", "--relevant"], "is no hit's number"),
        (["99999999999999999999", "--relevant"], "is no hit's number"),
        (["1"], "say which"),
        (["list", "--relevant"], "feedback list takes"),
        (["1", "--relevant", "--note", "x" * 2001], "2000 characters"),
    ],
    ids=["word", "zero", "huge", "no-mark", "list-with-mark", "long-note"],
)
def test_what_makes_no_sense_is_bad_usage(words: list[str], said: str, capsys: Capture) -> None:
    assert main(["feedback", *words]) == 2
    assert said in capsys.readouterr().err


def test_no_feedback_is_said_away_from_scripts(capsys: Capture) -> None:
    assert main(["feedback", "list"]) == 0
    assert capsys.readouterr() == ("", "No feedback yet.\n")
