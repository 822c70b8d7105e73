"""`regwatch digest` writes the brief of a period, or puts it into the outbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.drawing import moment_of
from bot.cli.main import main
from bot.errors import UsageError
from storage.reader import open_reader
from tests.unit.history.fill import KEY, filled

PERIOD = ("--since", "2024-03-02 06:00", "--until", "2024-03-06 18:00")
TUESDAY = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> str:
    return str(filled(tmp_path))


def test_the_brief_tells_what_moved(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In Markdown, with the authority's own note."""
    assert main(["digest", *PERIOD, "--config", settings]) == 0
    said = capsys.readouterr().out
    assert said.startswith("# Brief: 2 Mar 2024 06:00 to 6 Mar 2024 18:00 (UTC)\n")
    assert "  - 4 Mar 2024 confirmed (inquiry): Invitation to comment opened" in said
    assert "1 article hidden by silences." in said


def test_json_has_the_steps_of_each_matter(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And how many articles spoke of it."""
    assert main(["digest", *PERIOD, "--format", "json", "--config", settings]) == 0
    first = json.loads(capsys.readouterr().out)["moved"][0]
    assert (first["matter"], [s["reason"] for s in first["steps"]]) == (KEY, ["opened", "confirmed"])


def test_post_writes_a_brief_to_the_outbox_once(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The same period again is not posted again."""
    words = ["digest", *PERIOD, "--post", "--channel", "#brief", "--config", settings]
    assert main(words) == 0
    assert main(words) == 0
    assert "already" in capsys.readouterr().out
    with open_reader(Path(settings).parent / "watch.db") as reader:
        (row,) = reader.deliveries(destination="#brief")
    assert row.reason == "digest"
    assert "Amazon/Anthropic" in row.message.text


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("fri 18:00", "UTC", "2026-03-27T18:00:00+00:00"),
        ("tuesday 08:00", "UTC", "2026-03-31T08:00:00+00:00"),
        ("tuesday 18:00", "UTC", "2026-03-24T18:00:00+00:00"),
        ("fri 18:00", "Europe/London", "2026-03-27T18:00:00+00:00"),
        ("mon 18:00", "Europe/London", "2026-03-30T17:00:00+00:00"),
        ("yesterday 06:30", "America/New_York", "2026-03-30T10:30:00+00:00"),
        ("2026-03-01 12:00", "Europe/Paris", "2026-03-01T11:00:00+00:00"),
        ("2026-03-01T12:00", "Europe/Paris", "2026-03-01T12:00:00+00:00"),
    ],
    ids=lambda value: str(value).replace("/", "-"),
)
def test_a_day_with_a_time_is_read_where_the_clock_hangs(text: str, zone: str, moment: str) -> None:
    """The last such moment that has passed, right across a change of the clocks."""
    assert moment_of(text, TUESDAY, "--since", zone=zone).astimezone(UTC).isoformat() == moment


@pytest.mark.parametrize("text", ["fri 25:00", "someday 18:00"])
def test_a_time_that_is_none_is_bad_usage(text: str) -> None:
    """With the option's name."""
    with pytest.raises(UsageError, match="--since"):
        moment_of(text, TUESDAY, "--since")
