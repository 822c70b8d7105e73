"""What a fetch was asked and what became of it, as values. Contains no I/O.

Every way in which a feed can fail, on the wire or in the parser, has one word here, so that `feeds status`,
the ledger and the ops channel speak alike. Words are stored: renaming one is a migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

HINT_CAP = timedelta(hours=6)  # no server may send us away for longer


class FailureKind(StrEnum):
    """Why a poll brought nothing; the value is what is stored and shown."""

    # on the wire
    DNS = "dns"
    TLS = "tls"
    CONNECT = "connect"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"  # broken HTTP: cut answers, impossible headers, a 304 that nobody asked for
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"
    REDIRECT_LOOP = "redirect-loop"
    REFUSED_ADDRESS = "refused-address"
    BAD_URL = "bad-url"
    STOPPED = "stopped"  # we are shutting down; says nothing about the feed
    # what the server said
    BLOCKED = "blocked"
    RATE_LIMITED = "rate-limited"
    GONE = "gone"
    NOT_FOUND = "not-found"
    HTTP_ERROR = "http-error"
    SERVER_ERROR = "server-error"
    # what the body was
    NOT_A_FEED = "not-a-feed"
    ENDED = "ended"
    EMPTY = "empty"
    BLOCK_PAGE = "block-page"
    TOO_SLOW = "too-slow"
    BROKEN = "broken"

    @property
    def retryable(self) -> bool:
        """Tell whether the same request may well succeed later without anybody's doing."""
        return self not in _LASTING


_LASTING = frozenset(
    {
        FailureKind.REFUSED_ADDRESS,
        FailureKind.BAD_URL,
        FailureKind.GONE,
        FailureKind.ENDED,
        FailureKind.BLOCKED,
        FailureKind.NOT_FOUND,
        FailureKind.NOT_A_FEED,
        FailureKind.BLOCK_PAGE,
    }
)

# Failures before any server answered: when most hosts show one of these at once, it is our own network.
UNREACHABLE = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.TLS})

_ADVICE: Mapping[FailureKind, str] = MappingProxyType(
    {
        FailureKind.DNS: "The host name has no address: check the spelling of the URL, or this machine's DNS.",
        FailureKind.TLS: "The certificate or the TLS handshake failed: open the URL in a browser and tell the site; it is never skipped.",
        FailureKind.CONNECT: "The server does not accept connections: it is retried; check a firewall if it lasts.",
        FailureKind.TIMEOUT: "The server was too slow: it is retried; look for another address of the feed if it lasts.",
        FailureKind.PROTOCOL: "The server's answer was cut off or is not valid HTTP: it is retried; tell the site if it lasts.",
        FailureKind.TOO_LARGE: "The body is above the limit (5 MiB on the wire, 10 MiB unpacked): look for a smaller feed of the same site.",
        FailureKind.BAD_ENCODING: "The body's compression is broken or was never offered: it is retried; tell the site if it lasts.",
        FailureKind.REDIRECT_LOOP: "The address redirects in circles or too often: find the feed's final address and put it in feeds.yaml.",
        FailureKind.REFUSED_ADDRESS: "The address is not public: if that is meant, add host:port to network.private_hosts.",
        FailureKind.BAD_URL: "The URL cannot be used: write it as http(s)://host/path without a user name, and correct feeds.yaml.",
        FailureKind.STOPPED: "The bot was stopping: nothing to do.",
        FailureKind.BLOCKED: "The site turns bots away: set user_agent (and network.contact), or use another address of the feed.",
        FailureKind.RATE_LIMITED: "The site asks for fewer requests: it is left alone as long as it says; raise `every` if it lasts.",
        FailureKind.GONE: "The site says that the feed is gone for good: find its successor or set enabled: false; it is asked once a day.",
        FailureKind.NOT_FOUND: "There is no feed at this address: find the new one with `regwatch feeds add SITE`.",
        FailureKind.HTTP_ERROR: "The server refused the request: open the URL; it may need a login or a header in feeds.yaml.",
        FailureKind.SERVER_ERROR: "The server has an error of its own: it is retried.",
        FailureKind.NOT_A_FEED: "The answer is a page, not a feed: find the feed's address with `regwatch feeds add URL`.",
        FailureKind.ENDED: "The site says that this feed has ended: find its successor, or set enabled: false.",
        FailureKind.EMPTY: "The answer is empty: it is retried; look at the URL if it lasts.",
        FailureKind.BLOCK_PAGE: "The answer is a challenge or login page: set user_agent, or use another address; challenges are never solved.",
        FailureKind.TOO_SLOW: "The body took the parser too long and was abandoned: tell the site, or use another of its feeds.",
        FailureKind.BROKEN: "The feed is too broken to read: check it with a feed validator and tell the site.",
    }
)


_KINDS: Mapping[str, FailureKind] = MappingProxyType({kind.value: kind for kind in FailureKind})


def advice(kind: FailureKind) -> str:
    """Return one plain sentence on what to do next."""
    return _ADVICE[kind]


def kind_of(word: str) -> FailureKind | None:
    """Return the failure class that a stored outcome word names, or None for ok, never, unchanged …"""
    return _KINDS.get(word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes a request conditional; opaque, sent back exactly as they came. Both None: unconditional."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def conditional(self) -> bool:
        """Tell whether a 304 would be an honest answer."""
        return self.etag is not None or self.last_modified is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One address to read. `headers` go to the origin of `url` alone, never to another one."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    user_agent: str = ""  # empty: ours
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = ""  # empty: feeds

    @property
    def conditional(self) -> bool:
        """Tell whether a 304 would be an honest answer."""
        return self.etag is not None or self.last_modified is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body. `headers` are of the last answer, names in lower case; `hint` asks for patience, at most 6 h."""

    url: str
    final_url: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str = ""  # where we were led, if every redirect on the way was permanent
    hint: timedelta | None = None
    wire_bytes: int = 0
    conditional: bool = False  # whether a 304 had been possible


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304 to a conditional request; validators are the new ones, or those we sent."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    hint: timedelta | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No body, and why. `detail` is one line, safe to show: no user names, tokens or control characters."""

    url: str
    kind: FailureKind
    detail: str = ""
    retry_after: timedelta | None = None
    status: int | None = None

    @property
    def retryable(self) -> bool:
        """Tell whether the same request may well succeed later without anybody's doing."""
        return self.kind.retryable


FetchOutcome = Fetched | NotModified | FetchFailed
