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
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from tests.fake_slack_checks import check_message

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


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call.

    `kind`: refuse (answer `error` or the status, do nothing), accept-then-drop, accept-then-reset,
    accept-then-error (do it, answer `error` or the status), accept-then-cut, accept-then-garbage,
    accept-then-hang, drop, reset, hang.
    """

    kind: str = "refuse"
    error: str = ""
    status: int = 200
    retry_after: float | None = None


@dataclass(slots=True)
class Posted:
    """A message as it stands in a channel."""

    channel: str
    ts: str
    text: str
    blocks: list[Answer]
    metadata: Answer | None
    thread_ts: str | None
    broadcast: bool
    at: float
    edits: int = 0


@dataclass(slots=True)
class Call:
    """One line of the journal."""

    method: str
    at: float
    answer: str  # ok, an error word, or the fault's kind
    channel: str = ""
    delivery: str = ""
    ts: str = ""
    problems: list[str] = field(default_factory=list)


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

        class Handler(_Handler):
            slack = fake

        self._server = _Server(("127.0.0.1", port), Handler)
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
            return _no("unknown_method")
        if method == "apps.connections.open":
            return {"ok": True, "url": self.wss_url} if token == APP_TOKEN else _no("invalid_auth")
        if not token:
            return _no("not_authed")
        if token != self.token:
            return _no("invalid_auth")
        needed = NEEDED.get(method)
        if needed and needed not in self.scopes:
            return {**_no("missing_scope"), "needed": needed, "provided": ",".join(sorted(self.scopes))}
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
            return _no(problem)
        thread = fields.get("thread_ts")
        parent = next((m for m in self._stored if m.channel == channel and m.ts == thread), None)
        if thread is not None and parent is None:
            return _no("thread_not_found")
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
            return _no("message_not_found")
        if problem := check_message(fields, call.problems):
            return _no(problem)
        found.text, found.blocks, found.edits = fields["text"], fields.get("blocks") or [], found.edits + 1
        call.channel, call.ts = channel, found.ts
        return {"ok": True, "channel": channel, "ts": found.ts, "text": found.text}

    def _chat_postEphemeral(self, fields: Answer, call: Call) -> Answer:  # noqa: N802
        return (
            {"ok": True, "message_ts": "1.1"} if not check_message(fields, call.problems) else _no("no_text")
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
            return _no("thread_not_found")
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
            return _no("invalid_limit")
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
            return _no("channel_not_found")
        if name not in self.channels:
            return _no("channel_not_found")
        return _no("is_archived") if name in self.archived else self.channels[name]

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


def _no(error: str) -> Answer:
    return {"ok": False, "error": error}


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


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    slack: FakeSlack
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # one packet an answer: two would wait for each other's acknowledgement

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        method = self.path.removeprefix("/api/").partition("?")[0]
        self.slack.on_call(method)
        hook = self.path.startswith("/services/")
        method = "webhook" if hook else method
        fields = self._fields(raw)
        call = Call(method=method, at=self.slack.now(), answer="", delivery=_delivery(fields))
        fault = self.slack.fault_for(method)
        if fault is not None and not fault.kind.startswith("accept"):
            call.answer = fault.error or fault.kind
            self.slack.note(call)
            self._misbehave(fault, b"")
            return
        if hook:
            text = self.slack.webhook(fields, call)
            status, body, call.answer = 200 if text == "ok" else 400, text.encode(), text
        else:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ") or str(
                fields.get("token", "")
            )
            answer = self.slack.answer(method, token, fields, call)
            status, body = 200, json.dumps(answer).encode()
            call.answer = str(answer.get("error", "ok"))
        self.slack.on_accept(call)
        if fault is not None:
            call.answer = f"{call.answer}, {fault.kind}"
            self.slack.note(call)
            self._misbehave(fault, body)
            return
        self.slack.note(call)
        self._send(status, body)

    def _misbehave(self, fault: Fault, body: bytes) -> None:
        match fault.kind.removeprefix("accept-then-"):
            case "refuse" | "error":
                headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
                error = fault.error or ("ratelimited" if fault.status == 429 else "")
                text = json.dumps(_no(error)) if error else "<html>upstream trouble</html>"
                self._send(fault.status, text.encode(), headers)
            case "cut":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body) + 50))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            case "garbage":
                self._send(200, b"\xff\xfe\x00garbage")
            case "hang":
                self.slack.wait_for_stop(30)
                self.close_connection = True
            case "reset":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                self.close_connection = True
            case _:
                self.close_connection = True

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _fields(self, raw: bytes) -> Answer:
        if "json" in self.headers.get("Content-Type", ""):
            try:
                found = json.loads(raw or b"{}")
            except ValueError:
                return {}
            return found if isinstance(found, dict) else {}
        return {name: values[-1] for name, values in parse_qs(raw.decode()).items()}

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the journal does."""


def _delivery(fields: Answer) -> str:
    metadata = fields.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return str(payload.get("delivery", "")) if isinstance(payload, dict) else ""


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
