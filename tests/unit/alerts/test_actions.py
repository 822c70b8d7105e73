"""Clicks and commands are input: checked, and never able to do more than once what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.actions import (
    Click,
    Command,
    Envelope,
    Goodbye,
    Hello,
    Odd,
    answer_click,
    answer_command,
    read_envelope,
    read_request,
)
from bot.alerts.blocks import ACKNOWLEDGE, MUTE_MATTER, NOT_RELEVANT, WHY
from bot.alerts.message import plain_message
from storage.records import Delivery
from storage.words import DeliveryAction, DeliveryState, Level
from tests.unit.alerts.making import NOW


def told(matter: str | None = "cma:microsoft+openai") -> Delivery:
    return Delivery(
        id=7,
        key="k",
        destination="#alerts",
        action=DeliveryAction.POST,
        message=plain_message("x"),
        reason="opened",
        level=Level.HIGH,
        state=DeliveryState.SENT,
        attempts=1,
        created_at=NOW,
        matter=matter,
        channel_id="C0ALERTS00",
        ts="1.000001",
    )


@dataclass
class FakeActions:
    """A store that keeps sets, as the database does."""

    deliveries: dict[int, Delivery] = field(default_factory=lambda: {7: told()})
    marks: set[tuple[int, str, str]] = field(default_factory=set)
    silences: set[str] = field(default_factory=set)

    def delivery(self, number: int) -> Delivery | None:
        return self.deliveries.get(number)

    def record_feedback(self, delivery: Delivery, verdict: str, who: str, at: datetime) -> int:
        self.marks.add((delivery.id, verdict, who))
        return 1

    def add_silence(self, matter: str, who: str, at: datetime, until: datetime) -> bool:
        if matter in self.silences:
            return False
        self.silences.add(matter)
        return True

    def why(self, delivery: Delivery) -> str:
        return "because"

    def hits(self, words: Sequence[str], now: datetime) -> str:
        return f"hits for {list(words)}"


def payload(action: str = ACKNOWLEDGE, value: object = "7", **more: object) -> dict[str, object]:
    return {
        "type": "block_actions",
        "user": {"id": "U0LAWYER"},
        "channel": {"id": "C0ALERTS00"},
        "container": {"message_ts": "1.000001", "channel_id": "C0ALERTS00"},
        "actions": [{"action_id": action, "value": value}],
        **more,
    }


def click(action: str = ACKNOWLEDGE) -> Click:
    found = read_request(Envelope(id="e1", kind="interactive", payload=payload(action)))
    assert isinstance(found, Click)
    return found


@pytest.mark.parametrize(
    ("action", "effect"),
    [
        (ACKNOWLEDGE, {(7, "acknowledged", "slack:U0LAWYER")}),
        (NOT_RELEVANT, {(7, "not-relevant", "slack:U0LAWYER")}),
    ],
)
def test_a_mark_is_stored_once_however_often_it_is_clicked(
    action: str, effect: set[tuple[int, str, str]]
) -> None:
    """A double click is one effect."""
    store = FakeActions()
    for _ in range(3):
        answer_click(click(action), store, NOW)
    assert store.marks == effect


def test_a_matter_is_muted_for_seven_days_and_once() -> None:
    """The answer says until when, and what still comes."""
    store = FakeActions()
    assert "until 2026-03-09 09:05 UTC; official steps" in answer_click(click(MUTE_MATTER), store, NOW)
    assert "muted already" in answer_click(click(MUTE_MATTER), store, NOW)


def test_a_message_without_a_matter_cannot_be_muted() -> None:
    """It says so instead of muting everything."""
    store = FakeActions(deliveries={7: told(matter=None)})
    assert "no matter" in answer_click(click(MUTE_MATTER), store, NOW)
    assert not store.silences


def test_why_is_answered() -> None:
    """To the one who asked."""
    assert answer_click(click(WHY), FakeActions(), NOW) == "because"


@pytest.mark.parametrize(
    "forged", [{"delivery": 8}, {"channel": "C0OTHER000"}, {"ts": "9.9"}], ids=["row", "channel", "message"]
)
def test_a_forged_click_does_nothing(forged: dict[str, object]) -> None:
    """The row must have been sent to the very message that was clicked."""
    store = FakeActions()
    fake = replace(click(), **forged)  # type: ignore[arg-type]
    assert "does not know" in answer_click(fake, store, NOW)
    assert not store.marks


@pytest.mark.parametrize("value", ["", "0", "-7", "7; DROP", "٧", "9" * 30, None, {"a": 1}], ids=repr)
def test_a_value_that_is_no_row_is_ignored(value: object) -> None:
    """Nothing but the digits of a row's number passes."""
    assert isinstance(read_request(Envelope(id="e", kind="interactive", payload=payload(value=value))), Odd)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type": "hello"}', Hello),
        ('{"type": "disconnect", "reason": "refresh_requested"}', Goodbye),
        ('{"type": "interactive", "envelope_id": "e1", "payload": {}}', Envelope),
        ('{"type": "interactive", "payload": {}}', Odd),
        ("[1]", Odd),
        ("{", Odd),
        ("[" * 100_000, Odd),
    ],
    ids=["hello", "disconnect", "envelope", "no id", "list", "cut", "deep"],
)
def test_messages_are_told_apart(text: str, kind: type[object]) -> None:
    """Whatever comes over the socket has a class."""
    assert isinstance(read_envelope(text), kind)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*payload(), "command", "text", "user_id", "x"]), _JSON, max_size=8))
@settings(deadline=None, max_examples=100)
def test_any_payload_is_read_or_refused(fields: dict[str, object]) -> None:
    """No payload raises."""
    for kind in ("interactive", "slash_commands", "events_api"):
        assert isinstance(read_request(Envelope(id="e", kind=kind, payload=fields)), Click | Command | Odd)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('hits "merger inquiry" --regulator cma', ("hits", '"merger inquiry"', "--regulator", "cma")),
        ("hits “phase 1”", ("hits", '"phase 1"')),
        ('hits "open', ("hits", '"open')),
        ("hits \x1b[31m", ("hits", "[31m")),
    ],
)
def test_a_command_is_split_into_words(text: str, words: tuple[str, ...]) -> None:
    """Quotes of any kind hold phrases together, and stay, for they mean something in a query; an open one is no error."""
    fields: dict[str, object] = {
        "command": "/regwatch",
        "text": text,
        "user_id": "U0LAWYER",
        "channel_id": "C1",
    }
    found = read_request(Envelope(id="e", kind="slash_commands", payload=fields))
    assert isinstance(found, Command)
    assert found.words == words


def test_the_command_answers_hits_and_explains_itself() -> None:
    """Anything else is a hint."""
    command = Command(words=("hits", "openai"), user="U0LAWYER", channel="C1")
    assert answer_command(command, FakeActions(), NOW) == "hits for ['openai']"
    assert answer_command(replace(command, words=()), FakeActions(), NOW).startswith("Try: /regwatch hits")
