"""The whole bot against a Slack that refuses: nothing is lost, nothing hangs, and a repair is noticed by the next start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bot_world import KEYWORD, Launcher, World, item, rss
from tests.fake_slack import SCOPES, TOKEN, FakeSlack, Fault

OLD = [item("o1", "Nothing of note")]
MARKS = ("mark-1-", "mark-2-", "mark-3-")
NEW = [item(f"n{mark}", f"A {KEYWORD} was seen, {mark}") for mark in MARKS]


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with Launcher() as launcher:
        yield launcher


@pytest.fixture
def world(tmp_path: Path, launcher: Launcher) -> Iterator[World]:
    with World(tmp_path, shipped=False) as world:
        world.feed("a", rss(OLD))
        world.write()
        assert launcher.once(world).code == 0
        world.serve("a", rss([*NEW, *OLD]))
        yield world
        assert not world.slack.problems()
        told = (
            b"".join(path.read_bytes() for path in tmp_path.glob("r.db*"))
            + (tmp_path / "log.txt").read_bytes()
        )
        assert TOKEN.encode() not in told
        assert b"secret-path" not in told


def all_once(world: World, channel: str | None = "alerts") -> bool:
    return world.counts(MARKS, channel) == dict.fromkeys(MARKS, 1)


def test_three_errors_in_a_row(world: World, launcher: Launcher) -> None:
    """Slack answers 500 three times: the run waits and delivers."""
    world.slack.script("chat.postMessage", *[Fault(status=500)] * 3)
    assert launcher.once(world).code == 0
    assert all_once(world)


def test_no_call_within_a_pause_asked_for(world: World, launcher: Launcher) -> None:
    """Retry-After of two seconds, twice."""
    world.slack.script("chat.postMessage", *[Fault(status=429, retry_after=2)] * 2)
    assert launcher.once(world).code == 0
    assert all_once(world)
    first, second, third, *_ = world.slack.calls("chat.postMessage")
    assert min(second.at - first.at, third.at - second.at) >= 2


def test_a_pause_asked_for_outlives_the_process(world: World, launcher: Launcher) -> None:
    """Killed within the pause, started again: still no call before its end."""
    world.slack.script("chat.postMessage", Fault(status=429, retry_after=3))
    fallen = launcher.once(world, commit=13, how="term")
    assert fallen.code in (0, 1)
    assert launcher.once(world).code == 0
    first, second, *_ = world.slack.calls("chat.postMessage")
    assert second.at - first.at >= 3
    assert all_once(world)


@pytest.mark.parametrize(
    ("break_it", "mend_it", "word"),
    [
        (lambda s: s.archived.add("alerts"), lambda s: s.archived.clear(), "is_archived"),
        (lambda s: s.channels.pop("alerts"), lambda s: s.channels.update(alerts="C0ALERTS00"), "channel_not_found"),
        (lambda s: setattr(s, "token", "xoxb-other"), lambda s: setattr(s, "token", TOKEN), "invalid_auth"),
        (lambda s: setattr(s, "scopes", frozenset()), lambda s: setattr(s, "scopes", SCOPES), "missing_scope"),
    ],
    ids=["archived", "no such channel", "token revoked", "no scope"],
)  # fmt: skip
def test_what_a_person_mends_goes_out_at_the_next_start(
    world: World,
    launcher: Launcher,
    break_it: Callable[[FakeSlack], object],
    mend_it: Callable[[FakeSlack], object],
    word: str,
) -> None:
    """The run ends soon with exit 1 and says why; after the repair the next one delivers."""
    break_it(world.slack)
    ran = launcher.once(world)
    assert ran.code == 1
    assert word in ran.out
    assert not world.slack.messages()
    mend_it(world.slack)
    again = launcher.once(world)
    assert (again.code, world.counts(MARKS)) == (0, dict.fromkeys(MARKS, 1)), again.out


def test_a_token_revoked_in_the_middle_does_not_hold_the_process(world: World, launcher: Launcher) -> None:
    """A message of unknown fate cannot be looked for either: exit 1, and settled once the token is back."""
    world.slack.script("chat.postMessage", None, Fault(kind="accept-then-drop"))

    def revoke(method: str) -> None:
        if method.startswith("conversations."):
            world.slack.token = "xoxb-other"

    world.slack.on_call = revoke
    assert launcher.once(world).code == 1
    world.slack.on_call = lambda _method: None
    world.slack.token = TOKEN
    assert launcher.once(world).code == 0
    assert all_once(world)


def test_slack_out_of_reach_then_back(world: World, launcher: Launcher) -> None:
    """No connection: exit 1 after some tries; the next start tries at once."""
    there = world.config.read_text(encoding="utf-8")
    world.config.write_text(re.sub(r"127\.0\.0\.1:\d+/api", "127.0.0.1:9/api", there), encoding="utf-8")
    ran = launcher.once(world, commit=16, how="term")
    assert ran.code == 1, ran.out
    world.config.write_text(there, encoding="utf-8")
    assert launcher.once(world).code == 0
    assert all_once(world)


@pytest.mark.parametrize("name", ["alerts", "'#alerts'", "C0ALERTS00", "cma"])
def test_a_channel_by_any_of_its_names(world: World, launcher: Launcher, name: str) -> None:
    """By name, with the hash, by ID, private; also where its history must be looked through."""
    text = world.config.read_text(encoding="utf-8").replace("channel: alerts", f"channel: {name}")
    world.config.write_text(text, encoding="utf-8")
    world.slack.script("chat.postMessage", None, Fault(kind="accept-then-drop"), Fault(kind="drop"))
    assert launcher.once(world).code == 0
    assert all_once(world, "cma" if name == "cma" else "alerts")


def test_the_webhook(world: World, launcher: Launcher) -> None:
    """Without a token, with a webhook: each alert once, a pause honoured."""
    world.env = {"SLACK_BOT_TOKEN": "", "SLACK_WEBHOOK_URL": world.slack.webhook_url}
    world.slack.script("webhook", Fault(status=429, retry_after=1), Fault(status=500, kind="refuse"))
    ran = launcher.once(world)
    world.env = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_WEBHOOK_URL": ""}
    assert ran.code == 0, ran.out
    assert all_once(world, "webhook")


def test_the_terminal(world: World, launcher: Launcher) -> None:
    """With neither token nor webhook, alerts are printed."""
    world.env = {"SLACK_BOT_TOKEN": "", "SLACK_WEBHOOK_URL": ""}
    ran = launcher.once(world)
    world.env = {"SLACK_BOT_TOKEN": TOKEN}
    assert ran.code == 0
    assert "3 sent" in ran.out
    assert all(mark in ran.out for mark in MARKS)
