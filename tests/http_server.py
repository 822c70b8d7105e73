"""A real HTTP server on 127.0.0.1 whose answers are scripted, well-behaved or hostile, down to the byte.

    with HttpServer() as server:
        server.serve("/feed", Answer(body=b"<rss/>", etag='"1"'))      # answers 304 to a matching If-None-Match
        server.serve("/hang", drip_headers())
        fetch(server.url("/feed")); server.seen("/feed")[0].headers["user-agent"]

Each path has a list of answers; the last one repeats. Nothing here sleeps: pauses wait on the stop event.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    peer: tuple[str, int]


class Wire:
    """The raw side of one connection, for answers that break the rules."""

    def __init__(self, sock: socket.socket, stop: threading.Event, answering: Callable[[], None]) -> None:
        self._sock = sock
        self._stop = stop
        self._answering = answering

    def send(self, data: bytes) -> bool:
        """Send; False once the client has gone or the server stops."""
        if self._stop.is_set():
            return False
        self._answering()
        try:
            self._sock.sendall(data)
        except OSError:
            return False
        return True

    def pause(self, seconds: float) -> bool:
        """Wait; False if the server stops meanwhile."""
        return not self._stop.wait(seconds)

    def wait_for(self, event: threading.Event, seconds: float = 10.0) -> bool:
        """Wait for a test's own event."""
        return event.wait(seconds)

    def wait_for_close(self, seconds: float = 30.0) -> None:
        """Keep silent until the client hangs up."""
        self._sock.settimeout(0.05)
        for _ in range(int(seconds / 0.05)):
            if self._stop.is_set():
                return
            try:
                if not self._sock.recv(1024):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An ordinary answer. With `etag` or `last_modified`, a request that carries it gets a 304."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/xml"
    etag: str = ""
    last_modified: str = ""

    def __call__(self, seen: Seen, wire: Wire) -> None:
        extra: dict[str, str] = {}
        if self.etag:
            extra["ETag"] = self.etag
        if self.last_modified:
            extra["Last-Modified"] = self.last_modified
        known = (self.etag and seen.headers.get("if-none-match") == self.etag) or (
            not self.etag
            and self.last_modified
            and seen.headers.get("if-modified-since") == self.last_modified
        )
        if known:
            wire.send(head(304, {**extra, **self.headers}))
            return
        body_headers = {"Content-Type": self.content_type, "Content-Length": str(len(self.body))}
        wire.send(head(self.status, {**body_headers, **extra, **self.headers}) + self.body)


Script = Callable[[Seen, Wire], None]


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Return a status line and header block."""
    lines = [f"HTTP/1.1 {status} Scripted", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def redirect(to: str, status: int = 302) -> Answer:
    """Return a redirect."""
    return Answer(status=status, headers={"Location": to})


def raw(data: bytes, *, reset: bool = False) -> Script:
    """Return an answer of exactly these bytes, then FIN or RST."""

    def script(_seen: Seen, wire: Wire) -> None:
        wire.send(data)
        if reset:
            wire.reset()

    return script


def silent() -> Script:
    """Accept, read the request, never answer."""

    def script(_seen: Seen, wire: Wire) -> None:
        wire.wait_for_close()

    return script


def drip_headers(interval: float = 0.02) -> Script:
    """Send header bytes one by one, for ever."""

    def script(_seen: Seen, wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while wire.send(b"a") and wire.pause(interval):
            pass

    return script


def drip_body(interval: float = 0.02, *, chunked: bool = False) -> Script:
    """Send good headers, then a byte at a time, for ever."""

    def script(_seen: Seen, wire: Wire) -> None:
        extra = {"Transfer-Encoding": "chunked"} if chunked else {}
        wire.send(head(200, {"Content-Type": "application/xml", **extra}))
        piece = b"1\r\n \r\n" if chunked else b" "
        while wire.send(piece) and wire.pause(interval):
            pass

    return script


def endless_body(piece: bytes = b"x" * 65_536, *, headers: Mapping[str, str] | None = None) -> Script:
    """Send as fast as the client reads, for ever."""

    def script(_seen: Seen, wire: Wire) -> None:
        wire.send(head(200, {"Content-Type": "application/xml", **(headers or {})}))
        while wire.send(piece):
            pass

    return script


def endless_headers() -> Script:
    """Send header lines as fast as the client reads, for ever."""

    def script(_seen: Seen, wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\n")
        line = b"X-More: " + b"y" * 1_000 + b"\r\n"
        while wire.send(line * 50):
            pass

    return script


def endless_continue() -> Script:
    """Send 100 Continue for ever."""

    def script(_seen: Seen, wire: Wire) -> None:
        while wire.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000):
            pass

    return script


def gzip_bomb(size: int = 1 << 30) -> bytes:
    """Return `size` zero bytes, gzipped, without ever holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    return b"".join([*(packer.compress(piece) for _ in range(size >> 20)), packer.flush()])


def gzipped(body: bytes) -> Answer:
    """Return a well-made gzip answer."""
    return Answer(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})


class HttpServer:
    """A threaded server; use as a context manager. Unscripted paths answer 404."""

    def __init__(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self.host = host
        self._tls = tls
        self._routes: dict[str, list[Script]] = {}
        self._seen: list[Seen] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._workers: set[threading.Thread] = set()
        self._busy = 0
        self.most_at_once = 0  # requests in progress at the same time
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop every answer in progress and join all threads."""
        self._stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(5)
        with self._lock:
            workers = list(self._workers)
        for worker in workers:
            worker.join(5)

    @property
    def host_port(self) -> str:
        """Return what to put into network.private_hosts."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def url(self, path: str = "/") -> str:
        """Return the absolute address of a path."""
        return f"{'https' if self._tls else 'http'}://{self.host_port}{path}"

    def serve(self, path: str, *answers: Script) -> str:
        """Script a path (with its query, if any); return its address."""
        with self._lock:
            self._routes[path] = list(answers)
        return self.url(path)

    def seen(self, path: str | None = None) -> list[Seen]:
        """Return the requests so far, of one path or all."""
        with self._lock:
            return [s for s in self._seen if path is None or s.path == path]

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                sock, peer = self._listener.accept()
            except OSError:
                return
            worker = threading.Thread(target=self._converse, args=(sock, peer[:2]), daemon=True)
            with self._lock:
                self._workers.add(worker)
            worker.start()

    def _converse(self, sock: socket.socket, peer: tuple[str, int]) -> None:
        try:
            sock.settimeout(5)
            if self._tls is not None:
                try:
                    sock = self._tls.wrap_socket(sock, server_side=True)
                except OSError:
                    return
            with contextlib.suppress(OSError):
                request = self._read(sock, peer)
                if request is not None:
                    with self._counted() as answering:
                        self._script_for(request)(request, Wire(sock, self._stop, answering))
        finally:
            sock.close()
            with self._lock:
                self._workers.discard(threading.current_thread())

    @contextlib.contextmanager
    def _counted(self) -> Iterator[Callable[[], None]]:
        """Count a request until its answer begins: a client may ask again as soon as it has the last byte."""
        counted = True

        def leave() -> None:
            nonlocal counted
            with self._lock:
                self._busy -= counted
                counted = False

        with self._lock:
            self._busy += 1
            self.most_at_once = max(self.most_at_once, self._busy)
        try:
            yield leave
        finally:
            leave()

    def _script_for(self, seen: Seen) -> Script:
        with self._lock:
            self._seen.append(seen)
            answers = self._routes.get(seen.path)
            if not answers:
                return Answer(status=404)
            return answers.pop(0) if len(answers) > 1 else answers[0]

    @staticmethod
    def _read(sock: socket.socket, peer: tuple[str, int]) -> Seen | None:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = sock.recv(65_536)
            if not piece or len(data) > 1 << 20:
                return None
            data += piece
        lines = data.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
        method, path, _version = lines[0].split(" ", 2)
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        return Seen(method, path, headers, peer)
