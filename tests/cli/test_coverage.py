"""`regwatch coverage` says when we could see."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.unit.history.fill import RULES, filled

PERIOD = ("--since", "2024-03-01T08:00", "--until", "2024-03-05T08:00")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(filled(tmp_path_factory.mktemp("past")))


def said(settings: str, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["coverage", *PERIOD, *words, "--config", settings]) == code
    return capsys.readouterr().out


def test_the_blindest_feed_comes_first_with_its_reasons(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gap of the wire, three days long."""
    lines = said(settings, capsys).splitlines()
    assert lines[1].split()[:4] == ["wire", "25:00", "71:00", "71:00"]
    assert "gap 71:00" in lines[1]


def test_json_holds_seconds_and_intervals(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The parts make up the whole period."""
    found = json.loads(said(settings, capsys, "--format", "json"))
    whole = 4 * 24 * 3600
    assert [f["watched_seconds"] + f["blind_seconds"] for f in found["feeds"]] == [whole, whole]


def test_the_memo_counts_hits_on_a_subject(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No hit on the FTC, two feeds, blind for so long."""
    found = said(settings, capsys, "--regulator", "ftc", "--company", "openai")
    assert (
        "No hit on FTC and OpenAI between 1 Mar 2024 08:00 and 5 Mar 2024 08:00 UTC; 2 feeds watched" in found
    )


def test_the_memo_names_the_last_hit(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Words of an article count as well."""
    assert '1 hit on "merger inquiry"' in said(settings, capsys, "--about", "merger inquiry")


@pytest.mark.parametrize(("limit", "code"), [("72h", 0), ("1h", 1), ("0", 1)])
def test_too_much_blindness_is_exit_code_1(
    settings: str, capsys: pytest.CaptureFixture[str], limit: str, code: int
) -> None:
    """Fit for a monitor."""
    said(settings, capsys, "--feed", "wire", "--max-blind", limit, code=code)


@pytest.mark.parametrize(
    "words",
    [("--max-blind", "long"), ("--feed", "wirre"), ("--since", "never"), ("--until", "2020")],
    ids=" ".join,
)
def test_words_that_mean_nothing_are_bad_usage(settings: str, words: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert main(["coverage", *words, "--config", settings]) == 2


def test_markdown_is_a_sentence_and_a_table(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """To be pasted into a memo."""
    lines = said(settings, capsys, "--format", "md").splitlines()
    assert lines[0].startswith("**4 hits between")
    assert lines[4].startswith("| feed |")


@pytest.mark.parametrize("word", [("--company", "opneai"), ("--regulator", "ce")])
def test_nothing_is_said_of_a_name_that_nobody_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: tuple[str, str]
) -> None:
    """A memo that says "No hit on Opneai" would be true and worthless."""
    settings = str(filled(tmp_path))
    shutil.copytree(RULES / "lexicon", tmp_path / "rules/lexicon")
    assert main(["coverage", *PERIOD, *word, "--format", "md", "--config", settings]) == 2
    said = capsys.readouterr()
    assert "there is no such" in said.err
    assert "No hit" not in said.out
