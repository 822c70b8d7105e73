"""`regwatch why URL` ends in one reason."""

from __future__ import annotations

import json

import pytest

from bot.cli.main import main
from tests.unit.history.fill import CASE, PERMALINK, filled


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(filled(tmp_path_factory.mktemp("past"), lexicon=True))


def why(settings: str, capsys: pytest.CaptureFixture[str], url: str, *words: str) -> str:
    assert main(["why", url, *words, "--config", settings]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("rumour", "sent"),
        ("moved", "sent"),
        ("echo", "grouped"),
        ("old", "baseline"),
        ("late", "late"),
        ("shadowed", "shadow"),
        ("silenced", "silenced"),
        ("twin", "duplicate"),
        ("held", "held"),
        ("pending", "pending"),
        ("nothing", "no-match"),
        ("2024/03/04/unseen", "in-gap"),
        ("2024/03/01/unseen", "never-carried"),
        ("unseen", "never-carried"),
    ],
)
def test_every_fate_has_its_reason_in_the_last_line(
    settings: str, capsys: pytest.CaptureFixture[str], name: str, reason: str
) -> None:
    """The link is found with tracking words and another host name."""
    said = why(settings, capsys, f"http://www.news.example/{name}?utm_source=mail")
    assert said.splitlines()[-1] == f"reason: {reason}"


def test_a_sent_link_shows_its_permalink(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """So that the message is one click away."""
    assert PERMALINK in why(settings, capsys, CASE)


def test_no_match_shows_the_first_clause_that_failed(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its place in the rule file."""
    said = why(settings, capsys, "https://news.example/nothing")
    assert "rule cma-tie: 1 of 2 clauses hold; the first that fails:\n    regulator: cma" in said
    assert "cma.yaml:8" in said
    assert "recognised today: regulators none; companies amazon" in said


def test_a_silence_is_named_with_author_end_and_reason(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What hid it, and until when."""
    said = why(settings, capsys, "https://news.example/silenced")
    assert "silenced by Ada until 2024-03-07 08:00 UTC: conference week" in said


def test_json_ends_in_the_reason(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One object; the blind time of the host's feed is there."""
    record = json.loads(
        why(settings, capsys, "https://news.example/x", "--at", "2024-03-04", "--format", "json")
    )
    assert list(record)[-1] == "reason"
    assert record["reason"] == "in-gap"
    assert record["feeds_of_host"][0]["feed"] == "wire"
    assert record["feeds_of_host"][0]["dark"][0]["state"] == "gap"


def test_a_host_that_nobody_watches_is_said(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And how to add a feed."""
    assert "no feed of its host is in feeds.yaml" in why(settings, capsys, "https://other.example/a")


@pytest.mark.parametrize("text", ["javascript:alert(1)", "", "words"], ids=["script", "empty", "words"])
def test_what_is_no_address_is_bad_usage(settings: str, text: str) -> None:
    """Exit code 2."""
    assert main(["why", text, "--config", settings]) == 2
