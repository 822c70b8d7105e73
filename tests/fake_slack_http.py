"""The wire of the fake Slack: requests in, answers out, and every way in which an answer can fail to arrive."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from tests.fake_slack import FakeSlack

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


def refusal(error: str) -> Answer:
    """Return Slack's way of saying no."""
    return {"ok": False, "error": error}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    slack: FakeSlack
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # one packet an answer: two would wait for each other's acknowledgement

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the Date header of the workspace's own clock."""
        return super().date_time_string(int(self.slack.now() if timestamp is None else timestamp))

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
                hook = self.path.startswith("/services/")  # a webhook answers with the bare word
                said = error if hook else json.dumps(refusal(error))
                text = said if error else "<html>upstream trouble</html>"
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
