"""`regwatch doctor`: every thing the bot needs, and what to do about each."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.cli.main import main
from storage.lock import single_instance
from storage.outbox import Outbox
from tests.unit.storage.make import NOW, a_store, delivery, enqueue

Capture = pytest.CaptureFixture[str]


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def found(capsys: Capture, code: int = 0) -> dict[str, tuple[str, str]]:
    """Return what doctor says: subject -> (state, detail)."""
    assert main(["doctor", "--offline", "--format", "json"]) == code
    return {row["what"]: (row["state"], row["detail"]) for row in json.loads(capsys.readouterr().out)}


def test_a_fresh_folder_is_fit_to_start(home: Path, capsys: Capture) -> None:
    said = found(capsys)
    assert said["database"][0] == "ok"
    assert "will be made by the first run" in said["database"][1]
    assert said["slack"][0] == "warn"


def test_broken_rules_fail_with_their_place(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["init", str(home)])
    (home / "rules/cma.yaml").write_text("- {id: x}\n", encoding="utf-8")
    capsys.readouterr()
    state, detail = found(capsys, code=1)["rules"]
    assert state == "FAIL"
    assert "cma.yaml:1:" in detail


def test_a_database_folder_that_is_not_there_fails(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{home}/none/watch.db")
    assert "does not exist" in found(capsys, code=1)["database"][1]


def test_a_file_that_is_no_database_fails(home: Path, capsys: Capture) -> None:
    (home / "regwatch.db").write_bytes(b"no database at all, but long enough to be read as one" * 100)
    assert found(capsys, code=1)["database"][0] == "FAIL"


def test_a_running_bot_is_named(home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{home}/watch.db")
    with a_store(home), single_instance(home / "watch.db", NOW):
        assert "runs since" in found(capsys)["bot"][1]


def test_a_token_without_a_channel_fails(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-" + "1-secret")
    state, detail = found(capsys, code=1)["slack"]
    assert state == "FAIL"
    assert "slack.channel" in detail
    assert "secret" not in detail


def test_a_webhook_alone_is_warned_of(home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/x")
    assert found(capsys)["slack"][0] == "warn"


def test_a_secret_that_others_may_read_is_refused(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "token"
    file.write_text("xoxb-" + "1-secret", encoding="utf-8")
    file.chmod(0o644)
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(file))
    assert main(["doctor", "--offline"]) == 2
    assert "chmod 600" in capsys.readouterr().err


def test_a_missing_contact_is_warned_of(home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(capsys)["contact"][0] == "warn"
    monkeypatch.setenv("REGWATCH_NETWORK__CONTACT", "watch@example.org")
    assert found(capsys)["contact"] == ("ok", "watch@example.org")


def test_what_was_refused_for_good_fails_with_slacks_word(home: Path, capsys: Capture) -> None:
    """A channel that is gone shows in the exit code, though the token is well."""
    with a_store(home) as store:
        enqueue(store, delivery("a"))
        outbox = Outbox(store)
        claimed = outbox.claim(NOW)
        assert claimed is not None
        outbox.failed(claimed.id, "channel_not_found", NOW)
    (home / "watch.db").rename(home / "regwatch.db")
    state, detail = found(capsys, code=1)["channel"]
    assert state == "FAIL"
    assert "channel_not_found" in detail
    assert "alerts retry" in detail


def test_a_full_disk_fails(home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.doctor.free_space", lambda _path: 1_000_000)
    assert found(capsys, code=1)["disk"] == ("FAIL", "1 MB free: make room")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "hello"),
        ("SLACK_BOT_TOKEN", '"xoxb-1-2"'),
        ("SLACK_BOT_TOKEN", "xoxb-1 2"),
        ("SLACK_APP_TOKEN", "xapp_9"),
        ("SLACK_WEBHOOK_URL", "nope"),
        ("SLACK_WEBHOOK_URL", "http://hooks.slack.com/services/T0/B0/x"),
    ],
)
def test_a_secret_of_the_wrong_form_fails_without_being_shown(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["doctor", "--offline", "--format", "json"]) == 1
    said = capsys.readouterr().out
    assert f"{name} has not the form of" in said
    assert value.strip('"') not in said


@pytest.mark.parametrize(
    ("name", "value", "owner"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-2", "SLACK_APP_TOKEN"),
        ("SLACK_APP_TOKEN", "xoxb-2", "SLACK_BOT_TOKEN"),
        ("SLACK_BOT_TOKEN", "https://hooks.slack.com/services/T0/B0/x", "SLACK_WEBHOOK_URL"),
        ("SLACK_WEBHOOK_URL", "xoxb-2", "SLACK_BOT_TOKEN"),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_secret_in_anothers_place_fails_with_where_it_belongs(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, name: str, value: str, owner: str
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["doctor", "--offline", "--format", "json"]) == 1
    said = capsys.readouterr().out
    assert f"{name} holds" in said
    assert f"put that into {owner}, and" in said
    assert value not in said


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_WEBHOOK_URL"])
def test_an_empty_file_of_a_secret_fails(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (home / "secret").touch(mode=0o600)
    monkeypatch.setenv(f"{name}_FILE", str(home / "secret"))
    state, detail = found(capsys, code=1)["slack"]
    assert (state, f"{name}_FILE names an empty file" in detail) == ("FAIL", True)


def test_a_webhook_beside_an_empty_token_file_is_a_webhook_alone(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unit and the container want the file; a token that was forgotten shows all the same."""
    (home / "token").touch(mode=0o600)
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(home / "token"))
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/x")
    state, detail = found(capsys)["slack"]
    assert (state, "webhook only (SLACK_BOT_TOKEN_FILE names an empty file)" in detail) == ("warn", True)


def test_a_channel_without_a_token_fails(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty token file leaves alerts on a terminal that nobody reads."""
    (home / "token").touch(mode=0o600)
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(home / "token"))
    monkeypatch.setenv("REGWATCH_SLACK__CHANNEL", "#antitrust")
    state, detail = found(capsys, code=1)["slack"]
    assert (state, "absent or empty" in detail) == ("FAIL", True)


def test_a_slack_that_does_not_answer_accepts_no_token(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-" + "1-2")
    monkeypatch.setenv("REGWATCH_SLACK__CHANNEL", "#antitrust")
    monkeypatch.setenv("REGWATCH_SLACK__API_URL", "http://127.0.0.1:9/api/")
    assert main(["doctor", "--format", "json"]) == 1
    (slack,) = [row for row in json.loads(capsys.readouterr().out) if row["what"] == "slack"]
    assert slack["state"] == "FAIL"
    assert "could not be asked" in slack["detail"]


@pytest.mark.parametrize(
    ("name", "state"),
    [
        (".", "FAIL"),
        ("watch.db", "FAIL"),
        ("watch.db-wal", "FAIL"),
        ("watch.db-shm", "FAIL"),
        ("watch.db.lock", "FAIL"),
        ("watch.last-good", "warn"),
    ],
)
def test_what_cannot_be_written_is_named_with_what_to_do(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, name: str, state: str
) -> None:
    """As after a run by root: the file of a database alone says little."""
    monkeypatch.setenv("REGWATCH_DATABASE", f"sqlite:///{home}/watch.db")
    (home / "watch.last-good").mkdir()
    refused = home / name
    monkeypatch.setattr("os.access", lambda path, _mode: Path(path) != refused)
    with a_store(home), single_instance(home / "watch.db", NOW):
        main(["doctor", "--offline", "--format", "json"])
    said = [row for row in json.loads(capsys.readouterr().out) if "cannot be written" in row["detail"]]
    assert [row["state"] for row in said] == [state]
    assert said[0]["detail"].startswith(f"{refused} cannot be written by this user: ")
    assert f"sudo chown -R USER {refused}" in said[0]["detail"]


def test_a_folder_that_this_user_may_not_look_into_fails_with_whom_to_ask_as(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.listing.may_look", lambda _path: False)
    state, detail = found(capsys, code=1)["database"]
    assert (state, "ask as the user that runs regwatch, or with sudo" in detail) == ("FAIL", True)


def test_a_route_whose_words_nothing_has_fails(home: Path, capsys: Capture) -> None:
    """It would never fit, and its channel would stay silent."""
    main(["init", str(home)])
    settings = home / "regwatch.yaml"
    text = settings.read_text(encoding="utf-8")
    routes = "  routes: [{to: '#cma', regulator: cmaa, company: opneai}]"
    settings.write_text(re.sub(r"(?m)^  routes: \[\].*$", routes, text), encoding="utf-8")
    capsys.readouterr()
    assert main(["doctor", "--offline", "--format", "json"]) == 1
    said = [row["detail"] for row in json.loads(capsys.readouterr().out) if row["what"] == "routes"]
    assert said == [
        'route 1, to #cma: there is no regulator cmaa; did you mean "cma"?',
        'route 1, to #cma: there is no company opneai; did you mean "openai"?',
    ]
