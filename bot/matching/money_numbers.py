"""Reads the digits and numerals of a sum: groups of three, decimal marks, Chinese and Japanese numerals. Contains no I/O."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.matching import money_words as words

_GROUPED = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}$|[0-9]{1,3}(?:\.[0-9]{3})+$|[0-9]{1,3}(?:'[0-9]{3})+$"
)
_MILLIONS = frozenset({"million", "millions", "millionen", "billion"})


def decimal_of(text: str, scale_word: str, language: str) -> Decimal | None:
    """Read digits with any grouping; None for what is no number ("1.2.3").

    One mark before three digits groups or divides as the scale's own language does: "10.000 millones" but "1.125 billion".
    """
    bare = text.replace(" ", "").replace("٫", ".")
    marks = [c for c in bare if c in ".,'"]
    if len(set(marks)) > 1:
        whole, _, part = bare.rpartition(marks[-1])
        once = bare.count(marks[-1]) == 1
        bare = re.sub(r"[.,']", "", whole) + "." + part if once else re.sub(r"[.,']", "", bare)
    elif marks and _GROUPED.fullmatch(bare) and _groups(bare, marks, scale_word, language):
        bare = re.sub(r"[.,']", "", bare)
    elif len(marks) == 1:
        bare = bare.replace(",", ".").replace("'", ".")
    elif marks:
        return None
    return Decimal(bare)


def _groups(bare: str, marks: list[str], scale_word: str, language: str) -> bool:
    if len(marks) > 1 or marks[0] == "'" or not scale_word:
        return True
    if bare.startswith("0"):
        return False
    if scale_word in words.GROUPING_SCALES:
        return True
    romance = language in words.LONG_SCALE and scale_word in _MILLIONS
    comma_divides = scale_word in words.COMMA_SCALES or romance
    return (marks[0] == ".") == comma_divides or bare.endswith("000")


def kanji_value(numerals: str) -> int:
    """Return the value of a run of 〇…九, 十, 百 and 千: "三百" is 300."""
    total, digit = 0, 0
    for char in numerals:
        if char in words.KANJI_DIGITS:
            digit = words.KANJI_DIGITS[char]
        else:
            total, digit = total + (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char], 0
    return total + digit
