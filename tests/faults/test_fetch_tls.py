"""The fetcher over TLS: the certificate is checked against the name, while the connection goes to the address."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.feeds.fetch import Fetcher
from bot.feeds.outcome import FailureKind, Fetched, FetchFailed, FetchOutcome, FetchRequest
from bot.feeds.wire import Times
from tests import http_server as hs
from tests.http_server import Answer, HttpServer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
FEED = b"<rss/>"


@dataclass(frozen=True)
class Network:
    private_hosts: tuple[str, ...]
    contact: str = ""
    host_gap: timedelta = timedelta(0)


@dataclass(frozen=True)
class Certificate:
    file: Path
    key: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A self-signed certificate for feeds.test."""
    home = tmp_path_factory.mktemp("tls")
    made = Certificate(home / "cert.pem", home / "key.pem")
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-keyout", str(made.key), "-out", str(made.file), "-days", "2", "-subj", "/CN=feeds.test"]
    words += ["-addext", "subjectAltName=DNS:feeds.test"]
    subprocess.run(words, check=True, capture_output=True)
    return made


@pytest.fixture
def secure(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    return context


def read(server: HttpServer, host: str, *, trust: Path | None, scheme: str = "https") -> FetchOutcome:
    name = f"{host}:{server.port}"

    def resolve(_host: str, _port: int, _seconds: float) -> Sequence[str]:
        return ["127.0.0.1"]

    fetcher = Fetcher(
        network=Network((name,)),
        clock=SystemClock(),
        times=Times(connect=0.5, read=0.5, whole=1.0),
        resolve=resolve,
        tls=ssl.create_default_context(cafile=str(trust)) if trust else None,
    )
    return fetcher.fetch(FetchRequest(url=f"{scheme}://{name}/f"))


def test_a_trusted_certificate_for_the_name_is_accepted(
    secure: ssl.SSLContext, certificate: Certificate
) -> None:
    """Name in the handshake, address on the wire."""
    with HttpServer(tls=secure) as server:
        server.serve("/f", Answer(body=FEED))
        got = read(server, "feeds.test", trust=certificate.file)
        assert isinstance(got, Fetched)
        assert server.seen("/f")[0].headers["host"] == f"feeds.test:{server.port}"


def test_a_certificate_for_another_name_is_refused(secure: ssl.SSLContext, certificate: Certificate) -> None:
    with HttpServer(tls=secure) as server:
        got = read(server, "other.test", trust=certificate.file)
        assert isinstance(got, FetchFailed)
        assert got.kind is FailureKind.TLS
        assert got.detail.startswith("certificate: ")
        assert server.seen() == []


def test_an_unknown_issuer_is_refused(secure: ssl.SSLContext) -> None:
    with HttpServer(tls=secure) as server:
        got = read(server, "feeds.test", trust=None)
        assert isinstance(got, FetchFailed)
        assert got.kind is FailureKind.TLS


def test_plain_http_behind_https_is_a_tls_failure(certificate: Certificate) -> None:
    with HttpServer() as server:
        server.serve("/f", Answer(body=FEED))
        got = read(server, "feeds.test", trust=certificate.file)
        assert isinstance(got, FetchFailed)
        assert got.kind in {FailureKind.TLS, FailureKind.TIMEOUT, FailureKind.PROTOCOL}


def test_a_drip_inside_tls_ends_at_the_deadline(secure: ssl.SSLContext, certificate: Certificate) -> None:
    with HttpServer(tls=secure) as server:
        server.serve("/f", hs.drip_headers())
        got = read(server, "feeds.test", trust=certificate.file)
        assert isinstance(got, FetchFailed)
        assert got.kind is FailureKind.TIMEOUT
