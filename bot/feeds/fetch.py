"""Reads one address at a time: guarded, bounded, conditional, polite. The only importer of httpx.

Whatever goes wrong becomes a FetchFailed of one class; foreign exceptions end in `classify`.
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from socket import gaierror

import httpcore
import httpx

from bot.clock import Clock
from bot.errors import InvalidFiles, Place, Problem
from bot.feeds import answers
from bot.feeds.asking import NetworkSettings, headers_for, user_agent
from bot.feeds.decode import BodyDecoder, DecodeError, Limits, TooLarge, Truncated
from bot.feeds.guard import BadUrl, Guard, PrivateHosts, Refused, Target, parse_target
from bot.feeds.hosts import GateClosed, HostGate
from bot.feeds.outcome import FailureKind, Fetched, FetchFailed, FetchOutcome, FetchRequest, NotModified
from bot.feeds.redact import one_line
from bot.feeds.wire import (
    Budget,
    DeadlinePassed,
    Dial,
    HeadTooLarge,
    SystemResolver,
    Times,
    Wire,
    connect,
    read_body,
)

MOST_REDIRECTS = 5
_SAMPLE = 16 * 1024  # bytes of an error page that are looked at
Headers = Sequence[tuple[bytes, bytes]]
_TIMED_RESOLVER = Callable[[str, int, float], Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str
    permanent: bool


class Fetcher:
    """One for the whole process; `fetch` may be called from many threads.

    It speaks HTTP/1.1 through httpcore, not through an httpx.Client: redirects are ours to judge, and a request costs
    a third less.

    `times`, `limits`, `resolve` and `tls` are there for tests. Raises InvalidFiles for a malformed private host.
    """

    def __init__(
        self,
        *,
        network: NetworkSettings,
        clock: Clock,
        times: Times | None = None,
        limits: Limits | None = None,
        resolve: _TIMED_RESOLVER | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._clock = clock
        self._times = times or Times()
        self._limits = limits or Limits()
        self._resolve = resolve or SystemResolver()
        self._private = _private_hosts(network.private_hosts)
        self._user_agent = user_agent(network.contact)
        self._gate = HostGate(network.host_gap, clock)
        self._transport = _PinnedTransport(tls or httpx.create_ssl_context())
        # httpx logs every address, secrets in queries included, at INFO.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._closed = False

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Read one address; waits for its server's turn first. Never raises for what the network does."""
        try:
            return self._follow(request, parse_target(request.url))
        except FOREIGN as error:
            if self._closed:
                return FetchFailed(url=request.url, kind=FailureKind.STOPPED, detail="the bot is stopping")
            kind, detail = classify(error)
            return FetchFailed(url=request.url, kind=kind, detail=one_line(detail))

    def ready_in(self, url: str) -> float:
        """Return the seconds until this address's server may be asked again; 0.0 also for a malformed URL."""
        try:
            return self._gate.ready_in(parse_target(url).lane)
        except BadUrl:
            return 0.0

    def close(self) -> None:
        """End every fetch in progress as STOPPED and let no other begin."""
        self._closed = True
        self._gate.close()
        self._transport.abort()

    def _follow(self, request: FetchRequest, origin: Target) -> FetchOutcome:
        """Take the hops one by one; each waits for its server's turn, which is not counted as time spent."""
        budget = Budget(self._times)
        guard = Guard(
            private=self._private,
            resolve=lambda host, port: self._resolve(host, port, budget.at_most(self._times.connect)),
        )
        here, permanent, ours = origin, True, True
        been = {origin.url}
        for _ in range(MOST_REDIRECTS + 1):
            with self._gate.turn(here.lane):
                budget.resume()
                try:
                    addresses = guard.admit(here, own_port=origin.port)
                    dial = Dial(target=here, addresses=addresses, budget=budget)
                    got = self._ask(request, dial, with_headers=ours)
                finally:
                    budget.pause()
            if not isinstance(got, _Redirect):
                return got if here == origin else _led(got, here, permanent=permanent)
            there = guard.follow(here, got.location)
            permanent = permanent and got.permanent
            # Once a foreign origin has been on the way, the feed's own headers stay home.
            ours = ours and there.origin == here.origin
            if there.url in been:
                break
            been.add(there.url)
            here = there
        return FetchFailed(
            url=request.url,
            kind=FailureKind.REDIRECT_LOOP,
            detail=f"more than {MOST_REDIRECTS} redirects, or a circle",
        )

    def _ask(self, request: FetchRequest, dial: Dial, *, with_headers: bool) -> FetchOutcome | _Redirect:
        """Send one request and read its answer."""
        url = httpx.URL(dial.target.url)
        if url.raw_host.decode("ascii") != dial.target.host:
            raise BadUrl("the URL's host can be read in two ways")
        headers = headers_for(request, self._user_agent, own=with_headers)
        with self._transport.asked(url, headers, dial) as answer:
            return self._read(request, dial, answer)

    def _read(self, request: FetchRequest, dial: Dial, answer: httpcore.Response) -> FetchOutcome | _Redirect:
        status = answer.status
        headers = answers.read_headers(answer.headers)
        now = self._clock.now()
        if status in answers.REDIRECTS:
            if not headers.get("location"):
                return _failed(request, FailureKind.PROTOCOL, f"HTTP {status} without a Location", status)
            return _Redirect(headers["location"], status in answers.PERMANENT)
        if status == 304:
            if not request.conditional:
                return _failed(request, FailureKind.PROTOCOL, "HTTP 304 to an unconditional request", status)
            return NotModified(
                url=request.url,
                headers=headers,
                etag=headers.get("etag", request.etag),
                last_modified=headers.get("last-modified", request.last_modified),
                hint=answers.hint(headers, now),
            )
        if status not in {200, 203}:
            kind, detail = answers.refusal(status, headers, _sample(answer, headers))
            wait = answers.retry_after(headers, now)
            return replace(_failed(request, kind, detail, status), retry_after=wait)
        body, wire_bytes, whole = read_body(answer.iter_stream(), headers, self._limits)
        return Fetched(
            url=request.url,
            final_url=dial.target.url,
            status=status,
            body=body,
            headers=headers,
            etag=headers.get("etag") if whole else None,
            last_modified=headers.get("last-modified") if whole else None,
            hint=answers.hint(headers, now),
            wire_bytes=wire_bytes,
            conditional=request.conditional,
        )


def _private_hosts(words: Sequence[str]) -> PrivateHosts:
    try:
        return PrivateHosts.of(words)
    except BadUrl as error:
        place = Place("network.private_hosts")
        raise InvalidFiles(
            [Problem(place, str(error), 'host or host:port, such as "10.0.0.5:8080"')]
        ) from error


def _failed(request: FetchRequest, kind: FailureKind, detail: str, status: int) -> FetchFailed:
    return FetchFailed(url=request.url, kind=kind, detail=one_line(detail), status=status)


def _led(outcome: FetchOutcome, here: Target, *, permanent: bool) -> FetchOutcome:
    """Return the outcome at the end of redirects, which names the new address if all were permanent."""
    if isinstance(outcome, FetchFailed) or not permanent:
        return outcome
    return replace(outcome, moved_to=here.url)


def _sample(answer: httpcore.Response, headers: Mapping[str, str]) -> bytes:
    """Return the beginning of an error page, as far as it comes; its loss is no matter."""
    sample = b""
    try:
        decoder = BodyDecoder(headers.get("content-encoding", ""), Limits(_SAMPLE * 4, _SAMPLE * 4))
        for count, piece in enumerate(answer.iter_stream()):
            decoder.feed(piece)
            if decoder.decoded >= _SAMPLE or count > 1_000:
                break
        sample = decoder.so_far()
    except FOREIGN:
        return sample
    return sample


# ---------------------------------------------------------------------------- the transport


class _PinnedTransport:
    """A fresh connection for each request, to the address that was judged: no pool, no reuse, no lock held.

    Feeds are polled minutes apart, so kept connections would only age; and without a pool none can be handed
    to another name that shares the address. Nothing is kept between requests: no cookies, no credentials.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        # Once, here: setting it for each connection races with handshakes in other threads.
        context.set_alpn_protocols(["http/1.1"])
        self._context = context
        self._live: set[Wire] = set()
        self._lock = threading.Lock()
        self._aborted = False

    @contextmanager
    def asked(self, url: httpx.URL, headers: Headers, dial: Dial) -> Iterator[httpcore.Response]:
        """Connect, send, read the header block; the body follows as it comes, while the block runs."""
        wire = connect(dial, self._context)
        try:
            self._hold(wire)
            origin = httpcore.Origin(url.raw_scheme, url.raw_host, dial.target.port)
            answer = httpcore.HTTP11Connection(origin, wire).handle_request(
                httpcore.Request(
                    method=b"GET",
                    url=httpcore.URL(
                        scheme=url.raw_scheme,
                        host=url.raw_host,
                        port=dial.target.port,
                        target=url.raw_path,
                    ),
                    headers=[(b"Host", url.netloc), *headers],
                )
            )
            wire.head_done()
            yield answer
        finally:
            self._drop(wire)

    def abort(self) -> None:
        """Wake every thread that reads or writes."""
        with self._lock:
            self._aborted = True
            for wire in self._live:
                wire.abort()

    def _hold(self, wire: Wire) -> None:
        with self._lock:
            if self._aborted:
                raise GateClosed
            self._live.add(wire)

    def _drop(self, wire: Wire) -> None:
        with self._lock:
            self._live.discard(wire)
        wire.close()


# ---------------------------------------------------------------------------- foreign errors

# Most particular first. The one place where other people's exceptions become our classes.
_CLASSES: tuple[tuple[type[Exception], FailureKind, str], ...] = (
    (BadUrl, FailureKind.BAD_URL, ""),
    (Refused, FailureKind.REFUSED_ADDRESS, ""),
    (GateClosed, FailureKind.STOPPED, "the bot is stopping"),
    (TooLarge, FailureKind.TOO_LARGE, ""),
    (HeadTooLarge, FailureKind.TOO_LARGE, "the headers do not end"),
    (Truncated, FailureKind.PROTOCOL, ""),
    (DecodeError, FailureKind.BAD_ENCODING, ""),
    (DeadlinePassed, FailureKind.TIMEOUT, "the whole answer took too long"),
    (gaierror, FailureKind.DNS, ""),
    (ssl.SSLCertVerificationError, FailureKind.TLS, ""),
    (ssl.SSLEOFError, FailureKind.PROTOCOL, "the connection was cut"),
    (ssl.SSLError, FailureKind.TLS, ""),
    (ConnectionResetError, FailureKind.PROTOCOL, "the connection was cut"),
    (BrokenPipeError, FailureKind.PROTOCOL, "the connection was cut"),
    (TimeoutError, FailureKind.TIMEOUT, "no answer in time"),
    (OSError, FailureKind.CONNECT, ""),
    (httpx.InvalidURL, FailureKind.BAD_URL, ""),
    (httpx.UnsupportedProtocol, FailureKind.BAD_URL, ""),
    (httpx.TimeoutException, FailureKind.TIMEOUT, "no answer in time"),
    (httpx.NetworkError, FailureKind.CONNECT, ""),
    (httpx.ProxyError, FailureKind.CONNECT, ""),
    (httpx.DecodingError, FailureKind.BAD_ENCODING, ""),
    (httpx.TooManyRedirects, FailureKind.REDIRECT_LOOP, ""),
    (httpx.HTTPError, FailureKind.PROTOCOL, ""),
    (httpx.StreamError, FailureKind.PROTOCOL, ""),
    (httpx.CookieConflict, FailureKind.PROTOCOL, ""),
    (httpcore.TimeoutException, FailureKind.TIMEOUT, "no answer in time"),
    (httpcore.NetworkError, FailureKind.CONNECT, ""),
    (httpcore.ProxyError, FailureKind.CONNECT, ""),
    (httpcore.UnsupportedProtocol, FailureKind.BAD_URL, ""),
    (httpcore.ProtocolError, FailureKind.PROTOCOL, ""),
    (httpcore.ConnectionNotAvailable, FailureKind.CONNECT, ""),
    (ValueError, FailureKind.PROTOCOL, "the answer holds an impossible value"),  # from deep inside h11
)
FOREIGN = tuple(kind for kind, _, _ in _CLASSES)


def classify(error: Exception) -> tuple[FailureKind, str]:
    """Return the class and the sentence for any of `FOREIGN`."""
    for kind, failure, sentence in _CLASSES:
        if isinstance(error, kind):
            return failure, sentence or _plain(error)
    raise error


def _plain(error: Exception) -> str:
    """Return what an exception says, without the library's codes."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
