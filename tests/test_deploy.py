"""The unit and the compose file: which ways of handing over the secrets start the bot."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from bot.alerts.ways import WEBHOOK, home_of, slips
from bot.cli.main import main
from bot.config_file import load_settings
from bot.secrets import load_secrets

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
UNIT = (DEPLOY / "regwatch.service").read_text(encoding="utf-8")
EXAMPLE = (DEPLOY / "env.example").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
WEBHOOK_URL = "https://hooks.slack.com/services/T0/B0/x"
CHANNEL = {"REGWATCH_SLACK__CHANNEL": "#antitrust"}

Capture = pytest.CaptureFixture[str]


def of_unit(key: str) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", UNIT)


def started(home: Path, env_file: Mapping[str, str], token: str | None = None) -> dict[str, str]:
    """Return the environment in which systemd starts the unit, with credentials and settings below `home`."""
    stated = dict(line.split("=", 1) for line in of_unit("Environment"))
    default = dict(line.split(":", 1) for line in of_unit("SetCredential"))
    for name, path in (line.split(":", 1) for line in of_unit("LoadCredential")):
        assert path.startswith("/etc/regwatch/")
        content = default[name].encode().decode("unicode_escape") if token is None else token
        (home / name).write_text(content, encoding="utf-8")
        (home / name).chmod(0o400)
    stated = {
        key: text.replace("%d", str(home)).replace("/etc/regwatch", str(home)) for key, text in stated.items()
    }
    return {**stated, **env_file}


@pytest.mark.parametrize(
    ("env_file", "token", "to"),
    [
        ({**CHANNEL}, "xoxb-1-2\n", "#antitrust"),
        ({**CHANNEL, "SLACK_BOT_TOKEN": "xoxb-1-2"}, None, "#antitrust"),
        ({"SLACK_WEBHOOK_URL": WEBHOOK_URL}, None, WEBHOOK),
    ],
    ids=["token-file", "token-in-env", "webhook-in-env"],
)
def test_the_unit_starts_with(tmp_path: Path, env_file: dict[str, str], token: str | None, to: str) -> None:
    """The token's file, or the environment file alone; neither is complained of."""
    (tmp_path / "regwatch.yaml").write_text("", encoding="utf-8")
    environ = started(tmp_path, env_file, token)
    settings, secrets = load_settings(None, environ), load_secrets(environ)
    assert settings.file == tmp_path / "regwatch.yaml"
    assert home_of(settings.slack, secrets) == to
    assert slips(settings.slack, secrets) == ()


def test_the_unit_starts_without_a_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """The environment file is all there is; the database is made where the unit may write."""
    monkeypatch.chdir(tmp_path)
    env_file = {**CHANNEL, "SLACK_BOT_TOKEN": "xoxb-1-2", "REGWATCH_CONFIG": ""}
    for name, text in started(tmp_path, env_file).items():
        monkeypatch.setenv(name, text)
    assert of_unit("ExecStart") == ["/opt/regwatch/bin/regwatch run"]
    assert main(["doctor", "--offline", "--format", "json"]) == 0
    said = {row["what"]: row["detail"] for row in json.loads(capsys.readouterr().out)}
    assert said["database"] == f"{tmp_path}/regwatch.db will be made by the first run"
    assert of_unit("WorkingDirectory") == ["/var/lib/regwatch"]


def test_the_example_of_an_environment_file_names_no_variable_that_nothing_reads() -> None:
    given = dict(line[1:].split("=", 1) for line in EXAMPLE.splitlines() if re.match(r"#[A-Z_]+=", line))
    assert len(given) > 5
    assert load_settings(None, given).warnings == ()


@pytest.mark.parametrize(
    ("shell", "token", "to"),
    [
        ({"REGWATCH_CHANNEL": "#antitrust"}, "xoxb-1-2", "#antitrust"),
        ({"SLACK_WEBHOOK_URL": WEBHOOK_URL}, "", WEBHOOK),
    ],
    ids=["token", "webhook"],
)
def test_the_container_starts_with(tmp_path: Path, shell: dict[str, str], token: str, to: str) -> None:
    """A token in its file, or a webhook beside an empty one; neither is complained of."""
    (tmp_path / "slack_bot_token").write_text(token, encoding="utf-8")
    (tmp_path / "slack_bot_token").chmod(0o600)
    environ = {
        key: re.sub(r"\$\{(\w+):-(.*?)\}", lambda found: shell.get(found[1]) or found[2], text).replace(
            "/run/secrets", str(tmp_path)
        )
        for key, text in COMPOSE["services"]["regwatch"]["environment"].items()
    }
    settings, secrets = load_settings(None, environ), load_secrets(environ)
    assert home_of(settings.slack, secrets) == to
    assert slips(settings.slack, secrets) == ()
