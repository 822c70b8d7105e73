"""Folding: how text is made comparable, with an exact way back to the characters that were given.

Two stages. `plain` turns HTML and entities into text; `fold` takes away what readers do not see as a
difference (case, accents, width, look-alike letters, soft hyphens). Both return the new text with an
`Offsets`, which maps a range of it to a range of what went in.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from storage.one_script import may_be_mixed, one_script

MAX_PASSES = 8


def _words(text: str) -> list[str]:
    return text.split()


_BLOCKS = frozenset(
    _words(
        "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption"
        " figure footer form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol option p pre section select"
        " summary table tbody tfoot thead title tr ul"
    )
)
_CELLS = frozenset({"td", "th"})
_INLINE = frozenset(
    _words(
        "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span"
        " strike strong sub sup time tt u var wbr"
    )
)
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "svg"})
_MARKUP = re.compile(
    r"<!--|<(/?)([A-Za-z][A-Za-z0-9:-]*)((?:\s|/)[^<>]*)?>|<[!?][A-Za-z\[][^<>]*>"
    r"|&(?:amp;)*(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_AMPS = re.compile(r"&(?:amp;)+(?=[#A-Za-z])")

_IGNORED = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_SEQUENCES = re.compile(
    "[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]+"
    f"|[\u3046-\u30fd\uff66-\uff9f][{_IGNORED}]*[\u3099\u309a\uff9e\uff9f]"
)
_IGNORED_RUN = re.compile(f"[{_IGNORED}]+")
_IRREGULAR_HINT = re.compile("[^\x00-\x7f]")

_WORD = re.compile(r"[^\W\d_]+")

_UNIFIED = {
    **dict.fromkeys("‘’‚‛′´`ʹʻʼʽˈ＇❛❜", "'"),
    **dict.fromkeys("“”„‟″«»‹›〝〞〟＂❝❞", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"),
    "ı": "i",
    "ł": "l",
    "đ": "d",
    "ø": "o",
    "ð": "d",
    "ħ": "h",
    "ŧ": "t",
    "œ": "oe",
    "æ": "ae",
    "þ": "th",
    "…": "...",
}
_KEPT_MARKS = frozenset("\u3099\u309a")


@dataclass(frozen=True, slots=True)
class Offsets:
    """Where each stretch of an outgoing text comes from, in order.

    Stretch i begins at `outs[i]`. Where `ends[i]` is negative it runs one to one from `starts[i]`; else all
    of it stands for the incoming [starts[i], ends[i]). Empty tuples mean that nothing moved.
    """

    outs: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the incoming range for the outgoing [start, end), which is not empty."""
        if not self.outs:
            return start, end
        first = bisect_right(self.outs, start) - 1
        low = self.starts[first] + (start - self.outs[first] if self.ends[first] < 0 else 0)
        last = bisect_right(self.outs, end - 1) - 1
        high = self.ends[last]
        return low, high if high >= 0 else self.starts[last] + end - self.outs[last]


SAME = Offsets()


class _Pieces:
    """Collects an outgoing text with its stretches."""

    __slots__ = ("ends", "length", "outs", "parts", "starts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.outs: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.length = 0

    def add(self, text: str, start: int, end: int = -1) -> None:
        """Append `text`, which stands for [start, end), or runs one to one from `start`."""
        if text:
            self.parts.append(text)
            self.outs.append(self.length)
            self.starts.append(start)
            self.ends.append(end)
            self.length += len(text)

    def done(self) -> tuple[str, Offsets]:
        return "".join(self.parts), Offsets(tuple(self.outs), tuple(self.starts), tuple(self.ends))


# ---------------------------------------------------------------------------- HTML and entities


def plain(text: str) -> tuple[str, tuple[Offsets, ...]]:
    """Return the text without markup and entities, and the maps of the passes, first pass first.

    Blocks become blank lines, table cells tabs, inline tags nothing. Passes repeat until nothing changes,
    because feeds escape twice.
    """
    maps: list[Offsets] = []
    for _ in range(MAX_PASSES):
        if "<" not in text and "&" not in text:
            break
        result = _strip_once(text)
        if result is None:
            break
        text, offsets = result
        maps.append(offsets)
    return text, tuple(maps)


def _strip_once(text: str) -> tuple[str, Offsets] | None:
    pieces = _Pieces()
    position = 0
    found = _MARKUP.search(text)
    if found is None:
        return None
    closers: dict[str, bool] = {}
    while found is not None:
        start, end = found.span()
        pieces.add(text[position:start], position)
        written = found.group()
        if written[0] == "&":
            pieces.add(_unescaped(written), start, end)
        elif written == "<!--":
            end = _after(text, "-->", end, closers)
        else:
            name = (found.group(2) or "").lower()
            if name in _SILENT and not found.group(1) and not written.endswith("/>"):
                end = _after(text, f"</{name}>", end, closers)
            pieces.add(_stand_in(name), start, end)
        position = end
        found = _MARKUP.search(text, position)
    pieces.add(text[position:], position)
    result, offsets = pieces.done()
    return None if result == text else (result, offsets)


def _unescaped(entity: str) -> str:
    return html.unescape(_AMPS.sub("&", entity))


def _after(text: str, closer: str, position: int, closers: dict[str, bool]) -> int:
    """Return the position after `closer`; without one, markup stays open and only its tag is skipped."""
    if closers.get(closer) is False:
        return position
    at = text.find(closer, position)
    if at < 0:
        at = text.lower().find(closer, position) if len(text.lower()) == len(text) else -1
    closers[closer] = at >= 0
    return at + len(closer) if at >= 0 else position


def _stand_in(name: str) -> str:
    if name in _INLINE:
        return ""
    if name in _CELLS:
        return "\t"
    return "\n\n" if name in _BLOCKS else " "


# ---------------------------------------------------------------------------- characters


def _fold_character(character: str) -> str:
    """Return what one character folds to: any number of characters that fold to themselves."""
    if _IGNORED_RUN.fullmatch(character):
        return ""
    if character in _UNIFIED:
        return _UNIFIED[character]
    if character in "\n\t":
        return character
    if character.isspace() or unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return "\n" if character in "\u2028\u2029\x85\x0b\x0c" else " "
    if unicodedata.category(character) in ("Cc", "Cs"):
        return " "
    folded = character
    for _ in range(4):
        again = _fold_step(folded)
        if again == folded:
            break
        folded = again
    return folded


def _fold_step(text: str) -> str:
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in spread if not unicodedata.category(c).startswith("M") or c in _KEPT_MARKS)
    whole = unicodedata.normalize("NFC", kept)
    whole = "".join(_UNIFIED.get(c, c) for c in whole)
    return " ".join(whole.split()) if whole.strip() != whole else whole


class _Table(dict[int, str]):
    """Folds each code point once; a memo of a pure function, so sharing it is safe."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        return folded


_TABLE = _Table({code: _fold_character(chr(code)) for code in range(0x250)})
_CHANGES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f`]|[A-Z]+|[^\x00-\x7f]+")  # what folding may change
_ASCII = bytes(ord(_TABLE[code]) for code in range(0x80)) + bytes(range(0x80, 0x100))


def fold(text: str) -> tuple[str, tuple[Offsets, ...]]:
    """Return the folded text and the maps that lead back, first stage first.

    Total and idempotent on any text; a folded character comes from one stretch of the given text.
    """
    if text.isascii():
        return text.encode("ascii").translate(_ASCII).decode("ascii"), ()
    maps: list[Offsets] = []
    text, composed = _compose(text)
    if composed is not None:
        maps.append(composed)
    folded, offsets = _fold_characters(text)
    if offsets is not None:
        maps.append(offsets)
    if may_be_mixed(folded):
        folded = _WORD.sub(lambda found: one_script(found.group()), folded)
    return folded, tuple(maps)


def folded(text: str) -> str:
    """Return the folded text alone."""
    return fold(text)[0]


def _compose(text: str) -> tuple[str, Offsets | None]:
    """Put together what per-character folding would miss: Hangul letters, kana with a voicing mark."""
    found = _SEQUENCES.search(text)
    if found is None:
        return text, None
    pieces = _Pieces()
    position = 0
    while found is not None:
        start, end = found.span()
        pieces.add(text[position:start], position)
        bare = _IGNORED_RUN.sub("", found.group())
        pieces.add(unicodedata.normalize("NFKC", bare), start, end)
        position = end
        found = _SEQUENCES.search(text, position)
    pieces.add(text[position:], position)
    return pieces.done()


def _translated(found: re.Match[str]) -> str:
    return found.group().translate(_TABLE)


def _fold_characters(text: str) -> tuple[str, Offsets | None]:
    result = _CHANGES.sub(_translated, text)
    irregular = {c for c in set(text) if c > "\x7f" and len(_TABLE[ord(c)]) != 1}
    if not irregular:
        return result, None
    pieces = _Pieces()
    position = 0
    for index in [i for i, c in enumerate(text) if c in irregular]:
        if index > position:
            pieces.add(text[position:index], position)
        pieces.add(_TABLE[ord(text[index])], index, index + 1)
        position = index + 1
    pieces.add(text[position:], position)
    return result, pieces.done()[1]
