"""`regwatch silence` pauses alerts, ends pauses, and says what they hid."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.unit.history.fill import KEY, filled


@pytest.fixture
def settings(tmp_path: Path) -> str:
    return str(filled(tmp_path))


def run(settings: str, *words: str) -> int:
    return main(["silence", *words, "--config", settings])


def listed(settings: str, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run(settings, "list", "--format", "json", *words) == 0
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return rows


def test_a_silence_is_added_listed_and_ended(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By the number of its matter; the past one does not show."""
    assert run(settings, "add", "--matter", "1", "--for", "7d", "--reason", "we act", "--author", "Eve") == 0
    (row,) = listed(settings, capsys)
    assert (row["matter"], row["author"], row["reason"], row["all"]) == (KEY, "Eve", "we act", False)
    assert run(settings, "remove", str(row["id"])) == 0
    assert listed(settings, capsys) == []
    assert [r["state"] for r in listed(settings, capsys, "--past")] == ["over", "over"]


def test_all_is_kept(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It lets nothing through."""
    assert run(settings, "add", "--feed", "wire", "--for", "2h", "--reason", "x", "--all") == 0
    assert listed(settings, capsys)[0]["all"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--feed", "wire", "--for", "31d", "--reason", "x"), "30 days at most"),
        (("--feed", "wire", "--for", "1d", "--reason", " "), "needs a reason"),
        (("--feed", "wire", "--for", "long", "--reason", "x"), "not a length of time"),
        (("--for", "1d", "--reason", "x"), "say what to silence"),
        (("--feed", "wirre", "--for", "1d", "--reason", "x"), 'did you mean "wire"'),
        (("--matter", "cma:amazon", "--for", "1d", "--reason", "x"), "there is none"),
    ],
    ids=["too long", "no reason", "no length", "nothing", "unknown feed", "unknown matter"],
)
def test_what_cannot_be_silenced_is_bad_usage(
    settings: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    """Exit code 2, one line, and nothing is written."""
    assert run(settings, "add", *words) == 2
    assert said in capsys.readouterr().err
    assert listed(settings, capsys) == []


@pytest.mark.parametrize(
    ("option", "word"), [("--company", "openia"), ("--rule", "cma-tied"), ("--regulator", "ccma")]
)
def test_a_name_that_no_rule_knows_is_refused(tmp_path: Path, option: str, word: str) -> None:
    """Such a silence would hide nothing."""
    settings = str(filled(tmp_path, lexicon=True))
    assert run(settings, "add", option, word, "--for", "1d", "--reason", "x") == 2


def test_ending_what_is_over_is_exit_code_1(settings: str) -> None:
    """The first silence of the past has run out."""
    assert run(settings, "remove", "1") == 1


def test_the_report_names_what_was_hidden(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The article, under the silence that hid it."""
    assert run(settings, "report", "--format", "json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert [hidden["title"] for hidden in row["articles"]] == ["Title of silenced"]
    assert run(settings, "report") == 0
    assert "It hid 1 article." in capsys.readouterr().out


def test_no_database_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And none is made."""
    file = tmp_path / "regwatch.yaml"
    file.write_text(f"database: sqlite:///{tmp_path / 'none.db'}\n", encoding="utf-8")
    assert (
        main(["silence", "add", "--regulator", "cma", "--for", "1d", "--reason", "x", "--config", str(file)])
        == 1
    )
    assert "there is no database" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()
