"""Web addresses of articles: resolved, checked, and brought to one canonical form. Contains no I/O.

The canonical form is for comparing, not for opening: two addresses of one page should be equal, two pages' never.
"""

from __future__ import annotations

import re
import string
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit

MAX_LINK = 2_000

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u00a0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset((string.ascii_letters + string.digits + "-._~").encode())
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
        "mc_cid", "mc_eid", "mkt_tok", "cmp", "cmpid", "cmpid2", "icid", "ncid", "ocid", "xtor", "xtref",
        "s_cid", "cid_source", "smid", "smtyp", "ref", "ref_src", "ref_url", "referrer", "source_feed", "ito",
        "taid", "guccounter", "guce_referrer", "guce_referrer_sig", "wt_mc", "wt_zmc", "wt.mc_id", "rss_id",
        "ftag", "_hsenc", "_hsmi", "hsctatracking", "vero_id", "oly_anon_id", "oly_enc_id",
        "__twitter_impression", "spm", "sr_share", "soc_src", "soc_trk", "feature_share", "amp", "outputtype",
        "noamp", "gaa_at", "gaa_n", "gaa_ts", "gaa_sig", "partner_feed", "traffic_source",
    }
)  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "at_", "hsa_", "ga_", "wt_")
# Words that name the page on some sites: tracking only with these values.
_TRACKING_PAIRS = frozenset(
    {
        ("source", "feed"),
        ("source", "rss"),
        ("channel", "rss"),
        ("output", "amp"),
        ("format", "amp"),
        ("from", "rss"),
        ("feed", "rss"),
        ("mod", "rss"),
        ("partner", "rss"),
        ("partner", "rssnyt"),
        ("emc", "rss"),
        ("soc", "rss"),
        ("via", "rss"),
        ("rss", "1"),
        ("rss", "true"),
    }
)
_SUBDOMAINS = ("www", "m", "mobile", "amp")
# Their links are opaque names of their own: nothing in them may be touched.
_OPAQUE_HOSTS = ("news.google.com",)
_SHARED_SUFFIXES = frozenset({"co.uk", "com.au", "co.jp", "com.br", "co.kr", "gov.uk", "org.uk", "co.in"})


def web_link(link: str, base: str = "") -> str:
    """Return an http(s) link, resolved against `base`; empty when it is no web address."""
    text = link.strip()
    if text.startswith("//") and not base:
        text = "https:" + text
    if not text or len(text) > MAX_LINK * 4:
        return ""
    try:
        if not _SCHEME.match(text):
            if not base:
                return ""
            text = urljoin(base, text)
        text = _CONTROL.sub(lambda match: quote(match[0], errors="ignore"), text)
        parts = urlsplit(text)
        if parts.scheme.lower() not in ("http", "https") or not _host_of(parts):
            return ""
        port = parts.port
    except ValueError:
        return ""
    if port == 0 or len(text) > MAX_LINK:
        return ""
    return parts.scheme.lower() + text[len(parts.scheme) :]


def canonical_link(link: str) -> str:
    """Return the canonical form of an absolute link, the same for the canonical form itself; empty for no link."""
    text = web_link(link)
    if not text:
        return ""
    parts = urlsplit(_out_of_cache(text))
    host = _host_of(parts)
    if not host:
        return ""
    port = parts.port
    where = host if port in (None, 80, 443) else f"{host}:{port}"
    if host in _OPAQUE_HOSTS:
        query = f"?{parts.query}" if parts.query else ""
        return f"https://{where}{parts.path or '/'}{query}"
    path = _path_of(parts.path)
    query = _query_of(parts.query)
    bang = f"#{_escaped(parts.fragment)}" if parts.fragment.startswith("!") else ""
    return f"https://{where}{path}{query}{bang}"


def host_of(link: str) -> str:
    """Return the canonical host of a link, without `www.`; empty for no link."""
    text = web_link(link)
    return _host_of(urlsplit(text)) if text else ""


def is_home(link: str) -> bool:
    """Say whether a canonical link leads to a site's front page, which names no article."""
    parts = urlsplit(link)
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def _host_of(parts: SplitResult) -> str:
    """Return the host in ASCII without `www.`, `m.` or `amp.`; empty when it is no host name. May raise ValueError."""
    return _plain_host(parts.hostname or "")


@lru_cache(maxsize=1_000)  # a feed's links lead to few hosts, and each is asked for several times
def _plain_host(name: str) -> str:
    host = name.rstrip(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    if ":" in host:
        return f"[{host}]"
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return ""
    while len(labels) > 2 and labels[0] in _SUBDOMAINS and ".".join(labels[1:]) not in _SHARED_SUFFIXES:
        labels = labels[1:]
    return ".".join(labels)


def _out_of_cache(link: str) -> str:
    """Return the publisher's address out of a Google AMP viewer or cache address."""
    for _ in range(3):
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
        path = parts.path
        if host.endswith(".cdn.ampproject.org"):
            rest = re.sub(r"^/[cvi](?=/)", "", path)
        elif host in ("www.google.com", "google.com") and path.startswith("/amp/"):
            rest = path.removeprefix("/amp")
        else:
            return link
        rest = re.sub(r"^/s(?=/)", "", rest).lstrip("/")
        inner = web_link(f"https://{rest}" + (f"?{parts.query}" if parts.query else ""))
        if not inner or "." not in rest.split("/", 1)[0]:
            return link
        link = inner
    return link


def _path_of(path: str) -> str:
    """Return the path with one way to write each character, no AMP variant, no trailing slash."""
    text = _escaped(path)
    before = None
    while before != text:
        before = text
        text = text.rstrip("/")
        for suffix in ("/amp", ".amp", "/amp.html", "/amphtml"):
            if text.lower().endswith(suffix) and len(text) > len(suffix) + 1:
                text = text[: -len(suffix)]
        if text.lower().endswith(".amp.html"):
            text = text[: -len(".amp.html")] + ".html"
        if text.lower().startswith("/amp/") and len(text) > len("/amp/"):
            text = text[len("/amp") :]
    return text or "/"


def _query_of(query: str) -> str:
    """Return the query without tracking words, sorted, or nothing."""
    kept: list[str] = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        plain, simple = _escaped(name), value.lower()
        word = plain.lower()
        if not part or word in _TRACKING or word.startswith(_TRACKING_PREFIXES):
            continue
        if (word, simple) in _TRACKING_PAIRS:
            continue
        kept.append(plain + equals + _escaped(value))
    return "?" + "&".join(sorted(kept)) if kept else ""


def _escaped(text: str) -> str:
    """Return the text with unreserved characters bare and everything odd percent-encoded in capitals."""
    quoted = quote(text, safe="%/:@!$&'()*+,;=?~-._[]|", errors="ignore")
    quoted = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quoted)
    return _PERCENT.sub(_unreserved, quoted).replace("|", "%7C")


def _unreserved(match: re.Match[str]) -> str:
    byte = unquote_to_bytes(match[0])[0]
    return chr(byte) if byte in _UNRESERVED else match[0].upper()
