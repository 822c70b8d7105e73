"""kill -9 between every two steps of a delivery: nothing is lost, nothing stands twice, order and threads hold."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from storage.words import DeliveryAction, DeliveryState
from tests.fake_slack import TOKEN, Call, FakeSlack
from tests.unit.alerts.outboxes import delivery, enqueue, opened

SETTLE = 0.5  # three times the lag: a loaded machine adds to it
LAG = 0.15
STEPS = (
    "before claim",
    "after claim",
    "before send",
    "arrived",
    "accepted",
    "after send",
    "before sent",
    "after sent",
)


@dataclass
class Bot:
    process: subprocess.Popen[str]
    pid: int = 0

    def run(self, job: dict[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        self.pid = int(self.process.stdout.readline())
        return int(self.process.stdout.readline())

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def bot() -> Iterator[Bot]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.pump_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Bot(process)
        assert process.stdin is not None
        process.stdin.close()


def scenario(bot: Bot, tmp_path: Path, *, points: list[tuple[str, int]], lag: float) -> None:
    """Run until killed at each point in turn, then to the end; check what stands in the channel."""
    with FakeSlack(history_lag=lag) as slack:
        with opened(tmp_path) as (store, outbox):
            enqueue(
                store,
                SystemClock(),
                [
                    delivery("p", matter="m"),
                    delivery("r", matter="m", action=DeliveryAction.REPLY),
                    delivery("s"),
                    delivery("u", matter="m", action=DeliveryAction.UPDATE),
                ],
            )
        job = {
            "url": f"sqlite:///{tmp_path / 'outbox.db'}",
            "api_url": slack.api_url,
            "token": TOKEN,
            "settle": SETTLE,
        }
        for point, nth in points:
            _arm(slack, bot, point, nth)
            assert bot.run({**job, "point": point, "nth": nth}) == -signal.SIGKILL
        _arm(slack, bot, "", 0)
        assert bot.run(job) == 0
        with opened(tmp_path) as (_store, outbox):
            assert {d.state for d in outbox.list()} == {DeliveryState.SENT}
        parent, reply, single = slack.messages()
        assert (parent.text, reply.text, single.text) == ("message u", "message r", "message s")
        assert (parent.thread_ts, reply.thread_ts) == (None, parent.ts)
        assert slack.problems() == []


def _arm(slack: FakeSlack, bot: Bot, point: str, nth: int) -> None:
    """Kill the bot from Slack's side: as the n-th message arrives, or when it stands but is not yet answered."""
    seen = [0]

    def count(method: str, at: str) -> None:
        if method.startswith("chat.") and at == point:
            seen[0] += 1
            if seen[0] == nth:
                bot.kill()

    def accepted(call: Call) -> None:
        count(call.method, "accepted")

    slack.on_call = lambda method: count(method, "arrived")
    slack.on_accept = accepted


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
@pytest.mark.parametrize("point", STEPS)
def test_a_kill_between_two_steps(bot: Bot, tmp_path: Path, point: str, nth: int) -> None:
    """The n-th delivery is interrupted at each step; the history lags behind."""
    scenario(bot, tmp_path, points=[(point, nth)], lag=LAG)


@pytest.mark.parametrize(
    "points",
    [
        [("accepted", 1), ("before find", 1), ("after find", 1)],
        [("accepted", 2), ("after find", 2)],
        [("accepted", 1), ("before sent", 1), ("accepted", 1)],
        [("before send", 1), ("before failed", 1), ("after failed", 1), ("accepted", 1)],
        [("accepted", 2), ("before in_doubt", 1), ("after in_doubt", 1)],
    ],
    ids=["while looking", "after the second look", "then again", "before it goes out again", "at the start"],
)
def test_kills_while_doubt_is_settled(bot: Bot, tmp_path: Path, points: list[tuple[str, int]]) -> None:
    """The recovery itself is killed, more than once."""
    scenario(bot, tmp_path, points=points, lag=LAG)
