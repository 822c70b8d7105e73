"""Text as search sees it: lower case, no accents, each word in one script, CJK one character at a time. No I/O.

`folded` gives words with single spaces between. The index is built from it and queries pass through it, so both
always agree; FTS5 then needs only the plainest tokenizer. A Chinese, Japanese, Korean or Thai character is a word of
its own, and a phrase of them finds any substring.
"""

from __future__ import annotations

import re
import sys
import unicodedata

# An index that another version wrote is built anew when the database is next opened for writing.
FOLD_VERSION = f"2/{unicodedata.unidata_version}"

# Letters whose stroke, dot or ligature is no combining mark, so that decomposition leaves them whole.
_LETTERS = {
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t",
    "ŋ": "n", "ĸ": "k", "ς": "σ",
}  # fmt: skip
# Scripts without spaces between words, and Hangul, whose particles stick to the noun.
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1100, 0x11FF), (0x2E80, 0x2FDF), (0x3005, 0x3007),
    (0x3040, 0x30FF), (0x3100, 0x318F), (0x31A0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA960, 0xA97F),
    (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
_SPACES = re.compile(" {2,}")


def is_unspaced(point: int) -> bool:
    """Return whether a code point belongs to a script that search reads one character at a time."""
    return point >= 0x0E00 and any(low <= point <= high for low, high in _UNSPACED)


def _fold_character(point: int) -> str:
    character = chr(point)
    category = unicodedata.category(character)
    if category[0] == "M" or category == "Cf":
        # Thai and Indic vowel signs carry meaning but no word boundary; European accents carry neither.
        return character if category == "Mc" or 0x0900 <= point <= 0x0EFF else ""
    if category[0] not in "LN":
        return " "
    if is_unspaced(point):
        return f" {character} "
    small = unicodedata.normalize("NFKD", character.casefold())
    letters = "".join(c for c in small if unicodedata.category(c)[0] in "LN")
    return "".join(_LETTERS.get(c, c) for c in letters)


class _Table(dict[int, str]):
    """Each code point is folded once."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = sys.intern(_fold_character(point))
        return folded


_TABLE = _Table()
_ASCII = bytes(ord(chr(b).lower()) if chr(b).isalnum() and b < 128 else 32 for b in range(256))


def folded(text: str) -> str:
    """Return the words of a text as search compares them, with one space between."""
    if text.isascii():
        spaced = text.encode("ascii").translate(_ASCII).decode("ascii")
    else:
        spaced = unicodedata.normalize("NFKC", text).translate(_TABLE)
        from storage.one_script import may_be_mixed, one_script  # a search in plain letters starts without it

        if may_be_mixed(spaced):
            spaced = " ".join(map(one_script, spaced.split(" ")))
    return _SPACES.sub(" ", spaced).strip()


def words_of(text: str) -> list[str]:
    """Return the words of a text as search compares them."""
    return folded(text).split()


def folded_with_map(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the words and where each stands in the original, as [start, end) code points; for highlighting.

    Characters are folded one by one, which differs from `words_of` only where composition crosses characters.
    """
    from storage.one_script import one_script

    words: list[str] = []
    places: list[tuple[int, int]] = []
    current, start, end = "", 0, 0

    def close() -> None:
        if current:
            words.append(one_script(current))
            places.append((start, end))

    for index, character in enumerate(text):
        for piece in unicodedata.normalize("NFKC", character).translate(_TABLE):
            if piece == " ":
                close()
                current = ""
            else:
                if not current:
                    start = index
                current, end = current + piece, index + 1
        if is_unspaced(ord(character)):
            close()
            current = ""
    close()
    return words, places
