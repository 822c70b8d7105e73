"""A Slack workspace as a way out: posts, replies, edits, and looks for what an earlier attempt may have posted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, assert_never

from bot.alerts import blocks
from bot.alerts.port import (
    Ambiguous,
    CannotLook,
    Fault,
    Found,
    NotThere,
    Outcome,
    Posted,
    Refused,
    Sighting,
    TryLater,
)
from storage.records import Delivery, Message, MessageRef
from storage.words import DeliveryAction

if TYPE_CHECKING:
    from bot.alerts.slack import Failure, Fields

EVENT_TYPE = "regwatch_alert"
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_MARGIN = timedelta(seconds=60)  # how much our clock and Slack's may differ unnoticed
_PAGE = 200
_SMALL_PAGE = 15  # all that some apps may ask for
_MAX_PAGES = 100
_BUTTONLESS = frozenset({"ops", "digest", "baseline", "roll-up", "test"})


class Calls(Protocol):
    """Slack's Web API; `bot.alerts.slack.SlackCalls` is one."""

    clock_ahead: float | None

    def call(
        self, method: str, *, json: Fields | None = None, params: Fields | None = None
    ) -> Fields | Failure:
        """Call a method."""
        ...


class SlackPort:
    """Delivers to channels by bot token. `buttons` adds the row of buttons, which needs an app token to answer."""

    remembers = True

    def __init__(self, calls: Calls, *, buttons: bool = False) -> None:
        self._calls = calls
        self._buttons = buttons
        self._ids: dict[str, str] = {}
        self._workspace = ""

    def send(self, delivery: Delivery, message: Message, parent: MessageRef | None) -> Outcome:
        """Post, reply or edit, as the delivery's action says."""
        body = self._body(delivery, message)
        if delivery.action is DeliveryAction.UPDATE:
            if parent is None:
                return Refused(fault=Fault.THREAD, code="no_parent")
            return self._sent(
                delivery, "chat.update", {"channel": parent.channel_id, "ts": parent.ts, **body}
            )
        body |= {
            "channel": parent.channel_id if parent else self._address(delivery.destination),
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"delivery": mark_of(delivery)}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if parent is not None:
            body["thread_ts"] = parent.ts
            if delivery.action is DeliveryAction.REPLY:
                body["reply_broadcast"] = True
        return self._sent(delivery, "chat.postMessage", body)

    def find(self, delivery: Delivery, parent: MessageRef | None) -> Sighting:
        """Look through the thread, and the channel too where the message may stand there."""
        channel = parent.channel_id if parent else self._id_of(delivery.destination)
        if isinstance(channel, CannotLook):
            return channel
        since = (
            delivery.attempted_at if delivery.attempts <= 1 and delivery.attempted_at else delivery.created_at
        )
        oldest = (since - _MARGIN).timestamp() - max(0.0, self._ahead())
        ask = {
            "channel": channel,
            "oldest": f"{max(0.0, oldest):.6f}",
            "inclusive": True,
            "include_all_metadata": True,
        }
        if parent is not None:
            sighting = self._sighting("conversations.replies", {**ask, "ts": parent.ts}, delivery)
            # Of a thread that was deleted meanwhile, even a quiet reply was sent to the channel.
            gone = isinstance(sighting, CannotLook) and sighting.thread_gone
            quiet = delivery.action is DeliveryAction.QUIET_REPLY
            if not gone and (quiet or not isinstance(sighting, NotThere)):
                return sighting
        return self._sighting("conversations.history", ask, delivery)

    def _sighting(self, method: str, ask: Mapping[str, object], delivery: Delivery) -> Sighting:
        for page in self._pages(method, ask):
            if isinstance(page, CannotLook):
                return page
            if ts := _marked(page, mark_of(delivery)):
                channel = str(ask["channel"])
                return Found(
                    ref=MessageRef(channel_id=channel, ts=ts), permalink=self._permalink(channel, ts)
                )
        return NotThere()

    def _ahead(self) -> float:
        """Return by how many seconds our clock runs ahead of Slack's; any answer tells."""
        if self._calls.clock_ahead is None:
            self.probe()
        return self._calls.clock_ahead or 0.0

    def probe(self) -> Refused | None:
        """Ask who we are: None when the token works, or when nobody answers."""
        answer = self._calls.call("auth.test", json={})
        if isinstance(answer, Mapping):
            self._workspace = str(answer.get("url") or "")
            return None
        return answer if isinstance(answer, Refused) and answer.fault is Fault.APP else None

    def permalink(self, ref: MessageRef) -> str:
        """Ask Slack for a message's address; nothing where it does not say."""
        ask = {"channel": ref.channel_id, "message_ts": ref.ts}
        answer = self._calls.call("chat.getPermalink", params=ask)
        found = str(answer.get("permalink") or "") if isinstance(answer, Mapping) else ""
        return found or self._permalink(ref.channel_id, ref.ts) or ""

    def lane(self, destination: str) -> str:
        """Return the channel's ID where it is known."""
        name = destination.strip().lstrip("#")
        return self._ids.get(name, name)

    def _body(self, delivery: Delivery, message: Message) -> dict[str, object]:
        body: dict[str, object] = {"text": message.text}
        shown = [dict(block) for block in message.blocks]
        if shown:
            if delivery.action is not DeliveryAction.UPDATE:
                shown[0]["block_id"] = f"rw-{mark_of(delivery)}"
            if self._buttons and delivery.reason not in _BUTTONLESS:
                row = blocks.buttons(str(delivery.id), matter=delivery.matter is not None)
                shown.append(dict(row))
            body["blocks"] = shown
        return body

    def _sent(self, delivery: Delivery, method: str, body: Mapping[str, object]) -> Outcome:
        answer = self._calls.call(method, json=body)
        if not isinstance(answer, Mapping):
            return answer
        channel, ts = answer.get("channel"), answer.get("ts")
        if not (isinstance(channel, str) and isinstance(ts, str) and channel and ts):
            return Ambiguous(code="no_ts")
        self._learn(delivery.destination, channel)
        return Posted(ref=MessageRef(channel_id=channel, ts=ts), permalink=self._permalink(channel, ts))

    def _permalink(self, channel: str, ts: str) -> str | None:
        if not self._workspace.startswith("http"):
            return None
        return f"{self._workspace.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"

    # ------------------------------------------------------------------------ names and IDs

    def _learn(self, destination: str, channel: str) -> None:
        self._ids[destination.strip().lstrip("#")] = channel

    def _address(self, destination: str) -> str:
        """Return the channel's ID where it is known, else the name as people write it."""
        name = destination.strip()
        return self._ids.get(name.lstrip("#"), name)

    def _id_of(self, destination: str) -> str | CannotLook:
        """Return the ID of a channel, as history is read by ID alone; a listing names others as well."""
        name = destination.strip().lstrip("#")
        if _CHANNEL_ID.fullmatch(name):
            return name
        if name not in self._ids:
            kinds = {"types": "public_channel,private_channel", "exclude_archived": False}
            for page in self._pages("conversations.list", kinds):
                if isinstance(page, CannotLook):
                    return page
                for channel in _items(page, "channels"):
                    if isinstance(channel.get("name"), str) and isinstance(channel.get("id"), str):
                        self._ids.setdefault(str(channel["name"]), str(channel["id"]))
                if name in self._ids:
                    break
        return self._ids.get(name, CannotLook(code="channel_not_found"))

    def _pages(self, method: str, params: Mapping[str, object]) -> Iterator[Fields | CannotLook]:
        """Yield the pages of a list, the last one a CannotLook where it could not be read to its end."""
        cursor, limit = "", _PAGE
        for _ in range(_MAX_PAGES):
            ask = {**params, "limit": limit, **({"cursor": cursor} if cursor else {})}
            answer = self._calls.call(method, params=ask)
            if isinstance(answer, Refused) and answer.code == "invalid_limit" and limit > _SMALL_PAGE:
                limit = _SMALL_PAGE
                continue
            if not isinstance(answer, Mapping):
                yield _blind(answer)
                return
            yield answer
            metadata = answer.get("response_metadata")
            cursor = str(metadata.get("next_cursor") or "") if isinstance(metadata, Mapping) else ""
            if not cursor:
                return
        yield CannotLook(code="too_many_pages")


def mark_of(delivery: Delivery) -> str:
    """Return what names a delivery in Slack for ever: its row, and a mark that no other database's row shares."""
    seed = f"{delivery.key}|{delivery.created_at.isoformat()}"
    return f"{delivery.id}-{hashlib.sha256(seed.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _blind(failure: Failure) -> CannotLook:
    match failure:
        case Refused(fault=fault, code=code, detail=detail):
            return CannotLook(code=f"{code}: {detail}" if detail else code, thread_gone=fault is Fault.THREAD)
        case TryLater(code=code, after=after) | Ambiguous(code=code, after=after):
            return CannotLook(code=code, after=after)
        case other:
            return CannotLook(code=other.code)
    assert_never(failure)


def _marked(page: Fields, mark: str) -> str:
    """Return the ts of the message that bears the mark, in its metadata or, last resort, on a block."""
    for message in _items(page, "messages"):
        metadata = message.get("metadata")
        payload = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
        ours = isinstance(payload, Mapping) and payload.get("delivery") == mark
        on_block = any(block.get("block_id") == f"rw-{mark}" for block in _items(message, "blocks"))
        if (ours or on_block) and isinstance(message.get("ts"), str):
            return str(message["ts"])
    return ""


def _items(fields: Fields, name: str) -> list[Mapping[str, object]]:
    found = fields.get(name)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [item for item in found if isinstance(item, Mapping)]
