"""HTML to readable plain text, in linear time whatever the input. Contains no I/O.

Blocks end a line, table cells are set apart by a space, scripts and styles are dropped, entities are decoded to
a fixed point (feeds escape twice as often as not). Nothing here makes HTML safe to show: there is none left.
"""

from __future__ import annotations

import html as entities
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

MAX_HTML = 600_000  # characters of markup that are looked at
MAX_TEXT = 200_000

# The fast parser needs quadratic time for deep nesting and for thousands of attributes on one tag.
_SAFE_LENGTH = 20_000
_SAFE_TAGS = 3_000
_SAFE_TAG_LENGTH = 10_000

_ROUNDS = 3
_HIDDEN = ("script", "style", "template", "noscript", "iframe", "object", "svg", "head")
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|caption|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure"
    r"|footer|form|h[1-6]|header|hr|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody|tfoot|thead"
    r"|title|tr|ul)\b)",
    re.IGNORECASE,
)
_CELL = re.compile(r"<(?=/?t[dh]\b)", re.IGNORECASE)
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_KNOWN_TAG = re.compile(
    r"<(?:/?(?:a|abbr|article|b|blockquote|br|cite|code|dd|div|dl|dt|em|figure|font|h[1-6]|hr|i|iframe|img|li|ol|p|pre"
    r"|q|s|script|section|small|span|strong|style|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul)(?:[\s/][^<>]*)?>|!--)",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls, halves of surrogate pairs, soft hyphen, invisible spaces, direction overrides and non-characters.
# The joiners U+200C and U+200D stay: they spell words in Persian, Hindi and emoji.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_PLAIN = {  # the same two for ASCII, at a tenth of the cost
    code: "\n" if _BREAKS.match(chr(code)) else None
    for code in range(0x80)
    if _BREAKS.match(chr(code)) or _UNWANTED.match(chr(code))
}


def plain_text(value: str, *, markup: bool = False, limit: int = MAX_TEXT) -> str:
    """Return the readable text of a feed's value; `markup` says that the feed declared it to be HTML.

    Values that the feed calls plain but that hold HTML tags are read as HTML all the same.
    """
    text = value[:MAX_HTML]
    for _ in range(_ROUNDS):
        if "<" in text and (markup or _KNOWN_TAG.search(text)):
            text = _strip(text)
        markup = False
        if "&" not in text or not _ENTITY.search(text):
            break
        text = _ENTITY.sub(_decode, text)
    if "<" in text and _KNOWN_TAG.search(text):
        text = _strip(text)
    return tidy(text)[:limit].rstrip()


def one_line(text: str, *, limit: int = 2_000) -> str:
    """Return a text on one line, cut at `limit` characters with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def tidy(text: str) -> str:
    """Return the text without control, invisible and direction characters, its white space collapsed."""
    if text.isascii():
        text = text.replace("\r\n", "\n").translate(_PLAIN)
    else:
        text = _UNWANTED.sub("", _BREAKS.sub("\n", unicodedata.normalize("NFC", text)))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join([line for line in lines if line])


def _decode(match: re.Match[str]) -> str:
    return entities.unescape(match[0])


def _strip(text: str) -> str:
    """Return the text between the tags."""
    spaced = _CELL.sub(" <", _BLOCK.sub("\n<", text))
    if _is_ordinary(spaced):
        return _by_parser(spaced)
    return _by_scan(spaced)


def _is_ordinary(text: str) -> bool:
    if len(text) <= _SAFE_LENGTH:
        return True
    return text.count("<") <= _SAFE_TAGS and len(max(text.split(">"), key=len)) <= _SAFE_TAG_LENGTH


def _by_parser(text: str) -> str:
    tree = LexborHTMLParser(text)
    lowered = text.lower()
    hidden = [tag for tag in _HIDDEN if f"<{tag}" in lowered]
    if hidden:
        tree.strip_tags(hidden)
    body = tree.body
    return body.text() if body is not None else ""


def _by_scan(text: str) -> str:
    """Return the text of markup too strange for the parser: each tag and comment dropped where it stands."""
    text = _without(text, "<!--", "-->")
    lowered = text.lower()
    for tag in _HIDDEN:
        if f"<{tag}" in lowered and len(lowered) == len(text):
            text = _without(text, f"<{tag}", f"</{tag}", lowered)
            lowered = text.lower()
    return entities.unescape(_TAG.sub("", text))


def _without(text: str, start: str, end: str, lowered: str | None = None) -> str:
    """Return the text without what stands from each `start` to the next `end`, or to the text's end."""
    haystack = text if lowered is None else lowered
    pieces: list[str] = []
    position = 0
    while (opening := haystack.find(start, position)) >= 0:
        pieces.append(text[position:opening])
        closing = haystack.find(end, opening + len(start))
        if closing < 0:
            return "".join(pieces)
        position = closing + len(end) if lowered is None else closing
    pieces.append(text[position:])
    return "".join(pieces)
