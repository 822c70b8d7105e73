"""How the bot asks: its name, what it accepts, and which of a feed's own headers it may send. Contains no I/O."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Protocol

from bot import __version__
from bot.feeds.outcome import FetchRequest

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
# Ours to say; a feed's own headers may not.
_RESERVED = frozenset(
    [
        "host",
        "accept-encoding",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "upgrade",
        "expect",
        "range",
        "if-range",
        "if-none-match",
        "if-modified-since",
        "user-agent",
    ]
)


class NetworkSettings(Protocol):
    """What the fetcher wants to know of the configuration."""

    @property
    def contact(self) -> str:
        """Return an address at which a site can reach the operator."""
        ...

    @property
    def host_gap(self) -> timedelta:
        """Return the least time between two requests to one server."""
        ...

    @property
    def private_hosts(self) -> tuple[str, ...]:
        """Return the non-public `host` or `host:port` that may be read."""
        ...


def user_agent(contact: str) -> str:
    """Return how the bot names itself, with the operator's address if there is one."""
    contact = re.sub(r"[^\x20-\x27\x2a-\x7e]", "", contact).strip()
    return f"regwatch/{__version__} (+{contact})" if contact else f"regwatch/{__version__} (feed reader)"


def headers_for(request: FetchRequest, agent: str, *, own: bool) -> list[tuple[bytes, bytes]]:
    """Return the headers to send; `own` admits the feed's own (cookies, keys), which stay with its origin."""
    mine = {
        "Accept": request.accept or ACCEPT,
        "User-Agent": request.user_agent or agent,
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    if own:
        for name, value in request.headers.items():
            if name.lower() not in _RESERVED:
                mine["Accept" if name.lower() == "accept" else name] = value
    if request.etag is not None:
        mine["If-None-Match"] = request.etag
    if request.last_modified is not None:
        mine["If-Modified-Since"] = request.last_modified
    return [(name.encode("latin-1", "replace"), _value(value)) for name, value in mine.items()]


def _value(value: str) -> bytes:
    """Return a header value as bytes; what came from a server goes back unchanged."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")
