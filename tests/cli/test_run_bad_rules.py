"""`regwatch run` while the rules on disk cannot be used: it goes on watching, and it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main
from tests.bot_world import World, item, rss
from tests.fake_slack import TOKEN

Capture = pytest.CaptureFixture[str]
BAD = {
    "own.yaml": "- {id: x, levle: high}\n",
    "lexicon/topics.yaml": "- {id: broken\n",
    "feeds.yaml": "- {id: a, address: x}\n",
}


@pytest.fixture(name="world")
def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in ("SLACK_WEBHOOK_URL", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    return World(tmp_path, shipped=False, slack_keys="  ops_channel: ops\n")


def once(world: World) -> int:
    return main(["run", "--once", "--config", str(world.config)])


def started(world: World) -> None:
    """Let the bot see a first good round."""
    world.feed("a", rss([item("one", "A trout swims")]))
    world.write()
    assert once(world) == 0
    world.serve("a", rss([item("two", "A zebrafish swims"), item("one", "A trout swims")]))


@pytest.mark.parametrize("name", BAD)
def test_a_restart_with_a_bad_file_watches_on_with_the_last_good_set(
    world: World, name: str, capsys: Capture
) -> None:
    """The news is told; the exit code of a run says that a file is invalid."""
    with world:
        started(world)
        (world.rules / name).write_text(BAD[name], encoding="utf-8")
        capsys.readouterr()
        assert once(world) == 2
        said = capsys.readouterr().err
        assert f"{name}:" in said
        assert "the last good set, of 2" in said
        assert len([text for text in world.told() if "A zebrafish swims" in text]) == 1
        (word,) = [text for text in world.told("ops") if "rules refused" in text]
        assert "the last good set stays in force (of " in word
        assert f"{name}:" in word


def test_a_start_from_the_last_good_set_is_told_once_a_day_and_shown_by_status(
    world: World, capsys: Capture
) -> None:
    """Runs of a timer do not fill the channel; `status` says so all the time, until the files are mended."""
    with world:
        started(world)
        good = (world.rules / "own.yaml").read_text(encoding="utf-8")
        (world.rules / "own.yaml").write_text(BAD["own.yaml"], encoding="utf-8")
        for _ in range(3):
            assert once(world) == 2
        assert len(world.told("ops")) == 1
        capsys.readouterr()
        assert main(["status", "--config", str(world.config)]) == 1
        assert "refused since" in capsys.readouterr().out
        main(["doctor", "--offline", "--config", str(world.config)])
        assert "last good rules" in capsys.readouterr().out
        (world.rules / "own.yaml").write_text(good, encoding="utf-8")
        assert once(world) == 0
        assert "in force again" in world.told("ops")[-1]
        capsys.readouterr()
        main(["status", "--config", str(world.config)])
        assert "refused since" not in capsys.readouterr().out


def test_a_first_start_with_a_bad_file_is_told_in_slack_once(world: World, capsys: Capture) -> None:
    """There is nothing to watch with; a supervisor that starts it again and again makes one message of it."""
    with world:
        world.feed("a", rss([]))
        world.write()
        (world.rules / "own.yaml").write_text(BAD["own.yaml"], encoding="utf-8")
        for _ in range(3):
            assert once(world) == 2
        (word,) = world.told("ops")
        assert "cannot start, and watches nothing" in word
        assert "own.yaml:1:" in word
        capsys.readouterr()
        assert main(["status", "--config", str(world.config)]) == 1
        assert "refused since" in capsys.readouterr().out


def test_a_first_start_with_a_bad_file_and_no_slack_makes_no_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It only says what is wrong."""
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    with world:
        world.feed("a", rss([]))
        world.write()
        (world.rules / "own.yaml").write_text(BAD["own.yaml"], encoding="utf-8")
        assert once(world) == 2
        assert not world.database.exists()


def test_a_last_good_set_that_this_version_cannot_read_is_no_set(world: World, capsys: Capture) -> None:
    """An older version's rules, or a file that somebody touched: it is as if none were kept."""
    with world:
        started(world)
        (kept,) = world.home.glob("*.last-good")
        (kept / "own.yaml").write_text("- {id: of-another-version, whenever: x}\n", encoding="utf-8")
        (world.rules / "own.yaml").write_text(BAD["own.yaml"], encoding="utf-8")
        assert once(world) == 2
        assert "cannot start" in world.told("ops")[-1]


def test_no_secret_of_a_feed_is_kept(world: World) -> None:
    """Neither a header that may open a door nor an address with a key in it."""
    with world:
        world.feed("a", rss([]), keys="  headers: {Authorization: Bearer hush-hush, Accept-Language: de}\n")
        world.feeds["b"] = "- {id: b, url: 'https://news.example/feed?api_key=hush-hush', enabled: false}\n"
        world.write()
        once(world)
        (kept,) = world.home.glob("*.last-good")
        texts = [path.read_text(encoding="utf-8") for path in kept.rglob("*") if path.is_file()]
        assert len(texts) > 10
        assert not any("hush-hush" in text for text in texts)
        assert "Accept-Language" in (kept / "feeds.yaml").read_text(encoding="utf-8")
        assert all(not path.stat().st_mode & (0o077) for path in [kept, *kept.rglob("*")])
