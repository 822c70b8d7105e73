"""What people ask of the bot in Slack: clicks and the slash command, read as untrusted input and answered.

A click brings back nothing but the number of a delivery; whether that delivery exists, was sent, and stands in the
message that was clicked is looked up. Every effect may be repeated without doing more. Contains no I/O of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.alerts.blocks import ACKNOWLEDGE, MUTE_MATTER, NOT_RELEVANT, WHY
from bot.alerts.escape import clean
from storage.records import Delivery

COMMAND = "/regwatch"
MUTED_FOR = timedelta(days=7)
_WORD = re.compile(r'"[^"]*"?|\S+')  # a phrase keeps its quotation marks, which mean something in a query
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_ENVELOPE = re.compile(r"[!-~]{1,200}")
_MAX_WORDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Something to acknowledge by `id`: interactive, slash_commands or events_api."""

    id: str
    kind: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Hello:
    """The connection stands."""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Slack is about to close, or has closed, this connection."""

    reason: str


@dataclass(frozen=True, slots=True)
class Odd:
    """Nothing that we know; `why` is for the log."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A button of the message at `ts`, for the delivery of that number."""

    action: str
    delivery: int
    user: str
    channel: str
    ts: str
    response_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`/regwatch` and its words."""

    words: tuple[str, ...]
    user: str
    channel: str
    response_url: str = ""


class ActionStore(Protocol):
    """What the database offers to buttons; `bot.alerts.action_store.DatabaseActions` is one."""

    def delivery(self, number: int) -> Delivery | None:
        """Return a delivery."""
        ...

    def record_feedback(self, delivery: Delivery, verdict: str, who: str, at: datetime) -> int:
        """Store what a person said of the delivery's hits; return of how many."""
        ...

    def add_silence(self, matter: str, who: str, at: datetime, until: datetime) -> bool:
        """Mute a matter; False where it is muted for as long already."""
        ...

    def why(self, delivery: Delivery) -> str:
        """Return why this was told, in a few lines of plain text."""
        ...

    def hits(self, words: Sequence[str], now: datetime) -> str:
        """Return past hits for the words of a query, in a few lines of plain text."""
        ...


def read_envelope(text: str) -> Envelope | Hello | Goodbye | Odd:
    """Return what a Socket Mode message is."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Odd("not JSON")
    if not isinstance(found, dict):
        return Odd("not an object")
    match found.get("type"):
        case "hello":
            return Hello()
        case "disconnect":
            return Goodbye(clean(str(found.get("reason", "")))[:80])
    envelope, payload = found.get("envelope_id"), found.get("payload")
    if not isinstance(envelope, str) or not _ENVELOPE.fullmatch(envelope):
        return Odd("no envelope_id")
    fields = payload if isinstance(payload, dict) else {}
    return Envelope(id=envelope, kind=str(found.get("type", ""))[:40], payload=fields)


def read_request(envelope: Envelope) -> Click | Command | Odd:
    """Return what an envelope asks for; everything in it is checked."""
    payload = envelope.payload
    if envelope.kind == "slash_commands":
        return _command(payload)
    if envelope.kind != "interactive" or payload.get("type") != "block_actions":
        return Odd(f"nothing that we offer: {clean(envelope.kind)}")
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    user, container = _inner(payload, "user", "id"), _inner(payload, "container", "message_ts")
    channel = _inner(payload, "channel", "id") or _inner(payload, "container", "channel_id")
    if not isinstance(action, dict) or action.get("action_id") not in (
        ACKNOWLEDGE,
        NOT_RELEVANT,
        MUTE_MATTER,
        WHY,
    ):
        return Odd("an unknown button")
    value = str(action.get("value", ""))
    if not (_NUMBER.fullmatch(value) and _USER.fullmatch(user) and channel and container):
        return Odd("a button with an odd value")
    return Click(
        action=str(action["action_id"]),
        delivery=int(value),
        user=user,
        channel=channel,
        ts=container,
        response_url=str(payload.get("response_url") or ""),
    )


def answer_click(click: Click, store: ActionStore, now: datetime) -> str:
    """Do what a button says, and return what to tell the person who clicked, in plain text."""
    delivery = store.delivery(click.delivery)
    if delivery is None or (delivery.channel_id, delivery.ts) != (click.channel, click.ts):
        return "regwatch does not know this message (any more)."
    who = f"slack:{click.user}"
    match click.action:
        case "regwatch_ack":
            number = store.record_feedback(delivery, "acknowledged", who, now)
            return "Acknowledged." if number else "There is no stored hit behind this message to acknowledge."
        case "regwatch_not_relevant":
            number = store.record_feedback(delivery, "not-relevant", who, now)
            if not number:
                return "There is no stored hit behind this message to mark."
            return "Marked as not relevant. `regwatch rules stats --suggest` offers it as a no_match example."
        case "regwatch_mute_7d":
            return _mute(delivery, store, who, now)
        case _:
            return store.why(delivery)


def answer_command(command: Command, store: ActionStore, now: datetime) -> str:
    """Return the answer to `/regwatch …`, in plain text, for the person who asked alone."""
    if command.words[:1] == ("hits",):
        return store.hits(command.words[1:], now)
    return 'Try: /regwatch hits "merger inquiry" --regulator cma --since 30d'


def _mute(delivery: Delivery, store: ActionStore, who: str, now: datetime) -> str:
    if delivery.matter is None:
        return "This message belongs to no matter, so there is nothing to mute."
    until = now + MUTED_FOR
    end = f"{until:%Y-%m-%d %H:%M} UTC"
    if not store.add_silence(delivery.matter, who, now, until):
        return "This matter is muted already; `regwatch silence list` shows until when."
    return (
        f"Muted until {end}; official steps and stage advances still come. `regwatch silence list` shows it."
    )


def _command(payload: Mapping[str, object]) -> Command | Odd:
    text, user = payload.get("text"), payload.get("user_id")
    if payload.get("command") != COMMAND or not isinstance(user, str) or not _USER.fullmatch(user):
        return Odd("an unknown command")
    line = clean(text if isinstance(text, str) else "")[:_MAX_WORDS].replace("“", '"').replace("”", '"')
    words = tuple(_WORD.findall(line))
    url = payload.get("response_url")
    return Command(
        words=words,
        user=user,
        channel=str(payload.get("channel_id") or ""),
        response_url=url if isinstance(url, str) else "",
    )


def _inner(payload: Mapping[str, object], name: str, key: str) -> str:
    found = payload.get(name)
    value = found.get(key) if isinstance(found, Mapping) else None
    return value if isinstance(value, str) else ""
