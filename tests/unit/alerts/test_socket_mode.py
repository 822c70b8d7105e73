"""Socket Mode against a local WebSocket server: acknowledged at once, worked on once, alive after every loss."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.actions import ActionStore
from bot.alerts.blocks import ACKNOWLEDGE, MUTE_MATTER
from bot.alerts.private_answer import PrivateAnswer
from bot.alerts.slack import SlackCalls, WebhookCalls
from bot.alerts.socket_mode import SocketMode
from bot.alerts.ways import socket_mode
from bot.alerts.web_socket import WebSocket, WebSocketClosed
from bot.cli.slash import slash_filter
from bot.clock import SystemClock
from bot.config import SlackSettings
from bot.secrets import Secret, Secrets
from storage.records import MessageRef
from storage.search_query import parse
from tests.fake_slack import APP_TOKEN, TOKEN, FakeSlack
from tests.unit.alerts.outboxes import delivery, enqueue, opened
from tests.unit.alerts.test_actions import FakeActions, payload
from tests.web_socket_server import Peer, WebSocketServer


@dataclass
class Answers:
    """Collects what is answered privately."""

    given: queue.Queue[tuple[str, str]] = field(default_factory=queue.Queue)

    def __call__(self, *, response_url: str, channel: str, user: str, text: str) -> None:
        self.given.put((user, text))


@dataclass
class Bench:
    server: WebSocketServer
    mode: SocketMode
    store: FakeActions
    answers: Answers

    def greeted(self) -> Peer:
        peer = self.server.peers.get(timeout=5)
        peer.send({"type": "hello"})
        return peer


def begin(server: WebSocketServer, store: ActionStore, answers: Answers, **more: Any) -> SocketMode:
    clock = SystemClock()
    mode = SocketMode(
        open_url=lambda: server.url, store=store, answer=answers, clock=clock, now=clock.now, **more
    )
    mode.start()
    return mode


@pytest.fixture
def bench() -> Iterator[Bench]:
    store, answers = FakeActions(), Answers()
    with WebSocketServer() as server:
        mode = begin(server, store, answers)
        try:
            yield Bench(server, mode, store, answers)
        finally:
            mode.close()


def envelope(number: str = "e1", **more: object) -> dict[str, object]:
    return {"type": "interactive", "envelope_id": number, "payload": payload(**more)}  # type: ignore[arg-type]


def test_an_envelope_is_acknowledged_and_its_click_answered(bench: Bench) -> None:
    """The acknowledgement names the envelope; the answer is private."""
    peer = bench.greeted()
    peer.send(envelope())
    assert json.loads(peer.heard.get(timeout=5)) == {"envelope_id": "e1"}
    assert bench.answers.given.get(timeout=5) == ("U0LAWYER", "Acknowledged.")


def test_a_repeated_envelope_is_acknowledged_twice_and_worked_on_once(bench: Bench) -> None:
    """Slack sends again what it believes unheard."""
    peer = bench.greeted()
    for _ in range(2):
        peer.send(envelope(action=MUTE_MATTER))
        peer.heard.get(timeout=5)
    peer.send(envelope("e2"))
    texts = [bench.answers.given.get(timeout=5)[1] for _ in range(2)]
    assert texts[0].startswith("Muted until")
    assert texts[1] == "Acknowledged."
    assert bench.answers.given.empty()


def test_the_acknowledgement_does_not_wait_for_the_work() -> None:
    """A slow database delays the answer, never the acknowledgement."""
    gate = threading.Event()

    class Slow(FakeActions):
        def why(self, delivery: object) -> str:
            gate.wait(5)
            return "at last"

    answers = Answers()
    with WebSocketServer() as server:
        mode = begin(server, Slow(), answers)
        peer = server.peers.get(timeout=5)
        peer.send({"type": "hello"})
        for number in range(3):
            peer.send(envelope(f"e{number}", action="regwatch_why"))
        assert [json.loads(peer.heard.get(timeout=1))["envelope_id"] for _ in range(3)] == ["e0", "e1", "e2"]
        assert answers.given.empty()
        gate.set()
        assert answers.given.get(timeout=5)[1] == "at last"
        mode.close()


@pytest.mark.parametrize("ending", ["hang up", "disconnect", "close frame", "garbage"])
def test_a_lost_connection_is_replaced_and_serves_on(bench: Bench, ending: str) -> None:
    """Whatever ends it, the next one answers; an envelope sent again there is not worked on again."""
    peer = bench.greeted()
    peer.send(envelope())
    peer.heard.get(timeout=5)
    match ending:
        case "hang up":
            peer.hang_up()
        case "disconnect":
            peer.send({"type": "disconnect", "reason": "refresh_requested"})
        case "close frame":
            peer.frame(0x88, b"\x03\xe8")
        case _:
            peer.frame(0xFF, b"not a frame of ours")
    second = bench.greeted()
    second.send(envelope())
    second.send(envelope("e2", action=MUTE_MATTER))
    assert [json.loads(second.heard.get(timeout=5))["envelope_id"] for _ in range(2)] == ["e1", "e2"]
    assert bench.answers.given.get(timeout=5)[1] == "Acknowledged."
    assert bench.answers.given.get(timeout=5)[1].startswith("Muted until")


def test_a_half_open_connection_is_noticed() -> None:
    """A peer that answers no ping is left for another."""
    with WebSocketServer() as server:
        mode = begin(server, FakeActions(), Answers(), silent_for=0.3, ping_every=0.1)
        deaf = server.peers.get(timeout=5)
        deaf.answer_pings = False
        deaf.send({"type": "hello"})
        assert server.peers.get(timeout=5) is not deaf
        assert deaf.pings >= 1
        mode.close()


def test_bad_payloads_end_nothing(bench: Bench) -> None:
    """Not JSON, not an object, unknown types, odd values: the next good click is answered."""
    peer = bench.greeted()
    for text in ("{", "[]", '{"type": "events_api", "envelope_id": "x", "payload": null}', "\u0000"):
        peer.send(text)
    peer.send(envelope("bad", value="1 OR 1=1"))
    peer.send(envelope("good"), pieces=3)
    acknowledged = {json.loads(peer.heard.get(timeout=5))["envelope_id"] for _ in range(3)}
    assert acknowledged == {"x", "bad", "good"}
    assert bench.answers.given.get(timeout=5)[1] == "Acknowledged."


def test_a_failing_store_is_said_and_survived() -> None:
    """The worker's thread outlives an error."""

    class Broken(FakeActions):
        def why(self, delivery: object) -> str:
            raise OSError("disk")

    answers = Answers()
    with WebSocketServer() as server:
        mode = begin(server, Broken(), answers)
        peer = server.peers.get(timeout=5)
        peer.send({"type": "hello"})
        peer.send(envelope("e1", action="regwatch_why"))
        peer.send(envelope("e2", action=ACKNOWLEDGE))
        assert "went wrong" in answers.given.get(timeout=5)[1]
        assert answers.given.get(timeout=5)[1] == "Acknowledged."
        mode.close()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "ws://example.org/", "wss://", "ws://127.0.0.1:1/", "ws://127.0.0.1:1/a b"]
)
def test_an_odd_address_is_refused(url: str) -> None:
    """wss alone, but for this machine."""
    with pytest.raises(WebSocketClosed):
        WebSocket(url, SystemClock(), timeout=1)


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("{home}/services/x", True),
        ("https://evil.example/x", False),
        ("http://169.254.169.254/", False),
        ("", False),
    ],
)
def test_a_private_answer_goes_to_slack_alone(url: str, called: bool) -> None:
    """An answer address on another host is not called; the answer comes as an ephemeral message instead."""
    clock = SystemClock()
    with FakeSlack() as slack:
        seen: list[str] = []

        def post(address: str, body: Any) -> Any:
            seen.append(address)
            return WebhookCalls(address, clock=clock).send(body)

        answer = PrivateAnswer(
            SlackCalls(TOKEN, clock=clock, api_url=slack.api_url), post, api_url=slack.api_url
        )
        home = slack.api_url.removesuffix("/api/")
        answer(response_url=url.format(home=home), channel="C0ALERTS00", user="U0LAWYER", text="a <b> & c")
        assert bool(seen) == called
        assert bool(slack.calls("chat.postEphemeral")) != called
        assert slack.problems() == []


def test_a_click_reaches_the_database_end_to_end(tmp_path: Path) -> None:
    """Tokens, apps.connections.open, the socket, the store and the answer, all real but Slack."""
    clock = SystemClock()
    with (
        WebSocketServer() as server,
        FakeSlack(wss_url=server.url) as slack,
        opened(tmp_path) as (store, outbox),
    ):
        enqueue(store, clock, [delivery("a", matter="cma:microsoft+openai")])
        claimed = outbox.claim(clock.now())
        assert claimed is not None
        outbox.sent(claimed.id, MessageRef(channel_id="C0ALERTS00", ts="1.000001"), None, clock.now())
        secrets = Secrets(bot_token=Secret(TOKEN), app_token=Secret(APP_TOKEN), webhook_url=Secret(""))
        mode = socket_mode(SlackSettings(api_url=slack.api_url), secrets, clock, store, slash_filter)
        assert mode is not None
        mode.start()
        peer = server.peers.get(timeout=5)
        peer.send({"type": "hello"})
        for number in ("e1", "e2"):
            peer.send(envelope(number, action=MUTE_MATTER, value=str(claimed.id)))
        fields = {
            "command": "/regwatch",
            "text": "hits openai",
            "user_id": "U0LAWYER",
            "channel_id": "C0ALERTS00",
        }
        peer.send({"type": "slash_commands", "envelope_id": "e3", "payload": fields})
        for _ in range(3):
            peer.heard.get(timeout=5)
        mode.close()
        with store.writing() as tx:
            (silence,) = tx.silences(datetime.now(UTC))
        assert (silence.matter, silence.author) == ("cma:microsoft+openai", "slack:U0LAWYER")
        assert timedelta(days=6, hours=23) < silence.until - silence.created_at <= timedelta(days=7)
        assert len(slack.calls("chat.postEphemeral")) == 3


def test_close_is_quick_when_nobody_answers() -> None:
    """A bot that stops does not wait for Slack."""
    mode = SocketMode(
        open_url=lambda: "", store=FakeActions(), answer=Answers(), clock=SystemClock(), now=SystemClock().now
    )
    mode.start()
    mode.close(timeout=2)
    assert not mode.connected.is_set()


@pytest.mark.parametrize(
    ("words", "query"),
    [
        (('"capacity cloud"',), '"capacity cloud"'),
        (("merger", "-undertakings"), "merger -undertakings"),
        (("--since", '"last month"', "-merger"), "-merger"),
        (('"open',), "open"),
    ],
)
def test_the_slash_command_takes_the_query_language(words: tuple[str, ...], query: str) -> None:
    """Phrases and words that must be absent, as on the command line."""
    assert slash_filter(words, datetime(2026, 11, 27, tzinfo=UTC)).query == parse(query)
