"""The fetcher on servers that drip, hang, flood, lie and cut off: each ends in time, in bounds, as one class."""

from __future__ import annotations

import gzip
import resource
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.feeds.fetch import Fetcher
from bot.feeds.outcome import FailureKind, Fetched, FetchFailed, FetchOutcome, FetchRequest
from bot.feeds.wire import Times
from tests import http_server as hs
from tests.http_server import Answer, HttpServer, Script, raw

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>\n"
TIMES = Times(connect=0.3, read=0.3, whole=0.6)
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass
class Network:
    contact: str = ""
    host_gap: timedelta = timedelta(0)
    private_hosts: tuple[str, ...] = ()


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer() as running:
        yield running


@pytest.fixture
def fetcher(server: HttpServer) -> Iterator[Fetcher]:
    running = Fetcher(network=Network(private_hosts=(server.host_port,)), clock=SystemClock(), times=TIMES)
    yield running
    running.close()


def timed(fetcher: Fetcher, url: str) -> tuple[FetchOutcome, float]:
    clock = SystemClock()
    start = clock.monotonic()
    return fetcher.fetch(FetchRequest(url=url)), clock.monotonic() - start


HOSTILE: dict[str, tuple[Script, FailureKind]] = {
    "never answers": (hs.silent(), FailureKind.TIMEOUT),
    "drips its headers": (hs.drip_headers(), FailureKind.TIMEOUT),
    "drips its body": (hs.drip_body(), FailureKind.TIMEOUT),
    "drips its chunks": (hs.drip_body(chunked=True), FailureKind.TIMEOUT),
    "headers, then silence": (raw(OK + b"Content-Length: 10\r\n\r\nabc"), FailureKind.PROTOCOL),
    "endless body": (hs.endless_body(), FailureKind.TOO_LARGE),
    "endless packed body": (
        hs.endless_body(gzip.compress(b""), headers={"Content-Encoding": "gzip"}),
        FailureKind.BAD_ENCODING,
    ),
    "endless headers": (hs.endless_headers(), FailureKind.PROTOCOL),
    "endless 100 Continue": (hs.endless_continue(), FailureKind.TOO_LARGE),
    "announces too much": (raw(OK + b"Content-Length: 99999999999\r\n\r\n"), FailureKind.TOO_LARGE),
    "a bomb": (
        Answer(body=hs.gzip_bomb(64 << 20), headers={"Content-Encoding": "gzip"}),
        FailureKind.TOO_LARGE,
    ),
    "brotli unasked": (
        Answer(body=b"\x0b\x02\x80", headers={"Content-Encoding": "br"}),
        FailureKind.BAD_ENCODING,
    ),
    "gzip, broken": (
        Answer(body=gzip.compress(FEED)[:10] + b"\xff" * 40, headers={"Content-Encoding": "gzip"}),
        FailureKind.BAD_ENCODING,
    ),
    "gzip, cut off": (
        Answer(body=gzip.compress(FEED * 50)[:-40], headers={"Content-Encoding": "gzip"}),
        FailureKind.PROTOCOL,
    ),
    "body cut off": (raw(OK + b"Content-Length: 5000\r\n\r\n<rss><item>"), FailureKind.PROTOCOL),
    "chunks cut off": (raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n"), FailureKind.PROTOCOL),
    "closes at once": (raw(b""), FailureKind.PROTOCOL),
    "resets at once": (raw(b"", reset=True), FailureKind.PROTOCOL),
    "resets within the body": (
        raw(OK + b"Content-Length: 500\r\n\r\n<rss>", reset=True),
        FailureKind.PROTOCOL,
    ),
    "half a status line": (raw(b"HTTP/1.1 20"), FailureKind.PROTOCOL),
    "not HTTP": (raw(b"\x00\x01SSH-2.0\r\n\r\n"), FailureKind.PROTOCOL),
    "impossible chunk size": (
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n"),
        FailureKind.PROTOCOL,
    ),
    "negative length": (raw(OK + b"Content-Length: -1\r\n\r\n"), FailureKind.PROTOCOL),
    "two lengths": (raw(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), FailureKind.PROTOCOL),
    "a length of 5,000 digits": (
        raw(OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n"),
        FailureKind.PROTOCOL,
    ),
    "a redirect to nowhere": (Answer(status=302, headers={"Location": "http://"}), FailureKind.REDIRECT_LOOP),
    "a redirect to a file": (
        Answer(status=302, headers={"Location": "file:///etc/passwd"}),
        FailureKind.BAD_URL,
    ),
    "a redirect to loopback": (hs.redirect("http://127.0.0.2/"), FailureKind.REFUSED_ADDRESS),
    "a redirect to metadata": (hs.redirect("http://169.254.169.254/"), FailureKind.REFUSED_ADDRESS),
    "a redirect to the mapped loopback": (
        hs.redirect("http://[::ffff:127.0.0.1]/"),
        FailureKind.REFUSED_ADDRESS,
    ),
    "a redirect with a name": (hs.redirect("http://a:b@127.0.0.1/"), FailureKind.BAD_URL),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_answer_ends_in_time_as_one_class(server: HttpServer, fetcher: Fetcher, name: str) -> None:
    """Whole time 0.6 s here; a value comes back, its detail one line."""
    script, kind = HOSTILE[name]
    outcome, seconds = timed(fetcher, server.serve("/f", script))
    assert isinstance(outcome, FetchFailed)
    assert outcome.kind is kind, outcome.detail
    assert "\n" not in outcome.detail
    assert len(outcome.detail) <= 200
    assert seconds < 10.0


def test_one_byte_chunks_end_by_size_or_by_time(server: HttpServer, fetcher: Fetcher) -> None:
    """Which limit comes first depends on the machine; one of them does."""
    script = hs.endless_body(b"1\r\nx\r\n" * 10_000, headers={"Transfer-Encoding": "chunked"})
    outcome, _ = timed(fetcher, server.serve("/f", script))
    assert isinstance(outcome, FetchFailed)
    assert outcome.kind in (FailureKind.TOO_LARGE, FailureKind.TIMEOUT)


def test_dripped_headers_end_at_the_deadline_although_no_read_is_slow(server: HttpServer) -> None:
    """A byte each 20 ms never exceeds the read time-out; only the whole time ends it."""
    patient = Fetcher(
        network=Network(private_hosts=(server.host_port,)),
        clock=SystemClock(),
        times=Times(read=5.0, whole=0.4),
    )
    outcome, seconds = timed(patient, server.serve("/f", hs.drip_headers()))
    assert isinstance(outcome, FetchFailed)
    assert outcome.detail == "the whole answer took too long"
    assert 0.35 < seconds < 1.0


def test_the_whole_time_covers_all_redirects(server: HttpServer) -> None:
    """Five slow hops are not five times as long."""

    def slow(to: str) -> Script:
        def script(seen: hs.Seen, wire: hs.Wire) -> None:
            wire.pause(0.2)
            hs.redirect(to)(seen, wire)

        return script

    for hop in range(6):
        server.serve(f"/{hop}", slow(f"/{hop + 1}"))
    fetcher = Fetcher(
        network=Network(private_hosts=(server.host_port,)),
        clock=SystemClock(),
        times=Times(read=1.0, whole=0.5),
    )
    outcome, seconds = timed(fetcher, server.url("/0"))
    assert isinstance(outcome, FetchFailed)
    assert outcome.kind is FailureKind.TIMEOUT
    assert seconds < 1.0


def test_a_name_that_hangs_in_dns_ends_in_time() -> None:
    """getaddrinfo has no time limit of its own; here a resolver that waits as long as it is let."""
    from bot.feeds.wire import SystemResolver

    release = threading.Event()

    class Hanging(SystemResolver):
        def _work(self, host: str, port: int, answer: list[list[str] | OSError]) -> None:
            release.wait(10)
            super()._work(host, port, answer)

    fetcher = Fetcher(network=Network(), clock=SystemClock(), times=TIMES, resolve=Hanging())
    outcome, seconds = timed(fetcher, "http://hanging.test/")
    release.set()
    assert isinstance(outcome, FetchFailed)
    assert outcome.kind is FailureKind.DNS
    assert seconds < 1.0


def test_an_address_that_swallows_packets_ends_in_time(server: HttpServer) -> None:
    """A listener whose queue is full accepts nothing more."""
    import socket

    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        where = full.getsockname()
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(where)
        fetcher = Fetcher(
            network=Network(private_hosts=(f"127.0.0.1:{where[1]}",)), clock=SystemClock(), times=TIMES
        )
        outcome, seconds = timed(fetcher, f"http://127.0.0.1:{where[1]}/")
        for filler in fillers:
            filler.close()
    assert isinstance(outcome, FetchFailed)
    assert outcome.kind is FailureKind.TIMEOUT
    assert seconds < 1.0


def test_a_closed_port_is_a_failed_connection() -> None:
    with HttpServer() as gone:
        where = gone.host_port
    fetcher = Fetcher(network=Network(private_hosts=(where,)), clock=SystemClock(), times=TIMES)
    outcome = fetcher.fetch(FetchRequest(url=f"http://{where}/"))
    assert isinstance(outcome, FetchFailed)
    assert (outcome.kind, outcome.detail) == (FailureKind.CONNECT, "Connection refused")


# ---------------------------------------------------------------------------- liars whose feed is whole


@pytest.mark.parametrize(
    "script",
    [
        raw(OK + b'Content-Length: 9999\r\nETag: "1"\r\n\r\n' + FEED),
        raw(OK + b'Transfer-Encoding: chunked\r\nETag: "1"\r\n\r\n3d\r\n' + FEED + b"\r\n"),
        Answer(body=gzip.compress(FEED)[:-4], headers={"Content-Encoding": "gzip", "ETag": '"1"'}),
    ],
    ids=["length too long", "no last chunk", "gzip without its trailer"],
)
def test_a_whole_feed_with_a_wrong_length_is_taken_without_its_validators(
    server: HttpServer, fetcher: Fetcher, script: Script
) -> None:
    """Such servers exist and never mend; without validators the next poll asks for everything again."""
    outcome = fetcher.fetch(FetchRequest(url=server.serve("/f", script)))
    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.etag) == (FEED, None)


def test_a_length_that_is_too_short_gives_what_it_says(server: HttpServer, fetcher: Fetcher) -> None:
    outcome = fetcher.fetch(
        FetchRequest(url=server.serve("/f", raw(OK + b"Content-Length: 5\r\n\r\n" + FEED)))
    )
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss "


@pytest.mark.parametrize(
    "script",
    [
        raw(OK + b"\r\n" + FEED),
        raw(b"HTTP/1.0 200 OK\r\n\r\n" + FEED),
        raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"\r\n" + FEED),
        raw(OK + b"Content-Type: \xff\xfe\r\n\r\n" + FEED),
        raw(b"HTTP/1.1 200\r\n\r\n" + FEED),
    ],
    ids=["until it closes", "HTTP/1.0", "interim answers", "bytes in a header", "no reason phrase"],
)
def test_an_unusual_but_legible_answer_is_read(server: HttpServer, fetcher: Fetcher, script: Script) -> None:
    outcome = fetcher.fetch(FetchRequest(url=server.serve("/f", script)))
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED


# ---------------------------------------------------------------------------- many at once, for long


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_two_hundred_fetches_leave_no_file_and_no_thread(server: HttpServer, fetcher: Fetcher) -> None:
    """Good and bad answers mixed, eight at a time."""
    server.serve("/ok", Answer(body=FEED))
    server.serve("/cut", raw(OK + b"Content-Length: 50\r\n\r\n<rss>"))
    server.serve("/reset", raw(b"", reset=True))
    server.serve("/big", raw(OK + b"Content-Length: 99999999\r\n\r\n" + b"x" * 9_000))
    server.serve("/moved", hs.redirect("/ok"))
    paths = ["/ok", "/cut", "/reset", "/big", "/moved"] * 40
    fetcher.fetch(FetchRequest(url=server.url("/ok")))
    files, threads = open_files(), threading.active_count()
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda path: fetcher.fetch(FetchRequest(url=server.url(path))), paths))
    assert sum(isinstance(outcome, Fetched) for outcome in outcomes) == 80
    settle(lambda: open_files() <= files + 1 and threading.active_count() <= threads)
    assert open_files() <= files + 1
    assert threading.active_count() <= threads


def settle(done: object) -> None:
    """Give the server's own threads a moment to end."""
    assert callable(done)
    tick = threading.Event()
    for _ in range(200):
        if done():
            return
        tick.wait(0.01)


def test_one_server_sees_one_request_at_a_time(server: HttpServer, fetcher: Fetcher) -> None:
    """Each answer takes a while, so that a second request would be seen beside the first."""

    def slow(seen: hs.Seen, wire: hs.Wire) -> None:
        wire.pause(0.01)
        Answer(body=FEED)(seen, wire)

    server.serve("/f", slow)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: fetcher.fetch(FetchRequest(url=server.url("/f"))), range(40)))
    assert server.most_at_once == 1


def test_a_slow_server_does_not_hold_up_another(server: HttpServer) -> None:
    """The other server's answer is there long before the slow one gives up."""
    with HttpServer() as quick:
        quick.serve("/f", Answer(body=FEED))
        fetcher = Fetcher(
            network=Network(private_hosts=(server.host_port, quick.host_port)),
            clock=SystemClock(),
            times=Times(connect=1, read=2, whole=2),
        )
        server.serve("/f", hs.silent())
        with ThreadPoolExecutor(2) as pool:
            slow = pool.submit(fetcher.fetch, FetchRequest(url=server.url("/f")))
            settle(lambda: bool(server.seen("/f")))
            assert fetcher.ready_in(server.url("/other")) > 0
            assert isinstance(fetcher.fetch(FetchRequest(url=quick.url("/f"))), Fetched)
            assert not slow.done()
            fetcher.close()


def test_closing_ends_fetches_in_progress_at_once(server: HttpServer) -> None:
    """SIGTERM must not wait thirty seconds; what is cut short is no fault of the feed."""
    fetcher = Fetcher(
        network=Network(private_hosts=(server.host_port,)),
        clock=SystemClock(),
        times=Times(read=20, whole=20),
    )
    server.serve("/f", hs.silent())
    clock = SystemClock()
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(fetcher.fetch, FetchRequest(url=server.url("/f"))) for _ in range(3)]
        settle(lambda: bool(server.seen("/f")))
        start = clock.monotonic()
        fetcher.close()
        outcomes = [future.result(5) for future in running]
    assert clock.monotonic() - start < 2
    assert [o.kind for o in outcomes if isinstance(o, FetchFailed)] == [FailureKind.STOPPED] * 3
    after = fetcher.fetch(FetchRequest(url=server.url("/f")))
    assert isinstance(after, FetchFailed)
    assert after.kind is FailureKind.STOPPED


def test_bombs_in_a_row_do_not_grow_the_process(server: HttpServer, fetcher: Fetcher) -> None:
    """Ten bombs of 256 MiB each: the peak rises by less than 60 MiB."""
    server.serve("/f", Answer(body=hs.gzip_bomb(256 << 20), headers={"Content-Encoding": "gzip"}))
    fetcher.fetch(FetchRequest(url=server.url("/f")))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(10):
        fetcher.fetch(FetchRequest(url=server.url("/f")))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


def test_a_rebound_name_touches_no_private_server(server: HttpServer) -> None:
    """The name answers a public address first and loopback ever after; the trap is never touched."""
    trap = server
    answers = iter([["192.0.2.1"], ["127.0.0.1"], ["127.0.0.1"]])

    def rebinding(_host: str, _port: int, _seconds: float) -> Sequence[str]:
        return next(answers)

    fetcher = Fetcher(network=Network(), clock=SystemClock(), times=TIMES, resolve=rebinding)
    for _ in range(3):
        outcome = fetcher.fetch(FetchRequest(url=f"http://rebound.test:{trap.port}/"))
        assert isinstance(outcome, FetchFailed)
        assert outcome.kind is FailureKind.REFUSED_ADDRESS
    assert trap.seen() == []
