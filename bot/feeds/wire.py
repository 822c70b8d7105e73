"""Sockets under a deadline: names resolved, connections made and bytes read, each within the time that is left.

Neither httpx nor httpcore limits the whole time of a request, and a dripped header defeats their read
time-out; so every operation on the socket, the TLS handshake included, is given the remaining time here.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import httpcore

from bot.clock import SystemClock
from bot.feeds.answers import whole_document
from bot.feeds.decode import BodyDecoder, Limits, TooLarge, Truncated
from bot.feeds.guard import Target

HEAD_LIMIT = 256 * 1024  # bytes read before the header block must have ended
_ADDRESSES_TRIED = 4
_PIECES_LIMIT = 50_000  # a body in single-byte chunks costs seconds of CPU, not memory
_RESOLVING_LIMIT = 64  # names being resolved at once, hung ones included


class DeadlinePassed(TimeoutError):
    """The whole time of the fetch is used up."""


class HeadTooLarge(Exception):
    """The answer's header block does not end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds: to connect, between two reads, and for everything but the polite waiting."""

    connect: float = 5.0
    read: float = 15.0
    whole: float = 30.0


class Budget:
    """What is left of the whole time; stands still between `pause` and `resume`.

    Uses the machine's clock, not the injected one: sockets live in real time.
    """

    def __init__(self, times: Times, monotonic: Callable[[], float] | None = None) -> None:
        self.times = times
        self._monotonic = monotonic or SystemClock().monotonic
        self._left = times.whole
        self._since: float | None = None

    def resume(self) -> None:
        """Let time run."""
        self._since = self._monotonic()

    def pause(self) -> None:
        """Stop the watch."""
        self._left, self._since = self.left(), None

    def left(self) -> float:
        """Return the seconds left, perhaps below zero."""
        return self._left if self._since is None else self._left - (self._monotonic() - self._since)

    def at_most(self, seconds: float) -> float:
        """Return how long an operation may take. Raises DeadlinePassed."""
        left = self.left()
        if left <= 0:
            raise DeadlinePassed
        return min(seconds, left)


# ---------------------------------------------------------------------------- names


class SystemResolver:
    """getaddrinfo with a time limit: it has none of its own, so it runs beside us and may be left behind."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(_RESOLVING_LIMIT)

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """Return the addresses of a name. Raises OSError."""
        if not self._slots.acquire(timeout=seconds):
            raise socket.gaierror(socket.EAI_AGAIN, "too many names are being resolved")
        answer: list[list[str] | OSError] = []
        worker = threading.Thread(target=self._work, args=(host, port, answer), daemon=True, name="resolve")
        worker.start()
        worker.join(seconds)
        if not answer:
            raise socket.gaierror(socket.EAI_AGAIN, "the name was not resolved in time")
        match answer[0]:
            case OSError() as error:
                raise error
            case found:
                return found

    def _work(self, host: str, port: int, answer: list[list[str] | OSError]) -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.append([str(row[4][0]) for row in rows])
        except UnicodeError as error:
            answer.append(socket.gaierror(socket.EAI_NONAME, str(error)))
        except OSError as error:
            answer.append(error)
        finally:
            self._slots.release()


# ---------------------------------------------------------------------------- connections


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """Whom to connect to: the addresses that the guard judged, and the time there is."""

    target: Target
    addresses: tuple[str, ...]
    budget: Budget


class Wire(httpcore.NetworkStream):
    """One connection, as httpcore wants it; every read and write is bounded by the budget."""

    def __init__(self, sock: socket.socket, budget: Budget) -> None:
        self._sock = sock
        self._budget = budget
        self._head_room: int | None = HEAD_LIMIT

    def head_done(self) -> None:
        """Lift the limit on the header block; the body has its own."""
        self._head_room = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - ours are shorter
        """Return what comes next. Raises OSError, HeadTooLarge."""
        if self._head_room is not None and self._head_room <= 0:
            raise HeadTooLarge
        self._sock.settimeout(self._budget.at_most(self._budget.times.read))
        try:
            data = self._sock.recv(max_bytes)
        except TimeoutError as error:
            if self._budget.left() <= 0:
                raise DeadlinePassed from error
            raise
        if self._head_room is not None:
            self._head_room -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - ours are shorter
        """Send all. Raises OSError; httpcore.WriteError if the server closed early, for its answer may be there."""
        try:
            self._sock.settimeout(self._budget.at_most(self._budget.times.read))
            self._sock.sendall(buffer)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close at once; a peer that does not answer cannot delay it."""
        self._sock.close()

    def abort(self) -> None:
        """Wake the thread that reads; callable from any thread."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)


def connect(dial: Dial, context: ssl.SSLContext) -> Wire:
    """Connect to the judged addresses, in turn, and shake hands for the name. Raises OSError."""
    sock = _connect_any(dial)
    if dial.target.scheme == "https":
        try:
            sock.settimeout(dial.budget.at_most(dial.budget.times.connect))
            sock = context.wrap_socket(sock, server_hostname=dial.target.host)
        except BaseException:
            sock.close()
            raise
    return Wire(sock, dial.budget)


def _connect_any(dial: Dial) -> socket.socket:
    """Share the connect time among the addresses, so that a dead one leaves some for the next."""
    tries = _mixed(dial.addresses)[:_ADDRESSES_TRIED]
    spare = dial.budget.at_most(dial.budget.times.connect)
    end = dial.budget.left() - spare
    last: OSError = OSError("no address")
    for index, address in enumerate(tries):
        share = max((dial.budget.left() - end) / (len(tries) - index), 0.01)
        try:
            sock = socket.create_connection((address, dial.target.port), timeout=share)
        except OSError as error:
            last = error
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    raise last


def _mixed(addresses: Sequence[str]) -> list[str]:
    """Return IPv6 and IPv4 by turns, in the resolver's order: one family may be dead here."""
    first = [a for a in addresses if (":" in a) == (":" in addresses[0])]
    second = [a for a in addresses if a not in first]
    mixed: list[str] = []
    for index in range(max(len(first), len(second))):
        mixed += [*first[index : index + 1], *second[index : index + 1]]
    return mixed


# ---------------------------------------------------------------------------- bodies


def read_body(pieces: Iterable[bytes], headers: Mapping[str, str], limits: Limits) -> tuple[bytes, int, bool]:
    """Return the decoded body, its bytes on the wire, and whether all that was announced came.

    Raises DecodeError and whatever the pieces raise.
    """
    announced = headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:12]) > limits.wire:
        raise TooLarge(f"{int(announced[:12]):,} bytes are announced")
    decoder = BodyDecoder(headers.get("content-encoding", ""), limits)
    try:
        for count, piece in enumerate(pieces):
            if count > _PIECES_LIMIT:
                raise TooLarge("the body comes in too many pieces")
            decoder.feed(piece)
        return decoder.finish(), decoder.wire, True
    except (httpcore.RemoteProtocolError, ConnectionResetError, ssl.SSLEOFError, Truncated):
        # Servers that announce a wrong length send good feeds; one that is really cut off is a failure.
        if whole_document(decoder.so_far()):
            return decoder.so_far(), decoder.wire, False
        raise
