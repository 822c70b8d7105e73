"""Reads the lexicon from rules/lexicon/*.yaml, with every problem at once.

Every file is a list of entries `{id, name, terms}` with a few keys of its own. A term is a phrase, or a mapping
that says when the phrase counts:

    - {text: CMA, case: exact, needs: [list:competition], not_with: [Nashville], scope: sentence}

`text` may be a list, and its phrases may have alternatives, word lists and gaps: see `pattern`. `needs` wants one of its phrases in the same `scope` (sentence, title, article; default
sentence); `not_with` cancels the term where one of its phrases stands in `not_scope` (default article).
`also` wants one of its phrases anywhere in the article besides. `list:NAME` stands for all terms of that entry of words.yaml, `company:GROUP` for all
terms of the companies of a group. `language` limits a term to texts of that language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.errors import InvalidFiles, Place, Problem, did_you_mean
from bot.matching.fold import folded
from bot.matching.lexicon import COMPANY, LIST, TONGUES, Entry, Lexicon, Term
from bot.matching.pattern import BadPattern, pattern_of
from bot.matching.shades import IN_TITLE, SHADES
from bot.matching.text import tokens_of
from bot.strict_yaml import load
from bot.yaml_tree import Fields, Items, Node, Reading, Scalar
from storage.words import Stage

SCOPES = ("sentence", "title", "article")
GROUPS = ("cloud", "chip", "ai-chip", "platform", "neocloud", "ai-lab", "investor")
PARTS = ("tie", "bound-deal", "authorities")  # parts of subjects that facts put together
WORDS = ("words", "acts", "places")  # the files of word lists

FILES: Mapping[str, tuple[str, ...]] = {
    "regulators": ("country", "listed"),
    "companies": ("groups", "listed"),
    "stages": (),
    "theories": (),
    "deal-forms": (),
    "topics": ("effect",),
    **dict.fromkeys(WORDS, ("of",)),
    "subjects": ("any", "reach", "effect"),
}
SPOKEN = ("acts", "stages")  # the files whose words count in texts of their own language only
EFFECTS = ("exclude", "headline", "note", "weak")
REACHES = ("sentence", "passage")


def load_lexicon(directory: Path) -> Lexicon:
    """Return the lexicon of a directory. Raises InvalidFiles with every problem of every file."""
    problems: list[Problem] = []
    read: dict[str, dict[str, Entry]] = {}
    for stem in FILES:
        path = directory / f"{stem}.yaml"
        reader = _Reader(stem)
        try:
            reader.file(load(path))
        except InvalidFiles as error:
            problems.extend(error.problems)
        problems.extend(reader.reading.problems)
        read[stem] = reader.entries
    if directory.is_dir():
        problems.extend(
            Problem(Place(str(path)), "a lexicon file of an unknown name", "one of " + ", ".join(FILES),
                    did_you_mean(path.stem, list(FILES)))
            for path in sorted(directory.glob("*.y*ml"))
            if path.name not in {f"{stem}.yaml" for stem in FILES}
        )  # fmt: skip
    problems.extend(_strange_stages(read["stages"], directory / "stages.yaml"))
    problems.extend(_dangling(read))
    if problems:
        raise InvalidFiles(problems)
    read["words"] = _filled({key: entry for stem in WORDS for key, entry in read.pop(stem).items()})
    return Lexicon(**{stem.replace("-", "_"): entries for stem, entries in read.items()})


def _filled(lists: dict[str, Entry]) -> dict[str, Entry]:
    """Return word lists with the terms of those that they are made of, whatever the language."""
    return {
        key: replace(
            entry,
            terms=(
                *entry.terms,
                *(replace(term, tongue="") for name in entry.of for term in lists[name].terms),
            ),
        )
        for key, entry in lists.items()
    }


def _strange_stages(entries: Mapping[str, Entry], path: Path) -> Iterable[Problem]:
    """Report entries that are no stage and no shade, and those that are missing: nothing else gives them a meaning."""
    needed = [*Stage, *sorted(SHADES)]
    known = [*needed, *(stage + IN_TITLE for stage in Stage)]
    for key, entry in entries.items():
        if key not in known:
            yield Problem(entry.at, f'"{key}" is no stage and no shade', "", did_you_mean(key, known))
    for key in dict.fromkeys(needed):
        if entries and key not in entries:
            yield Problem(Place(str(path)), f'no entry "{key}"', "all stages and shades, if with few words")


def _dangling(read: Mapping[str, Mapping[str, Entry]]) -> Iterable[Problem]:
    """Report references to word lists, and to company groups, that nothing defines."""
    lists: dict[str, Entry] = {}
    for stem in WORDS:
        for key, entry in read[stem].items():
            if key in lists:
                yield Problem(
                    entry.at, f'the list "{key}" a second time, after {lists[key].at}', "ids that differ"
                )
            lists[key] = entry
    groups = [group for entry in read["companies"].values() for group in entry.groups]
    for entries in read.values():
        for entry in entries.values():
            for term in entry.terms:
                yield from _unknown_in_term(term, lists, groups)
            yield from _unknown_in_entry(entry, lists, groups)


def _unknown_in_term(term: Term, lists: Mapping[str, Entry], groups: list[str]) -> Iterable[Problem]:
    named = term.gapped.names if term.gapped else ()
    for reference in (*term.needs, *term.also, *term.not_with, *(LIST + name for name in named)):
        name = reference.removeprefix(LIST)
        if reference.startswith(COMPANY) and reference.removeprefix(COMPANY) not in groups:
            yield Problem(term.at, f'no group in "{reference}"', "", did_you_mean(reference, groups))
        elif reference.startswith(LIST) and name not in lists:
            yield Problem(term.at, f'no word list "{name}"', "", did_you_mean(name, list(lists)))
        elif reference.startswith(LIST) and any(one.gapped for one in lists[name].terms):
            yield Problem(term.at, f'"{name}" has terms with gaps or lists', "a list of plain phrases")


def _unknown_in_entry(entry: Entry, lists: Mapping[str, Entry], groups: list[str]) -> Iterable[Problem]:
    for name in entry.of:
        if name not in lists:
            yield Problem(entry.at, f'no word list "{name}"', "", did_you_mean(name, list(lists)))
        elif lists[name].of:
            yield Problem(
                entry.at, f'"{name}" under `of` is made of other lists itself', "the lists themselves"
            )
    for part in (part for combination in entry.combinations for part in combination):
        known = groups if part.startswith(COMPANY) else [*lists, *PARTS]
        name = part.removeprefix(COMPANY)
        if name not in known:
            yield Problem(
                entry.at, f'unknown part "{part}" of {entry.id}', "", did_you_mean(name, list(known))
            )


class _Reader:
    """Reads one file's entries and keeps its problems."""

    def __init__(self, stem: str) -> None:
        self.stem = stem
        self.reading = Reading()
        self.entries: dict[str, Entry] = {}

    def file(self, root: Node) -> None:
        for node in self.reading.items_of(root, what=f"{self.stem}.yaml"):
            entry = self._entry(node)
            if entry is None:
                continue
            if entry.id in self.entries:
                self.reading.note(entry.at, f'the id "{entry.id}" a second time', "ids that differ")
            self.entries[entry.id] = entry

    def _entry(self, node: Node) -> Entry | None:
        reading = self.reading
        known = ("id", "name", "terms", *FILES[self.stem])
        fields = reading.fields_of(node, known, what=f"an entry of {self.stem}")
        if fields is None:
            return None
        key = reading.text_of(fields.get("id"), what="id")
        if not key:
            reading.note(node.at, "an entry without id", "id: a-short-name")
        terms = self._terms(fields.get("terms"))
        combinations = self._combinations(fields.get("any"))
        of = reading.texts_of(fields.get("of"), what="of")
        if not terms and not combinations and not of:
            reading.note(node.at, f'nothing to recognise "{key}" by', "terms: a list of phrases")
        return Entry(
            id=key,
            name=reading.text_of(fields.get("name"), what="name", default=key),
            terms=terms,
            groups=self._groups(fields),
            listed=reading.flag_of(fields.get("listed"), what="listed", default=True),
            effect=reading.word_of(fields.get("effect"), EFFECTS, what="effect", default="note"),
            combinations=combinations,
            reach=reading.word_of(fields.get("reach"), REACHES, what="reach", default="sentence"),
            of=of,
            at=node.at,
        )

    def _groups(self, fields: Fields) -> tuple[str, ...]:
        groups = self.reading.texts_of(fields.get("groups"), what="groups")
        node = fields.get("groups")
        for group in groups:
            if group not in GROUPS and node is not None:
                hint = did_you_mean(group, GROUPS)
                self.reading.note(node.at, f'unknown group "{group}"', "one of " + ", ".join(GROUPS), hint)
        return groups or self.reading.texts_of(fields.get("country"), what="country")

    def _combinations(self, node: Node | None) -> tuple[tuple[str, ...], ...]:
        if node is None:
            return ()
        items = self.reading.items_of(node, what="any")
        return tuple(self.reading.texts_of(item, what="a combination") for item in items)

    def _terms(self, node: Node | None) -> tuple[Term, ...]:
        """Read a list of terms, or a mapping of language → list."""
        if node is None:
            return ()
        if isinstance(node, Fields):
            return tuple(
                replace(term, tongue=name if name in TONGUES and self.stem in SPOKEN else "")
                for name, child in node.nodes.items()
                for term in self._terms(child)
            )
        if not isinstance(node, Items):
            self.reading.note(node.at, "terms that are no list", "a list, or lists by language")
            return ()
        return tuple(term for child in node for term in self._term(child))

    def _term(self, node: Node) -> list[Term]:
        reading = self.reading
        if isinstance(node, Items):
            return [term for child in node for term in self._term(child)]
        if isinstance(node, Scalar):
            return self._checked(Term(text=reading.text_of(node, what="a term"), at=node.at))
        known = ("text", "case", "needs", "scope", "also", "not_with", "not_scope", "language")
        fields = reading.fields_of(node, known, what="a term")
        if fields is None:
            return []
        exact = reading.word_of(fields.get("case"), ("exact", "any"), what="case", default="any") == "exact"
        needs = self._context(fields.get("needs"), "needs")
        also = self._context(fields.get("also"), "also")
        not_with = self._context(fields.get("not_with"), "not_with")
        terms = []
        for written in reading.texts_of(fields.get("text"), what="text"):
            terms += self._checked(
                Term(
                    text=written,
                    exact=exact,
                    needs=needs,
                    scope=reading.word_of(fields.get("scope"), SCOPES, what="scope", default="sentence"),
                    also=also,
                    not_with=not_with,
                    not_scope=reading.word_of(
                        fields.get("not_scope"), SCOPES, what="not_scope", default="article"
                    ),
                    language=reading.text_of(fields.get("language"), what="language"),
                    at=node.at,
                )
            )
        if not terms:
            reading.note(node.at, "a term without text", "text: a phrase")
        return terms

    def _context(self, node: Node | None, what: str) -> tuple[str, ...]:
        words = self.reading.texts_of(node, what=what)
        for word in words:
            if node is not None and not word.startswith(LIST) and not _has_tokens(word):
                self.reading.note(node.at, f'no letter or digit in "{word}"', "a phrase")
        return words

    def _checked(self, term: Term) -> list[Term]:
        """Return a written term as one term a phrase, or as one that is gapped."""
        try:
            pattern = pattern_of(term.text)
        except BadPattern as error:
            self.reading.note(term.at, str(error), "a phrase, or parts joined by `..` or `~`")
            return []
        empty = [phrase for phrases in pattern.phrases for phrase in phrases if not _has_tokens(phrase)]
        if empty:
            self.reading.note(term.at, f'no letter or digit in "{empty[0]}" of "{term.text}"', "a phrase")
            return []
        if pattern.is_plain:
            return [replace(term, text=phrase) for phrase in pattern.phrases[0]]
        return [replace(term, gapped=pattern)]


def _has_tokens(text: str) -> bool:
    return bool(tokens_of(folded(text.replace("*", ""))))
