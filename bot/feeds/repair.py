"""Bodies that are not quite feeds: what to clean before parsing again, and what the rest is. Contains no I/O."""

from __future__ import annotations

import codecs
import re

from bot.feeds.cut import CHARSET, DECLARED_ENCODING, SINGLE_BYTE
from bot.feeds.entry import ParseFailed
from bot.feeds.html import one_line, plain_text

MAX_PREFIX = 20_000  # bytes of junk that may stand before a feed
MAX_SUBSET = 4_096  # bytes of declarations inside a DOCTYPE

_ROOT = re.compile(rb"<\?xml[\s]|<(?:[A-Za-z][\w.-]*:)?(?:rss|feed|RDF|channel|Channel)(?=[\s>])")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+")
_GML = re.compile(rb"""\ssrsName\s*=\s*(?:"[^"<>]*"|'[^'<>]*')""")
_SHORT_HEAD = 4_000
_PAGE_START = re.compile(
    rb"[\s\xef\xbb\xbf]*(?:<\?xml[^<>]*>\s*)?(?:<!--[^<]*-->\s*)*(?:<!doctype\s+html|<html[\s>])",
    re.IGNORECASE,
)

_BLOCKED = (
    "just a moment...",
    "attention required! | cloudflare",
    "cf-challenge",
    "challenge-platform",
    "cf_chl_",
    "captcha",
    "enable javascript and cookies",
    "checking your browser",
    "incapsula incident",
    "_incapsula_resource",
    "awswafcookiedomainlist",
    "aws-waf",
    "access denied",
    "access to this page has been denied",
    "request blocked",
    "are you a robot",
    "unusual traffic",
    "pardon our interruption",
    "px-captcha",
    "datadome",
    "ddos-guard",
    "bot detection",
)
_LOGIN = re.compile(
    r"""<input[^<>]*type\s*=\s*["']?password|<title>[^<]*\b(?:log ?in|sign ?in|anmelden|connexion)\b"""
)
_TITLE = re.compile(r"<title[^<>]*>([^<]{1,300})", re.IGNORECASE)


def trimmed(body: bytes) -> bytes:
    """Return the body without blank space before its first mark, which XML forbids and feeds have."""
    stripped = body.lstrip(b" \t\r\n\x0b\x0c")
    if stripped.startswith(b"\xef\xbb\xbf"):
        rest = stripped[3:].lstrip(b" \t\r\n\x0b\x0c\xef\xbb\xbf")
        return rest if rest.startswith(b"<") else stripped
    return stripped if stripped.startswith(b"<") else body


def with_true_encoding(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return body and content type without an encoding that the text is wrongly said to have.

    A byte order mark of UTF-16 goes before what the header names. Text with other letters than ASCII's that decodes as
    UTF-8 is UTF-8, though a one-byte encoding is named: by accident that all but never happens.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body, content_type.partition(";")[0]
    if body.isascii():
        return body, content_type
    declared = DECLARED_ENCODING.search(body)
    wrong = declared is not None and SINGLE_BYTE.fullmatch(declared[1].decode().lower()) is not None
    named = CHARSET.search(content_type)
    misnamed = named is not None and SINGLE_BYTE.fullmatch(named[1].lower()) is not None
    if not (wrong or misnamed):
        return body, content_type
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body, content_type
    if misnamed:
        content_type = content_type.partition(";")[0]
    if wrong and declared is not None:
        body = body[: declared.start(1)] + b"utf-8" + body[declared.end(1) :]
    return body, content_type


def without_prefix(body: bytes) -> bytes | None:
    """Return the feed that begins after some junk (a PHP warning, say), or None when none does."""
    start = _ROOT.search(body, 0, MAX_PREFIX)
    if start is None or start.start() == 0:
        return None
    return body[start.start() :]


def without_big_doctype(body: bytes) -> bytes:
    """Return the body without a DOCTYPE whose declarations are longer than any honest feed's."""
    start = body.find(b"<!DOCTYPE", 0, MAX_PREFIX)
    if start < 0:
        return body
    root = re.compile(rb"<[A-Za-z]").search(body, start + 9)
    end = root.start() if root else len(body)
    return body[:start] + body[end:] if end - start > MAX_SUBSET else body


def cleaned(body: bytes) -> bytes:
    """Return the body without what makes the parser raise: its DOCTYPE, controls, references to no character."""
    start = body.find(b"<!DOCTYPE", 0, MAX_PREFIX)
    if start >= 0:
        root = re.compile(rb"<[A-Za-z]").search(body, start + 9)
        if root is not None:
            body = body[:start] + body[root.start() :]
    body = _REFERENCE.sub(_legal_reference, body)
    body = _GML.sub(b"", body)
    return body if b"\0" in body[:400] else _CONTROL.sub(b"", body)


def _legal_reference(match: re.Match[bytes]) -> bytes:
    digits = match[1] or match[2]
    if len(digits) > 8:
        return b""
    code = int(digits, 16 if match[1] else 10)
    legal = (
        code in (9, 10, 13)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
    return match[0] if legal else b""


def is_plainly_a_page(body: bytes) -> bool:
    """Say whether a body is an HTML document that holds no feed; some servers wrap their feed into a page."""
    if _PAGE_START.match(body[:_SHORT_HEAD]) is None:
        return False
    return not any(tag in body for tag in (b"<rss", b"<feed", b"<rdf:RDF"))


def is_page(body: bytes) -> bool:
    """Say whether a body is a web page rather than XML of another kind."""
    head = body[:_SHORT_HEAD].lower()
    return (
        b"<html" in head
        or b"<!doctype html" in head
        or (b"<head" in head and b"<body" in body[:50_000].lower())
    )


def what_it_is(body: bytes, content_type: str = "") -> ParseFailed:
    """Return why a body that is no feed is none: a challenge or login page, a web page, another document."""
    text = body[:60_000].decode("utf-8", errors="replace")
    lowered = text.lower()
    title = _TITLE.search(text)
    named = f', titled "{one_line(plain_text(title[1]), limit=80)}"' if title else ""
    if is_page(body):
        for word in _BLOCKED:
            if word in lowered:
                return ParseFailed(kind="block-page", detail=f"a page that keeps programs out{named}")
        if _LOGIN.search(lowered):
            return ParseFailed(kind="block-page", detail=f"a page that asks to log in{named}")
        return ParseFailed(kind="not-a-feed", detail=f"a web page{named}")
    for magic, name in ((b"%PDF", "a PDF"), (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"),
                        (b"GIF8", "an image"), (b"PK\x03\x04", "a ZIP archive"), (b"\x1f\x8b", "compressed data")):  # fmt: skip
        if body.startswith(magic):
            return ParseFailed(kind="not-a-feed", detail=name)
    kind = one_line(content_type.partition(";")[0], limit=60)
    start = one_line(plain_text(re.sub(r"[^\x20-\x7e]+", " ", text[:200])), limit=60)
    return ParseFailed(
        kind="not-a-feed", detail=f"no feed format is recognised ({kind or 'no content type'}): {start}"
    )
