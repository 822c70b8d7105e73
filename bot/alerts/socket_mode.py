"""Socket Mode: buttons and the slash command without a public address. Acknowledged first, worked on after.

Runs in threads of its own; the watch depends on none of it. A connection that is closed is replaced at once, one
that says nothing for a minute too. Envelopes may come twice: each is acknowledged each time and worked on once.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, assert_never

from bot.alerts.actions import (
    ActionStore,
    Click,
    Command,
    Envelope,
    Goodbye,
    Hello,
    Odd,
    answer_click,
    answer_command,
    read_envelope,
    read_request,
)
from bot.alerts.web_socket import WebSocket, WebSocketClosed
from bot.clock import Clock

LOG = logging.getLogger("regwatch.socket_mode")
SILENT_FOR = 60.0  # seconds without a byte: the connection is dead, whatever it says
_PING_EVERY = 10.0
_REMEMBERED = 5_000  # envelopes
_WAITING = 500  # requests that are acknowledged and not yet worked on
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0


class Answerer(Protocol):
    """Tells one person something, privately."""

    def __call__(self, *, response_url: str, channel: str, user: str, text: str) -> None:
        """Send `text`, which is plain text; never raises."""
        ...


@dataclass(slots=True, kw_only=True)
class SocketMode:
    """Keeps one connection. `open_url` asks Slack for an address, empty where it gives none."""

    open_url: Callable[[], str]
    store: ActionStore
    answer: Answerer
    clock: Clock
    now: Callable[[], datetime]
    silent_for: float = SILENT_FOR
    ping_every: float = _PING_EVERY
    connected: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _work: queue.Queue[Click | Command | None] = field(default_factory=lambda: queue.Queue(_WAITING))
    _current: WebSocket | None = None
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin, in two threads: one listens and acknowledges, one works."""
        for target in (self._listen, self._labour):
            thread = threading.Thread(target=target, name=target.__name__.strip("_"), daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """Stop listening, end the work in hand, and wait for both."""
        self._stop.set()
        if (socket := self._current) is not None:
            socket.close()
        try:
            self._work.put_nowait(None)
        except queue.Full:
            LOG.warning("%s acknowledged requests are left undone", self._work.qsize())
        for thread in self._threads:
            thread.join(timeout)

    # ------------------------------------------------------------------------ listening

    def _listen(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stop.is_set():
            url = self.open_url()
            if url:
                try:
                    socket = WebSocket(url, self.clock)
                except WebSocketClosed as error:
                    LOG.warning("socket mode: %s", error)
                else:
                    if self._converse(socket):
                        pause = _FIRST_PAUSE  # it stood: the next attempt comes at once
            self._stop.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _converse(self, socket: WebSocket) -> bool:
        """Serve one connection to its end; tell whether Slack ever said hello."""
        self._current = socket
        try:
            why = self._talk(socket)
        except WebSocketClosed as error:
            why = str(error)
        LOG.info("socket mode: connection ended: %s", why)
        greeted = self.connected.is_set()
        self.connected.clear()
        self._current = None
        socket.close()
        return greeted

    def _talk(self, socket: WebSocket) -> str:
        """Return why the connection is to be left. Raises WebSocketClosed."""
        pinged = self.clock.monotonic()
        while not self._stop.is_set():
            text = socket.receive(min(1.0, self.ping_every))
            now = self.clock.monotonic()
            if now - socket.heard > self.silent_for:
                return "silent for too long"
            if now - pinged >= self.ping_every:
                pinged = now
                socket.ping()
            if text is None:
                continue
            message = read_envelope(text)
            match message:
                case Hello():
                    self.connected.set()
                case Goodbye(reason=reason):
                    return f"Slack asks for a new one ({reason})"
                case Odd(why=why):
                    LOG.info("socket mode: ignored a message: %s", why)
                case Envelope():
                    self._receive(message, socket)
                case never:
                    assert_never(never)
        return "stopped"

    def _receive(self, envelope: Envelope, socket: WebSocket) -> None:
        """Acknowledge, then note the work unless it was noted before."""
        socket.send(json.dumps({"envelope_id": envelope.id}))
        if envelope.id in self._seen:
            return
        self._seen[envelope.id] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        request = read_request(envelope)
        if isinstance(request, Odd):
            LOG.info("socket mode: ignored an envelope: %s", request.why)
            return
        try:
            self._work.put_nowait(request)
        except queue.Full:
            LOG.warning("socket mode: too many requests at once, one is dropped")

    # ------------------------------------------------------------------------ working

    def _labour(self) -> None:
        while (request := self._work.get()) is not None:
            try:
                text = (
                    answer_click(request, self.store, self.now())
                    if isinstance(request, Click)
                    else answer_command(request, self.store, self.now())
                )
            except Exception:  # one bad request must not end the thread that serves all others
                LOG.exception("socket mode: a request failed")
                text = "Something went wrong; regwatch's log says what."
            self.answer(
                response_url=request.response_url, channel=request.channel, user=request.user, text=text
            )
