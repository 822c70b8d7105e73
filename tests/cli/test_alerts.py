"""`regwatch alerts`: lists, retries, and proves the way to Slack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from storage.words import DeliveryState
from tests.clock import FakeClock
from tests.fake_slack import SCOPES, TOKEN, FakeSlack, Fault
from tests.unit.alerts.outboxes import delivery, enqueue, opened

Monkey = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: Monkey) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{tmp_path / 'outbox.db'}")


@pytest.fixture
def stocked(tmp_path: Path) -> None:
    clock = FakeClock()
    with opened(tmp_path) as (store, outbox):
        enqueue(store, clock, [delivery("a"), delivery("b"), delivery("\x1b[31mc", to="ops")])
        first = outbox.claim(clock.now())
        assert first is not None
        outbox.dead(first.id, "invalid_blocks")


def with_slack(slack: FakeSlack, monkeypatch: Monkey) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("REGWATCH_SLACK__CHANNEL", "#alerts")
    monkeypatch.setenv("REGWATCH_SLACK__API_URL", slack.api_url.rstrip("/"))


@pytest.mark.usefixtures("stocked")
def test_list_shows_what_did_not_arrive_and_why(capsys: Capture) -> None:
    """State, destination and error, as JSON for programs."""
    assert main(["alerts", "list", "--state", "dead", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["state"], row["to"], row["error"]) == (1, "dead", "#alerts", "invalid_blocks")
    assert len(row["payload_sha256"]) == 64


@pytest.mark.usefixtures("stocked")
def test_list_is_safe_on_a_terminal(capsys: Capture) -> None:
    """No control byte of a stored text reaches the terminal."""
    assert main(["alerts", "list"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[31mc" in out


@pytest.mark.usefixtures("stocked")
def test_retry_puts_dead_deliveries_back(tmp_path: Path, capsys: Capture) -> None:
    """`--dead` finds them; one that is not there makes the exit code 1."""
    assert main(["alerts", "retry", "--dead"]) == 0
    assert "1 of 1 put back" in capsys.readouterr().out
    with opened(tmp_path) as (_store, outbox):
        assert {d.state for d in outbox.list()} == {DeliveryState.PENDING}
    assert main(["alerts", "retry", "77"]) == 1


@pytest.mark.parametrize(
    "words", [["retry"], ["list", "--state", "lost"], ["list", "--limit", "0"]], ids=" ".join
)
@pytest.mark.usefixtures("stocked")
def test_bad_usage_is_exit_code_two(words: list[str], capsys: Capture) -> None:
    """With one line that says what is expected."""
    assert main(["alerts", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_test_prints_the_permalink(monkeypatch: Monkey, capsys: Capture) -> None:
    """It reads Slack's answer and looks for the message in the history."""
    with FakeSlack() as slack:
        with_slack(slack, monkeypatch)
        assert main(["alerts", "test"]) == 0
        out = capsys.readouterr().out
        (message,) = slack.messages("alerts")
        assert f"https://fake.slack.example/archives/C0ALERTS00/p{message.ts.replace('.', '')}" in out
        assert "history can be read" in out
        assert slack.problems() == []


@pytest.mark.parametrize("scope", ["chat:write", "channels:history"])
def test_test_names_the_missing_scope(scope: str, monkeypatch: Monkey, capsys: Capture) -> None:
    """Whichever is missing, posting or reading, is named, and the exit code is 1."""
    with FakeSlack(scopes=SCOPES - {scope}) as slack:
        with_slack(slack, monkeypatch)
        assert main(["alerts", "test"]) == 1
        assert f"needs the scope {scope}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        ("not_in_channel", "/invite @regwatch"),
        ("channel_not_found", "slack.channel"),
        ("token_revoked", "SLACK_BOT_TOKEN"),
    ],
)
def test_test_says_what_to_do(
    error: str, hint: str, monkeypatch: Monkey, capsys: Capture, caplog: pytest.LogCaptureFixture
) -> None:
    """Never "OK" when it failed, and no bare line of the log beside the words."""
    with FakeSlack() as slack:
        with_slack(slack, monkeypatch)
        slack.script("chat.postMessage", Fault(error=error))
        assert main(["alerts", "test"]) == 1
        out = capsys.readouterr().out
    assert error in out
    assert hint in out
    assert caplog.messages == []


def test_test_works_over_a_webhook(monkeypatch: Monkey, capsys: Capture) -> None:
    """Without a token; the address of the webhook is shown nowhere."""
    with FakeSlack() as slack:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", slack.webhook_url)
        assert main(["alerts", "test"]) == 0
        assert len(slack.messages("webhook")) == 1
    assert "secret-path" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, "no_service"), (404, ""), (410, ""), (410, "channel_is_archived"), (403, "invalid_token")],
)
def test_test_says_that_a_webhook_is_gone(
    status: int, error: str, monkeypatch: Monkey, capsys: Capture
) -> None:
    """A new one is made elsewhere than a channel or a token is mended; its address is shown nowhere."""
    with FakeSlack() as slack:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", slack.webhook_url)
        slack.script("webhook", Fault(status=status, error=error))
        assert main(["alerts", "test"]) == 1
        out = capsys.readouterr().out
    assert (error or f"http_{status}") in out
    assert "make a new one on the app's page, Incoming Webhooks, set SLACK_WEBHOOK_URL" in out
    assert "slack.channel" not in out
    assert "secret-path" not in out


def test_test_without_slack_comes_to_the_terminal(capsys: Capture) -> None:
    """And says what Slack would need."""
    assert main(["alerts", "test"]) == 0
    assert "SLACK_BOT_TOKEN" in capsys.readouterr().out
