"""Text from feeds made safe for Slack: cleaned, cut on whole characters, escaped, linked. Contains no I/O.

Lengths are counted as Slack may count them: UTF-16 units of the escaped text (`&` is five). Every function
takes text as the feed gave it; only `link` and `escaped` return markup.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
MAX_URL = 2_000  # characters; longer ones are shown as text elsewhere
_MAX_INPUT = 20_000  # code points looked at; a title of a megabyte is hostile
_MAX_MARKS = 4  # combining marks on one letter; more is a drawing over the lines around it
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Slack has no escape for its own marks: look-alikes keep a feed's text from turning bold, struck or into code.
_LOOKALIKES = {"*": "∗", "`": "ˋ", "~": "∼", "_": "ˍ"}
_BAR = "∣"  # what parts a link from its label may not stand in the label
_UNDERSCORE_AT_EDGE = re.compile(r"(?<!\w)_|_(?!\w)")
_URL_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f|<>\"\\^`{}]")
_LOOKS_LIKE_URL = re.compile(
    r"(?:https?://|www\.)([^\s/?#]+)|\b((?:[a-z0-9-]+\.)+(?:com|org|net|eu|uk|gov|io|ai|de|fr|info))\b(?=[/:?#])",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """Return one line without control, direction, zero-width or private characters; white space collapsed."""
    text = text[:_MAX_INPUT]
    if not (text.isascii() and text.isprintable()):
        kept: list[str] = []
        marks = 0
        for char in text:
            category = unicodedata.category(char)
            marks = marks + 1 if category in ("Mn", "Me") else 0
            if char.isspace() or category in ("Zs", "Zl", "Zp"):
                kept.append(" ")
            elif category not in _DROPPED and marks <= _MAX_MARKS:
                kept.append(char)
        text = "".join(kept)
    return " ".join(text.split())


def escaped(text: str) -> str:
    """Return the text with exactly `&`, `<` and `>` as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def units(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text) if text.isascii() else len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def cut(text: str, room: int) -> str:
    """Return the text, or as much of it as takes `room` units once escaped, ending in an ellipsis.

    Never parts a letter from its marks, a flag's two halves, or an emoji from its skin tone.
    """
    if units(escaped(text)) <= room:
        return text
    used, end = 1, 0
    for index, char in enumerate(text):
        if not _clings(text, index):
            end = index
        used += units(escaped(char))
        if used > room:
            break
    return text[:end].rstrip() + ELLIPSIS if end else ELLIPSIS[:room]


def plain(text: str, room: int) -> str:
    """Return a feed's text as inert mrkdwn of at most `room` units."""
    return escaped(neutral(cut(clean(text), room)))


def neutral(text: str) -> str:
    """Return the text with Slack's formatting marks replaced by look-alikes of the same length."""
    for mark in "*`~":
        if mark in text:
            text = text.replace(mark, _LOOKALIKES[mark])
    return _UNDERSCORE_AT_EDGE.sub(_LOOKALIKES["_"], text) if "_" in text else text


def safe_url(url: str) -> str:
    """Return the address fit to stand in a link, or nothing: http(s) with a host, no user name, not too long."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    safe = "".join(_encoded(char) for char in url)
    return safe if len(safe) <= MAX_URL and not _URL_UNSAFE.search(parts.netloc) else ""


def link(url: str, label: str, room: int) -> str:
    """Return `<url|label>` of at most `room` units, or the label alone where the address is unsafe or too long.

    A label that names another host is preceded by the true one.
    """
    address = safe_url(url)
    frame = units(escaped(address)) + 3
    if not address or room - frame < 10:
        return plain(label, room)
    text = clean(label)
    host = host_of(address)
    if _names_another_host(text, host):
        text = f"({host}) {text}"
    label = plain(text or host, room - frame).replace("|", _BAR)
    return f"<{escaped(address)}|{label}>"


def host_of(url: str) -> str:
    """Return the host of an address without `www.`, or nothing."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _names_another_host(label: str, host: str) -> bool:
    for match in _LOOKS_LIKE_URL.finditer(label):
        named = (match[1] or match[2]).casefold().rpartition("@")[2].partition(":")[0].removeprefix("www.")
        if named != host and not host.endswith("." + named):
            return True
    return False


def _encoded(char: str) -> str:
    if _URL_UNSAFE.match(char):
        return quote(char, safe="")
    if ord(char) > 0x7F and (char.isspace() or unicodedata.category(char) in _DROPPED):
        return quote(char.encode("utf-8", "replace"), safe="")
    return char


def _clings(text: str, index: int) -> bool:
    """Tell whether the character belongs to the one before it."""
    if index == 0:
        return False
    char = text[index]
    if unicodedata.category(char) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if _is_flag_half(char):
        start = index
        while start and _is_flag_half(text[start - 1]):
            start -= 1
        return (index - start) % 2 == 1
    return False


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
