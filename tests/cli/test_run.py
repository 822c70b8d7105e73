"""`regwatch run`: once and for good, seen from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import main
from storage.lock import single_instance
from tests.bot_world import World, item, rss
from tests.clock import START
from tests.http_server import Answer
from tests.unit.storage.make import a_store

Capture = pytest.CaptureFixture[str]


def run(world: World, *words: str) -> int:
    world.write()
    return main(["run", *words, "--config", str(world.config)])


@pytest.fixture(name="world")
def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Give a world whose alerts come to the terminal."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return World(tmp_path, shipped=False)


def test_once_sums_up_and_ends_well(world: World, capsys: Capture) -> None:
    with world:
        world.feed("a", rss([item("one", "A zebrafish swims")]))
        assert run(world, "--once") == 0
    said = capsys.readouterr()
    assert "1 feeds polled, 1 new articles, 1 hits" in said.err
    assert "recorded, not posted" in said.err


def test_backfill_tells_what_the_first_poll_found(world: World, capsys: Capture) -> None:
    with world:
        world.feed("a", rss([item("one", "A zebrafish swims")]))
        assert run(world, "--once", "--backfill", "3") == 0
    assert "A zebrafish swims" in capsys.readouterr().out


def test_one_bad_feed_harms_no_other_and_is_named(world: World, capsys: Capture) -> None:
    with world:
        world.feed("good", rss([item("one", "A zebrafish swims")]))
        world.feed("bad", Answer(status=404))
        run(world, "--once")
    said = capsys.readouterr()
    assert "bad: not-found" in said.err
    assert "1 hits" in said.err
    assert "regwatch feeds status" in said.err


def test_stdout_holds_alerts_alone(world: World, capsys: Capture) -> None:
    with world:
        world.feed("a", rss([item("one", "A trout swims")]))
        run(world, "--once")
    assert capsys.readouterr().out == ""


def test_invalid_rules_keep_it_from_starting_with_their_place(world: World, capsys: Capture) -> None:
    with world:
        world.feed("a", rss([]))
        (world.rules / "own.yaml").write_text("- {id: x}\n", encoding="utf-8")
        assert run(world, "--once") == 2
    assert "own.yaml:1:" in capsys.readouterr().err


def test_a_second_bot_on_one_database_is_refused_by_name(world: World, capsys: Capture) -> None:
    with world, a_store(world.home):
        world.feed("a", rss([]))
        with single_instance(world.database, START):
            assert run(world, "--once") == 1
    assert f"process {os.getpid()}" in capsys.readouterr().err


def test_a_route_whose_words_nothing_has_is_told_at_the_start(world: World, capsys: Capture) -> None:
    world.slack_keys = "  routes: [{to: '#cma', regulator: cmaa}]\n"
    with world:
        world.feed("a", rss([]))
        run(world, "--once")
    said = 'regwatch: route 1, to #cma: there is no regulator cmaa; did you mean "cma"?'
    assert said in capsys.readouterr().err


def test_a_secret_in_anothers_place_is_told_at_the_start(
    world: World, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xoxb-" + "1-secret")
    (world.home / "token").touch(mode=0o600)
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(world.home / "token"))
    with world:
        world.feed("a", rss([]))
        run(world, "--once")
    said = capsys.readouterr().err
    assert "regwatch: SLACK_APP_TOKEN holds a bot token, xoxb-…: put that into SLACK_BOT_TOKEN" in said
    assert "regwatch: SLACK_BOT_TOKEN_FILE names an empty file" in said
    assert "secret" not in said.replace("write the secret", "")


@pytest.mark.parametrize("count", ["x", "-1", "99999"])
def test_a_backfill_that_is_no_count_is_bad_usage(count: str, capsys: Capture) -> None:
    assert main(["run", "--once", f"--backfill={count}"]) == 2
    assert "is not a number from 0 to 10000" in capsys.readouterr().err


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=["sigterm", "ctrl-c", "terminal-closed"]
)
def test_it_ends_when_asked_to(world: World, number: signal.Signals) -> None:
    """With code 0, in a few seconds, without a stack; a bot that ended says why."""
    with world:
        world.feed("a", rss([item("one", "A trout swims")]))
        world.write()
        before = signal.signal(
            signal.SIGHUP, signal.SIG_DFL
        )  # as in a terminal, where the tests run under nohup
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--config", str(world.config)],
            env={name: text for name, text in world.environment().items() if not name.startswith("SLACK_")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        signal.signal(signal.SIGHUP, before)
        assert process.stderr is not None
        unsent, first = process.stderr.readline(), process.stderr.readline()
        process.send_signal(number)
        _, rest = process.communicate(timeout=20)
    assert b"SLACK_BOT_TOKEN is absent or empty" in unsent
    assert b"regwatch watches 1 feeds; alerts go to this terminal" in first
    assert process.returncode == 0, rest
    assert b"Traceback" not in rest
    assert f"regwatch ends: {number.name}".encode() in rest
