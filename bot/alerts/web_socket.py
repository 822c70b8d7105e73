"""A small WebSocket client (RFC 6455) that notices a dead peer at once and bounds what it reads.

slack_sdk's own needs 22 s to see an abrupt close and reports dead connections as alive; this one raises on the
first read of a closed socket, and its owner sees when the peer was last heard.
"""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import ssl
import struct
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from bot.clock import Clock

MAX_MESSAGE = 1 << 20  # bytes; Slack's envelopes are a few kilobytes
_MAX_HEAD = 16_384
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class WebSocketClosed(Exception):
    """The connection is over, or what came over it is no WebSocket; `str(error)` says why."""


class WebSocket:
    """One connection. One thread receives; any thread may send."""

    def __init__(self, url: str, clock: Clock, *, timeout: float = 10.0) -> None:
        """Connect. Raises WebSocketClosed. `ws:` is for this machine alone."""
        self._clock = clock
        self._buffer = bytearray()
        self._sending = threading.Lock()
        self._parts: list[bytes] = []
        try:
            self._socket = _connected(url, timeout)
            self._shake_hands(url)
        except (OSError, ValueError) as error:
            raise WebSocketClosed(f"cannot connect: {type(error).__name__}") from error
        self.heard = clock.monotonic()  # when the peer last sent anything

    def receive(self, timeout: float) -> str | None:
        """Return the next text message, or None after `timeout` seconds without one. Pings are answered."""
        try:
            self._socket.settimeout(timeout)
            while True:
                frame = self._frame()
                if frame is None:
                    piece = self._socket.recv(65_536)
                    if not piece:
                        raise WebSocketClosed("the peer went away")
                    self.heard = self._clock.monotonic()
                    self._buffer += piece
                    continue
                opcode, data, final = frame
                text = self._take(opcode, data, final=final)
                if text is not None:
                    return text
        except TimeoutError:
            return None
        except OSError as error:
            raise WebSocketClosed(type(error).__name__) from error

    def send(self, text: str) -> None:
        """Send a text message."""
        self._send(_TEXT, text.encode("utf-8"))

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._send(_PING, b"regwatch")

    def close(self) -> None:
        """Say goodbye and hang up; never raises. A `receive` in another thread ends at once."""
        with suppress(WebSocketClosed):
            self._send(_CLOSE, struct.pack("!H", 1000))
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._socket.close()

    def _send(self, opcode: int, data: bytes) -> None:
        length = len(data)
        head = bytes([0x80 | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 1 << 16:
            head += bytes([0x80 | 126]) + struct.pack("!H", length)
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", length)
        mask = os.urandom(4)
        try:
            with self._sending:
                self._socket.sendall(head + mask + _masked(data, mask))
        except OSError as error:
            raise WebSocketClosed(type(error).__name__) from error

    def _take(self, opcode: int, data: bytes, *, final: bool) -> str | None:
        """Return a finished text message; answer pings; raise at a close."""
        if opcode == _CLOSE:
            raise WebSocketClosed("the peer closed")
        if opcode == _PING:
            self._send(_PONG, data)
        if opcode >= _CLOSE:
            return None
        self._parts.append(data)
        if sum(map(len, self._parts)) > MAX_MESSAGE:
            raise WebSocketClosed("a message is too long")
        if not final:
            return None
        whole, self._parts = b"".join(self._parts), []
        return whole.decode("utf-8", "replace")

    def _frame(self) -> tuple[int, bytes, bool] | None:
        """Take the next whole frame out of the buffer: opcode, payload, and whether it ends a message."""
        if len(self._buffer) < 2:
            return None
        first, second = self._buffer[0], self._buffer[1]
        length, start = second & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(self._buffer) < start:
                return None
            length = int.from_bytes(self._buffer[2:start], "big")
        if length > MAX_MESSAGE or second & 0x80 or first & 0x70:
            raise WebSocketClosed("a frame is too long, masked or compressed")
        if len(self._buffer) < start + length:
            return None
        data = bytes(self._buffer[start : start + length])
        del self._buffer[: start + length]
        return first & 0x0F, data, bool(first & 0x80)

    def _shake_hands(self, url: str) -> None:
        parts = urlsplit(url)
        key = base64.b64encode(os.urandom(16)).decode()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if any(ord(char) <= 0x20 or ord(char) > 0x7E for char in path + parts.netloc):
            raise ValueError("not an address")
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self._socket.sendall(request.encode("ascii"))
        while b"\r\n\r\n" not in self._buffer:
            piece = self._socket.recv(4_096)
            if not piece or len(self._buffer) > _MAX_HEAD:
                raise ValueError("no handshake")
            self._buffer += piece
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer = bytearray(rest)
        lines = head.decode("latin-1").split("\r\n")
        headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
        digest = hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest()
        if " 101" not in lines[0] or headers.get("sec-websocket-accept") != base64.b64encode(digest).decode():
            raise ValueError("handshake refused")


def _connected(url: str, timeout: float) -> socket.socket:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("ws", "wss") or not host or (parts.scheme == "ws" and host not in _LOOPBACK):
        raise ValueError("not a wss address")
    raw = socket.create_connection((host, parts.port or (443 if parts.scheme == "wss" else 80)), timeout)
    if parts.scheme == "ws":
        return raw
    try:
        return ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    except OSError:
        raw.close()
        raise


def _masked(data: bytes, mask: bytes) -> bytes:
    whole = mask * (len(data) // 4 + 1)
    return (int.from_bytes(data, "big") ^ int.from_bytes(whole[: len(data)], "big")).to_bytes(
        len(data), "big"
    )
