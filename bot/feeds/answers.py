"""What a server's status and headers mean to us: hints, refusals, challenges, whole documents. Contains no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.feeds.outcome import HINT_CAP, FailureKind

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
_ZERO = timedelta(0)
_MAX_AGE = re.compile(r"(?:\A|[,\s])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"\b(no-store|no-cache)\b", re.IGNORECASE)
_LAST_TAG = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>\s*(?:<!--[^>]*-->\s*)*\Z", re.IGNORECASE)

# Signs of a challenge or block page, in lower case, with whose it is.
_CHALLENGES: tuple[tuple[bytes, str], ...] = (
    (b"cf-chl-", "Cloudflare"),
    (b"/cdn-cgi/challenge-platform", "Cloudflare"),
    (b"cf-browser-verification", "Cloudflare"),
    (b"<title>just a moment...", "Cloudflare"),
    (b"attention required! | cloudflare", "Cloudflare"),
    (b"captcha-delivery.com", "DataDome"),
    (b"_incapsula_resource", "Imperva"),
    (b"incapsula incident id", "Imperva"),
    (b"px-captcha", "HUMAN"),
    (b"awswafintegration", "AWS WAF"),
    (b"akamai reference", "Akamai"),
    (b"errors.edgesuite.net", "Akamai"),
    (b"sucuri website firewall", "Sucuri"),
    (b"ddos-guard", "DDoS-Guard"),
    (b"anubis_challenge", "Anubis"),
    (b"verify you are human", ""),
    (b"verifying you are human", ""),
    (b"are you a robot", ""),
    (b"unusual traffic from your", ""),
    (b"enable javascript and cookies to continue", ""),
    (b"checking your browser before", ""),
    (b"please complete the captcha", ""),
    (b"pardon our interruption", ""),
)


def read_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return names in lower case; a repeated header's values are joined by a comma. Latin-1: bytes survive."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


# ---------------------------------------------------------------------------- when to come again


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return what Retry-After asks for, in seconds or as a date, at most 6 h; None if it says nothing."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), HINT_CAP)
    when = _http_date(value)
    return _capped(when - now) if when else None


def hint(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the longest wait that an answer asks for (Retry-After, max-age, Expires), at most 6 h."""
    waits = [retry_after(headers, now), _freshness(headers, now)]
    return max((wait for wait in waits if wait), default=None)


def _freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    control = headers.get("cache-control", "")
    if _NOT_KEPT.search(control):
        return None
    if stated := _MAX_AGE.search(control):
        age = headers.get("age", "").strip()
        spent = int(age[:9]) if age.isascii() and age.isdigit() else 0
        return _capped(timedelta(seconds=min(int(stated[1]), 10**9) - spent))
    expires = _http_date(headers.get("expires", ""))
    if expires is None:
        return None
    # By the server's own clock, so that a wrong one does not matter.
    return _capped(expires - (_http_date(headers.get("date", "")) or now))


def _capped(wait: timedelta) -> timedelta | None:
    return min(wait, HINT_CAP) if wait > _ZERO else None


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


# ---------------------------------------------------------------------------- what a refusal means


def challenge(body: bytes, headers: Mapping[str, str] | None = None) -> str | None:
    """Return whose challenge or block page this is ("" if nobody's in particular), or None if it is none.

    Looks at headers and the first 64 KiB; a document that begins as a feed is never a challenge.
    """
    headers = headers or {}
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "Cloudflare"
    if headers.get("x-amzn-waf-action", "").lower() in {"challenge", "captcha"}:
        return "AWS WAF"
    if "x-datadome" in headers and _is_html(body):
        return "DataDome"
    if not _is_html(body):
        return None
    start = body[:65_536].lower()
    return next((whose for sign, whose in _CHALLENGES if sign in start), None)


def _is_html(body: bytes) -> bool:
    start = body[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if re.search(rb"<(rss|feed|rdf:rdf)\b", start):
        return False
    return (
        start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<title"))
        or b"<html" in start
    )


def refusal(status: int, headers: Mapping[str, str], sample: bytes = b"") -> tuple[FailureKind, str]:
    """Return the class and a short sentence for a status that is neither a body nor a redirect."""
    whose = challenge(sample, headers)
    by = f" by {whose}" if whose else ""
    if whose is not None and status not in {404, 410}:
        return FailureKind.BLOCKED, f"HTTP {status}: challenged{by}"
    match status:
        case 403 | 451:
            return (
                FailureKind.BLOCKED,
                f"HTTP {status}: {'access denied' if status == 403 else 'legal reasons'}",
            )
        case 429:
            return FailureKind.RATE_LIMITED, "HTTP 429: too many requests"
        case 503 if "retry-after" in headers:
            return FailureKind.RATE_LIMITED, "HTTP 503 with Retry-After"
        case 410:
            return FailureKind.GONE, "HTTP 410: gone"
        case 404:
            return FailureKind.NOT_FOUND, "HTTP 404: not found"
        case 401 | 407:
            return FailureKind.HTTP_ERROR, f"HTTP {status}: a login is asked for"
        case 204 | 205:
            return FailureKind.EMPTY, f"HTTP {status}: no content"
        case _ if 400 <= status < 500:
            return FailureKind.HTTP_ERROR, f"HTTP {status}"
        case _ if 500 <= status < 600:
            return FailureKind.SERVER_ERROR, f"HTTP {status}"
        case _:
            return FailureKind.PROTOCOL, f"HTTP {status} is no answer to this request"


def whole_document(body: bytes) -> bool:
    """Tell whether a body that was cut off nevertheless ends as a feed ends; only its stated length was wrong."""
    return _LAST_TAG.search(body[-400:]) is not None
