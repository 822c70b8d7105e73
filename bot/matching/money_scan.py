"""Reads the sums of a text one by one: number, scale and currency, in whatever order. Contains no I/O.

Ranges, shared currencies and what a sum is for are settled later, in `money`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bot.matching import money_words as words
from bot.matching.money_numbers import decimal_of, kanji_value
from bot.matching.text import tokens_of as words_of

_CJK_WORDS = sorted(
    {w for w in (*words.SCALES, *words.CURRENCIES) if re.match("[぀-ヿ㐀-鿿가-힯]", w)},
    key=lambda w: (-len(w), w),
)
# No two begin alike (but s and p): the commonest comes first, and the long list is tried on CJK letters alone.
_TOKEN = re.compile(
    r"(?P<w>[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,60})"
    r"|(?P<n>[0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3}){1,5}(?![0-9])(?:[.,][0-9]{1,2})?|[0-9]{1,20}(?:[.,'’٫][0-9]{1,12}){0,6})"
    r"|(?P<s>[$€£¥₩₹₽₺₪㌦])"
    r"|(?P<p>[^\s\w])"
    r"|(?P<c>(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?:" + "|".join(_CJK_WORDS) + "))"
    r"|(?P<o>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
_DIGIT = re.compile("[0-9]")
# Full-width forms, no-break spaces and odd dashes, each to one plain character: offsets stay.
_PLAIN = str.maketrans(
    {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
    | dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u301c\uff5e\u223c", "-")
    | {"￥": "¥", "＄": "$", "￡": "£", "’": "'", "ʼ": "'", "\u00ad": "-"}
)
MOST = 10**16  # beyond any sum of a deal: a misread


class Token(NamedTuple):
    """A piece of text: n number, w word, c CJK money word, s currency sign, p punctuation, o other CJK letter."""

    kind: str
    text: str  # casefolded
    start: int
    end: int


@dataclass(slots=True)
class Sum:
    """A number with its scale and currency as far as they were written; `first` and `last` are token positions."""

    number: Decimal
    scale: int  # 1 where none was written
    currency: str  # empty where none was written
    first: int
    last: int
    explicit: bool = True  # the currency stands with this very number
    upto: bool = False

    @property
    def value(self) -> int:
        """Return whole units of the currency."""
        return int(self.number * self.scale)


def plain(text: str) -> str:
    """Return the text with full-width forms, special spaces and dashes made plain; offsets stay."""
    return text if text.isascii() else text.translate(_PLAIN)


def counts(text: str, regions: Sequence[tuple[int, int]]) -> bool:
    """Whether a number or a scale may stand in the regions of a plain text: without one there is no sum."""
    if not text.isascii():
        return True
    read = " ".join([text[low:high] for low, high in regions]).casefold()
    return bool(_DIGIT.search(read)) or not words.SCALES.keys().isdisjoint(words_of(read))


def tokens_of(text: str, regions: Sequence[tuple[int, int]] = ()) -> list[Token]:
    """Return the tokens of a plain text in order; of the given regions only, where there are any."""
    return [
        Token(m.lastgroup or "p", m.group().casefold(), m.start(), m.end())
        for low, high in regions or [(0, len(text))]
        for m in _TOKEN.finditer(text, low, high)
    ]


class Scanner:
    """Reads the sums of one list of tokens, left to right."""

    def __init__(self, tokens: list[Token], language: str) -> None:
        self.tokens = tokens
        self.language = language[:2].casefold()

    def sums(self) -> list[Sum]:
        """Return every number that has a scale or a currency, and the low ends of ranges, in order."""
        found: list[Sum] = []
        free = 0
        for position, token in enumerate(self.tokens):
            if position >= free and (token.kind == "n" or token.text in words.SCALES):
                one = self._at(position, free)
                if one is not None:
                    found.append(one)
                    free = one.last + 1
        return found

    def _at(self, position: int, free: int) -> Sum | None:
        token = self.tokens[position]
        if token.kind == "n":
            return self._from_number(position, free)
        if token.text in words.SCALES and token.kind in "wc":
            return self._from_words(position, free)
        return None

    # ------------------------------------------------------------------ "13bn", "US$ 4 billion", "50 Md$"

    def _from_number(self, position: int, free: int) -> Sum | None:
        if self._glued_to_word(position):
            return None
        number_text = self.tokens[position].text
        after, scale, scale_word = self._scale(position + 1)
        currency, first = self._currency_before(position, free)
        number = decimal_of(number_text, scale_word, self.language)
        if number is None:
            return None
        number, scale, after = self._tail(number, scale, scale_word, after)
        inner = words.SCALE_CURRENCIES.get(scale_word, "")
        later, end = (inner, after) if inner else self._currency_after(after, number * scale)
        if scale_word in words.LETTER_SCALES and not (currency or later) and not self._mil(scale_word):
            return None
        if not currency or later in ("CAD", "AUD") or self._same_sign(currency, later):
            currency, after = later or currency, end
        if self._is_percent(after) or number * scale > MOST:
            return None
        return Sum(number, scale, currency, first, after - 1)

    def _mil(self, scale_word: str) -> bool:
        return scale_word == "mil" and self.language in ("es", "pt", "gl", "ca")

    def _same_sign(self, before: str, after: str) -> bool:
        """Say whether "$4bn US" or "$10 Canadian dollars" repeats itself."""
        return bool(after) and before in ("USD", after)

    def _glued_to_word(self, position: int) -> bool:
        """Say whether the number is part of a name: H100, GPT-4, M.11766, v2.5."""
        token = self.tokens[position]
        if position == 0:
            return False
        left = self.tokens[position - 1]
        if left.end != token.start:
            return False
        if left.kind == "w":
            return left.text not in words.CURRENCIES and left.text != "m"
        if left.kind == "p" and left.text in "-./:#&" and position > 1:
            before = self.tokens[position - 2]
            joined = before.end == left.start and before.kind in "wn"
            return (
                joined
                and not (left.text == "-" and before.kind == "n")
                and before.text not in words.CURRENCIES
            )
        return False

    # ------------------------------------------------------------------ "half a billion", "deux milliards"

    def _from_words(self, position: int, free: int) -> Sum | None:
        number, first = self._number_words(position, free)
        if number is None:
            return None
        after, scale, scale_word = self._scale(position)
        if scale_word in words.LETTER_SCALES and not self._mil(scale_word):
            return None
        if scale < words.MILLION and number == 1 and first == position:
            return None
        number, scale, after = self._tail(number, scale, scale_word, after)
        currency, after = self._currency_after(after, number * scale)
        before, earliest = self._currency_before(first, free)
        if before and not currency:
            currency, first = before, earliest
        return Sum(number, scale, currency, first, after - 1)

    def _number_words(self, position: int, free: int) -> tuple[Decimal | None, int]:
        """Return the number spelt before a scale, and where it begins."""
        token = self.tokens[position]
        if token.kind == "c":
            return self._kanji(position)
        phrase, best, first = "", None, position
        for back in range(position - 1, max(free, position - 2 * words.LONGEST_NUMBER) - 1, -1):
            word = self.tokens[back]
            if word.kind == "p" and word.text == "-":
                phrase = "-" + phrase
                continue
            if word.kind != "w":
                break
            phrase = word.text + (phrase if phrase.startswith("-") else " " + phrase)
            value = words.NUMBERS.get(phrase.strip(" -"))
            if value is not None:
                best, first = value, back
        left = self.tokens[first - 1].text if first > 0 else ""
        if left in words.VAGUE or (
            first > 1 and left in "of-" and self.tokens[first - 2].text in words.VAGUE
        ):
            return None, position
        if best is None and token.text in ("mil", "mille", "mila", "tausend", "tusen", "duizend"):
            following = self.tokens[position + 1].text if position + 1 < len(self.tokens) else ""
            return (
                (Decimal(1), position)
                if words.SCALES.get(following, 0) >= words.MILLION
                else (None, position)
            )
        return best, first

    def _kanji(self, position: int) -> tuple[Decimal | None, int]:
        """Read "十億", "三百亿": a run of numeral characters before a scale; "数十億" (some tens) is no number."""
        text, first = "", position
        while first > 0 and self.tokens[first - 1].end == self.tokens[first].start:
            left = self.tokens[first - 1]
            if left.text not in words.KANJI_DIGITS and left.text not in "十百千":
                break
            text, first = left.text + text, first - 1
        vague = first > 0 and self.tokens[first - 1].text in words.VAGUE_CJK
        if self.tokens[position].text in ("十亿", "十億", "십억") and not text and not vague:
            return Decimal(1), position
        if not text or vague:
            return None, position
        return Decimal(kanji_value(text)), first

    # ------------------------------------------------------------------ scale and currency

    def _scale(self, position: int) -> tuple[int, int, str]:
        """Return the position after the scale, the scale (1 where there is none) and its last word."""
        scale, word = 1, ""
        while position < len(self.tokens):
            token = self.tokens[position]
            at = position
            if (
                token.text == "-"
                and at + 1 < len(self.tokens)
                and self.tokens[at].end == self.tokens[at + 1].start
            ):
                at += 1
                token = self.tokens[at]
            own = self._worth(token.text) if token.kind in "wc" else 0
            if (
                not own
                or not self._near(at - 1, at)
                or (word and (own <= scale or word in words.LETTER_SCALES))
            ):
                break
            if word and scale not in (words.THOUSAND, words.LAKH, 10**4):
                break
            scale, word, position = scale * own, token.text, at + 1
            if position < len(self.tokens) and self.tokens[position].text == "." and word in (
                "mrd", "mio", "mill", "mia", "tsd", "mld", "mln", "bio", "tys", "млн", "млрд", "тыс",
            ):  # fmt: skip
                position += 1
        return position, scale, word

    def _worth(self, word: str) -> int:
        if word in ("billion", "billions") and self.language in words.LONG_SCALE:
            return words.BILLION
        if word == "bln" and self.language == "pl":
            return words.BILLION
        if word == "mil" and self.language == "en":
            return words.MILLION
        return words.SCALES.get(word, 0)

    def _tail(self, number: Decimal, scale: int, word: str, after: int) -> tuple[Decimal, int, int]:
        """Add what follows a scale: "1兆2000億", "4조 5000억", "un milliard et demi"."""
        while scale > 1 and re.match("[㐀-鿿가-힯]", word) and after + 1 < len(self.tokens):
            more, unit = self.tokens[after], self.tokens[after + 1]
            smaller = words.SCALES.get(unit.text, 0) if unit.kind == "c" and unit.start == more.end else 0
            part = (
                decimal_of(more.text, unit.text, self.language)
                if more.kind == "n" and self._near(after - 1, after)
                else None
            )
            if part is None or not 0 < smaller < scale:
                break
            number, word, after = number + part * smaller / scale, unit.text, after + 2
        following = [t.text for t in self.tokens[after : after + 3]]
        for half in (["and", "a", "half"], ["et", "demi"], ["y", "medio"], ["e", "mezzo"], ["e", "meio"]):
            if scale > 1 and following[: len(half)] == half:
                return number + Decimal("0.5"), scale, after + len(half)
        return number, scale, after

    def _currency_before(self, position: int, free: int) -> tuple[str, int]:
        """Return the currency written just before a number, and where it begins."""
        if position <= free or not self._near(position - 1, position):
            return "", position
        token = self.tokens[position - 1]
        if token.kind == "s":
            if position - 2 >= free:
                prefix = self.tokens[position - 2]
                if prefix.kind == "w" and prefix.end == token.start and token.text == "$":
                    return words.DOLLARS_BY_PREFIX.get(prefix.text, "USD"), position - 2
                if (
                    prefix.text == "."
                    and prefix.end == token.start
                    and position >= 4
                    and self.tokens[position - 3].text == "s"
                ):
                    return "USD", position - 2
            return self._symbol(token.text), position - 1
        if token.text in ("us", "ca") and position - 2 >= free and self.tokens[position - 2].text == "$":
            return words.DOLLARS_BY_PREFIX[token.text], position - 2
        if token.kind == "p" and token.text == "." and position - 2 >= free:
            token = self.tokens[position - 2]
            return ("INR", position - 2) if token.text == "rs" else ("", position)
        if token.text in words.CODES or token.text in ("euro", "euros", "rs", "rmb", "kr"):
            return words.CURRENCIES[token.text], position - 1
        return "", position

    def _currency_after(self, position: int, value: Decimal) -> tuple[str, int]:
        """Return the currency written after a number or scale, and the position after it."""
        at, nation = position, ""
        for _ in range(5):
            if at >= len(self.tokens) or not self._near(at - 1, at):
                return "", position
            token = self.tokens[at]
            if token.kind == "s":
                return self._signed(at)
            code = words.CURRENCIES.get(token.text) if token.kind in "wc" else None
            if code and not (token.text in words.SHY_CURRENCIES and value < 1000):
                following = self.tokens[at + 1].text if at + 1 < len(self.tokens) else ""
                return _of_nation(code, nation, following), at + 1
            nationality = token.kind == "w" and any(p.match(token.text) for p, _ in words.NATIONS)
            if nationality:
                nation = token.text
            elif not (token.text in words.CONNECTORS or token.text in "-'." or token.text in _ADJECTIVES):
                return "", position
            at += 1
        return "", position

    def _signed(self, at: int) -> tuple[str, int]:
        sign = self.tokens[at].text
        if sign == "$" and at + 1 < len(self.tokens) and self._near(at, at + 1):
            suffix = self.tokens[at + 1].text
            if suffix in ("us", "ca", "can", "hk", "au"):
                return words.DOLLARS_BY_PREFIX[suffix], at + 2
        if (
            at + 1 < len(self.tokens)
            and self.tokens[at + 1].kind == "n"
            and self.tokens[at + 1].start == self.tokens[at].end
        ):
            return "", at  # the sign belongs to the number that follows it
        return self._symbol(sign), at + 1

    def _symbol(self, sign: str) -> str:
        return "CNY" if sign == "¥" and self.language == "zh" else words.SYMBOLS[sign]

    def _near(self, left: int, right: int) -> bool:
        return left < 0 or self.tokens[right].start - self.tokens[left].end <= 2

    def _is_percent(self, position: int) -> bool:
        return position < len(self.tokens) and self.tokens[position].text in (
            "%",
            "percent",
            "prozent",
            "procent",
            "pct",
        )


_ADJECTIVES = words.words_of(
    "us u.s. american américains amerikanische amerikanischen amerikanischer amerikaanse americanos statunitensi американских "
    "swiss schweizer indian brazilian chinese british japanese korean swedish polish"
)


def _of_nation(code: str, before: str, after: str) -> str:
    for pattern, turned in words.NATIONS:
        if (before and pattern.match(before)) or pattern.match(after):
            return turned.get(code, code)
    return code
