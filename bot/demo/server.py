"""Serves the recorded feeds over local HTTP: each poll sees the newest recording up to its number."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files

POLLS = 3
_TIME = re.compile(r"@(rfc822|iso|day)\(([+-])(\d+)([mhd])\)@")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
BOMB_BYTES = 20_000_000


def recording(name: str, poll: int, now: datetime) -> tuple[bytes, str] | None:
    """Return what feed `name` says at `poll` and its content type, its times set relative to `now`."""
    folder = files("bot.demo") / "feeds"
    for number in range(poll, 0, -1):
        for suffix, kind in (("rss", "application/rss+xml"), ("atom", "application/atom+xml")):
            file = folder / f"{name}.{number}.{suffix}"
            if file.is_file():
                return _timed(file.read_text(encoding="utf-8"), now).encode(), kind
    return None


def _timed(text: str, now: datetime) -> str:
    def put(found: re.Match[str]) -> str:
        style, sign, number, unit = found.groups()
        length = timedelta(**{_UNITS[unit]: int(number)})
        moment = now + length if sign == "+" else now - length
        if style == "rfc822":
            return format_datetime(moment)
        return moment.strftime("%-d %B %Y") if style == "day" else moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    return _TIME.sub(put, text)


class FeedServer(ThreadingHTTPServer):
    """Answers `/NAME` with the recording of the current poll, with an ETag; `/bomb` and `/inward` are hostile."""

    daemon_threads = True

    def __init__(self, now: datetime) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.now = now
        self.poll = 1

    @property
    def base(self) -> str:
        """Return the address that the feeds' paths are appended to."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name == "inward":
            self._answer(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})
            return
        if name == "bomb":
            self._answer(
                200,
                gzip.compress(b"<rss>" + b" " * BOMB_BYTES, 6),
                {"Content-Type": "application/rss+xml", "Content-Encoding": "gzip"},
            )
            return
        found = recording(name, self.server.poll, self.server.now)
        if found is None:
            self._answer(404, b"no such feed", {"Content-Type": "text/plain"})
            return
        body, kind = found
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            self._answer(304, b"", {"ETag": etag})
            return
        self._answer(200, body, {"Content-Type": kind, "ETag": etag})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            # The fetcher hangs up on the bomb; that is what it is for.
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the demo's own words are enough."""


@contextmanager
def serving(now: datetime) -> Iterator[FeedServer]:
    """Run a server until the block ends."""
    server = FeedServer(now)
    thread = threading.Thread(target=server.serve_forever, name="demo-feeds", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
