"""Which hits somebody asks for, and the SQL that finds them. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from storage.light import NamedTuple
from storage.moments import MAX_INTEGER, micros
from storage.search_query import Query


class By(StrEnum):
    """Which of a hit's times `since`, `until` and the sort by time mean."""

    MATCHED = "matched"
    SEEN = "seen"
    PUBLISHED = "published"


# An article without a date counts from when it was first seen.
TIME_COLUMNS = {
    By.MATCHED: "h.matched_at",
    By.SEEN: "h.first_seen_at",
    By.PUBLISHED: "COALESCE(h.published_at, h.first_seen_at)",
}
EVERYTHING = Query()
# The words of storage.records' enums, in rank order; a test holds them equal. Searches start without records.
KINDS = ("signal", "other", "deal")
LEVELS = ("low", "medium", "high", "critical")
STAGES = ("concern", "inquiry", "investigation", "decision", "litigation")
STATUSES = ("draft", "shadow", "live", "retired")
# Kinds of sums that say how big something is, not what the deal or the fine is.
NOT_COUNTED = ("valuation", "revenue", "threshold", "cost")
SORTS = ("newest", "oldest", "level", "stage", "amount")


class HitFilter(NamedTuple):
    """Every stated part must hold; within a part any value will do. Empty: all hits.

    `levels` and `stages` may say "at least": `high+`. `since` is included, `until` is not. `matters` are keys,
    ids as text, or the key of a matter that was merged into another.
    """

    query: Query = EVERYTHING
    regulators: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    by: By = By.MATCHED
    min_amount: int | None = None
    currency: str = ""  # of min_amount; empty: that figure in any
    sort: str = "newest"
    limit: int = 50
    offset: int = 0


class Clauses:
    """Conditions joined by AND, with their values in order."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.values: list[object] = []

    def add(self, text: str, *values: object) -> None:
        """Add a condition with as many values as it has question marks."""
        self.texts.append(text)
        self.values += values

    def any_of(self, column: str, words: Iterable[str]) -> None:
        """Add "the column is one of these words", unless there is none."""
        chosen = tuple(words)
        if chosen:
            self.add(f"{column} IN ({','.join('?' * len(chosen))})", *chosen)

    def where(self) -> str:
        """Return the WHERE clause."""
        return " AND ".join(self.texts) or "1"


def clauses_of(wanted: HitFilter) -> Clauses:
    """Return the conditions on `hits h` that a filter states."""
    clauses = Clauses()
    _words(clauses, wanted.query)
    _names(clauses, "regulator", wanted.regulators, wanted.query)
    _names(clauses, "company", wanted.companies, wanted.query)
    clauses.any_of("h.rule", wanted.rules)
    clauses.any_of("h.kind", wanted.kinds)
    clauses.any_of("h.level", at_least(wanted.levels, LEVELS))
    clauses.any_of("h.stage", at_least(wanted.stages, STAGES))
    clauses.any_of("h.feed", wanted.feeds)
    clauses.any_of("h.status", wanted.statuses)
    clauses.any_of("h.verdict", wanted.verdicts)
    _languages(clauses, wanted.languages)
    _matters(clauses, wanted.matters)
    column = TIME_COLUMNS[wanted.by]
    if wanted.since is not None:
        clauses.add(f"{column} >= ?", micros(wanted.since))
    if wanted.until is not None:
        clauses.add(f"{column} < ?", micros(wanted.until))
    if wanted.min_amount is not None:
        _money(clauses, wanted.min_amount, wanted.currency)
    return clauses


def order_of(wanted: HitFilter) -> str:
    """Return the ORDER BY of a filter; equal hits come newest first."""
    time = TIME_COLUMNS[wanted.by]
    return {
        "newest": f"{time} DESC, h.id DESC",
        "oldest": f"{time}, h.id",
        "level": f"{_rank('h.level', LEVELS)} DESC, {time} DESC, h.id DESC",
        "stage": f"{_rank('h.stage', STAGES)} DESC, {time} DESC, h.id DESC",
        "amount": f"COALESCE(h.money, -1) DESC, {time} DESC, h.id DESC",
    }[wanted.sort]


def at_least(words: Iterable[str], order: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words with every `x+` spelt out as x and what ranks above it."""
    chosen: list[str] = []
    for word in words:
        base = word.removesuffix("+")
        chosen += order[order.index(base) :] if word.endswith("+") and base in order else [word]
    return tuple(dict.fromkeys(chosen))


def _words(clauses: Clauses, query: Query) -> None:
    if query.nothing:
        clauses.add("0")
    if query.groups:
        clauses.add(
            "h.text_id IN (SELECT rowid FROM search_hits WHERE search_hits MATCH ?)", query.wanted_fts()
        )
    if query.excluded:
        clauses.add(
            "h.text_id NOT IN (SELECT rowid FROM search_hits WHERE search_hits MATCH ?)", query.excluded_fts()
        )


def _names(clauses: Clauses, kind: str, names: tuple[str, ...], query: Query) -> None:
    """Ask hit by hit where words leave few hits: to list every hit of a company first would take longer."""
    if not names:
        return
    marks = ",".join("?" * len(names))
    if query.groups:
        text = (
            f"EXISTS (SELECT 1 FROM hit_names n WHERE n.kind = ? AND n.name IN ({marks}) AND n.hit_id = h.id)"  # noqa: S608
        )
    else:
        text = f"h.id IN (SELECT hit_id FROM hit_names WHERE kind = ? AND name IN ({marks}))"  # noqa: S608
    clauses.add(text, kind, *names)


def _languages(clauses: Clauses, languages: tuple[str, ...]) -> None:
    """`fr` means fr and fr-be alike."""
    if languages:
        texts = ["(h.language = ? OR h.language LIKE ? || '-%')"] * len(languages)
        clauses.add(
            f"({' OR '.join(texts)})", *(word for language in languages for word in (language, language))
        )


def _money(clauses: Clauses, least: int, currency: str) -> None:
    """The largest sum is a column, whatever its currency; a currency is asked of the facts of what that leaves."""
    clauses.add("h.money >= ?", min(least, MAX_INTEGER))
    if currency:
        marks = ",".join("?" * len(NOT_COUNTED))
        clauses.add(
            f"""EXISTS (SELECT 1 FROM hit_proofs q, json_each(q.facts, '$.amounts') a WHERE q.hit_id = h.id
            AND json_extract(a.value, '$.currency') = ? AND json_extract(a.value, '$.value') >= ?
            AND COALESCE(json_extract(a.value, '$.kind'), 'other') NOT IN ({marks}))""",  # noqa: S608 # question marks
            currency,
            min(least, MAX_INTEGER),
            *NOT_COUNTED,
        )


def _matters(clauses: Clauses, matters: tuple[str, ...]) -> None:
    if matters:
        marks = ",".join("?" * len(matters))
        clauses.add(
            f"""h.matter IN (SELECT COALESCE(merged_into, key) FROM matters
            WHERE key IN ({marks}) OR CAST(id AS TEXT) IN ({marks}))""",  # noqa: S608 # question marks
            *matters,
            *matters,
        )


def _rank(column: str, order: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN '{word}' THEN {rank}" for rank, word in enumerate(order))
    return f"CASE {column} {cases} ELSE -1 END"
