"""Which addresses may be read: the URL's form, the port, and every address behind the name. Pure but for DNS.

A name is resolved once, all its addresses are judged, and the caller connects to exactly these; so an answer
that changes between the check and the connection (DNS rebinding) changes nothing. The same holds at each redirect.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]  # raises OSError

ORDINARY_PORTS = frozenset({80, 443, 8080, 8443})
URL_LIMIT = 8_000
_DEFAULT_PORT = {"http": 80, "https": 443}
_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?\Z"
)
_NUMERIC_LABEL = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# Ranges that `is_global` of some supported Python calls global, or that lead elsewhere.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "64:ff9b:1::/48",
        "100::/64",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")


class Refused(Exception):
    """The address may not be read; `str(error)` says why, without secrets."""


class BadUrl(Refused):
    """The URL's own form is at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address to read, in parts. `host` is ASCII, lower case, IPv6 without brackets; `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return host:port as it stands in a URL, without a default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the whole address, without fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return what decides whether two addresses may share headers."""
        return self.scheme, self.host, self.port

    @property
    def lane(self) -> str:
        """Return the server for the sake of politeness: a host, whichever of http and https it speaks."""
        return self.host if self.port in {80, 443} else f"{self.host}:{self.port}"


def parse_target(url: str) -> Target:
    """Take a URL apart. Raises BadUrl, also for user names and for numbers written as hosts."""
    text = url.strip()
    if not text or len(text) > URL_LIMIT:
        raise BadUrl("the URL is empty" if not text else "the URL is too long")
    if _CONTROL.search(text) or "\\" in text:
        raise BadUrl("the URL holds a control character or a backslash")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
    except ValueError as error:
        raise BadUrl("the URL's host or port is malformed") from error
    if parts.scheme not in _DEFAULT_PORT:
        raise BadUrl(f'"{parts.scheme[:20]}" is not http or https')
    if "@" in parts.netloc:
        raise BadUrl("the URL holds a user name or password")
    if port == 0:
        raise BadUrl("port 0 is no port")
    path = parts.path or "/"
    return Target(
        scheme=parts.scheme,
        host=_host(host),
        port=port or _DEFAULT_PORT[parts.scheme],
        path=f"{path}?{parts.query}" if parts.query else path,
    )


def _host(host: str) -> str:
    """Return the host in its one usual form."""
    if ":" in host:
        if "%" in host:
            raise BadUrl("the URL's address names a network interface")
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError as error:
            raise BadUrl("the URL's IPv6 address is malformed") from error
    if not host.isascii():
        # The letters that the two editions of IDNA turn into different domains.
        if any(letter in host for letter in "ßς\u200c\u200d"):
            raise BadUrl("the URL's host name is ambiguous; write it in its xn-- form")
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise BadUrl("the URL's host name is malformed") from error
    host = host.lower()
    if not _HOST_NAME.match(host):
        raise BadUrl("the URL has no host" if not host else "the URL's host name is malformed")
    if _NUMERIC_LABEL.match(host.rstrip(".").rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise BadUrl("the URL's host is a number in an unusual form") from error
    return host


def join(base: Target, location: str) -> Target:
    """Return where a Location header leads. Raises BadUrl."""
    try:
        return parse_target(urljoin(base.url, location.strip()))
    except ValueError as error:
        raise BadUrl("the redirect's address is malformed") from error


# ---------------------------------------------------------------------------- addresses


def is_public(address: IPAddress) -> bool:
    """Tell whether an address belongs to the public internet, whatever it is wrapped in."""
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = tuple(_inside(address))
        if inner:
            return all(is_public(one) for one in inner)
    return address.is_global and not address.is_multicast


def _inside(address: ipaddress.IPv6Address) -> Iterable[ipaddress.IPv4Address]:
    """Return the IPv4 addresses to which an IPv6 address leads: mapped, 6to4, Teredo, NAT64, ISATAP."""
    low = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 1):
        yield low
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    elif (int(address) >> 32) & 0xFFFF_FFFF in {0x0000_5EFE, 0x0200_5EFE}:
        yield low


@dataclass(frozen=True, slots=True)
class PrivateHosts:
    """The operator's exceptions: `host` opens every port of it, `host:port` that port alone."""

    entries: frozenset[tuple[str, int | None]]

    @classmethod
    def of(cls, words: Iterable[str]) -> PrivateHosts:
        """Read entries such as `10.0.0.5`, `intranet:8080`, `[::1]:8000`, `::1`. Raises BadUrl."""
        return cls(frozenset(_entry(word.strip()) for word in words))

    def __contains__(self, target: object) -> bool:
        if not isinstance(target, Target):
            return False
        return (target.host, None) in self.entries or (target.host, target.port) in self.entries


def _entry(word: str) -> tuple[str, int | None]:
    if re.search(r"[/?#@\s]", word):
        raise BadUrl(f'"{word[:60]}" is not host or host:port')
    if word.count(":") > 1 and not word.startswith("["):
        word = f"[{word}]"
    target = parse_target(f"http://{word}/")
    stated = re.search(r":(\d+)\Z", word.rpartition("]")[2]) is not None
    return target.host, target.port if stated else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Decides on targets; `resolve` is asked once for each and may raise OSError."""

    private: PrivateHosts
    resolve: Resolver

    def admit(self, target: Target, *, own_port: int | None = None) -> tuple[str, ...]:
        """Return the addresses to connect to, all of them judged.

        `own_port` is the port that the configured URL states. Raises Refused, or the resolver's OSError.
        """
        listed = target in self.private
        if not listed and target.port not in ORDINARY_PORTS and target.port != own_port:
            raise Refused(f"port {target.port} is not a web port")
        literal = _literal(target.host)
        found = [literal] if literal else [_parsed(a) for a in self.resolve(target.host, target.port)]
        if not found:
            raise Refused("the name has no address")
        if not listed and not all(is_public(address) for address in found):
            raise Refused(f"{target.host} is not a public address")
        return tuple(dict.fromkeys(str(address) for address in found))

    def follow(self, here: Target, location: str) -> Target:
        """Return where a redirect leads, not yet admitted. Raises Refused."""
        there = join(here, location)
        if here.scheme == "https" and there.scheme == "http" and there not in self.private:
            raise Refused("the redirect leads from https to http")
        return there


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _parsed(address: str) -> IPAddress:
    """Return what a resolver said as an address; an interface after `%` never leads to the public internet."""
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError as error:
        raise Refused("the name resolves to no address") from error
