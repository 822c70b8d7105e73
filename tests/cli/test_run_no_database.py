"""`regwatch run` while its database cannot be used: a restart loop is not silent, and no flood."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main
from storage.lock import single_instance
from tests.bot_world import World, item, rss
from tests.clock import START
from tests.fake_slack import TOKEN


@pytest.fixture(name="world")
def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in ("SLACK_WEBHOOK_URL", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return World(tmp_path / "home", shipped=False, slack_keys="  ops_channel: ops\n")


def once(world: World) -> int:
    return main(["run", "--once", "--config", str(world.config)])


def test_a_start_without_a_sound_database_is_told_once_until_it_is_mended(world: World) -> None:
    """A supervisor starts it every ten seconds; the next trouble is news again."""
    with world:
        world.feed("a", rss([item("one", "A trout swims")]))
        world.write()
        broken = b"no database at all, but long enough to be read as one" * 100
        for _ in range(3):
            world.database.write_bytes(broken)
            assert once(world) == 1
        (word,) = world.told("ops")
        assert "regwatch cannot start, and watches nothing: " in word
        assert "is not a sound database" in word
        world.database.unlink()
        assert once(world) == 0
        world.database.write_bytes(broken)
        assert once(world) == 1
        assert len([text for text in world.told("ops") if "cannot start" in text]) == 2


def test_a_folder_where_nothing_can_be_made_is_told_once(world: World) -> None:
    """The word is then remembered elsewhere."""
    with world:
        world.feed("a", rss([]))
        world.write()
        text = world.config.read_text(encoding="utf-8").replace(
            str(world.database), f"{world.home}/none/r.db"
        )
        world.config.write_text(text, encoding="utf-8")
        for _ in range(2):
            assert once(world) == 1
        assert len(world.told("ops")) == 1


def test_a_second_bot_on_one_database_is_no_alarm(world: World) -> None:
    with world:
        world.feed("a", rss([]))
        world.write()
        with single_instance(world.database, START):
            assert once(world) == 1
        assert world.told("ops") == []
