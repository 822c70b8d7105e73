"""The doors to Slack: every answer and every exception becomes a value, and nothing is posted twice."""

from __future__ import annotations

import http.client
import inspect
import socket
import ssl
import urllib.error
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import slack_sdk.errors

from bot.alerts.message import alert_message, plain_message
from bot.alerts.port import (
    Ambiguous,
    CannotLook,
    Fault,
    Found,
    NotSent,
    NotThere,
    Outcome,
    Posted,
    Refused,
    TryLater,
)
from bot.alerts.slack import SlackCalls, WebhookCalls
from bot.alerts.slack_errors import outcome_of, outcome_of_exception, outcome_of_status, retry_after
from bot.alerts.slack_port import SlackPort, mark_of
from bot.alerts.webhook import WebhookPort
from bot.clock import Clock, SystemClock
from storage.records import Delivery, Message
from storage.words import DeliveryAction, DeliveryState, Level
from tests import fake_slack
from tests.clock import FakeClock
from tests.fake_slack import FakeSlack
from tests.fake_slack_http import Fault as SlackFault
from tests.http_server import Answer, HttpServer, Seen, Wire, head, redirect
from tests.unit.alerts.making import alert


def row(
    number: int = 7,
    *,
    to: str = "#alerts",
    action: DeliveryAction = DeliveryAction.POST,
    message: Message | None = None,
) -> Delivery:
    now = datetime.now(UTC)
    return Delivery(
        id=number,
        key=f"key-{number}",
        destination=to,
        action=action,
        message=message or plain_message("hello"),
        reason="opened",
        level=Level.HIGH,
        state=DeliveryState.SENDING,
        attempts=1,
        created_at=now,
        attempted_at=now,
        matter="m",
    )


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake
        assert fake.problems() == []


def port_to(
    slack: FakeSlack, *, buttons: bool = False, timeout: float = 5.0, clock: Clock | None = None
) -> SlackPort:
    calls = SlackCalls(fake_slack.TOKEN, clock=clock or SystemClock(), api_url=slack.api_url, timeout=timeout)
    return SlackPort(calls, buttons=buttons)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *(
            (code, TryLater)
            for code in ("ratelimited", "rate_limited", "request_timeout", "message_limit_exceeded")
        ),
        *(
            (code, Ambiguous)
            for code in ("fatal_error", "internal_error", "service_unavailable", "org_login_required")
        ),
        *(
            (code, Fault.MESSAGE)
            for code in ("msg_too_long", "msg_blocks_too_long", "invalid_blocks", "no_text")
        ),
        *(
            (code, Fault.MESSAGE)
            for code in ("metadata_too_large", "invalid_metadata_format", "too_many_attachments")
        ),
        *(
            (code, Fault.DESTINATION)
            for code in ("channel_not_found", "not_in_channel", "is_archived", "no_service")
        ),
        *((code, Fault.DESTINATION) for code in ("restricted_action", "restricted_action_read_only_channel")),
        *(
            (code, Fault.APP)
            for code in ("invalid_auth", "token_revoked", "missing_scope", "account_inactive")
        ),
        *((code, Fault.THREAD) for code in ("message_not_found", "thread_not_found", "cant_update_message")),
    ],
)
def test_each_error_word_has_its_class(code: str, kind: object) -> None:
    """The table of reliability: passing, ambiguous, or somebody's fault."""
    outcome = outcome_of(code)
    assert (outcome.fault if isinstance(outcome, Refused) else type(outcome)) == kind


def test_a_word_of_tomorrow_is_passing_and_says_that_it_is_unknown() -> None:
    """It never drops a message."""
    assert outcome_of("a_new_word") == TryLater(code="a_new_word", after=None, known=False)


@pytest.mark.parametrize(
    "status", [200, 202, 302, 400, 401, 403, 404, 410, 413, 429, 500, 502, 503, 504, 529]
)
def test_every_status_has_a_class(status: int) -> None:
    """5xx and a wordless 200 are ambiguous; nothing else is, and nothing counts as posted."""
    outcome = outcome_of_status(status)
    assert not isinstance(outcome, Posted)
    assert isinstance(outcome, Ambiguous) == (status < 300 or status >= 500)


def exceptions() -> list[BaseException]:
    """Return one of every exception that slack_sdk, http.client, urllib and ssl define."""
    found: list[BaseException] = []
    for module in (slack_sdk.errors, http.client, urllib.error, socket, ssl):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if not issubclass(kind, Exception):
                continue
            if issubclass(kind, urllib.error.URLError):
                continue  # wrappers: their reasons are in the table below; HTTPError never leaves the reader
            found.append(kind.__new__(kind))
    return found


@pytest.mark.parametrize("error", exceptions(), ids=lambda e: type(e).__name__)
def test_every_exception_is_classed_and_none_counts_as_posted(error: BaseException) -> None:
    """What is not known to be unsent is ambiguous; a new exception of the library is too."""
    assert isinstance(outcome_of_exception(error), Ambiguous | NotSent)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (urllib.error.URLError(ConnectionRefusedError(111, "refused")), NotSent),
        (urllib.error.URLError(socket.gaierror(-2, "no such host")), NotSent),
        (urllib.error.URLError(OSError(113, "no route")), NotSent),
        (urllib.error.URLError(ssl.SSLCertVerificationError(1, "bad certificate")), NotSent),
        (urllib.error.URLError(TimeoutError("timed out")), Ambiguous),
        (TimeoutError("timed out"), Ambiguous),
        (ConnectionResetError(104, "reset"), Ambiguous),
        (BrokenPipeError(32, "pipe"), Ambiguous),
        (http.client.RemoteDisconnected("closed"), Ambiguous),
        (http.client.IncompleteRead(b"x"), Ambiguous),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), Ambiguous),
        (AttributeError("'list' object has no attribute 'get'"), Ambiguous),
    ],
    ids=lambda value: str(value)[:40],
)
def test_only_what_cannot_have_arrived_counts_as_not_sent(error: BaseException, kind: type[Outcome]) -> None:
    """Connection refused, no such host, no route, a bad certificate."""
    assert isinstance(outcome_of_exception(error), kind)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"retry-after": ["2.5"]}, 2.5),
        ({}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "inf"}, None),
    ],
)
def test_retry_after_is_read_in_any_case(headers: dict[str, object], seconds: float | None) -> None:
    """Nonsense counts as nothing said."""
    assert retry_after(headers) == seconds


def test_a_post_carries_its_mark_and_does_not_unfurl(slack: FakeSlack) -> None:
    """The fake notes unfurling as a problem; the mark comes back with the history."""
    delivery = row()
    assert isinstance(port_to(slack).send(delivery, alert_message(alert()), None), Posted)
    (message,) = slack.messages("alerts")
    assert message.metadata == {
        "event_type": "regwatch_alert",
        "event_payload": {"delivery": mark_of(delivery)},
    }


def test_buttons_stand_only_where_somebody_can_answer_them(slack: FakeSlack) -> None:
    """With an app token each alert has four buttons whose value is the row; an ops message has none."""
    port = port_to(slack, buttons=True)
    port.send(row(), alert_message(alert()), None)
    port_to(slack).send(row(8), alert_message(alert()), None)
    with_row, without = slack.messages("alerts")
    actions = [b for b in with_row.blocks if b["type"] == "actions"]
    assert [e["value"] for e in actions[0]["elements"]] == ["7"] * 4
    assert not [b for b in without.blocks if b["type"] == "actions"]


def test_a_message_is_found_again_by_name_of_the_channel(slack: FakeSlack) -> None:
    """A new process knows only the channel's name: it learns the ID from conversations.list."""
    delivery = row()
    posted = port_to(slack).send(delivery, delivery.message, None)
    assert isinstance(posted, Posted)
    sighting = port_to(slack).find(delivery, None)
    assert isinstance(sighting, Found)
    assert sighting.ref == posted.ref
    assert port_to(slack).find(row(8), None) == NotThere()


def test_a_channel_that_cannot_be_listed_names_the_scope() -> None:
    """Without its ID a channel's history cannot be asked for: what is missing is the right to list."""
    with FakeSlack(scopes=frozenset({"chat:write", "channels:history"})) as slack:
        sighting = port_to(slack).find(row(), None)
    assert sighting == CannotLook(code="missing_scope: needs the scope channels:read")


def test_one_listing_names_every_channel(slack: FakeSlack) -> None:
    """The listing is scarce: twenty calls a minute in the whole workspace."""
    for name in ("#alerts", "#ops"):
        port_to(slack).send(row(to=name), plain_message("there"), None)
    port = port_to(slack)
    assert [port.find(row(8, to=name), None) for name in ("#alerts", "#ops")] == [NotThere(), NotThere()]
    assert len(slack.calls("conversations.list")) == 1


@pytest.mark.parametrize("method", ["conversations.list", "conversations.history"])
def test_a_pause_asked_for_by_a_reading_method_holds_for_every_channel(slack: FakeSlack, method: str) -> None:
    """Slack limits reading per method and workspace: no other channel is looked at meanwhile."""
    clock = FakeClock()
    port = port_to(slack, clock=clock)
    slack.script(method, SlackFault(status=429, retry_after=10))
    asked = [port.find(row(8, to=name), None) for name in ("#alerts", "#ops")]
    clock.forward(timedelta(seconds=4))
    asked.append(port.find(row(9, to="#alerts"), None))
    assert asked == [CannotLook(code="ratelimited", after=wait) for wait in (10, 10, 6)]
    assert len(slack.calls(method)) == 1
    clock.forward(timedelta(seconds=6))
    assert port.find(row(9, to="#alerts"), None) == NotThere()


def test_a_channel_that_is_not_listed_is_not_read_by_its_name(slack: FakeSlack) -> None:
    """Slack knows histories by ID alone."""
    assert port_to(slack).find(row(to="#nowhere"), None) == CannotLook(code="channel_not_found")
    assert slack.calls("conversations.history") == []


def test_a_quiet_reply_is_found_in_its_thread(slack: FakeSlack) -> None:
    """conversations.history does not hold it."""
    port = port_to(slack)
    parent = port.send(row(1), plain_message("parent"), None)
    assert isinstance(parent, Posted)
    quiet = row(2, action=DeliveryAction.QUIET_REPLY)
    port.send(quiet, quiet.message, parent.ref)
    assert isinstance(port_to(slack).find(quiet, parent.ref), Found)


def test_all_pages_of_a_history_are_read(slack: FakeSlack) -> None:
    """The message may stand hundreds of messages back."""
    port = port_to(slack)
    first = row(1)
    for number in range(1, 251):
        port.send(first if number == 1 else row(number), first.message, None)
    assert isinstance(port.find(first, None), Found)


def test_a_history_that_cannot_be_read_says_why() -> None:
    """The scope is named."""
    with FakeSlack(scopes=frozenset({"chat:write", "channels:read"})) as slack:
        sighting = port_to(slack).find(row(), None)
    assert sighting == CannotLook(code="missing_scope: needs the scope channels:history")


@pytest.mark.parametrize(
    "fault",
    [
        fake_slack.Fault("accept-then-drop"),
        fake_slack.Fault("accept-then-reset"),
        fake_slack.Fault("accept-then-garbage"),
    ],
    ids=lambda f: f.kind,
)
def test_a_lost_answer_is_not_retried_by_the_library(slack: FakeSlack, fault: fake_slack.Fault) -> None:
    """One call, one message: slack_sdk's own retry is off."""
    slack.script("chat.postMessage", fault)
    assert isinstance(port_to(slack).send(row(), plain_message("x"), None), Ambiguous)
    assert len(slack.calls("chat.postMessage")) == 1


def test_a_hanging_answer_ends_in_time(slack: FakeSlack) -> None:
    """And is ambiguous: it was accepted."""
    slack.script("chat.postMessage", fake_slack.Fault("accept-then-hang"))
    assert port_to(slack, timeout=0.2).send(row(), plain_message("x"), None) == Ambiguous(code="TimeoutError")


@pytest.mark.parametrize("status", [200, 500])
def test_a_dripping_answer_is_cut_off(status: int) -> None:
    """A byte every few milliseconds keeps no time-out from falling, whatever the status."""

    def drip(_seen: Seen, wire: Wire) -> None:
        wire.send(head(status, {"Content-Type": "application/json"}))
        while wire.send(b" ") and wire.pause(0.02):
            pass

    with HttpServer() as server:
        server.serve("/api/chat.postMessage", drip)
        calls = SlackCalls("xoxb-1", clock=SystemClock(), api_url=server.url("/api"), timeout=0.3)
        assert calls.call("chat.postMessage", json={"text": "x"}) == Ambiguous(code="TimeoutError")


def test_a_redirect_is_not_followed() -> None:
    """It would hand the token to another host."""
    with HttpServer() as server:
        server.serve("/api/chat.postMessage", redirect(server.url("/elsewhere"), 307))
        server.serve("/elsewhere", Answer(body=b'{"ok": true}'))
        calls = SlackCalls("xoxb-1", clock=SystemClock(), api_url=server.url("/api"), timeout=5)
        assert calls.call("chat.postMessage", json={"text": "x"}) == TryLater(code="http_307", known=False)
        assert not server.seen("/elsewhere")


def test_the_environments_proxy_is_not_used(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither slack_sdk's reading of it nor urllib's."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(port_to(slack).send(row(), plain_message("x"), None), Posted)


@pytest.mark.parametrize("body", [b"", b"[]", b'"ok"', b"{", b"<html>", b'{"ok": true}', b"null"], ids=repr)
def test_an_odd_answer_is_ambiguous(body: bytes) -> None:
    """Whatever stands in a 200: without ok, channel and ts nobody knows."""
    with HttpServer() as server:
        server.serve("/api/chat.postMessage", Answer(body=body, headers={"Content-Type": "application/json"}))
        calls = SlackCalls("xoxb-1", clock=SystemClock(), api_url=server.url("/api"), timeout=5)
        assert isinstance(SlackPort(calls).send(row(), plain_message("x"), None), Ambiguous)


def webhook_to(url: str) -> WebhookPort:
    return WebhookPort(WebhookCalls(url, clock=SystemClock(), timeout=5))


def test_a_webhook_posts_without_a_reference(slack: FakeSlack) -> None:
    """It says ok, and nothing more."""
    assert webhook_to(slack.webhook_url).send(row(), alert_message(alert()), None) == Posted()
    assert len(slack.messages("webhook")) == 1


@pytest.mark.parametrize(
    ("status", "word", "outcome"),
    [
        (404, b"no_service", Refused(fault=Fault.DESTINATION, code="no_service")),
        (410, b"channel_is_archived", Refused(fault=Fault.DESTINATION, code="channel_is_archived")),
        (400, b"invalid_blocks", Refused(fault=Fault.MESSAGE, code="invalid_blocks")),
        (403, b"invalid_token", Refused(fault=Fault.APP, code="invalid_token")),
        (429, b"", TryLater(code="ratelimited", after=30.0)),
        (500, b"oops <html>", Ambiguous(code="http_500")),
        (200, b"maybe", TryLater(code="maybe", known=False)),
    ],
    ids=lambda v: str(v)[:20],
)
def test_a_webhooks_words_have_the_same_table(status: int, word: bytes, outcome: Outcome) -> None:
    """Plain words with HTTP codes."""
    with HttpServer() as server:
        server.serve("/services/x", Answer(status=status, body=word))
        assert webhook_to(server.url("/services/x")).send(row(), plain_message("x"), None) == outcome
