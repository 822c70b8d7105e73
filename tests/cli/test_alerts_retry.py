"""`regwatch alerts retry` after another channel was named: nothing is lost, and nothing stands twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.bot_world import World, item, rss
from tests.fake_slack import TOKEN

Capture = pytest.CaptureFixture[str]
CMA = "CMA opens phase 1 merger inquiry into Microsoft and Mistral partnership"
FINAL = "CMA clears Microsoft and Mistral partnership after phase 1 merger inquiry"


@pytest.fixture(name="world")
def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in ("SLACK_WEBHOOK_URL", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    return World(tmp_path)


def command(world: World, *words: str) -> int:
    return main([*words, "--config", str(world.config)])


def rename(world: World, before: str, after: str) -> None:
    text = world.config.read_text(encoding="utf-8").replace(f"channel: {before}\n", f"channel: {after}\n")
    world.config.write_text(text, encoding="utf-8")


def news(world: World, *titles: str) -> None:
    world.serve("a", rss([item(title[:12], title) for title in ("A trout swims", *titles)]))


def states(world: World, capsys: Capture) -> list[tuple[str, str]]:
    capsys.readouterr()
    command(world, "alerts", "list", "--format", "json")
    return sorted((row["to"], row["state"]) for row in json.loads(capsys.readouterr().out))


def test_what_an_archived_channel_refused_goes_to_the_channel_named_now(
    world: World, capsys: Capture
) -> None:
    """With what waited behind it, once, and `--dead` says what to ask for instead."""
    with world:
        world.feed("a", rss([item("t", "A trout swims")]))
        world.write()
        assert command(world, "run", "--once") == 0
        world.slack.archived.add("alerts")
        news(world, CMA, "A zebrafish swims", "The zebrafish sleeps")
        assert command(world, "run", "--once") == 1
        assert set(states(world, capsys)) == {("alerts", "failed"), ("alerts", "pending")}
        rename(world, "alerts", "cma")
        assert command(world, "alerts", "retry", "--dead") == 0
        assert "failed ones are left: regwatch alerts retry --failed" in capsys.readouterr().out
        assert command(world, "alerts", "retry", "--failed") == 0
        out = capsys.readouterr().out
        assert "1 of 1 put back" in out
        assert "1 go to cma, and 2 that waited behind them" in out
        assert command(world, "run", "--once") == 0
        told = world.told("cma")
        assert len(told) == 3
        assert world.counts([CMA, "A zebrafish swims", "The zebrafish sleeps"], "cma") == {
            CMA: 1, "A zebrafish swims": 1, "The zebrafish sleeps": 1,
        }  # fmt: skip
        assert world.told("alerts") == []
        assert command(world, "status") == 0


def test_a_step_of_a_matter_whose_thread_is_in_the_old_channel_begins_one_in_the_new(
    world: World, capsys: Capture
) -> None:
    """The reply that the archived channel refused; and what comes later replies to that."""
    with world:
        world.feed("a", rss([item("t", "A trout swims")]), keys="  authority: cma\n  tier: official\n")
        world.write()
        command(world, "run", "--once")
        news(world, CMA)
        assert command(world, "run", "--once") == 0
        (parent,) = world.slack.messages("alerts")
        world.slack.archived.add("alerts")
        news(world, CMA, FINAL)
        assert command(world, "run", "--once") == 1
        rename(world, "alerts", "cma")
        capsys.readouterr()
        assert command(world, "alerts", "retry", "--failed", "--dead") == 0
        assert command(world, "run", "--once") == 0
        (moved,) = world.slack.messages("cma")
        assert "clears" in moved.text + json.dumps(moved.blocks)
        assert moved.thread_ts is None
        assert [m.ts for m in world.slack.messages("alerts")] == [parent.ts]
        assert command(world, "status") == 0
        assert world.slack.problems() == []


def test_later_news_leaves_the_channel_of_the_past_alone(world: World) -> None:
    """No edit and no reminder for a thread in a channel that the settings no longer name."""
    with world:
        world.feed("a", rss([item("t", "A trout swims")]), keys="  authority: cma\n  tier: official\n")
        world.write()
        command(world, "run", "--once")
        news(world, CMA)
        command(world, "run", "--once")
        world.slack.archived.add("alerts")
        rename(world, "alerts", "cma")
        news(world, CMA, FINAL)
        assert command(world, "run", "--once") == 0
        assert len(world.slack.messages("cma")) == 1
        assert command(world, "status") == 0
