"""A WebSocket server on 127.0.0.1 that tests drive by hand: one connection after the other, none that is automatic."""

from __future__ import annotations

import base64
import hashlib
import json
import queue
import socket
import struct
import threading
from types import TracebackType
from typing import Any, Self

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.heard: queue.Queue[str] = queue.Queue()
        self.pings = 0
        self.answer_pings = True
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, message: dict[str, Any] | str, *, pieces: int = 1) -> None:
        """Send a text message, in several frames if asked."""
        data = (message if isinstance(message, str) else json.dumps(message)).encode()
        size = len(data) // pieces + 1
        parts = [data[i : i + size] for i in range(0, len(data), size)] or [b""]
        for index, part in enumerate(parts):
            final = 0x80 if index == len(parts) - 1 else 0
            self.frame(final | (1 if index == 0 else 0), part)

    def frame(self, first: int, data: bytes) -> None:
        """Send one frame, unmasked as servers do."""
        head = bytes([first]) + (
            bytes([len(data)]) if len(data) < 126 else bytes([126]) + struct.pack("!H", len(data))
        )
        self._sock.sendall(head + data)

    def hang_up(self) -> None:
        """Close without a word."""
        self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _read(self) -> None:
        stream = self._sock.makefile("rb")
        try:
            while head := stream.read(2):
                length = head[1] & 0x7F
                if length >= 126:
                    length = int.from_bytes(stream.read(2 if length == 126 else 8), "big")
                mask = stream.read(4)
                data = bytes(b ^ mask[i % 4] for i, b in enumerate(stream.read(length)))
                opcode = head[0] & 0x0F
                if opcode == 1:
                    self.heard.put(data.decode())
                elif opcode == 9:
                    self.pings += 1
                    if self.answer_pings:
                        self.frame(0x8A, data)
        except (OSError, IndexError):
            return


class WebSocketServer:
    """Use as a context manager; `peers` holds each connection as it comes."""

    def __init__(self) -> None:
        self.peers: queue.Queue[Peer] = queue.Queue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}/link?ticket=1"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._socks: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for sock in self._socks:
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            head = b""
            while b"\r\n\r\n" not in head:
                head += sock.recv(4_096)
            lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line)
            digest = hashlib.sha1((lines["Sec-WebSocket-Key"] + _GUID).encode()).digest()
            accept = base64.b64encode(digest).decode()
            sock.sendall(
                f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
            )
            self._socks.append(sock)
            self.peers.put(Peer(sock))
