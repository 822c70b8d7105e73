"""Settings come from the file, then from the environment; everything wrong is said at once."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.config import Settings
from bot.config_file import load_settings
from bot.errors import InvalidFiles
from storage.words import Level, Tier


def settings_from(tmp_path: Path, text: str, **environ: str) -> Settings:
    file = tmp_path / "regwatch.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ)


def test_every_key_has_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With neither file nor variables there are settings that work."""
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {})
    assert settings.database == f"sqlite:///{tmp_path / 'regwatch.db'}"
    assert settings.network.min_interval == timedelta(minutes=5)


def test_paths_start_from_the_settings_file(tmp_path: Path) -> None:
    """`rules` and `database` are relative to the file that names them, not to where the command runs."""
    settings = settings_from(tmp_path, "database: sqlite:///x.db\nrules: mine\n")
    assert settings.database == f"sqlite:///{tmp_path / 'x.db'}"
    assert settings.rules == tmp_path / "mine"


def test_a_variable_overrides_the_file(tmp_path: Path) -> None:
    """`REGWATCH_SLACK__API_URL` is `slack.api_url`, and wins."""
    text = "slack: {api_url: 'https://one.example/api/', channel: '#a'}"
    settings = settings_from(tmp_path, text, REGWATCH_SLACK__API_URL="http://127.0.0.1:9/api")
    assert settings.slack.api_url == "http://127.0.0.1:9/api/"
    assert settings.slack.channel == "#a"


@pytest.mark.parametrize(
    "value",
    ["127.0.0.1:80, [::1]:81", '["127.0.0.1:80", "[::1]:81"]'],
    ids=["commas", "brackets"],
)
def test_a_list_in_a_variable(tmp_path: Path, value: str) -> None:
    """Lists are written with commas or in brackets."""
    settings = settings_from(tmp_path, "", REGWATCH_NETWORK__PRIVATE_HOSTS=value)
    assert settings.network.private_hosts == ("127.0.0.1:80", "[::1]:81")


def test_a_route_to_an_empty_name_is_refused(tmp_path: Path) -> None:
    """It is not dropped in silence."""
    with pytest.raises(InvalidFiles, match="a route without `to`"):
        settings_from(tmp_path, "slack: {routes: [{to: '', regulator: cma}]}\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("slack:\n  channel: #watch\n", "2:11"),
        ("slack:\n  ops_channel: #watch\n", "2:15"),
        ("slack:\n  routes:\n    - to: #watch\n", "3:10"),
        ("digest:\n  channel: #watch\n", "2:11"),
    ],
)
def test_a_hash_without_quotes_is_told_as_the_comment_that_it_is(
    tmp_path: Path, text: str, place: str
) -> None:
    """YAML reads nothing there; that alone would help nobody."""
    with pytest.raises(InvalidFiles) as caught:
        settings_from(tmp_path, text)
    (problem,) = caught.value.problems
    assert f"regwatch.yaml:{place}: nothing as" in str(problem)
    assert 'starts a comment: write "#name"' in problem.hint


def test_a_channel_with_a_hash_in_a_variable_is_no_comment(tmp_path: Path) -> None:
    """`REGWATCH_SLACK__CHANNEL=#watch` is the channel #watch."""
    assert settings_from(tmp_path, "", REGWATCH_SLACK__CHANNEL="#watch").slack.channel == "#watch"


def test_every_problem_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    """Three mistakes make three problems, each with line and column, and a suggestion where one is near."""
    text = "slak: {}\nnetwork: {workers: many}\nmax_age: {press: soon}\n"
    with pytest.raises(InvalidFiles) as caught:
        settings_from(tmp_path, text)
    lines = [(p.at.line, p.at.column) for p in caught.value.problems]
    assert lines == [(1, 1), (2, 20), (3, 18)]
    assert 'did you mean "slack"?' in str(caught.value)


def test_an_unknown_key_of_a_section_is_told_once(tmp_path: Path) -> None:
    """A mistyped key in a section is one problem, not several."""
    with pytest.raises(InvalidFiles) as caught:
        settings_from(tmp_path, "burst: {mesages: 3}\n")
    assert len(caught.value.problems) == 1


def test_an_unknown_variable_is_a_warning(tmp_path: Path) -> None:
    """A variable of another version does not stop the bot, but it is said."""
    settings = settings_from(tmp_path, "", REGWATCH_SLACK__CHANEL="#x")
    assert settings.warnings == (
        'REGWATCH_SLACK__CHANEL: no such setting, ignored. did you mean "REGWATCH_SLACK__CHANNEL"?',
    )


def test_routes_and_times_are_read(tmp_path: Path) -> None:
    """Routes, quiet hours, digest and ages arrive as typed values."""
    text = """
slack: {routes: [{to: "#cma", regulator: [cma, ec], level: high, kind: signal, stop: true}]}
quiet_hours: {zone: Europe/Paris, from: "21:30", to: "06:00"}
digest: {day: daily, at: "08:15"}
max_age: {official: 60d}
burst: {messages: 3, window: 1h}
"""
    settings = settings_from(tmp_path, text)
    route = settings.slack.routes[0]
    assert (route.to, route.regulators, route.level, route.stop) == ("#cma", ("cma", "ec"), Level.HIGH, True)
    assert settings.quiet_hours is not None
    assert (settings.quiet_hours.start, settings.quiet_hours.zone) == (time(21, 30), "Europe/Paris")
    assert settings.digest is not None
    assert settings.digest.day is None
    assert settings.max_age[Tier.OFFICIAL] == timedelta(days=60)
    assert settings.max_age[Tier.PRESS] == timedelta(days=7)
    assert (settings.burst, settings.burst_window) == (3, timedelta(hours=1))


@pytest.mark.parametrize(
    "text",
    [
        "database: postgres://x",
        "slack: {api_url: 'file:///etc/passwd'}",
        "quiet_hours: {zone: Mars/Base}",
        "slack: {routes: [{kind: signal}]}",
        "quiet_hours: {from: '25:00'}",
        "network: [1]",
        "just words",
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str) -> None:
    """Bad values are refused with a place, never replaced in silence."""
    with pytest.raises(InvalidFiles) as caught:
        settings_from(tmp_path, text)
    assert caught.value.problems[0].at.line == 1


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    """Compose files hand on what nobody set as an empty text."""
    settings = settings_from(tmp_path, "slack: {ops_channel: '#ops'}", REGWATCH_SLACK__OPS_CHANNEL="")
    assert settings.slack.ops_channel == "#ops"
