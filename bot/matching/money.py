"""Finds the sums of money of an article, with currency and kind, in the languages of our feeds. Contains no I/O.

A range or "up to" gives its upper end; shared scales and currencies ("4 and then 2.75 billion dollars", "dont 15")
are carried over; conversions in brackets, counts, percentages and vague sums ("tens of billions") are no amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import re2

from bot.matching import money_words as words
from bot.matching.money_kinds import COUNTED, counted, kinds_of
from bot.matching.money_scan import Scanner, Sum, Token, counts, plain, tokens_of
from storage.records import Amount, Span

__all__ = ["COUNTED", "amounts_of", "counted", "find_amounts"]

# Fewer than this is a price of daily life, not a sum of a deal or a fine.
_LEAST = 10_000
_LEAST_OF = dict.fromkeys(("JPY", "KRW", "HUF", "IDR", "VND", "CLP", "COP"), 1_000_000) | dict.fromkeys(
    ("CNY", "INR", "RUB", "SEK", "NOK", "DKK", "CZK", "TWD", "HKD", "THB", "MXN", "TRY"), 50_000
)
# Characters that are read: ten times a long article. What follows names no further sum of the deal.
LONGEST = 50_000
# Characters on either side of a word of money in which its number, scale and neighbours stand.
_AROUND = 100
# Without one of these there is no money: most articles end here.
# A yuan is Taiwan's dollar in an article of Taiwan.
_TAIWAN = re.compile("台灣|臺灣|公平會|新台幣|新臺幣|金管會")
_HINT = re2.compile(
    r"(?i)[$€£¥￥₩₹₽₺₪㌦億亿億兆조억円元원만万萬]|doll|d[oó]lar|euro|\bUSD|\bEUR|\bGBP|mill|mili|miljo|bilh|bili|bill|mil[ij]ar|miljar|mrd|mlrd|\bm(?:ld|ln|n|io|ds?)\b"
    r"|\b[bt]l?n\b|crore|lakh|zł|\bm?d?kr|kron|rupee|\bINR|\bCHF|\bSEK|\bPLN|\bBRL|reais|franc|franken|pound|sterlin|\byuan|\byen|renminbi|\bRMB|доллар"
    r"|евро|рубл|мл[нр]|ドル|달러|ポンド|ウォン|[0-9](?:bn|[mbt]\b)|biljo|tril|hundert tausend|\bmil\b|\btys"
)


@dataclass(slots=True)
class _Found:
    """A sum with its place; `currency` may still be open."""

    sum: Sum
    start: int
    end: int
    kind: str = "other"


def find_amounts(text: str, *, field: str, language: str = "", currency: str = "") -> tuple[Amount, ...]:
    """Return the distinct sums of one plain-text field, in order; spans are offsets into `text`.

    `currency` is what sums written without one are taken to be in when the field itself does not say.
    Kinds that do not count (valuation, revenue, threshold, cost) are returned too: see `counted`.
    """
    return amounts_of([(field, text)], language=language, currency=currency)


def amounts_of(
    fields: Iterable[tuple[str, str]], *, language: str = "", currency: str = ""
) -> tuple[Amount, ...]:
    """Return the distinct sums of an article's (name, text) fields; a bare "8 miliardi" takes its neighbours' currency.

    A sum that one field calls a valuation stays one where another field names it without saying what it is.
    """
    read = [
        (name, text, _found(text, language))
        for name, text in ((name, text[:LONGEST]) for name, text in fields)
        if text and _HINT.search(text)
    ]
    known = [f.sum.currency for _, _, found in read for f in found if f.sum.currency]
    common = currency or (max(known, key=known.count) if known else "")
    if language[:2] == "zh" and any(_TAIWAN.search(text) for _, text, _ in read):
        for _, _, found in read:
            for one in found:
                one.sum.currency = one.sum.currency.replace("CNY", "TWD")
    for name, text, found in read:
        _fill_currencies(found, text, language, common, headline=name == "title")
    return _distinct(_amount(name, text, f) for name, text, found in read for f in found if _is_sum(f))


def _regions(text: str) -> list[tuple[int, int]]:
    """Return the stretches around words of money, cut at spaces: the rest of a long article is not looked at."""
    regions: list[tuple[int, int]] = []
    for hint in _HINT.finditer(text):
        if regions and hint.start() < regions[-1][1] - _AROUND // 2:
            continue
        low = text.rfind(" ", 0, max(0, hint.start() - _AROUND)) + 1
        high = text.find(" ", hint.end() + _AROUND)
        low = max(low, regions[-1][1] if regions else 0, hint.start() - 3 * _AROUND)
        regions.append((low, min(high if high > 0 else len(text), hint.end() + 3 * _AROUND)))
    return regions


def _distinct(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """Keep each sum once, at its first place, with the most telling kind that any of its places gives."""
    kept: dict[tuple[int, str], Amount] = {}
    for amount in amounts:
        key = (amount.value, amount.currency)
        earlier = kept.get(key)
        if earlier is None or _telling(amount.kind) > _telling(earlier.kind):
            kept[key] = amount
    return tuple(kept.values())


def _telling(kind: str) -> int:
    """Rank what a place says of a sum: nothing, that it does not count, or what of the deal it is."""
    return 0 if kind == "other" else 1 + counted(kind)


def _found(text: str, language: str) -> list[_Found]:
    """Return the sums of a text with their kinds; currencies as far as they are written."""
    even = plain(text)
    regions = _regions(even)
    if not counts(even, regions):
        return []
    tokens = tokens_of(even, regions)
    sums = _linked(Scanner(tokens, language).sums(), tokens, even)
    sums = [s for s in sums if s.currency or not s.explicit or _may_be_bare(s, tokens)]
    found = [_Found(s, tokens[s.first].start, tokens[s.last].end) for s in sums]
    for one, kind in zip(found, kinds_of(even, [(f.start, f.end) for f in found]), strict=True):
        one.kind = kind
    return found


def _is_sum(found: _Found) -> bool:
    return bool(found.sum.currency) and found.sum.value >= _LEAST_OF.get(found.sum.currency, _LEAST)


def _amount(field: str, text: str, found: _Found) -> Amount:
    before = plain(text[max(0, found.start - 40) : found.start])
    return Amount(
        value=found.sum.value,
        currency=found.sum.currency,
        kind=found.kind,
        upto=found.sum.upto or bool(words.UPTO.search(before)),
        span=Span(field=field, start=found.start, end=found.end, text=text[found.start : found.end]),
    )


# ---------------------------------------------------------------------------- ranges, shared scales, conversions


def _linked(sums: Sequence[Sum], tokens: Sequence[Token], text: str) -> list[Sum]:
    """Join ranges, give elliptical numbers the scale of their neighbour, drop bracketed conversions."""
    kept: list[Sum] = []
    for one in sums:
        previous = kept[-1] if kept else None
        if previous is None:
            kept.append(one)
            continue
        between = [t.text for t in tokens[previous.last + 1 : one.first]]
        if _is_conversion(previous, one, between):
            continue
        if _is_range(previous, one, between, tokens):
            kept.pop()
            one.currency = one.currency or previous.currency
            one.first, one.upto = previous.first, True
        elif _shares_scale(previous, one, between):
            previous.scale, previous.currency, previous.explicit = one.scale, one.currency, False
        kept.append(one)
    return _elliptic([s for s in kept if s.scale > 1 or s.currency], tokens, text)


def _is_range(low: Sum, high: Sum, between: Sequence[str], tokens: Sequence[Token]) -> bool:
    if not 1 <= len(between) <= 3 or low.number * max(low.scale, 1) > high.number * high.scale:
        return False
    if low.currency and high.currency and low.currency != high.currency:
        return False
    if low.scale == 1 and high.scale == 1 and not (low.currency and high.currency):
        return False
    left = tokens[low.first - 1].text if low.first else ""
    if between[0] in words.AND_WORDS or between[0] == "a":
        return left in words.BETWEEN_WORDS or (low.scale == 1 and between[0] == "a")
    return (between[0] == "-" or between[0] in words.RANGE_WORDS) and (
        left not in words.FROM_WORDS or low.scale == 1
    )


def _shares_scale(bare: Sum, one: Sum, between: Sequence[str]) -> bool:
    """Say whether a number borrows the scale of the sum after it: "10 respektive 5 miljarder", "5 and 10 billion dollars"."""
    if bare.scale > 1 or bare.currency or one.scale < words.MILLION or not 0 < bare.number < 1000:
        return False
    return len(between) == 1 and (between[0] in words.AND_WORDS or between[0] in words.RESPECTIVELY)


_ABOUT = words.words_of(
    "about around or approximately roughly some circa ca rund etwa soit environ unos aproximadamente około ongeveer"
)


def _is_conversion(previous: Sum, one: Sum, between: Sequence[str]) -> bool:
    """Say whether a sum only repeats the one before it in another currency: "$4bn (£3.2bn)"."""
    if not one.currency or not previous.currency or one.currency == previous.currency or len(between) > 5:
        return False
    opened = bool(between) and between[0] in "(（[" and ")" not in between
    spoken = (
        len(between) >= 2 and between[0] in {",", "-", "or", "soit"} and any(w in _ABOUT for w in between)
    )
    return opened or spoken or between == ["/"]


_OF_WHICH = re.compile(
    r"\b(?:of which|dont|davon|di cui|de los cuales|dos quais|waarvan|z czego|varav|remaining|further|another|weitere[nr]?"
    r"|autres|otros|altri|outros|spends?|invests?|pays?|puts?|commits?|dépens\w{1,6}|investi\w{0,3}|met|versera?|zahlt|steckt|invierte|invertirá|gastará|investe|investirà"
    r"|spenderà|(?:up to|jusqu'à|bis zu|hasta|fino a|tot|até|do|upp till))(?: (?:up to|about|jusqu'à|bis zu))?$"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ELLIPSIS_END = re.compile(
    r"\s*(?:[.,;:)!?\n]|$|(?:sans|in cash|upfront|now|later|sofort|at once|immediately|ahora|subito|depends?|follows?|más tarde|bar|en efectivo)\b"
    r"|\s(?:on|in|into|sur|dans|chez|en|su|in|nel|em|op|i|på|w)\s(?=[A-ZÀ-Þ]))"
)


def _elliptic(sums: list[Sum], tokens: Sequence[Token], text: str) -> list[Sum]:
    """Add bare numbers that share the scale of the sum before them: "50 milliards, dont 15 sans attendre"."""
    taken = {i for s in sums for i in range(s.first, s.last + 1)}
    added: list[Sum] = []
    for one in sums:
        if one.scale < words.MILLION:
            continue
        for i in range(one.last + 1, min(one.last + 16, len(tokens))):
            token = tokens[i]
            if i in taken or (token.text in ".!?" and text[token.end : token.end + 1].isspace()):
                break
            number = _bare_number(token)
            if number is None or not _ELLIPSIS_END.match(text[token.end : token.end + 20]):
                continue
            if _OF_WHICH.search(text[max(0, token.start - 30) : token.start].casefold().rstrip()):
                added.append(Sum(number, one.scale, one.currency, i, i, explicit=False))
                break
    return sorted([*sums, *added], key=lambda s: s.first)


def _bare_number(token: Token) -> Decimal | None:
    if token.kind == "n" and len(token.text) <= 4 and token.text.replace(",", "").replace(".", "").isdigit():
        return None if _YEAR.fullmatch(token.text) else Decimal(token.text.replace(",", "."))
    return words.NUMBERS.get(token.text) if token.kind == "w" and len(token.text) > 3 else None


# ---------------------------------------------------------------------------- sums without a currency


def _may_be_bare(one: Sum, tokens: Sequence[Token]) -> bool:
    """Say whether a number with a scale but no currency may be money, by the word that follows it."""
    if one.scale < words.MILLION or (tokens[one.last].kind == "c" and one.scale < words.MILLIARD):
        return False
    if one.last + 1 >= len(tokens):
        return True
    following = tokens[one.last + 1]
    if following.kind == "p":
        if following.text == "-" and following.start == tokens[one.last].end:
            noun = tokens[one.last + 2].text if one.last + 2 < len(tokens) else ""
            return not words.COUNT_NOUNS.match(noun)
        return following.text not in "'%"
    if tokens[one.last].kind == "c":
        return False
    if following.text in words.BARE_FOLLOWERS:
        return True
    # Billions are counted of few things but money, and those are known.
    return one.value >= words.MILLIARD and not words.COUNT_NOUNS.match(following.text)


_EURO_LANGUAGES = frozenset({"fr", "de", "es", "it", "nl", "pt", "fi"})
# Where billions without a currency may as well be in the country's own.
_OWN_MONEY = frozenset({"sv", "da", "no", "nb", "pl", "cs", "hu", "ja", "zh", "ko", "ru", "tr"})
_MONEY_KINDS = frozenset({"fine", "investment", "price", "valuation", "revenue", "commitment"})


def _fill_currencies(
    found: Sequence[_Found], text: str, language: str, common: str, *, headline: bool
) -> None:
    """Give each sum without a currency that of the nearest sum that has one; in its own sentence what follows wins.

    Where the whole article names none, a fine in the euro countries is in euros, and billions in a headline are dollars.
    """
    known = [f for f in found if f.sum.currency]
    for one in [f for f in found if not f.sum.currency]:
        # "35 million customers" is stopped before; a lone "two million" is money only beside a word that says so.
        if one.sum.value < words.MILLIARD and one.kind not in _MONEY_KINDS:
            continue
        if known:
            one.sum.currency = min(known, key=lambda k: _way(one, k, text)).sum.currency
        elif common:
            one.sum.currency = common
        elif one.kind == "fine" and language[:2] in _EURO_LANGUAGES:
            one.sum.currency = "EUR"
        elif (
            language[:2] not in _OWN_MONEY
            and (headline or one.kind in _MONEY_KINDS)
            and one.sum.value >= words.MILLIARD
        ):
            one.sum.currency = "USD"


def _way(bare: _Found, other: _Found, text: str) -> int:
    if other.start >= bare.end:
        gap = text[bare.end : min(other.start, bare.end + 80)]
        near = other.start - bare.end < 80 and ". " not in gap
        return (other.start - bare.end) // (2 if near else 1)
    return bare.start - other.end
