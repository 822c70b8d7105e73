"""`regwatch status`: what is trouble, and what is only shown."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.cli.status import lines_of
from bot.config import Settings
from storage.lock import single_instance
from storage.outbox import Outbox
from storage.reader import open_reader
from storage.records import FeedState
from tests.unit.storage.make import NOW, a_store, delivery, enqueue, poll, save

FEEDS = """\
- {id: cma, url: "https://cma.example/feed", authority: cma, tier: official}
- {id: wire, url: "https://wire.example/feed", tier: press}
- {id: blog, url: "https://blog.example/feed", tier: blog}
"""


class World:
    """A database with a good cycle just behind it, and three feeds."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "rules").mkdir()
        (home / "rules/feeds.yaml").write_text(FEEDS, encoding="utf-8")
        self.settings = Settings(
            database=f"sqlite:///{home / 'watch.db'}", rules=home / "rules", file=home / "regwatch.yaml"
        )
        self.note("cycle", "3", NOW)
        for feed in ("cma", "wire", "blog"):
            self.feed(feed)

    def note(self, key: str, value: str, at: datetime) -> None:
        with a_store(self.home) as store, store.writing() as tx:
            tx.note(key, value, at)

    def feed(self, name: str, failures: int = 0, told: str = "") -> None:
        outcome = "dns" if failures else "ok"
        state = FeedState(feed=name, checked_at=NOW, ok_at=NOW, failures=failures, outcome=outcome, told=told)
        with a_store(self.home) as store:
            save(store, poll(feed=name, state=state))

    def troubles(self, now: datetime = NOW + timedelta(minutes=1)) -> dict[str, str]:
        with open_reader(self.home / "watch.db") as reader:
            return {line.what: line.state for line in lines_of(reader, self.settings, now) if line.trouble}

    def shown(self, now: datetime = NOW + timedelta(minutes=1)) -> str:
        with open_reader(self.home / "watch.db") as reader:
            return "\n".join(f"{x.what}: {x.state}; {x.detail}" for x in lines_of(reader, self.settings, now))


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_bot_with_a_good_cycle_is_well(world: World) -> None:
    assert world.troubles() == {}


def test_a_running_bot_is_named_by_its_process(world: World) -> None:
    with single_instance(world.home / "watch.db", NOW):
        assert "bot: running" in world.shown()


@pytest.mark.parametrize("minutes", [11, -11], ids=["late", "clock-set-back"])
def test_a_cycle_too_long_ago_is_trouble(world: World, minutes: int) -> None:
    assert world.troubles(NOW + timedelta(minutes=minutes)) == {"bot": "not running"}
    with single_instance(world.home / "watch.db", NOW):
        assert world.troubles(NOW + timedelta(minutes=minutes)) == {"bot": "stuck"}


def test_a_bot_that_never_ran_is_trouble(world: World) -> None:
    with a_store(world.home) as store, store.writing() as tx:
        tx.forget("cycle")
    assert world.troubles() == {"bot": "never ran"}


def test_rules_that_fail_their_own_examples_are_trouble(world: World) -> None:
    """What is in force and misses what it is there for."""
    world.note("rules-fail", "own.yaml:9:5: own-rule: does not match, but should", NOW)
    assert world.troubles() == {"rules": "fail their own examples"}
    assert "own-rule: does not match, but should; see `regwatch rules test`" in world.shown()
    world.note("rules-fail", "", NOW)
    assert world.troubles() == {}


def test_refused_rules_are_trouble_until_they_are_mended(world: World) -> None:
    world.note("rules", "cma.yaml:3:1: unknown key", NOW)
    assert "refused since" in world.troubles()["rules"]
    world.note("rules", "", NOW)
    assert world.troubles() == {}


def test_one_dead_blog_is_shown_and_pages_nobody(world: World) -> None:
    world.feed("blog", failures=9)
    assert world.troubles() == {}
    assert "1 failing" in world.shown()
    assert "blog: see `regwatch feeds status`" in world.shown()


def test_a_failing_official_feed_is_trouble(world: World) -> None:
    world.feed("cma", failures=3)
    assert "feeds" in world.troubles()


def test_an_official_feed_that_fails_now_and_then_is_not(world: World) -> None:
    world.feed("cma", failures=2)
    assert world.troubles() == {}


def test_half_of_all_feeds_failing_is_trouble(world: World) -> None:
    world.feed("blog", failures=3)
    world.feed("wire", failures=3)
    assert "feeds" in world.troubles()


def test_a_feed_that_fell_silent_is_shown(world: World) -> None:
    world.feed("wire", told="quiet")
    assert "unusually quiet; wire" in world.shown()


def test_a_refused_catalogue_is_trouble(world: World) -> None:
    (world.home / "rules/feeds.yaml").write_text("- {id: x}\n", encoding="utf-8")
    assert world.troubles() == {"feeds": "feeds.yaml refused"}


def test_dead_deliveries_are_trouble_with_slacks_word(world: World) -> None:
    with a_store(world.home) as store:
        enqueue(store, delivery("d1"))
        outbox = Outbox(store)
        claimed = outbox.claim(NOW, blocked=frozenset())
        assert claimed is not None
        outbox.dead(claimed.id, "channel_not_found")
    assert world.troubles() == {"alerts": "1 dead"}
    assert "channel_not_found" in world.shown()


def test_waiting_deliveries_are_no_trouble(world: World) -> None:
    with a_store(world.home) as store:
        enqueue(store, delivery("d1"))
    assert world.troubles() == {}
    assert "1 pending" in world.shown()


def test_json_and_quiet_agree_on_the_exit_code(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cycle of this world is long ago, so that both say trouble."""
    (world.home / "regwatch.yaml").write_text(
        "database: sqlite:///watch.db\nrules: rules\n", encoding="utf-8"
    )
    monkeypatch.chdir(world.home)
    assert main(["status", "--format", "json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert any(row["trouble"] for row in rows)
    assert main(["status", "--quiet"]) == 1
    assert capsys.readouterr().out == ""


def test_a_full_disk_is_trouble_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only when the last cycle is old: nothing can be recorded from now on."""
    monkeypatch.setattr("bot.cli.status.free_space", lambda _path: 0)
    assert world.troubles()["disk"] == "0 MB free"
