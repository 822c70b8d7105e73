"""`regwatch matters` lists matters and draws the life of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.unit.history.fill import DEAL, KEY, filled


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(filled(tmp_path_factory.mktemp("past")))


def said(settings: str, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words, "--config", settings]) == 0
    return capsys.readouterr().out


def rows(settings: str, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(said(settings, capsys, *words, "--format", "json"))
    return found


@pytest.mark.parametrize("words", [("matters",), ("matters", "list")], ids=["bare", "list"])
def test_matters_are_listed_the_last_moved_first(
    settings: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """With or without the word `list`."""
    assert [row["key"] for row in rows(settings, capsys, *words)] == [KEY, DEAL]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("--authority", "cma"), [KEY]),
        (("--regulator", "cma"), [KEY]),
        (("--authority", "none"), [DEAL]),
        (("--stage", "inquiry+"), [KEY]),
        (("--stage", "decision+"), []),
        (("--company", "anthropic"), [KEY, DEAL]),
        (("--company", "openai"), []),
        (("--since", "2024-03-03"), [KEY]),
    ],
    ids=" ".join,
)
def test_filters_narrow_the_list(
    settings: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], keys: list[str]
) -> None:
    """Each by what it says."""
    assert [row["key"] for row in rows(settings, capsys, "matters", *words)] == keys


def test_a_company_of_no_matter_is_told(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error must not read as "there is none"."""
    assert main(["matters", "--company", "antropic", "--config", settings]) == 0
    assert 'No matter at all has the company antropic; did you mean "anthropic"?' in capsys.readouterr().err


def test_an_option_before_the_action_counts(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`matters --authority cma list` is `matters list --authority cma`."""
    assert [row["key"] for row in rows(settings, capsys, "matters", "--authority", "cma", "list")] == [KEY]


@pytest.mark.parametrize("name", ["1", KEY], ids=["number", "key"])
def test_show_finds_a_matter_by_number_and_by_key(
    settings: str, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Both stand in the list."""
    life = json.loads(said(settings, capsys, "matters", "show", name, "--format", "json"))
    assert life["key"] == KEY


def test_the_timeline_tells_steps_sources_and_why(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What the press said first, what the authority confirmed and how much later, and what is linked."""
    drawn = said(settings, capsys, "matters", "show", KEY)
    for words in (
        "opened · inquiry (unconfirmed)",
        "confirmed by the authority · inquiry",
        "Invitation to comment opened",
        "confirmed by CMA, 2 d after the press",
        "due: phase 1 decision",
        "The Wire: told; CMA on Amazon / Anthropic",
        DEAL,
    ):
        assert words in drawn


def test_what_feeds_say_cannot_steer_the_terminal(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No escape and no direction-changing character comes through, and off a terminal no colour either."""
    drawn = said(settings, capsys, "matters", "show", KEY)
    assert "Evil" in drawn
    assert not {"\x1b", "\u202e"} & set(drawn)


def test_markdown_keeps_a_title_a_title(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets and pipes of a title are escaped."""
    drawn = said(settings, capsys, "matters", "show", KEY, "--format", "md")
    assert r"\<script\>" in drawn
    assert r"\| \[x\]" in drawn


def test_an_unknown_matter_is_bad_usage_with_a_hint(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line that names the nearest, exit code 2."""
    assert main(["matters", "show", "cma:amazon+antropic", "--config", settings]) == 2
    assert f'did you mean "{KEY}"' in capsys.readouterr().err


@pytest.mark.parametrize("words", [("matters",), ("matters", "list"), ("matters", "show", "1")], ids=" ".join)
def test_the_settings_of_this_folder_hold_without_a_word(
    settings: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """`regwatch.yaml` here, for every action."""
    monkeypatch.chdir(Path(settings).parent)
    assert main(list(words)) == 0


def test_a_missing_database_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says how to get one, exit code 1."""
    file = tmp_path / "regwatch.yaml"
    file.write_text(f"database: sqlite:///{tmp_path / 'none.db'}\n", encoding="utf-8")
    assert main(["matters", "--config", str(file)]) == 1
    assert "there is no database" in capsys.readouterr().err
