"""Secrets come from variables or private files, and never show themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import InvalidFiles
from bot.secrets import load_secrets, misshapen, redacted


def test_a_secret_does_not_show_itself() -> None:
    """Neither repr nor str of the settings holds the token."""
    secrets = load_secrets({"SLACK_BOT_TOKEN": "xoxb-1-2-abc"})
    assert secrets.bot_token.reveal() == "xoxb-1-2-abc"
    assert "abc" not in f"{secrets!r} {secrets.bot_token} {secrets}"


def test_a_secret_is_read_from_a_private_file(tmp_path: Path) -> None:
    """`…_FILE` names a file; the newline at its end is not part of the secret."""
    file = tmp_path / "token"
    file.write_text("xoxb-9\n", encoding="utf-8")
    file.chmod(0o600)
    assert load_secrets({"SLACK_BOT_TOKEN_FILE": str(file)}).bot_token.reveal() == "xoxb-9"


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """The message says how to mend it."""
    file = tmp_path / "token"
    file.write_text("xoxb-9", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(InvalidFiles, match="chmod 600"):
        load_secrets({"SLACK_BOT_TOKEN_FILE": str(file)})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-1-2"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-2"),
        ("SLACK_APP_TOKEN", "xapp-1-A-2"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T0/B0/x"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack-gov.com/services/T0/B0/x"),
        ("SLACK_WEBHOOK_URL", "http://127.0.0.1:9/services/x"),
        ("SLACK_WEBHOOK_URL", "https://10.0.0.1/services/x"),
        ("SLACK_WEBHOOK_URL", "https://relay:8443/services/x"),
    ],
)
def test_a_secret_of_its_own_form_is_not_misshapen(name: str, text: str) -> None:
    """An emulator on this machine needs no TLS."""
    assert misshapen(load_secrets({name: text})) == ()


@pytest.mark.parametrize("host", ["hooks.slack.com", "127.0.0.1.example", "localhost.example", "10.0.0.1"])
def test_a_webhook_in_plain_http_is_misshapen(host: str) -> None:
    """Everybody on the way could read it and post."""
    assert len(misshapen(load_secrets({"SLACK_WEBHOOK_URL": f"http://{host}/x"}))) == 1


@pytest.mark.parametrize("host", ["hook.slack.com", "hooks.slack.com.example", "app.slack.com"])
def test_a_webhook_that_leads_elsewhere_is_named_by_its_host_alone(host: str) -> None:
    """A page's address pasted in its place, or a slip: alerts would go to strangers."""
    (said,) = misshapen(load_secrets({"SLACK_WEBHOOK_URL": f"https://{host}/services/T0/B0/hush"}))
    assert said.startswith(f"SLACK_WEBHOOK_URL leads to {host}, not to hooks.slack.com")
    assert "hush" not in said


def test_a_token_in_the_environment_leaves_the_file_unread(tmp_path: Path) -> None:
    (tmp_path / "token").touch(mode=0o600)
    given = {"SLACK_BOT_TOKEN": "xoxb-9", "SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")}
    assert load_secrets(given).empty == ()


@pytest.mark.parametrize(
    "text",
    ["token xoxb-12-ab in text", "xapp-1-A-2", "https://hooks.slack.com/services/T/B/x"],
)
def test_redaction_masks_slack_secrets(text: str) -> None:
    """Whatever looks like a Slack secret is masked in messages."""
    assert "[secret]" in redacted(text)
    assert "12-ab" not in redacted(text)
