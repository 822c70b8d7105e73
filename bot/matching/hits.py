"""The lexicon laid over one document: which terms occur, and whether their context lets them count."""

from __future__ import annotations

import sys
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from bot.feeds.language import guess_language
from bot.matching.gaps import ALL, Gapped, Parts, Place, joined
from bot.matching.lexicon import COMPANY, LIST, TONGUES, Entry, Lexicon, Term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.matching.automaton import Occurrences, PhraseBook
    from bot.matching.text import Document

NAMES = ("regulators", "companies")
STAGES = "stages"
WORDS = "words"
OF_SUBJECT = ("theories", "deal_forms", "topics", "stages")
SAMPLE = 1_000  # characters of a field that tell its language
NORDIC = {"da": "sv", "nb": "sv", "no": "sv", "nn": "sv"}
URL = 3  # the number of the url field, which names nothing


class Hit(NamedTuple):
    """An entry's term at the tokens [start, end), in a sentence of a field; `apart` when other words stand within."""

    key: str
    start: int
    end: int
    sentence: int
    field: int
    apart: bool = False


@dataclass(frozen=True, slots=True)
class _Bound:
    """A term of an entry, with its context as phrase numbers and list names."""

    key: str
    language: str
    tongues: frozenset[str]  # of a verb of a stage; none means all
    needs: frozenset[int]
    scope: str
    also: frozenset[int]
    not_with: frozenset[int]
    not_scope: str
    conditional: bool  # what stands around the term decides

    @property
    def free(self) -> bool:
        """Whether the term counts wherever it stands, in any language."""
        return not (self.language or self.tongues or self.conditional)


class LexiconPhrases:
    """The lexicon's phrases, numbered in a book; shared by all documents, does not change."""

    def __init__(self, lexicon: Lexicon, book: PhraseBook) -> None:
        self.lexicon = lexicon
        self._book = book
        self._contexts: dict[tuple[str, ...], frozenset[int]] = {}
        spoken = {name: _tongues(entry, book) for name, entry in lexicon.words.items()}
        lists = {name: frozenset(phrases) for name, phrases in spoken.items()}
        self.members = {group: lexicon.companies_of(group) for group in lexicon.groups}
        # Stages apart: most articles need none, and only there does the language of a word matter.
        self.parts = {stages: Parts(book, spoken) for stages in (True, False)}
        self.lists: dict[int, tuple[str, ...]] = {}  # the word lists of a phrase, where it counts anywhere
        self.owners: dict[str, dict[int, tuple[_Bound, ...]]] = {}
        self.gapped: dict[str, dict[int, list[tuple[_Bound, Gapped]]]] = {}  # by the rarest part
        self.openers: dict[str, frozenset[int]] = {}  # the phrases of those parts
        for kind in (*NAMES, *OF_SUBJECT, WORDS):
            entries: Mapping[str, Entry] = getattr(lexicon, kind)
            owners: dict[int, list[_Bound]] = {}
            gapped = self.gapped[kind] = {}
            for key, entry in entries.items():
                for term in entry.terms:
                    bound = self._bound(kind, key, term, lists)
                    if term.gapped:
                        parts = self.parts[kind == STAGES]
                        one = parts.add(term.gapped, exact=term.exact)
                        gapped.setdefault(parts.rarest(one), []).append((bound, one))
                    else:
                        owners.setdefault(book.add(term.text, exact=term.exact), []).append(bound)
            self.openers[kind] = self.parts[kind == STAGES].phrases_of(gapped)
            if kind == WORDS:
                self.lists = _freed(owners)
            self.owners[kind] = {number: tuple(bounds) for number, bounds in owners.items() if bounds}

    def _bound(self, kind: str, key: str, term: Term, lists: Mapping[str, frozenset[int]]) -> _Bound:
        return _Bound(
            key=key,
            language=term.language,
            tongues=frozenset({term.tongue}) if kind == STAGES and term.tongue else ALL,
            needs=self._numbers(term.needs, lists),
            scope=term.scope,
            also=self._numbers(term.also, lists),
            not_with=self._numbers(term.not_with, lists),
            not_scope=term.not_scope,
            conditional=bool(term.needs or term.also or term.not_with),
        )

    def _named(self, group: str) -> set[int]:
        companies = self.lexicon.companies
        return {
            self._book.add(term.text, exact=term.exact)
            for key in self.lexicon.companies_of(group)
            for term in companies[key].terms
            if not term.gapped
        }

    def _numbers(self, words: tuple[str, ...], lists: Mapping[str, frozenset[int]]) -> frozenset[int]:
        if words not in self._contexts:
            self._contexts[words] = self._context(words, lists)
        return self._contexts[words]

    def _context(self, words: tuple[str, ...], lists: Mapping[str, frozenset[int]]) -> frozenset[int]:
        numbers: set[int] = set()
        for word in words:
            if word.startswith(LIST):
                numbers |= lists[word.removeprefix(LIST)]
            elif word.startswith(COMPANY):
                numbers |= self._named(word.removeprefix(COMPANY))
            else:
                numbers.add(self._book.add(word, exact=word.isupper() and word.isascii()))
        return frozenset(numbers)


def _freed(owners: dict[int, list[_Bound]]) -> dict[int, tuple[str, ...]]:
    """Take the terms that count anywhere out of `owners`; return the keys of each phrase's."""
    freed: dict[int, tuple[str, ...]] = {}
    for number, bounds in owners.items():
        keys = tuple(sys.intern(bound.key) for bound in bounds if bound.free)
        if keys:
            freed[number] = keys
            owners[number] = [bound for bound in bounds if not bound.free]
    return freed


def _tongues(entry: Entry, book: PhraseBook) -> dict[int, frozenset[str]]:
    """Return a word list's phrases with the languages they are of; no language means every one."""
    tongues: dict[int, frozenset[str]] = {}
    for term in entry.terms:
        if term.gapped:
            continue
        number = book.add(term.text, exact=term.exact)
        known = tongues.get(number)
        one = frozenset({term.tongue}) if term.tongue else ALL
        tongues[number] = one if known is None else known | one if known and one else ALL
    return tongues


class DocumentHits:
    """What of the lexicon counts in one document. Lists are in order of position."""

    def __init__(
        self,
        phrases: LexiconPhrases,
        document: Document,
        found: Occurrences,
        authority: str | None = None,
    ) -> None:
        self.document = document
        self.official = authority  # whose feed the article came from
        self.lexicon = phrases.lexicon
        self.members = phrases.members  # company group → ids
        self._phrases = phrases
        self._found = found
        self._kinds: dict[str, list[Hit]] = {}
        self._where: dict[int, list[tuple[int, int, int, int]]] = {}
        self._parts: dict[bool, dict[int, list[Place]]] = {}

    def of(self, kind: str) -> list[Hit]:
        """Return the hits of a kind (a file of the lexicon), those within a longer hit left out."""
        if kind not in self._kinds:
            hits = self._collect(kind)
            if kind in NAMES:
                hits = self._without_namesakes(_longest(hits))
            elif kind == STAGES:
                hits = _outermost(hits)
            self._kinds[kind] = hits
        return self._kinds[kind]

    @cached_property
    def words(self) -> dict[str, set[int]]:
        """For each word list of which a word stands in the document, the sentences in which one does."""
        lists: dict[str, set[int]] = {}
        named = self._phrases.lists
        for number in self._found.keys() & named.keys():
            sentences = {sentence for _, _, sentence, _ in self._places_of(number)}
            if sentences:
                for name in named[number]:
                    if name in lists:
                        lists[name] |= sentences
                    else:
                        lists[name] = sentences.copy()
        for hit in self._collect(WORDS):
            lists.setdefault(hit.key, set()).add(hit.sentence)
        return lists

    def word_in(self, name: str, low: int, high: int) -> bool:
        """Whether a word of a list stands in the sentences low to high, both included."""
        sentences = self.words.get(name)
        return sentences is not None and not sentences.isdisjoint(range(low, high + 1))

    def _without_namesakes(self, hits: list[Hit]) -> list[Hit]:
        """Leave out "the Commission" where the only commission that is named in full is the American one."""
        bare = [hit for hit in hits if hit.key == "ec" and hit.end - hit.start == 1 and self._says(hit)]
        if not bare or (self.official != "ftc" and not any(hit.key == "ftc" for hit in hits)):
            return hits
        others = [hit for hit in hits if hit.key == "ec" and hit not in bare]
        return hits if others or self.official == "ec" else [hit for hit in hits if hit not in bare]

    def _says(self, hit: Hit) -> bool:
        return self.document.tokens[hit.start].startswith("commission")

    def _collect(self, kind: str) -> list[Hit]:
        owners = self._phrases.owners[kind]
        hits: list[Hit] = []
        for number in self._found.keys() & owners.keys():
            places = self._places_of(number)
            for bound in owners[number]:
                if self._wrong_language(bound):
                    continue
                for start, end, sentence, field in places:
                    if not bound.conditional or self._counts(bound, sentence, ((start, end),)):
                        hits.append(Hit(bound.key, start, end, sentence, field))
        gapped = self._phrases.gapped[kind]
        opened = not self._phrases.openers[kind].isdisjoint(self._found)
        parts = self._places(stages=kind == STAGES) if opened else {}
        for part in gapped.keys() & parts.keys():
            for bound, term in gapped[part]:
                if parts.keys() >= term.wanted and not self._wrong_language(bound):
                    chains = joined(term, parts, self.document)
                    hits.extend(hit for chain in chains if (hit := self._hit(bound, chain)))
        hits.sort(key=_by_position)
        return hits

    def _places_of(self, number: int) -> list[tuple[int, int, int, int]]:
        """Return where a phrase stands, outside of the url: first token, past last, sentence, field."""
        places = self._where.get(number)
        if places is None:
            sentences, fields = self.document.sentence_tokens, self.document.first
            url = fields[URL]
            places = self._where[number] = [
                (start, end, bisect_right(sentences, start) - 1, bisect_right(fields, start) - 1)
                for start, end in self._found[number]
                if start < url
            ]
        return places

    def _places(self, *, stages: bool) -> dict[int, list[Place]]:
        if stages not in self._parts:
            self._parts[stages] = self._phrases.parts[stages].places(self._found, self._speaks)
        return self._parts[stages]

    def _speaks(self, tongues: frozenset[str]) -> bool:
        return not self.tongues or not tongues.isdisjoint(self.tongues)

    @cached_property
    def tongues(self) -> frozenset[str]:
        """The languages in which verbs are read: the declared one and the one that the words tell; none means all."""
        declared = self.document.language[:2]
        text = "\n".join(field.shown[:SAMPLE] for field in self.document.fields[:URL])
        return frozenset({NORDIC.get(code, code) for code in (declared, guess_language(text))} & {*TONGUES})

    def _wrong_language(self, bound: _Bound) -> bool:
        if bound.language:
            return self.document.language[:2] != bound.language
        return bool(bound.tongues) and not self._speaks(bound.tongues)

    def _hit(self, bound: _Bound, chain: list[Place]) -> Hit | None:
        """Return the hit of a term whose parts stand at the places of `chain`; None where its context forbids."""
        start, end = min(place[0] for place in chain), max(place[1] for place in chain)
        field = self.document.field_of(start)
        if field == URL:
            return None
        sentence = self.document.sentence_of(start)
        if bound.conditional and not self._counts(bound, sentence, chain):
            return None
        return Hit(bound.key, start, end, sentence, field, apart=len(chain) > 1)

    def _counts(self, bound: _Bound, sentence: int, chain: Sequence[Place]) -> bool:
        """Whether the context of a term whose parts stand at the places of `chain` lets it count."""
        if bound.needs and not self._context(bound.needs, bound.scope, sentence, chain):
            return False
        if bound.also and not self._context(bound.also, "article", sentence, chain):
            return False
        return not (bound.not_with and self._context(bound.not_with, bound.not_scope, sentence, ()))

    def _context(self, numbers: frozenset[int], scope: str, sentence: int, outside: Sequence[Place]) -> bool:
        """Whether one of the phrases stands in scope, other than within one of the places `outside`."""
        # Many contexts are long lists, and few phrases occur: these are looked up, not those.
        for number in numbers.intersection(self._found):
            for start, end in self._found[number]:
                if any(low <= start and end <= high for low, high in outside):
                    continue
                if scope == "article":
                    return True
                if scope == "title" and self.document.field_of(start) == 0:
                    return True
                if scope == "sentence" and self.document.sentence_of(start) == sentence:
                    return True
        return False


def _by_position(hit: Hit) -> tuple[int, int]:
    return hit.start, -hit.end


def _longest(hits: list[Hit]) -> list[Hit]:
    """Leave out hits that overlap a longer one; hits at the same place all stay."""
    kept: list[Hit] = []
    for hit in hits:
        last = kept[-1] if kept else None
        if last is None or hit.start >= last.end or (hit.start, hit.end) == (last.start, last.end):
            kept.append(hit)
        elif hit.end - hit.start > last.end - last.start:
            while kept and kept[-1].end > hit.start:
                kept.pop()
            kept.append(hit)
    return kept


def _outermost(hits: list[Hit]) -> list[Hit]:
    """Leave out hits that stand wholly within a longer phrase: "survey opened" is no "opened"."""
    kept: list[Hit] = []
    for hit in hits:
        if not any(
            k.start <= hit.start
            and hit.end <= k.end
            and k[1:3] != hit[1:3]
            and not (k.apart or hit.key == "provisional")
            for k in kept[-4:]
        ):
            kept.append(hit)
    return kept
