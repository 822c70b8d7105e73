"""What may be read: forms of URLs, ports, addresses, the operator's exceptions, redirects."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.guard import BadUrl, Guard, PrivateHosts, Refused, Target, is_public, parse_target


def guard(*private: str, answers: Sequence[str] = ("93.184.216.34",)) -> Guard:
    return Guard(private=PrivateHosts.of(private), resolve=lambda _host, _port: answers)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/feed",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "//example.org/feed",
        "example.org/feed",
        "",
        "   ",
        "http://",
        "http:///feed",
        "http://user@example.org/",
        "http://user:secret@example.org/",
        "http://@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://exa mple.org/",
        "http://example.org\r\nHost: evil/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://example.org:x/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1.:80/",
        "http://1.2.3.4.5/",
        "http://-bad-.example.org/",
        "http://a..b/",
        "http://faß.example/",
        "http://example.org/" + "x" * 9_000,
    ],
)
def test_a_url_of_a_doubtful_form_is_refused_without_resolving(url: str) -> None:
    """Other schemes, user names, control characters and numbers in odd notation never reach the resolver."""
    with pytest.raises(BadUrl):
        parse_target(url)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://Example.ORG", Target(scheme="http", host="example.org", port=80, path="/")),
        ("https://example.org/a?b=c#d", Target(scheme="https", host="example.org", port=443, path="/a?b=c")),
        ("https://example.org:8443/", Target(scheme="https", host="example.org", port=8443, path="/")),
        ("http://[2606:4700:0::1]/x", Target(scheme="http", host="2606:4700::1", port=80, path="/x")),
        ("http://bücher.example/", Target(scheme="http", host="xn--bcher-kva.example", port=80, path="/")),
        ("HTTP://8.8.8.8/", Target(scheme="http", host="8.8.8.8", port=80, path="/")),
    ],
    ids=["bare", "query", "port", "ipv6", "idn", "ipv4"],
)
def test_a_good_url_is_taken_apart(url: str, target: Target) -> None:
    """Host in lower case and ASCII, the port stated, the fragment gone."""
    assert parse_target(url) == target


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://[", "http://127.0.0.1@", "http://x:"]))
def test_any_text_is_a_target_or_a_bad_url(text: str, before: str) -> None:
    """Nothing else ever comes out, and a target read again is the same."""
    try:
        target = parse_target(before + text)
    except BadUrl:
        return
    assert parse_target(target.url) == target


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "0.0.0.0",
        "0.1.2.3",
        "192.0.0.192",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "240.0.0.1",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2001:db8::1",
        "fc00::1",
        "fd00::",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2606:4700::5efe:7f00:1",
    ],
)
def test_an_address_that_is_not_public_is_known_whatever_it_is_wrapped_in(address: str) -> None:
    """Private, loopback, link-local, metadata, shared, multicast, and IPv4 inside IPv6."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "2606:4700:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_a_public_address_is_known(address: str) -> None:
    """Also when a NAT64 or 6to4 network wraps it."""
    assert is_public(ipaddress.ip_address(address))


@settings(deadline=None, max_examples=200)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_bare_and_wrapped(address: ipaddress.IPv4Address) -> None:
    """Mapped and NAT64 forms are as public as what they hold."""
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    nat64 = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))
    assert is_public(address) == is_public(mapped) == is_public(nat64)


def test_one_private_answer_among_public_ones_refuses_the_name() -> None:
    """A name that resolves to both may not be read at all."""
    with pytest.raises(Refused, match="not a public address"):
        guard(answers=["93.184.216.34", "10.0.0.1"]).admit(parse_target("http://mixed.example/"))


def test_the_addresses_to_connect_to_are_those_that_were_judged() -> None:
    """Every admitted address is returned once, in the resolver's order."""
    found = guard(answers=["93.184.216.34", "2606:4700::1", "93.184.216.34"])
    assert found.admit(parse_target("https://example.org/")) == ("93.184.216.34", "2606:4700::1")


def test_an_address_in_the_url_is_not_resolved() -> None:
    """A literal is judged as it stands."""

    def never(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("asked the resolver")

    strict = Guard(private=PrivateHosts.of(()), resolve=never)
    assert strict.admit(parse_target("http://8.8.8.8/")) == ("8.8.8.8",)
    with pytest.raises(Refused):
        strict.admit(parse_target("http://[::1]/"))


@pytest.mark.parametrize("answer", ["fe80::1%eth0", "nonsense", "localhost"])
def test_a_resolver_that_answers_nonsense_refuses_the_name(answer: str) -> None:
    """Scoped and malformed answers never lead to a connection."""
    with pytest.raises(Refused):
        guard(answers=[answer]).admit(parse_target("http://odd.example/"))


def test_a_name_without_address_is_refused() -> None:
    with pytest.raises(Refused, match="no address"):
        guard(answers=[]).admit(parse_target("http://none.example/"))


# ---------------------------------------------------------------------------- ports


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_the_web_ports_are_open(port: int) -> None:
    assert guard().admit(parse_target(f"http://example.org:{port}/"))


def test_another_port_is_open_only_if_the_configured_url_states_it() -> None:
    """A redirect cannot reach a mail server or a database."""
    with pytest.raises(Refused, match="port 6379"):
        guard().admit(parse_target("http://example.org:6379/"))
    assert guard().admit(parse_target("http://example.org:6379/"), own_port=6379)


# ---------------------------------------------------------------------------- the operator's exceptions


@pytest.mark.parametrize(
    ("entry", "open_urls", "shut_urls"),
    [
        ("127.0.0.1", ["http://127.0.0.1/", "http://127.0.0.1:5000/"], ["http://127.0.0.2/"]),
        ("127.0.0.1:5000", ["http://127.0.0.1:5000/"], ["http://127.0.0.1:5001/", "http://127.0.0.1/"]),
        ("[::1]:5000", ["http://[::1]:5000/"], ["http://[::1]:5001/", "http://[::1]/"]),
        ("[::1]", ["http://[::1]:7/"], ["http://127.0.0.1/"]),
        ("::1", ["http://[0:0::1]:7/"], ["http://[::2]/"]),
        ("Intranet.example:80", ["http://intranet.example/"], ["https://intranet.example/"]),
        ("intranet.example", ["https://intranet.example:9/"], ["http://other.example/"]),
    ],
    ids=["host", "host:port", "v6:port", "v6", "v6 bare", "name:port", "name"],
)
def test_an_entry_opens_what_it_names_and_nothing_else(
    entry: str, open_urls: list[str], shut_urls: list[str]
) -> None:
    """`host` opens each of its ports, `host:port` that port alone."""
    listed = guard(entry, answers=["10.0.0.7"])
    for url in open_urls:
        assert listed.admit(parse_target(url))
    for url in shut_urls:
        with pytest.raises(Refused):
            listed.admit(parse_target(url), own_port=5001)


def test_another_name_for_a_listed_address_stays_shut() -> None:
    """DNS rebinding: what is listed is the name in the URL, not whatever resolves to the same place."""
    with pytest.raises(Refused):
        guard("127.0.0.1:5000", answers=["127.0.0.1"]).admit(
            parse_target("http://rebound.example:5000/"), own_port=5000
        )


@pytest.mark.parametrize("entry", ["user@host", "http://host", "host:99999", "", "127.1"])
def test_a_malformed_entry_is_an_error(entry: str) -> None:
    with pytest.raises(BadUrl):
        PrivateHosts.of([entry])


# ---------------------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "https://example.org/b"),
        ("c?x=1", "https://example.org/a/c?x=1"),
        ("//other.example/d", "https://other.example/d"),
        ("https://other.example/", "https://other.example/"),
        (" https://other.example/x#frag ", "https://other.example/x"),
    ],
)
def test_a_redirect_is_resolved_against_where_we_are(location: str, url: str) -> None:
    assert guard().follow(parse_target("https://example.org/a/b"), location).url == url


@pytest.mark.parametrize(
    "location",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://u:p@other.example/",
        "http://[::1",
        "https://127.1/",
    ],
)
def test_a_redirect_to_a_doubtful_address_is_refused(location: str) -> None:
    with pytest.raises(Refused):
        guard().follow(parse_target("https://example.org/"), location)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    """A downgrade would let the next hop be read and changed by anyone on the way."""
    with pytest.raises(Refused, match="https to http"):
        guard().follow(parse_target("https://example.org/"), "http://example.org/")
    assert guard("10.0.0.1").follow(parse_target("https://example.org/"), "http://10.0.0.1/").port == 80


def test_http_and_https_of_a_host_share_one_lane_and_other_ports_do_not() -> None:
    """Politeness counts servers."""
    lanes = [
        parse_target(u).lane for u in ("http://a.example/", "https://a.example/x", "http://a.example:8080/")
    ]
    assert lanes == ["a.example", "a.example", "a.example:8080"]
