"""The read side: plain SQL over a read-only connection, so that a query starts in milliseconds.

Imports neither SQLModel nor SQLAlchemy. Every method returns records; every failure is a StorageError.
To add a query, write a method that hands SQL to `_all` or `_one` with a decoder of `storage.rows`.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from storage import rows
from storage.chain import SEALED, Sealed
from storage.codec import feed_state_of, matter_of
from storage.foreign import translated
from storage.hit_filter import Clauses, HitFilter
from storage.listing import HITS, carried, connect, page_of, rows_of
from storage.moments import micros, moment_of
from storage.records import (
    Delivery,
    Feedback,
    FeedState,
    Hit,
    HitPage,
    Interval,
    Matter,
    Revision,
    Silence,
    SourceNote,
    StoredArticle,
    StoredEvidence,
    StoredStep,
)
from storage.search_query import Query
from storage.words import DeliveryState

T = TypeVar("T")
FOR_EVER = 2**63 - 1  # microseconds
RECENT = 50_000  # articles of which the links are looked through
_ARTICLES = f"SELECT {rows.ARTICLE_COLUMNS} FROM articles a JOIN texts t ON t.id = a.text_id"  # noqa: S608 # constants
_STEPS = """SELECT s.*, a.url, a.feed, t.title FROM steps s
    LEFT JOIN articles a ON a.id = s.article_id LEFT JOIN texts t ON t.id = a.text_id"""
_STATES = (
    "SELECT feeds.feed, state, COALESCE(items, '') AS items FROM feeds LEFT JOIN feed_items USING (feed)"
)


def open_reader(path: Path | str) -> Reader:
    """Open the database for reading only; the caller closes the reader, or uses it in a `with`.

    Raises StorageError where there is none, SchemaTooOld, SchemaTooNew, StorageDamaged, StorageBusy.
    """
    return Reader(connect(path), Path(path))


class Reader:
    """Questions to the past. Not to be shared between threads."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    # ------------------------------------------------------------------ hits

    def hits(self, wanted: HitFilter) -> HitPage:
        """Return one page of hits and how many fit in all."""
        with translated(self.path):
            total, found = page_of(self._connection, wanted)
        return HitPage(total=total, hits=tuple(map(rows.hit, found)))

    def carried(self, what: str) -> tuple[str, ...]:
        """Return the regulators, companies, rules … (`what`, in the singular) that any hit has."""
        with translated(self.path):
            return carried(self._connection, what)

    def hits_of(self, ids: Sequence[int]) -> tuple[Hit, ...]:
        """Return the hits of these ids, in their order; those that are not there are left out."""
        with translated(self.path):
            return tuple(map(rows.hit, rows_of(self._connection, ids)))

    def rows_of_hits(self, ids: Sequence[int]) -> list[sqlite3.Row]:
        """Return the plain rows of hits, for output that needs no records."""
        with translated(self.path):
            return rows_of(self._connection, ids)

    def hit(self, number: int) -> Hit | None:
        """Return one hit."""
        return self._one(f"{HITS} WHERE h.id = ?", (number,), rows.hit)

    def hits_of_article(self, article: int) -> tuple[Hit, ...]:
        """Return the hits of an article at any revision, oldest first."""
        return self._all(f"{HITS} WHERE h.article_id = ? ORDER BY h.id", (article,), rows.hit)

    def rule_counts(self, since: datetime | None = None) -> dict[str, tuple[int, datetime]]:
        """Return for each rule how many hits it has (since then), and when it last hit."""
        found = self._all(
            "SELECT rule, COUNT(*), MAX(matched_at) FROM hits WHERE matched_at >= ? GROUP BY rule ORDER BY rule",
            (micros(since) if since else 0,),
            lambda row: (str(row[0]), (int(row[1]), moment_of(int(row[2])))),
        )
        return dict(found)

    def feedback(self, hit: int | None = None) -> tuple[Feedback, ...]:
        """Return what people said of a hit, or of all hits, oldest first."""
        return self._all(
            f"SELECT * FROM feedback {'WHERE hit_id = ?' if hit is not None else ''} ORDER BY at",  # noqa: S608
            (hit,) if hit is not None else (),
            lambda row: Feedback(
                hit_id=row["hit_id"],
                mark=row["mark"],
                author=row["author"],
                at=moment_of(row["at"]),
                note=row["note"],
            ),
        )

    # ------------------------------------------------------------------ articles

    def article(self, number: int) -> StoredArticle | None:
        """Return an article with its latest words and its identity keys."""
        keys = self._all(
            "SELECT key FROM article_keys WHERE article_id = ? ORDER BY position, key",
            (number,),
            lambda row: str(row[0]),
        )
        return self._one(f"{_ARTICLES} WHERE a.id = ?", (number,), lambda row: rows.stored_article(row, keys))

    def find_link(self, *links: str) -> tuple[StoredArticle, ...]:
        """Return the articles that have any of these addresses, as published or canonical, oldest first."""
        marks = ",".join("?" * len(links))
        return self._all(
            f"{_ARTICLES} WHERE a.link IN ({marks}) OR a.url IN ({marks}) ORDER BY a.id",
            (*links, *links),
            rows.stored_article,
        )

    def feeds_linking_to(self, site: str) -> frozenset[str]:
        """Return the feeds of which one of the newest articles links to a site or a host of it, as `bbc.co.uk`."""
        return frozenset(
            self._all(
                f"""SELECT DISTINCT feed FROM (SELECT feed, link FROM articles ORDER BY id DESC LIMIT {RECENT})
                WHERE link LIKE ? OR link LIKE ?""",  # noqa: S608 # a constant
                (f"%://{site}/%", f"%.{site}/%"),
                lambda row: str(row[0]),
            )
        )

    def find_key(self, key: str) -> tuple[StoredArticle, ...]:
        """Return the articles of any feed that ever had an identity key, such as a link they have no more."""
        return self._all(
            f"""{_ARTICLES} WHERE a.id IN (SELECT article_id FROM article_keys
            WHERE feed IN (SELECT feed FROM feeds) AND key = ?) ORDER BY a.id""",  # noqa: S608 # constants
            (key,),
            rows.stored_article,
        )

    def articles_between(self, since: datetime, until: datetime) -> Iterator[StoredArticle]:
        """Yield the articles first seen in [since, until), in order of arrival, a few at a time in memory."""
        sql = f"""{_ARTICLES} WHERE (a.first_seen_at, a.id) > (?, ?) AND a.first_seen_at < ?
            ORDER BY a.first_seen_at, a.id LIMIT 500"""
        seen, last = micros(since), 0
        while page := self._all(sql, (seen, last, micros(until)), rows.stored_article):
            yield from page
            seen, last = micros(page[-1].first_seen_at), page[-1].id

    def articles(self, query: Query, *, limit: int = 50) -> tuple[StoredArticle, ...]:
        """Return the newest articles whose words, at any revision, fit a query; hit or not."""
        clauses = Clauses()
        if query.groups:
            clauses.add("t.id IN (SELECT rowid FROM search_all WHERE search_all MATCH ?)", query.wanted_fts())
        if query.excluded:
            clauses.add(
                "t.id NOT IN (SELECT rowid FROM search_all WHERE search_all MATCH ?)", query.excluded_fts()
            )
        done = self._count(
            "SELECT COALESCE(MAX(CAST(value AS INTEGER)), 0) FROM meta WHERE key = 'indexed'", ()
        )
        clauses.add("0" if query.nothing else "t.id <= ?", *(() if query.nothing else (done,)))
        recent = self._unindexed(query, done)
        ids = self._all(
            f"SELECT DISTINCT t.article_id FROM texts t WHERE {clauses.where()} ORDER BY t.id DESC LIMIT ?",  # noqa: S608
            (*clauses.values, limit),
            lambda row: int(row[0]),
        )
        chosen = list(dict.fromkeys([*recent, *ids]))[:limit]
        return tuple(found for number in chosen if (found := self.article(number)))

    def revisions(self, article: int) -> tuple[Revision, ...]:
        """Return every version of an article's words, oldest first."""
        return self._all(
            "SELECT * FROM texts WHERE article_id = ? ORDER BY revision", (article,), rows.revision
        )

    def _unindexed(self, query: Query, done: int) -> list[int]:
        """Look through the few texts that the index has not reached, newest first."""
        found = self._all("SELECT * FROM texts WHERE id > ? ORDER BY id DESC", (done,), rows.revision)
        return [one.article_id for one in found if query.fits(one.title, one.summary, one.body)]

    # ------------------------------------------------------------------ matters

    def matters(self, *, authority: str | None = None, stage: str | None = None) -> tuple[Matter, ...]:
        """Return the matters, the last moved first."""
        clauses = Clauses()
        clauses.add("merged_into IS NULL")
        clauses.any_of("authority", [authority] if authority else [])
        clauses.any_of("stage", [stage] if stage else [])
        return self._all(
            f"SELECT id, record FROM matters WHERE {clauses.where()} ORDER BY moved_at DESC, id DESC",  # noqa: S608 # clauses
            clauses.values,
            lambda row: matter_of(row["record"], row["id"]),
        )

    def matter(self, name: str | int) -> Matter | None:
        """Return a matter by key or id; a merged one gives what it was merged into."""
        found = self._one(
            "SELECT id, record FROM matters WHERE key = ? OR CAST(id AS TEXT) = ? ORDER BY key = ? DESC LIMIT 1",
            (str(name),) * 3,
            lambda row: matter_of(row["record"], row["id"]),
        )
        if found is not None and found.merged_into and found.merged_into != found.key:
            return self.matter(found.merged_into)
        return found

    def steps(self, matter: str) -> tuple[StoredStep, ...]:
        """Return a matter's steps, oldest first."""
        return self._all(f"{_STEPS} WHERE s.matter = ? ORDER BY s.at, s.id", (matter,), rows.stored_step)

    def sources(self, matter: str) -> tuple[SourceNote, ...]:
        """Return who carried a matter, earliest first."""
        return self._all(
            "SELECT * FROM sources WHERE matter = ? ORDER BY first_seen_at, publisher", (matter,), rows.source
        )

    # ------------------------------------------------------------------ deliveries and silences

    def deliveries(
        self,
        *,
        states: Collection[DeliveryState] = (),
        destination: str | None = None,
        matter: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> tuple[Delivery, ...]:
        """Return outbox rows, newest first."""
        clauses = Clauses()
        clauses.any_of("state", [state.value for state in states])
        clauses.any_of("destination", [destination] if destination is not None else [])
        clauses.any_of("matter", [matter] if matter is not None else [])
        if since is not None:
            clauses.add("created_at >= ?", micros(since))
        sql = f"SELECT * FROM deliveries WHERE {clauses.where()} ORDER BY id DESC LIMIT ?"  # noqa: S608 # clauses
        return self._all(sql, (*clauses.values, limit), rows.delivery)

    def deliveries_of_hit(self, hit: Hit) -> tuple[Delivery, ...]:
        """Return the deliveries that tell of a hit, oldest first.

        Those that name its article, from its own poll to the next in which the article, edited, was a hit again; where
        none does, those that its own poll wrote for its matter.
        """
        at = micros(hit.matched_at)
        named = self._all(
            """SELECT * FROM deliveries WHERE id IN
            (SELECT delivery_id FROM delivery_articles WHERE article_id = ?) AND created_at >= ? AND created_at <
            COALESCE((SELECT MIN(matched_at) FROM hits WHERE article_id = ? AND matched_at > ?), ?) ORDER BY id""",
            (hit.article_id, at, hit.article_id, at, FOR_EVER),
            rows.delivery,
        )
        if not named and hit.verdict == "told":  # with words of its article that an earlier poll told of
            named = self._all(
                """SELECT * FROM deliveries WHERE id IN
                (SELECT delivery_id FROM delivery_articles WHERE article_id = ?) ORDER BY id""",
                (hit.article_id,),
                rows.delivery,
            )
        return named or self._all(
            "SELECT * FROM deliveries WHERE matter = ? AND feed = ? AND created_at = ? ORDER BY id",
            (hit.matter, hit.feed, at),
            rows.delivery,
        )

    def hits_told(self, delivery: Delivery) -> tuple[Hit, ...]:
        """Return the live hits that a delivery tells of: those of its own poll, else all of its articles."""
        found = self._all(
            f"""{HITS} WHERE h.status = 'live' AND h.article_id IN
            (SELECT article_id FROM delivery_articles WHERE delivery_id = ?) ORDER BY h.id""",  # noqa: S608 # a constant
            (delivery.id,),
            rows.hit,
        )
        return tuple(hit for hit in found if hit.matched_at == delivery.created_at) or found

    def silences(self) -> tuple[Silence, ...]:
        """Return every silence, past ones too, newest first."""
        return self._all("SELECT * FROM silences ORDER BY id DESC", (), rows.silence)

    # ------------------------------------------------------------------ feeds, coverage, evidence, notes

    def feed_states(self) -> dict[str, FeedState]:
        """Return every feed's state by feed id."""
        return dict(
            self._all(_STATES, (), lambda row: (str(row["feed"]), feed_state_of(row["state"], row["items"])))
        )

    def coverage(self, since: datetime, until: datetime, feed: str | None = None) -> tuple[Interval, ...]:
        """Return the ledger's intervals that touch [since, until), uncut, by feed and time."""
        return self._all(
            """SELECT * FROM coverage WHERE until > ? AND since < ? AND (? IS NULL OR feed = ?)
            ORDER BY feed, since, id""",
            (micros(since), micros(until), feed, feed),
            rows.interval,
        )

    def evidence(self, hit: int) -> tuple[StoredEvidence, ...]:
        """Return the fetches kept for a hit; their bytes are at `raw`."""
        return self._all(
            """SELECT e.*, b.size FROM evidence e JOIN blobs b USING (sha256)
            JOIN hit_evidence h ON h.evidence_id = e.id WHERE h.hit_id = ? ORDER BY e.id""",
            (hit,),
            rows.evidence,
        )

    def raw(self, sha256: str) -> bytes | None:
        """Return the bytes of a kept fetch."""
        return self._one(
            "SELECT body FROM blobs WHERE sha256 = ?", (sha256,), lambda row: zlib.decompress(row[0])
        )

    def seal(self, hit: int) -> str:
        """Return the hit's place in the chain of seals."""
        return (
            self._one("SELECT chain FROM hit_proofs WHERE hit_id = ?", (hit,), lambda row: str(row[0])) or ""
        )

    def sealed(self, hit: int) -> Sealed | None:
        """Return a hit's stored values with its words and seals, for who wants to recompute them."""
        before = self._one(
            "SELECT chain FROM hit_proofs WHERE hit_id < ? ORDER BY hit_id DESC LIMIT 1",
            (hit,),
            lambda row: str(row[0]),
        )
        return self._one(
            """SELECT h.*, p.*, t.title, t.summary, t.body FROM hits h
            JOIN hit_proofs p ON p.hit_id = h.id JOIN texts t ON t.id = h.text_id WHERE h.id = ?""",
            (hit,),
            lambda row: Sealed(
                values={name: row[name] for name in SEALED},
                words=(row["title"], row["summary"], row["body"]),
                seal=row["chain"],
                previous=before or "",
            ),
        )

    def notes(self) -> dict[str, tuple[str, datetime]]:
        """Return the bot's notes to itself: key -> (value, when)."""
        found = self._all(
            "SELECT * FROM meta", (), lambda row: (str(row["key"]), (row["value"], moment_of(row["at"])))
        )
        return dict(found)

    def counts(self) -> dict[str, int]:
        """Return how much there is of everything, and of deliveries by state."""
        tables = ("feeds", "articles", "texts", "hits", "matters", "steps", "silences", "evidence")
        found = {name: self._count(f"SELECT COUNT(*) FROM {name}", ()) for name in tables}  # noqa: S608 # names above
        states = self._all("SELECT state, COUNT(*) FROM deliveries GROUP BY state", (), tuple)
        return found | {f"deliveries_{state}": int(number) for state, number in states}

    # ------------------------------------------------------------------ helpers

    def _all(self, sql: str, values: Sequence[object], decode: Callable[[sqlite3.Row], T]) -> tuple[T, ...]:
        with translated(self.path):
            return tuple(decode(row) for row in self._connection.execute(sql, values))

    def _one(self, sql: str, values: Sequence[object], decode: Callable[[sqlite3.Row], T]) -> T | None:
        found = self._all(sql, values, decode)
        return found[0] if found else None

    def _count(self, sql: str, values: Sequence[object]) -> int:
        return self._one(sql, values, lambda row: int(row[0])) or 0
