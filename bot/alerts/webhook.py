"""An incoming webhook as a way out: no threads, no edits, no memory. The simple way in, and the emergency exit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.alerts.port import CannotLook, Fault, Outcome, Refused, Sighting
from storage.records import Delivery, Message, MessageRef
from storage.words import DeliveryAction

if TYPE_CHECKING:
    from bot.alerts.slack import Fields

DESTINATION = "webhook"


class Sender(Protocol):
    """`bot.alerts.slack.WebhookCalls` is one."""

    def send(self, body: Fields) -> Outcome:
        """Post a message's fields."""
        ...


class WebhookPort:
    """Replies come as messages of their own; an edit of what cannot be named is refused."""

    remembers = False

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def send(self, delivery: Delivery, message: Message, parent: MessageRef | None) -> Outcome:  # noqa: ARG002
        """Post."""
        if delivery.action is DeliveryAction.UPDATE:
            return Refused(fault=Fault.THREAD, code="no_parent")
        body: dict[str, object] = {"text": message.text, "unfurl_links": False, "unfurl_media": False}
        if message.blocks:
            body["blocks"] = [dict(block) for block in message.blocks]
        return self._sender.send(body)

    def find(self, delivery: Delivery, parent: MessageRef | None) -> Sighting:  # noqa: ARG002
        """Never: a webhook shows no history."""
        return CannotLook(code="webhook")

    def probe(self) -> Refused | None:
        """Nothing can be asked without posting."""
        return None

    def lane(self, destination: str) -> str:
        """Return the webhook's one lane."""
        return destination
