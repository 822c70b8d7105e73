"""`regwatch deadlines` lists what is due and writes it as a calendar."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.main import main
from storage.records import Deadline, NewStep, Step
from storage.words import Stage
from tests.unit.storage.make import MATTER, a_store, hit, matter, new, poll, save

# Far ahead, so that the machine's own clock never overtakes the test.
FUTURE = datetime(2999, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A database with one due date, and the settings that name it."""
    due = Deadline(on=date(2999, 4, 28), what="comments")
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit(deadlines=(due,))), at=FUTURE, matters=(matter(),)))
    file = tmp_path / "regwatch.yaml"
    file.write_text(f"database: sqlite:///{tmp_path / 'watch.db'}\n", encoding="utf-8")
    return file


def test_the_list_gives_day_basis_and_matter(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, one object a date."""
    assert main(["deadlines", "list", "--config", str(settings), "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["on"], row["what"], row["basis"], row["matter"]) == (
        "2999-04-28",
        "comments",
        "stated",
        MATTER,
    )


def test_another_authoritys_list_is_empty(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The filter holds, and an empty list is no failure."""
    assert main(["deadlines", "list", "--config", str(settings), "--regulator", "ftc"]) == 0
    assert "nothing is due" in capsys.readouterr().err


def test_the_export_writes_a_calendar(settings: Path, tmp_path: Path) -> None:
    """The file holds the event, lines ended as RFC 5545 asks."""
    target = tmp_path / "due.ics"
    assert main(["deadlines", "export", "--config", str(settings), "--ics", str(target)]) == 0
    assert b"DTSTART;VALUE=DATE:29990428\r\n" in target.read_bytes()


def test_a_file_that_cannot_be_written_is_said_plainly(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the place, exit code 1."""
    missing = tmp_path / "no" / "due.ics"
    assert main(["deadlines", "export", "--config", str(settings), "--ics", str(missing)]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_negative_window_is_bad_usage(settings: Path) -> None:
    """Exit code 2."""
    assert main(["deadlines", "list", "--config", str(settings), "--within", "-3"]) == 2


def _decide(folder: Path) -> None:
    at = FUTURE + timedelta(days=9)
    step = Step(matter=MATTER, stage=Stage.DECISION, reason="advanced", at=at, happened_at=at, confirmed=True)
    made = NewStep(step=step, article_key="guid:a2")
    with a_store(folder) as store:
        save(store, poll(new("a2", title="Phase 1 decision"), at=at, matters=(matter(),), steps=(made,)))


@pytest.fixture
def decided(settings: Path, tmp_path: Path) -> Path:
    """The same database after the authority has decided."""
    _decide(tmp_path)
    return settings


def test_a_date_that_a_decision_has_overtaken_is_left_out(
    decided: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the time to appeal is left."""
    assert main(["deadlines", "list", "--config", str(decided), "--format", "json"]) == 0
    assert [row["what"] for row in json.loads(capsys.readouterr().out)] == ["appeal"]


def test_all_shows_the_overtaken_date_with_its_step(
    decided: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By whom and when."""
    assert main(["deadlines", "list", "--all", "--config", str(decided), "--format", "json"]) == 0
    rows = {row["what"]: row["overtaken_by"] for row in json.loads(capsys.readouterr().out)}
    assert rows == {"appeal": None, "comments": "2999-01-10 decision: Phase 1 decision"}


def test_the_export_cancels_what_an_earlier_one_carried(settings: Path, tmp_path: Path) -> None:
    """The event has the UID that it had."""
    before, after = tmp_path / "before.ics", tmp_path / "after.ics"
    export = ["deadlines", "export", "--config", str(settings), "--ics"]
    assert main([*export, str(before)]) == 0
    (uid,) = re.findall(rb"UID:\S+", before.read_bytes())
    _decide(tmp_path)
    assert main([*export, str(after)]) == 0
    (event,) = [e for e in after.read_bytes().split(b"BEGIN:VEVENT") if uid in e]
    assert b"STATUS:CANCELLED" in event
