"""An article as the matcher reads it: folded text, tokens, sentences, and exact spans of what was given.

A token is a run of letters and digits; a character of Chinese, Japanese or Korean is a token by itself, so
that phrases match where words are not spaced. Apostrophes, hyphens and dots separate tokens. Tokens are
numbered through title, summary, body and url, with one `BREAK` token between fields that matches no phrase.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from bot.matching.fold import fold, plain
from bot.matching.sentences import boundaries
from storage.records import Span

FIELDS = ("title", "summary", "body", "url")
BREAK = "\x1f"
_PARTING = re.compile(r"[,;:]\s|\s-\s|[();、，；：]")
MAX_CHARACTERS = 200_000  # of one field; what follows is not read

UNSPACED = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0002fa1f"
)
TOPIC_COMMA = ("ja", "ko", "zh")  # languages whose headlines put a comma after their subject
CHARACTERS = 3  # of a language without spaces that count as one word
_UNSPACED = re.compile(f"[{UNSPACED}]")
_TOKEN = re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+")
_SPACED = bytes(code if chr(code).isalnum() and code < 0x80 else 0x20 for code in range(0x100))


def tokens_of(folded: str) -> list[str]:
    """Return the tokens of a folded text."""
    return _spaced(folded).split() if folded.isascii() else _TOKEN.findall(folded)


def _spaced(text: str) -> str:
    """Return an ASCII text with a space for each character that is no letter or digit."""
    return text.encode("ascii").translate(_SPACED).decode("ascii")


def _ranges(folded: str) -> list[tuple[int, int]]:
    """Return the [start, end) of each token of a folded text."""
    if not folded.isascii():
        return [found.span() for found in _TOKEN.finditer(folded)]
    # Several times as fast as the expression, and most texts fold to ASCII.
    ranges: list[tuple[int, int]] = []
    start = 0
    for part in _spaced(folded).split(" "):
        end = start + len(part)
        if part:
            ranges.append((start, end))
        start = end + 1
    return ranges


class FieldText:
    """One field: what was `given`, what is `shown` without markup, its `folded` form, and the way back."""

    __slots__ = ("__dict__", "_folds", "_strips", "folded", "given", "name", "shown")

    def __init__(self, name: str, given: str, *, markup: bool = True) -> None:
        self.name = name
        self.given = given
        read = given[:MAX_CHARACTERS]
        self.shown, self._strips = plain(read) if markup else (read, ())
        self.folded, self._folds = fold(self.shown)

    def span(self, start: int, end: int) -> Span:
        """Return the evidence for the folded range [start, end); `given[span.start:span.end]` is its text."""
        for offsets in reversed(self._folds):
            start, end = offsets.source(start, end)
        return self.shown_span(start, end)

    def given_end(self, end: int) -> int:
        """Return where the folded position `end` lies in `given`."""
        if not (self._folds or self._strips):
            return end
        for offsets in (*reversed(self._folds), *reversed(self._strips)):
            _, end = offsets.source(max(end - 1, 0), end)
        return end

    def shown_span(self, start: int, end: int) -> Span:
        """Return the evidence for the range [start, end) of `shown`, the text without markup."""
        start, end = self._given(start, end)
        return Span(field=self.name, start=start, end=end, text=self.given[start:end])

    def written(self, start: int, end: int) -> str:
        """Return what the folded range [start, end) is in `given`."""
        for offsets in reversed(self._folds):
            start, end = offsets.source(start, end)
        start, end = self._given(start, end)
        return self.given[start:end]

    def _given(self, start: int, end: int) -> tuple[int, int]:
        for offsets in reversed(self._strips):
            start, end = offsets.source(start, end)
        return start, end

    @cached_property
    def ranges(self) -> list[tuple[int, int]]:
        """The folded [start, end) of each token."""
        return _ranges(self.folded)

    @cached_property
    def sentence_starts(self) -> list[int]:
        """The folded positions at which a sentence begins; the first is 0."""
        return boundaries(self.folded)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token stands: the field's number in `Document.fields` and its number within the field."""

    field: int
    token: int


class Document:
    """An article, ready to be searched. Build it with `Document.of`; it does not change."""

    __slots__ = ("__dict__", "fields", "first", "language", "tokens")

    def __init__(self, fields: tuple[FieldText, ...], language: str) -> None:
        self.fields = fields
        self.language = language
        tokens: list[str] = []
        first: list[int] = []
        for field in fields:
            if first:
                tokens.append(BREAK)
            first.append(len(tokens))
            tokens.extend(tokens_of(field.folded))
        self.tokens = tokens
        self.first = first  # the number of each field's first token

    @classmethod
    def of(
        cls, *, title: str, summary: str = "", body: str = "", url: str = "", language: str = ""
    ) -> Document:
        """Return the document of an article; each field may be HTML or plain text."""
        return cls(
            (
                FieldText("title", title),
                FieldText("summary", summary),
                FieldText("body", body),
                FieldText("url", url, markup=False),
            ),
            language.casefold(),
        )

    @cached_property
    def joined(self) -> str:
        """All tokens with one space between, before and after: what the automaton reads."""
        return " " + " ".join(self.tokens) + " "

    @cached_property
    def joined_starts(self) -> list[int]:
        """For each token, the position in `joined` of the space before it."""
        return list(accumulate([len(token) + 1 for token in self.tokens[:-1]], initial=0))

    def token_at(self, position: int) -> int:
        """Return the number of the token whose leading space or letters stand at `position` of `joined`."""
        return bisect_right(self.joined_starts, position) - 1

    def field_of(self, token: int) -> int:
        """Return the number of the field in which a token stands."""
        return bisect_right(self.first, token) - 1

    @cached_property
    def sentences(self) -> list[int]:
        """The sentence number of each token; numbers run through all fields."""
        return [self.sentence_of(token) for token in range(len(self.tokens))]

    @cached_property
    def sentence_bases(self) -> list[int]:
        """The number of each field's first sentence; a break between fields is a sentence by itself."""
        return list(accumulate([len(field.sentence_starts) + 1 for field in self.fields[:-1]], initial=0))

    @cached_property
    def sentence_tokens(self) -> list[int]:
        """For each sentence, the first token at or after its beginning; one without tokens has that of the next."""
        firsts: list[int] = []
        for token, field in zip(self.first, self.fields, strict=True):
            firsts.append(token)
            before, at = 0, token
            for start in field.sentence_starts[1:]:
                # Cheaper than the ranges of all tokens, which few articles need.
                at += len(tokens_of(field.folded[before:start]))
                firsts.append(at)
                before = start
            firsts.append(at + len(tokens_of(field.folded[before:])))  # the break
        return firsts

    def sentence_of(self, token: int) -> int:
        """Return the sentence number of a token; numbers run through all fields."""
        return bisect_right(self.sentence_tokens, token) - 1

    def words_between(self, left: int, right: int) -> float:
        """Return how many words the tokens [left, right) are; a few characters make a word where none are spaced."""
        count = right - left
        characters = sum(bool(_UNSPACED.match(token)) for token in self.tokens[left:right]) if count else 0
        return count - characters + characters / CHARACTERS

    def parted(self, left: int, right: int) -> bool:
        """Whether a comma, colon, semicolon, dash or bracket stands between two tokens of one field."""
        number = self.field_of(left)
        field, base = self.fields[number], self.first[number]
        between = field.folded[field.ranges[left - base][1] : field.ranges[right - base][0]]
        return _PARTING.search(between) is not None

    def span(self, start: int, end: int) -> Span:
        """Return the evidence for the tokens [start, end), which stand in one field."""
        number = self.field_of(start)
        field = self.fields[number]
        base = self.first[number]
        return field.span(field.ranges[start - base][0], field.ranges[end - 1 - base][1])

    def written(self, start: int, end: int) -> str:
        """Return the tokens [start, end), which stand in one field, as they were given."""
        number = self.field_of(start)
        field, base = self.fields[number], self.first[number]
        return field.written(field.ranges[start - base][0], field.ranges[end - 1 - base][1])

    def sentence_span(self, token: int) -> Span:
        """Return the whole sentence in which a token stands, first to last token."""
        number = self.sentences[token]
        low = high = token
        field = self.field_of(token)
        base = self.first[field]
        top = base + len(self.fields[field].ranges)
        while low > base and self.sentences[low - 1] == number:
            low -= 1
        while high + 1 < top and self.sentences[high + 1] == number:
            high += 1
        return self.span(low, high + 1)
