"""The pump over a real outbox and the strict fake Slack, on a clock that nobody waits for."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.alerts.console import ConsolePort
from bot.alerts.pump import Pump
from bot.alerts.slack import WebhookCalls
from bot.alerts.slack_port import SlackPort
from bot.alerts.ways import Ways
from bot.alerts.webhook import WebhookPort
from storage.outbox import Outbox
from storage.records import Message, NewDelivery
from storage.words import DeliveryAction, DeliveryState
from storage.writer import Store
from tests.clock import FakeClock
from tests.fake_slack import SCOPES, FakeSlack, Fault
from tests.unit.alerts.outboxes import calls_to, delivery, enqueue, opened, pump_to, seconds_of

HOUR = timedelta(hours=1)
REPLY = DeliveryAction.REPLY
UPDATE = DeliveryAction.UPDATE


@dataclass
class Bench:
    clock: FakeClock
    store: Store
    outbox: Outbox
    slack: FakeSlack
    told: list[str]
    pump: Pump

    def put(self, *deliveries: NewDelivery) -> None:
        enqueue(self.store, self.clock, deliveries)

    def states(self) -> list[str]:
        return [d.state.value for d in reversed(self.outbox.list())]

    def texts(self, channel: str = "alerts") -> list[str]:
        return [m.text for m in self.slack.messages(channel)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = FakeClock()
    told: list[str] = []
    with opened(tmp_path) as (store, outbox), FakeSlack(clock=lambda: seconds_of(clock)) as slack:
        yield Bench(clock, store, outbox, slack, told, pump_to(slack, outbox, clock, told=told))
        assert slack.problems() == []


def test_messages_arrive_once_in_order_and_paced(bench: Bench) -> None:
    """Five messages, 1.1 s apart, each with its own mark."""
    bench.put(*(delivery(str(n)) for n in range(5)))
    report = bench.pump.drain(HOUR)
    assert (report.sent, report.left) == (5, 0)
    assert bench.texts() == [f"message {n}" for n in range(5)]
    assert len(set(bench.slack.deliveries())) == 5
    times = [m.at for m in bench.slack.messages()]
    assert min(b - a for a, b in itertools.pairwise(times)) >= 1.0


def test_a_channel_by_name_and_by_id_is_one_lane(bench: Bench) -> None:
    """Slack's limit is per channel, however it is called."""
    bench.put(delivery("a", to="#alerts"), delivery("b", to="alerts"), delivery("c", to="C0ALERTS00"))
    bench.pump.drain(HOUR)
    times = sorted(m.at for m in bench.slack.messages())
    assert len(times) == 3
    assert times[2] - times[1] >= 1.0


def test_replies_stand_in_the_thread_and_the_channel(bench: Bench) -> None:
    """A step is a broadcast reply; a quiet reply stays in the thread; an edit changes the parent."""
    bench.put(
        delivery("p", matter="m"),
        delivery("r", matter="m", action=REPLY),
        delivery("q", matter="m", action=DeliveryAction.QUIET_REPLY),
        delivery("u", matter="m", action=UPDATE),
    )
    bench.pump.drain(HOUR)
    parent, reply, quiet = bench.slack.messages()
    assert (parent.text, parent.edits) == ("message u", 1)
    assert (reply.thread_ts, reply.broadcast) == (parent.ts, True)
    assert (quiet.thread_ts, quiet.broadcast) == (parent.ts, False)
    assert (
        bench.outbox.list()[-1].permalink
        == f"https://fake.slack.example/archives/C0ALERTS00/p{parent.ts.replace('.', '')}"
    )


def test_an_edit_that_a_later_one_contains_is_skipped(bench: Bench) -> None:
    """Twenty sources in a minute are one edit."""
    bench.put(delivery("p", matter="m"), *(delivery(f"u{n}", matter="m", action=UPDATE) for n in range(20)))
    report = bench.pump.drain(HOUR)
    assert (report.sent, report.skipped) == (2, 19)
    assert bench.texts() == ["message u19"]


def test_retry_after_is_honoured(bench: Bench) -> None:
    """No call to the channel within the pause that Slack asked for; the other channel goes on."""
    bench.slack.script("chat.postMessage", Fault(status=429, retry_after=20))
    bench.put(delivery("a"), delivery("b", to="#ops"))
    bench.pump.drain(HOUR)
    first, *later = bench.slack.calls("chat.postMessage")
    alerts = [c for c in later if c.channel == "C0ALERTS00"]
    assert alerts[0].at - first.at >= 20
    assert bench.slack.messages("ops")[0].at - first.at < 5
    assert bench.texts() == ["message a"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("accept-then-drop"),
        Fault("accept-then-reset"),
        Fault("accept-then-cut"),
        Fault("accept-then-garbage"),
        Fault("accept-then-error", status=500),
        Fault("accept-then-error", status=503, retry_after=3),
        Fault("accept-then-error", error="internal_error"),
        Fault("accept-then-error", error="fatal_error", status=200),
        Fault("drop"),
        Fault("reset"),
        Fault(status=500),
        Fault(status=200),
        Fault(error="service_unavailable"),
        Fault(error="ratelimited"),
        Fault(error="request_timeout"),
        Fault(error="a_word_of_tomorrow"),
    ],
    ids=lambda f: f"{f.kind}-{f.error or f.status}",
)
@pytest.mark.parametrize("lag", [0.0, 20.0], ids=["history-now", "history-late"])
def test_whatever_goes_wrong_once_nothing_is_lost_or_doubled(bench: Bench, fault: Fault, lag: float) -> None:
    """The second of three messages meets the fault; all three stand once, in order."""
    bench.slack.history_lag = lag
    bench.slack.script("chat.postMessage", None, fault)
    bench.put(delivery("p", matter="m"), delivery("r", matter="m", action=REPLY), delivery("s"))
    bench.pump.drain(HOUR)
    assert bench.texts() == ["message p", "message r", "message s"]
    assert bench.states() == ["sent"] * 3


def test_three_errors_in_a_row_lose_nothing(bench: Bench) -> None:
    """Slack answers 500 three times."""
    bench.slack.script("chat.postMessage", *[Fault(status=500)] * 3)
    bench.put(delivery("a"), delivery("b"))
    bench.pump.drain(HOUR)
    assert bench.texts() == ["message a", "message b"]


def test_an_edit_of_unknown_fate_is_repeated(bench: Bench) -> None:
    """Editing twice is harmless: no look, no wait."""
    bench.slack.script("chat.update", Fault("accept-then-drop"))
    bench.put(delivery("p", matter="m"), delivery("u", matter="m", action=UPDATE))
    bench.pump.drain(HOUR)
    assert bench.slack.messages()[0].edits == 2
    assert not bench.slack.calls("conversations.history")


def test_a_message_that_slack_refuses_comes_as_plain_text(bench: Bench) -> None:
    """invalid_blocks: the text alone, once."""
    rich = Message(text="the text", blocks=({"type": "wrong"},))
    bench.put(delivery("a", message=rich))
    bench.pump.drain(HOUR)
    (message,) = bench.slack.messages()
    assert (message.text, message.blocks) == ("the text", [])


def test_a_message_refused_even_as_text_is_dead_told_and_kept(bench: Bench) -> None:
    """It can be sent again by hand, and it holds nothing up."""
    bench.slack.script("chat.postMessage", Fault(error="msg_too_long"), Fault(error="msg_too_long"))
    bench.put(delivery("a"), delivery("b"))
    report = bench.pump.drain(HOUR)
    assert (report.dead, report.sent) == (1, 1)
    assert "regwatch alerts retry 1" in bench.told[0]
    bench.outbox.retry([1])
    bench.pump.drain(HOUR)
    assert sorted(bench.texts()) == ["message a", "message b"]


def test_a_channel_at_fault_waits_and_the_others_go_on(bench: Bench) -> None:
    """It is tried hourly, told once, and delivers everything in order once it is back."""
    bench.slack.archived.add("alerts")
    bench.put(delivery("a"), delivery("b"), delivery("c", to="ops"))
    report = bench.pump.drain(timedelta(seconds=30))
    assert report.troubles == ("Slack refuses the channel #alerts (is_archived)",)
    assert bench.texts("ops") == ["message c"]
    bench.pump.drain(timedelta(hours=3))
    assert len(bench.told) == 1
    assert "(is_archived), since 2 March, 09:00 UTC. What goes there waits" in bench.told[0]
    bench.slack.archived.clear()
    assert bench.pump.drain(timedelta(hours=2)).troubles == ()
    assert bench.texts() == ["message a", "message b"]
    (_, over) = bench.told
    assert over.startswith("Slack takes messages to #alerts again (2 March, ")


def test_an_unknown_channel_keeps_its_messages(bench: Bench) -> None:
    """channel_not_found is for people to mend."""
    bench.put(delivery("a", to="#nowhere"))
    bench.pump.drain(timedelta(seconds=10))
    assert bench.states() == ["failed"]
    assert "channel_not_found" in bench.told[0]


def test_a_revoked_token_stops_all_calls_but_a_probe_a_minute(bench: Bench) -> None:
    """Nothing is lost, and when the token is back everything goes out."""
    bench.slack.token = "xoxb-other"
    bench.put(delivery("a"), delivery("b", to="ops"))
    assert "invalid_auth" in bench.pump.drain(HOUR).troubles[0]
    for _ in range(600):
        bench.clock.forward(timedelta(seconds=1))
        bench.pump.deliver_once()
    assert len(bench.told) == 1
    assert not bench.slack.calls("chat.postMessage")
    assert 8 <= len(bench.slack.calls("auth.test")) <= 12
    bench.slack.token = "xoxb-fake-token"
    bench.clock.forward(timedelta(minutes=2))
    assert bench.pump.drain(timedelta(minutes=5)).troubles == ()
    assert bench.texts() == ["message a"]
    assert bench.texts("ops") == ["message b"]
    assert "invalid_auth), since 2 March, 09:00 UTC. Nothing is lost" in bench.told[0]
    assert bench.told[1].startswith("Slack takes the app again; what waited is sent now (2 March, ")


def test_a_slack_that_is_unwell_for_a_moment_is_nobodys_task(bench: Bench) -> None:
    """A 500 names no scope to check, and the word would come when it is over."""
    bench.slack.chance(lambda _method: Fault(status=500))
    bench.put(delivery("a"))
    bench.pump.drain(timedelta(minutes=2))
    bench.slack.chance(lambda _method: None)
    bench.pump.drain(timedelta(minutes=5))
    assert bench.texts() == ["message a"]
    assert bench.told == []


def test_a_history_that_cannot_be_read_holds_for_ten_minutes(bench: Bench) -> None:
    """Then the message is sent again, and people are told that it may stand twice."""
    bench.slack.scopes = SCOPES - {"channels:history"}
    bench.slack.script("chat.postMessage", Fault("drop"))
    bench.put(delivery("a"))
    bench.pump.drain(timedelta(minutes=9))
    assert bench.texts() == []
    assert "needs the scope channels:history" in bench.told[0]
    bench.pump.drain(timedelta(minutes=5))
    assert bench.texts() == ["message a"]
    assert "may stand twice" in bench.told[-1]


def test_a_thread_that_is_gone_does_not_swallow_the_news(bench: Bench) -> None:
    """Somebody deleted the parent: the reply becomes a message, the edit is given up."""
    bench.put(delivery("p", matter="m"))
    bench.pump.drain(HOUR)
    bench.slack.messages()[0].ts = "1.000001"
    bench.put(delivery("r", matter="m", action=REPLY), delivery("u", matter="m", action=UPDATE))
    bench.pump.drain(HOUR)
    assert bench.texts()[-1] == "message r"
    assert bench.states() == ["sent", "sent", "skipped"]


@pytest.mark.parametrize("action", [REPLY, DeliveryAction.QUIET_REPLY])
def test_what_was_told_past_a_deleted_thread_is_found_in_the_channel(
    bench: Bench, action: DeliveryAction
) -> None:
    """The message stood, the answer was lost: the thread is gone, so the channel's history says that it is there."""
    bench.put(delivery("p", matter="m"))
    bench.pump.drain(HOUR)
    bench.slack.messages()[0].ts = "1.000001"
    bench.put(delivery("r", matter="m", action=action))
    bench.slack.script("chat.postMessage", None, Fault("accept-then-drop"))
    bench.pump.drain(HOUR)
    assert bench.texts() == ["message p", "message r"]
    assert bench.states() == ["sent", "sent"]
    assert bench.told == []


def test_slack_out_of_reach_is_waited_for(tmp_path: Path) -> None:
    """Connection refused is certain not to have posted: no look, only a growing pause."""
    clock = FakeClock()
    with FakeSlack() as gone:
        pass
    with opened(tmp_path) as (store, outbox):
        enqueue(store, clock, [delivery("a")])
        report = pump_to(gone, outbox, clock).drain(timedelta(minutes=10))
        assert report.retried >= 4
        assert outbox.list()[0].state is DeliveryState.FAILED


def test_a_drain_does_not_wait_for_what_waiting_does_not_mend(bench: Bench) -> None:
    """`run --once` with a revoked token ends at once, everything kept."""
    bench.slack.token = "xoxb-other"
    bench.put(*(delivery(str(n)) for n in range(300)))
    before = bench.clock.monotonic()
    bench.pump.drain(HOUR)
    assert bench.clock.monotonic() - before < 5


def test_a_backlog_behind_a_channel_at_fault_is_not_waited_for(bench: Bench) -> None:
    """Three hundred messages behind one that may go in an hour: the drain ends."""
    bench.slack.archived.add("alerts")
    bench.put(*(delivery(str(n)) for n in range(300)))
    before = bench.clock.monotonic()
    assert bench.pump.drain(timedelta(minutes=30)).left == 200
    assert bench.clock.monotonic() - before < 5


def test_one_call_keeps_a_busy_channel_busy(bench: Bench) -> None:
    """Called once a second, the pump still posts every 1.1 s."""
    bench.put(*(delivery(str(n)) for n in range(30)))
    assert 15 <= bench.pump.deliver_once().sent <= 20


def test_the_webhook_and_the_terminal_take_replies_as_messages(tmp_path: Path) -> None:
    """No threads there: a reply stands by itself, an edit that cannot be made is passed over."""
    clock, out = FakeClock(), io.StringIO()
    with opened(tmp_path) as (store, outbox), FakeSlack() as slack:
        webhook = WebhookPort(WebhookCalls(slack.webhook_url, clock=clock))
        pump = Pump(book=outbox, ways=Ways(webhook=webhook, terminal=ConsolePort(out)), clock=clock)
        for to in ("webhook", "terminal"):
            kinds = (DeliveryAction.POST, REPLY, UPDATE)
            enqueue(store, clock, [delivery(f"{to}{k}", to=to, matter="m", action=k) for k in kinds])
        report = pump.drain(HOUR)
        assert (report.dead, report.left) == (0, 0)
        assert [m.text for m in slack.messages()] == ["message webhookpost", "message webhookreply"]
        assert "    │ message terminalreply" in out.getvalue()


def test_a_stop_puts_the_claimed_delivery_back(bench: Bench) -> None:
    """SIGTERM between claim and post leaves nothing in doubt."""
    bench.put(delivery("a"), delivery("b"))
    bench.slack.on_call = lambda method: bench.pump.stop.set() if method == "chat.postMessage" else None
    bench.pump.drain(HOUR)
    assert bench.states() == ["sent", "pending"]
    assert not bench.outbox.in_doubt()


def test_no_secret_is_told_or_stored(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Errors name Slack's words, never the token."""
    caplog.set_level("DEBUG")
    bench.slack.script("chat.postMessage", Fault("reset"), Fault(status=500), Fault(error="invalid_auth"))
    bench.put(delivery("a"))
    bench.pump.drain(timedelta(minutes=30))
    everything = caplog.text + "".join(bench.told) + "".join(d.error for d in bench.outbox.list())
    assert "xoxb" not in everything


def test_a_post_that_was_taken_long_after_its_claim_is_not_doubled(bench: Bench) -> None:
    """The process died 32 s after the claim, 12 s after Slack took the post; the history is 15 s late."""
    bench.slack.history_lag = 15.0
    bench.put(delivery("a"))
    claimed = bench.outbox.claim(bench.clock.now())
    assert claimed is not None
    bench.clock.forward(timedelta(seconds=20))
    SlackPort(calls_to(bench.slack, bench.clock)).send(claimed, claimed.message, None)
    bench.clock.forward(timedelta(seconds=12))
    pump_to(bench.slack, bench.outbox, bench.clock).drain(HOUR)
    assert bench.texts() == ["message a"]


def test_a_slack_whose_clock_is_minutes_behind_ours_is_looked_at_far_enough_back(tmp_path: Path) -> None:
    """The channel is given by its ID, so that the search is the first call of the process."""
    clock = FakeClock()
    with opened(tmp_path) as (store, outbox), FakeSlack(clock=lambda: seconds_of(clock) - 300) as slack:
        enqueue(store, clock, [delivery("a", to="C0ALERTS00")])
        claimed = outbox.claim(clock.now())
        assert claimed is not None
        SlackPort(calls_to(slack, clock)).send(claimed, claimed.message, None)
        clock.forward(timedelta(minutes=10))
        pump_to(slack, outbox, clock).drain(HOUR)
        assert [m.text for m in slack.messages("alerts")] == ["message a"]
