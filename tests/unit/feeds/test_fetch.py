"""The fetcher on well-behaved servers: what is sent, what comes back, how redirects and refusals read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import httpcore
import httpx
import pytest

from bot import __version__
from bot.clock import SystemClock
from bot.errors import InvalidFiles
from bot.feeds.fetch import FOREIGN, Fetcher, classify
from bot.feeds.outcome import (
    FailureKind,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    NotModified,
    advice,
)
from bot.feeds.wire import Times
from tests.http_server import Answer, HttpServer, gzipped, redirect

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"
TIMES = Times(connect=1.0, read=1.0, whole=2.0)


@dataclass
class Network:
    contact: str = "ops@example.org"
    host_gap: timedelta = timedelta(0)
    private_hosts: tuple[str, ...] = ()


@dataclass
class Bench:
    """A server, a fetcher that may read it, and short cuts."""

    server: HttpServer
    fetcher: Fetcher
    others: list[HttpServer] = field(default_factory=list)

    def fetch(self, path: str, **words: object) -> FetchOutcome:
        return self.fetcher.fetch(FetchRequest(url=self.server.url(path), **words))  # type: ignore[arg-type]


def resolver(names: dict[str, str]) -> Callable[[str, int, float], Sequence[str]]:
    return lambda host, _port, _seconds: [names[host]]


@pytest.fixture
def bench() -> Iterator[Bench]:
    with HttpServer() as server, HttpServer() as other:
        network = Network(
            private_hosts=(server.host_port, f"other.test:{other.port}", f"here.test:{server.port}")
        )
        names = {"other.test": "127.0.0.1", "here.test": "127.0.0.1"}
        fetcher = Fetcher(network=network, clock=SystemClock(), times=TIMES, resolve=resolver(names))
        yield Bench(server, fetcher, [other])
        fetcher.close()


def failure(outcome: FetchOutcome) -> FailureKind:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome.kind


# ---------------------------------------------------------------------------- ordinary answers


def test_a_body_comes_back_with_its_validators(bench: Bench) -> None:
    """Weak etags are kept verbatim; header names are in lower case."""
    bench.server.serve("/f", Answer(body=FEED, etag='W/"a b"', last_modified="Mon, 02 Mar 2026 10:00:00 GMT"))
    got = bench.fetch("/f")
    assert isinstance(got, Fetched)
    assert (got.body, got.status, got.etag) == (FEED, 200, 'W/"a b"')
    assert got.last_modified == "Mon, 02 Mar 2026 10:00:00 GMT"
    assert got.headers["content-type"] == "application/xml"
    assert (got.final_url, got.moved_to, got.conditional) == (bench.server.url("/f"), "", False)
    assert got.wire_bytes == len(FEED)


@pytest.mark.parametrize(
    "answer",
    [
        gzipped(FEED),
        Answer(body=zlib.compress(FEED), headers={"Content-Encoding": "deflate"}),
        Answer(body=gzip.compress(FEED), content_type="application/gzip"),
    ],
    ids=["gzip", "deflate", "a .gz file"],
)
def test_a_packed_body_is_unpacked(bench: Bench, answer: Answer) -> None:
    bench.server.serve("/f", answer)
    got = bench.fetch("/f")
    assert isinstance(got, Fetched)
    assert got.body == FEED
    assert got.wire_bytes == len(answer.body)


def test_both_validators_are_sent_as_they_came_and_a_304_is_an_answer(bench: Bench) -> None:
    """Opaque: also quotes that are missing and letters outside ASCII survive the round trip."""
    odd = "W/no-quotes-é"
    bench.server.serve("/f", Answer(body=FEED, etag=odd, last_modified="yesterday"))
    got = bench.fetch("/f")
    assert isinstance(got, Fetched)
    again = bench.fetch("/f", etag=got.etag, last_modified=got.last_modified)
    assert isinstance(again, NotModified)
    assert (again.etag, again.last_modified) == (odd, "yesterday")
    sent = bench.server.seen("/f")[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (odd, "yesterday")


def test_a_304_keeps_the_validators_that_it_does_not_repeat(bench: Bench) -> None:
    bench.server.serve("/f", Answer(status=304))
    got = bench.fetch("/f", etag='"1"', last_modified="then")
    assert isinstance(got, NotModified)
    assert (got.etag, got.last_modified) == ('"1"', "then")


def test_a_304_that_nobody_asked_for_is_a_failure(bench: Bench) -> None:
    bench.server.serve("/f", Answer(status=304))
    assert failure(bench.fetch("/f")) is FailureKind.PROTOCOL


def test_a_changed_body_to_a_conditional_request_says_so(bench: Bench) -> None:
    """Only an unconditional 200 counts as the daily full fetch."""
    bench.server.serve("/f", Answer(body=FEED, etag='"2"'))
    got = bench.fetch("/f", etag='"1"')
    assert isinstance(got, Fetched)
    assert got.conditional


# ---------------------------------------------------------------------------- what is sent


def test_the_bot_names_itself_honestly(bench: Bench) -> None:
    bench.server.serve("/f", Answer(body=FEED))
    bench.fetch("/f")
    sent = bench.server.seen("/f")[0].headers
    assert sent["user-agent"] == f"regwatch/{__version__} (+ops@example.org)"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert sent["accept"].startswith("application/atom+xml")
    assert sent["host"] == bench.server.host_port


def test_a_feed_may_have_its_own_agent_and_headers_but_not_ours(bench: Bench) -> None:
    """Host, encodings and the like are the fetcher's business."""
    bench.server.serve("/f", Answer(body=FEED))
    own = {"X-Key": "k", "accept": "text/xml", "Accept-Encoding": "br", "Host": "evil", "If-None-Match": "x"}
    bench.fetch("/f", user_agent="Custom/1", headers=own)
    sent = bench.server.seen("/f")[0].headers
    assert (sent["user-agent"], sent["x-key"], sent["accept"]) == ("Custom/1", "k", "text/xml")
    assert (sent["accept-encoding"], sent["host"]) == ("gzip, deflate", bench.server.host_port)
    assert "if-none-match" not in sent


def test_a_header_with_a_line_break_is_never_sent(bench: Bench) -> None:
    bench.server.serve("/f", Answer(body=FEED))
    assert failure(bench.fetch("/f", headers={"X-A": "b\r\nX-Injected: c"})) is FailureKind.PROTOCOL
    assert bench.server.seen("/f") == []


def test_cookies_are_not_kept_between_requests(bench: Bench) -> None:
    """All feeds share one client."""
    bench.server.serve("/f", Answer(body=FEED, headers={"Set-Cookie": "id=1; Path=/"}))
    bench.fetch("/f")
    bench.fetch("/f")
    assert "cookie" not in bench.server.seen("/f")[1].headers


def test_no_proxy_is_taken_from_the_environment(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    bench.server.serve("/f", Answer(body=FEED))
    with_env = Fetcher(
        network=Network(private_hosts=(bench.server.host_port,)), clock=SystemClock(), times=TIMES
    )
    assert isinstance(with_env.fetch(FetchRequest(url=bench.server.url("/f"))), Fetched)


# ---------------------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(bench: Bench, status: int) -> None:
    """Only a permanent one says that the feed has moved."""
    bench.server.serve("/new", Answer(body=FEED))
    bench.server.serve("/old", redirect("/new", status))
    got = bench.fetch("/old")
    assert isinstance(got, Fetched)
    assert (got.url, got.final_url) == (bench.server.url("/old"), bench.server.url("/new"))
    assert got.moved_to == (bench.server.url("/new") if status in {301, 308} else "")


@pytest.mark.parametrize(
    ("first", "second", "moved"), [(301, 308, True), (301, 302, False), (302, 301, False)]
)
def test_a_feed_has_moved_only_if_every_hop_was_permanent(
    bench: Bench, first: int, second: int, moved: bool
) -> None:
    bench.server.serve("/a", redirect("/b", first))
    bench.server.serve("/b", redirect("/c", second))
    bench.server.serve("/c", Answer(body=FEED))
    got = bench.fetch("/a")
    assert isinstance(got, Fetched)
    assert bool(got.moved_to) is moved


def test_a_304_behind_a_permanent_redirect_also_says_where(bench: Bench) -> None:
    bench.server.serve("/new", Answer(body=FEED, etag='"1"'))
    bench.server.serve("/old", redirect("/new", 301))
    got = bench.fetch("/old", etag='"1"')
    assert isinstance(got, NotModified)
    assert got.moved_to == bench.server.url("/new")


def test_five_redirects_are_followed_and_six_are_not(bench: Bench) -> None:
    for hop in range(10):
        bench.server.serve(f"/{hop}", redirect(f"/{hop + 1}"))
    bench.server.serve("/10", Answer(body=FEED))
    assert isinstance(bench.fetch("/5"), Fetched)
    assert failure(bench.fetch("/4")) is FailureKind.REDIRECT_LOOP


def test_a_circle_ends_at_once(bench: Bench) -> None:
    bench.server.serve("/a", redirect("/b"))
    bench.server.serve("/b", redirect("/a"))
    assert failure(bench.fetch("/a")) is FailureKind.REDIRECT_LOOP
    assert len(bench.server.seen()) == 2


def test_a_redirect_without_a_location_is_broken(bench: Bench) -> None:
    bench.server.serve("/a", Answer(status=302))
    assert failure(bench.fetch("/a")) is FailureKind.PROTOCOL


def test_a_feeds_own_headers_stay_with_its_origin(bench: Bench) -> None:
    """Neither the other host nor the way back home gets to see them."""
    other = bench.others[0]
    bench.server.serve("/a", redirect(f"http://other.test:{other.port}/b"))
    other.serve("/b", redirect(bench.server.url("/c")))
    bench.server.serve("/c", Answer(body=FEED))
    secret = {"Authorization": "Bearer s3cret", "Cookie": "id=1", "X-Api-Key": "s3cret"}
    assert isinstance(bench.fetch("/a", headers=secret, user_agent="Custom/1"), Fetched)
    assert bench.server.seen("/a")[0].headers["authorization"] == "Bearer s3cret"
    for seen in (other.seen("/b")[0], bench.server.seen("/c")[0]):
        assert not {"authorization", "cookie", "x-api-key"} & set(seen.headers)
        assert seen.headers["user-agent"] == "Custom/1"


def test_a_feeds_own_headers_are_kept_within_its_origin(bench: Bench) -> None:
    bench.server.serve("/a", redirect("/b"))
    bench.server.serve("/b", Answer(body=FEED))
    bench.fetch("/a", headers={"Authorization": "Bearer x"})
    assert bench.server.seen("/b")[0].headers["authorization"] == "Bearer x"


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (400, {}, b"", FailureKind.HTTP_ERROR),
        (401, {}, b"", FailureKind.HTTP_ERROR),
        (403, {}, b"", FailureKind.BLOCKED),
        (404, {}, b"", FailureKind.NOT_FOUND),
        (405, {"x-amzn-waf-action": "captcha"}, b"", FailureKind.BLOCKED),
        (410, {}, b"", FailureKind.GONE),
        (418, {}, b"", FailureKind.HTTP_ERROR),
        (429, {}, b"", FailureKind.RATE_LIMITED),
        (429, {}, b"<html><title>Just a moment...</title>", FailureKind.BLOCKED),
        (451, {}, b"", FailureKind.BLOCKED),
        (500, {}, b"", FailureKind.SERVER_ERROR),
        (502, {}, b"", FailureKind.SERVER_ERROR),
        (503, {}, b"", FailureKind.SERVER_ERROR),
        (503, {"Retry-After": "60"}, b"", FailureKind.RATE_LIMITED),
        (503, {"cf-mitigated": "challenge", "Retry-After": "60"}, b"", FailureKind.BLOCKED),
        (202, {"x-amzn-waf-action": "challenge"}, b"", FailureKind.BLOCKED),
        (204, {}, b"", FailureKind.EMPTY),
        (206, {}, FEED, FailureKind.PROTOCOL),
        (300, {}, b"", FailureKind.PROTOCOL),
        (999, {}, b"", FailureKind.PROTOCOL),
    ],
)
def test_every_status_has_its_class(
    bench: Bench, status: int, headers: dict[str, str], body: bytes, kind: FailureKind
) -> None:
    bench.server.serve("/f", Answer(status=status, headers=headers, body=body, content_type="text/html"))
    got = bench.fetch("/f")
    assert failure(got) is kind
    assert isinstance(got, FetchFailed)
    assert got.status == status
    assert str(status) in got.detail


def test_retry_after_is_heard_with_any_refusal_and_capped(bench: Bench) -> None:
    """Ten years would be a silent death."""
    bench.server.serve("/a", Answer(status=429, headers={"Retry-After": "120"}))
    bench.server.serve("/b", Answer(status=403, headers={"Retry-After": "315360000"}))
    first, second = bench.fetch("/a"), bench.fetch("/b")
    assert isinstance(first, FetchFailed)
    assert isinstance(second, FetchFailed)
    assert (first.retry_after, second.retry_after) == (timedelta(minutes=2), timedelta(hours=6))


def test_the_longest_hint_of_a_body_is_reported(bench: Bench) -> None:
    bench.server.serve(
        "/f", Answer(body=FEED, headers={"Cache-Control": "public, max-age=900", "Age": "300"})
    )
    got = bench.fetch("/f")
    assert isinstance(got, Fetched)
    assert got.hint == timedelta(minutes=10)


# ---------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:9/", FailureKind.REFUSED_ADDRESS),
        ("http://[::1]:9/", FailureKind.REFUSED_ADDRESS),
        ("http://169.254.169.254/latest/meta-data/", FailureKind.REFUSED_ADDRESS),
        ("http://other.test/", FailureKind.REFUSED_ADDRESS),
        ("http://2130706433/", FailureKind.BAD_URL),
        ("http://u:p@example.org/", FailureKind.BAD_URL),
        ("ftp://example.org/", FailureKind.BAD_URL),
        ("nonsense", FailureKind.BAD_URL),
    ],
)
def test_a_forbidden_address_is_refused(bench: Bench, url: str, kind: FailureKind) -> None:
    assert failure(bench.fetcher.fetch(FetchRequest(url=url))) is kind


def test_a_redirect_to_a_private_address_is_refused_unless_that_is_listed(bench: Bench) -> None:
    with HttpServer() as trap:
        trap.serve("/secret", Answer(body=FEED))
        bench.server.serve("/a", redirect(trap.url("/secret")))
        assert failure(bench.fetch("/a")) is FailureKind.REFUSED_ADDRESS
        assert trap.seen() == []


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(bench: Bench) -> None:
    """A second answer (DNS rebinding) is never asked for."""
    asked: list[str] = []
    answers = iter([["127.0.0.1"], ["127.0.0.99"]])

    def once(host: str, _port: int, _seconds: float) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    bench.server.serve("/f", Answer(body=FEED))
    name = f"here.test:{bench.server.port}"
    fetcher = Fetcher(network=Network(private_hosts=(name,)), clock=SystemClock(), times=TIMES, resolve=once)
    assert isinstance(fetcher.fetch(FetchRequest(url=f"http://{name}/f")), Fetched)
    assert asked == ["here.test"]
    assert bench.server.seen("/f")[0].headers["host"] == name


def test_an_ipv6_address_is_read() -> None:
    try:
        server = HttpServer("::1")
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        server.serve("/f", Answer(body=FEED))
        fetcher = Fetcher(
            network=Network(private_hosts=(server.host_port,)), clock=SystemClock(), times=TIMES
        )
        assert isinstance(fetcher.fetch(FetchRequest(url=server.url("/f"))), Fetched)
        assert server.seen("/f")[0].headers["host"] == server.host_port


def test_a_dead_address_among_several_does_not_hide_the_live_one(bench: Bench) -> None:
    """The first of two addresses refuses connections; the second answers."""
    bench.server.serve("/f", Answer(body=FEED))
    name = f"here.test:{bench.server.port}"
    fetcher = Fetcher(
        network=Network(private_hosts=(name,)),
        clock=SystemClock(),
        times=TIMES,
        resolve=lambda _h, _p, _s: ["127.0.0.200", "127.0.0.1"],
    )
    assert isinstance(fetcher.fetch(FetchRequest(url=f"http://{name}/f")), Fetched)


def test_a_malformed_private_host_is_reported_as_a_setting() -> None:
    with pytest.raises(InvalidFiles, match=r"network\.private_hosts"):
        Fetcher(network=Network(private_hosts=("10.0.0.0/8",)), clock=SystemClock())


# ---------------------------------------------------------------------------- one vocabulary


def test_every_failure_class_has_advice() -> None:
    """One plain sentence each, which ends as a sentence does."""
    for kind in FailureKind:
        assert advice(kind).endswith(".")


def test_details_hold_no_secret(bench: Bench) -> None:
    got = bench.fetcher.fetch(FetchRequest(url=f"ftp://user:hunter2@host/{'x' * 300}?token=s3cret"))
    assert isinstance(got, FetchFailed)
    assert "hunter2" not in got.detail
    assert "s3cret" not in got.detail


@pytest.mark.parametrize("library", [httpx, httpcore], ids=["httpx", "httpcore"])
def test_every_exception_of_the_library_has_a_class(library: object) -> None:
    """Fails when a new release adds one that nobody thought about."""
    known: list[type[Exception]] = [
        value for value in vars(library).values() if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert len(known) >= 15
    for kind in known:
        # Misuse of the library by ourselves is a bug and stays one.
        if kind.__name__ in {"ResponseNotRead", "RequestNotRead"}:
            continue
        assert issubclass(kind, FOREIGN), kind
        error = Exception.__new__(kind)
        assert isinstance(classify(error)[0], FailureKind)
