"""A strict fake of Slack's Web API over HTTP on 127.0.0.1: it refuses what Slack would refuse, and misbehaves on order.

    with FakeSlack() as slack:
        slack.script("chat.postMessage", Fault(status=429, retry_after=3), None, Fault(kind="accept-then-drop"))
        SlackCalls("xoxb-fake", api_url=slack.api_url, …)
        slack.messages("alerts")                      # what stands in the channel
        slack.journal                                 # every call, with its time and what was answered

`python -m tests.fake_slack --port 0 --journal FILE` runs it as a process of its own, so that what it accepted
outlives the bot that a test kills; the journal has one JSON object a line.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.fake_slack_checks import check_message
from tests.fake_slack_http import Call, Fault, Handler, Posted, Server, refusal

TOKEN = "xoxb-fake-token"
APP_TOKEN = "xapp-fake-token"
SCOPES = frozenset(
    {"chat:write", "channels:history", "groups:history", "channels:read", "groups:read", "commands"}
)
NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.list": "channels:read",
    "conversations.info": "channels:read",
}
ARGUMENTS = {
    "auth.test": set(),
    "chat.postMessage": {
        "channel", "text", "blocks", "thread_ts", "reply_broadcast", "unfurl_links", "unfurl_media", "metadata",
        "mrkdwn",
    },
    "chat.update": {"channel", "ts", "text", "blocks", "metadata"},
    "chat.postEphemeral": {"channel", "user", "text", "blocks", "thread_ts"},
    "chat.getPermalink": {"channel", "message_ts"},
    "conversations.history": {"channel", "oldest", "latest", "inclusive", "limit", "cursor", "include_all_metadata"},
    "conversations.replies": {
        "channel", "ts", "oldest", "latest", "inclusive", "limit", "cursor", "include_all_metadata",
    },
    "conversations.list": {"types", "exclude_archived", "limit", "cursor"},
    "conversations.info": {"channel"},
    "apps.connections.open": set(),
}  # fmt: skip
Answer = dict[str, Any]
__all__ = ["APP_TOKEN", "SCOPES", "TOKEN", "Call", "FakeSlack", "Fault", "Posted"]


class FakeSlack:
    """The workspace. `clock` gives the seconds by which it lives: history lag and pacing are measured on it."""

    def __init__(
        self,
        *,
        channels: Mapping[str, str] | None = None,
        port: int = 0,
        scopes: frozenset[str] = SCOPES,
        history_lag: float = 0.0,
        journal: Path | None = None,
        clock: Callable[[], float] = time.time,
        wss_url: str = "",
    ) -> None:
        self.channels = dict(channels or {"alerts": "C0ALERTS00", "ops": "C0OPS00000", "cma": "G0PRIVATE0"})
        self.archived: set[str] = set()
        self.scopes = scopes
        self.history_lag = history_lag
        self.wss_url = wss_url
        self.token = TOKEN
        self.journal: list[Call] = []
        self.on_call: Callable[[str], None] = lambda _method: None  # as a call arrives
        self.on_accept: Callable[[Call], None] = lambda _call: None  # done, not yet answered
        self._journal_file = journal
        self._clock = clock
        self._stored: list[Posted] = []
        self._serial = 0
        self._scripts: dict[str, list[Fault | None]] = {}
        self._chance: Callable[[str], Fault | None] = lambda _method: None
        self._lock = threading.RLock()
        self._stop = threading.Event()
        fake = self

        class Bound(Handler):
            slack = fake

        self._server = Server(("127.0.0.1", port), Bound)
        self.port = int(self._server.server_address[1])
        self.api_url = f"http://127.0.0.1:{self.port}/api/"
        self.webhook_url = f"http://127.0.0.1:{self.port}/services/T0/B0/secret-path"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    # ------------------------------------------------------------------------ for tests

    def script(self, method: str, *faults: Fault | None) -> None:
        """Let the next calls of a method go wrong, in this order; None is a call that goes well."""
        with self._lock:
            self._scripts.setdefault(method, []).extend(faults)

    def chance(self, choose: Callable[[str], Fault | None]) -> None:
        """Ask `choose(method)` at every unscripted call."""
        self._chance = choose

    def messages(self, channel: str | None = None) -> list[Posted]:
        """Return what stands in a channel (name or ID), threads included, in the order of posting."""
        with self._lock:
            wanted = self.channels.get(channel or "", channel)
            return [m for m in self._stored if wanted is None or m.channel == wanted]

    def deliveries(self, channel: str | None = None) -> list[str]:
        """Return the delivery marks of the messages, in the order of posting."""
        return [
            str((m.metadata or {}).get("event_payload", {}).get("delivery")) for m in self.messages(channel)
        ]

    def calls(self, method: str) -> list[Call]:
        """Return the calls of one method."""
        with self._lock:
            return [c for c in self.journal if c.method == method]

    def problems(self) -> list[str]:
        """Return every breach of limits, escaping or arguments so far."""
        with self._lock:
            return [f"{c.method}: {p}" for c in self.journal for p in c.problems]

    # ------------------------------------------------------------------------ the workspace

    def fault_for(self, method: str) -> Fault | None:
        with self._lock:
            script = self._scripts.get(method)
            return script.pop(0) if script else self._chance(method)

    def note(self, call: Call) -> None:
        with self._lock:
            self.journal.append(call)
            if self._journal_file is not None:
                with self._journal_file.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(asdict(call)) + "\n")

    def answer(self, method: str, token: str, fields: Answer, call: Call) -> Answer:
        """Return Slack's answer to a well-formed call."""
        if method not in ARGUMENTS:
            return refusal("unknown_method")
        if method == "apps.connections.open":
            return {"ok": True, "url": self.wss_url} if token == APP_TOKEN else refusal("invalid_auth")
        if not token:
            return refusal("not_authed")
        if token != self.token:
            return refusal("invalid_auth")
        needed = NEEDED.get(method)
        if needed and needed not in self.scopes:
            return {**refusal("missing_scope"), "needed": needed, "provided": ",".join(sorted(self.scopes))}
        unknown = set(fields) - ARGUMENTS[method] - {"token"}
        call.problems += [f"unknown argument {name}" for name in sorted(unknown)]
        with self._lock:
            handler = getattr(self, "_" + method.replace(".", "_"))
            found: Answer = handler(fields, call)
            return found

    def webhook(self, fields: Answer, call: Call) -> str:
        """Return an incoming webhook's answer."""
        if problem := check_message(fields, call.problems):
            return problem
        with self._lock:
            self._store("webhook", fields)
        return "ok"

    def _auth_test(self, fields: Answer, call: Call) -> Answer:
        return {"ok": True, "url": "https://fake.slack.example/", "team": "Fake", "user": "regwatch", "team_id": "T0",
                "user_id": "U0BOT", "bot_id": "B0BOT"}  # fmt: skip

    def _chat_postMessage(self, fields: Answer, call: Call) -> Answer:  # noqa: N802
        channel = self._channel(fields.get("channel"), by_name=True)
        if isinstance(channel, dict):
            return channel
        if problem := check_message(fields, call.problems):
            return refusal(problem)
        thread = fields.get("thread_ts")
        parent = next((m for m in self._stored if m.channel == channel and m.ts == thread), None)
        if thread is not None and parent is None:
            return refusal("thread_not_found")
        if parent is not None and parent.thread_ts is not None:
            call.problems.append("thread_ts is a reply's, not a parent's")
        if fields.get("unfurl_links") is not False or fields.get("unfurl_media") is not False:
            call.problems.append("unfurling is on")
        posted = self._store(channel, fields)
        call.channel, call.ts = channel, posted.ts
        return {
            "ok": True,
            "channel": channel,
            "ts": posted.ts,
            "message": {"text": posted.text, "ts": posted.ts},
        }

    def _chat_update(self, fields: Answer, call: Call) -> Answer:
        channel = self._channel(fields.get("channel"), by_name=False)
        if isinstance(channel, dict):
            return channel
        found = next((m for m in self._stored if m.channel == channel and m.ts == fields.get("ts")), None)
        if found is None:
            return refusal("message_not_found")
        if problem := check_message(fields, call.problems):
            return refusal(problem)
        found.text, found.blocks, found.edits = fields["text"], fields.get("blocks") or [], found.edits + 1
        call.channel, call.ts = channel, found.ts
        return {"ok": True, "channel": channel, "ts": found.ts, "text": found.text}

    def _chat_postEphemeral(self, fields: Answer, call: Call) -> Answer:  # noqa: N802
        return (
            {"ok": True, "message_ts": "1.1"}
            if not check_message(fields, call.problems)
            else refusal("no_text")
        )

    def _chat_getPermalink(self, fields: Answer, call: Call) -> Answer:  # noqa: N802
        ts = str(fields.get("message_ts"))
        return {
            "ok": True,
            "permalink": f"https://fake.slack.example/archives/{fields['channel']}/p{ts.replace('.', '')}",
        }

    def _conversations_history(self, fields: Answer, call: Call) -> Answer:
        channel = self._channel(fields.get("channel"), by_name=False)
        if isinstance(channel, dict):
            return channel
        shown = [m for m in self._stored if m.channel == channel and (m.thread_ts is None or m.broadcast)]
        return self._page(list(reversed(shown)), fields)

    def _conversations_replies(self, fields: Answer, call: Call) -> Answer:
        channel = self._channel(fields.get("channel"), by_name=False)
        if isinstance(channel, dict):
            return channel
        ts = fields.get("ts")
        if not any(m.channel == channel and m.ts == ts for m in self._stored):
            return refusal("thread_not_found")
        return self._page(
            [m for m in self._stored if m.channel == channel and ts in (m.ts, m.thread_ts)], fields
        )

    def _conversations_list(self, fields: Answer, call: Call) -> Answer:
        listed = [
            {"id": id_, "name": name, "is_archived": name in self.archived, "is_member": True}
            for name, id_ in self.channels.items()
        ]
        start, limit = int(fields.get("cursor") or 0), int(fields.get("limit") or 100)
        more = str(start + limit) if start + limit < len(listed) else ""
        return {
            "ok": True,
            "channels": listed[start : start + limit],
            "response_metadata": {"next_cursor": more},
        }

    def _conversations_info(self, fields: Answer, call: Call) -> Answer:
        channel = self._channel(fields.get("channel"), by_name=False)
        return channel if isinstance(channel, dict) else {"ok": True, "channel": {"id": channel}}

    def _page(self, found: list[Posted], fields: Answer) -> Answer:
        limit = int(fields.get("limit") or 100)
        if not 0 < limit <= 999:
            return refusal("invalid_limit")
        oldest, horizon = float(fields.get("oldest") or 0), self._clock() - self.history_lag
        seen = [m for m in found if m.at <= horizon and float(m.ts) >= oldest]
        start = int(fields.get("cursor") or 0)
        full = str(fields.get("include_all_metadata")).lower() in ("1", "true")
        more = str(start + limit) if start + limit < len(seen) else ""
        return {
            "ok": True,
            "messages": [_shown(m, full=full) for m in seen[start : start + limit]],
            "has_more": bool(more),
            "response_metadata": {"next_cursor": more},
        }

    def _channel(self, wanted: object, *, by_name: bool) -> str | Answer:
        name = str(wanted or "")
        if name in self.channels.values():
            name = next(n for n, id_ in self.channels.items() if id_ == name)
        elif by_name:
            name = name.lstrip("#")
        else:
            return refusal("channel_not_found")
        if name not in self.channels:
            return refusal("channel_not_found")
        return refusal("is_archived") if name in self.archived else self.channels[name]

    def _store(self, channel: str, fields: Answer) -> Posted:
        self._serial += 1
        at = self._clock()
        posted = Posted(
            channel=channel,
            ts=f"{int(at)}.{self._serial:06d}",
            text=str(fields.get("text", "")),
            blocks=fields.get("blocks") or [],
            metadata=fields.get("metadata"),
            thread_ts=fields.get("thread_ts"),
            broadcast=bool(fields.get("reply_broadcast")),
            at=at,
        )
        self._stored.append(posted)
        return posted

    def now(self) -> float:
        return self._clock()

    def wait_for_stop(self, seconds: float) -> None:
        self._stop.wait(seconds)


def _shown(message: Posted, *, full: bool) -> Answer:
    shown: Answer = {
        "type": "message",
        "ts": message.ts,
        "text": message.text,
        "bot_id": "B0BOT",
        "blocks": message.blocks,
    }
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.metadata:
        event = {"event_type": message.metadata.get("event_type")}
        shown["metadata"] = message.metadata if full else event
        if not full:  # the last resort must not hide that the metadata was not asked for
            shown["blocks"] = [{k: v for k, v in b.items() if k != "block_id"} for b in message.blocks]
    return shown


def main(words: list[str]) -> None:
    """Run until stdin ends or the process is killed; the first line printed is the port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--history-lag", type=float, default=0.0)
    args = parser.parse_args(words)
    with FakeSlack(port=args.port, journal=args.journal, history_lag=args.history_lag) as slack:
        print(slack.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
