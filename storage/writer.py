"""The writing side: one transaction at a time, each `BEGIN IMMEDIATE`, and what may be done within it."""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from storage import index, rows
from storage.codec import clean, facts_of, feed_state_of, matter_of
from storage.errors import StorageDamaged, StorageError
from storage.foreign import translated
from storage.matter_writer import merge_matters
from storage.moments import micros, moment_of
from storage.outbox_writer import enqueue, pending_of, replace_pending
from storage.poll_writer import FEED_STATES, read_feed_state, save_poll, write_feed_state
from storage.records import (
    Delivery,
    Feedback,
    FeedState,
    KnownArticle,
    Matter,
    NewDelivery,
    PollPlan,
    RawFetch,
    Said,
    Silence,
    SourceNote,
)
from storage.statements import insert
from storage.tables import FeedbackRow, MetaRow, SilenceRow
from storage.words import RuleStatus

if TYPE_CHECKING:
    from sqlalchemy import Engine

_CHUNK = 500  # words in one IN (…), far below SQLite's limit


class Store:
    """The database, open for writing. Threads may share it: they take turns."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.path = path
        self._engine = engine
        self._turn = threading.Lock()
        self._file = (path.stat().st_dev, path.stat().st_ino)

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in autocommit mode; every foreign exception leaves as a StorageError."""
        with translated(self.path, SQLAlchemyError):
            self._check_file()
            raw = self._engine.raw_connection()
            try:
                connection = raw.driver_connection
                if not isinstance(connection, sqlite3.Connection):
                    raise StorageError(f"{self.path}: the driver is not sqlite3")
                yield connection
            finally:
                raw.close()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Run the block in one transaction: committed at its end, undone if it raises. Not to be nested."""
        # The turn first: who waits with a connection in hand makes the pool open and close one for each thread.
        with self._turn, self.connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def feed_states(self) -> dict[str, FeedState]:
        """Return every feed's state by feed id."""
        with self.connected() as connection:
            return {
                row["feed"]: feed_state_of(row["state"], row["items"])
                for row in connection.execute(FEED_STATES)
            }

    def feed_state(self, feed: str) -> FeedState:
        """Return what the feed's polls left behind; a fresh state before the first. Waits for no writer."""
        with self.connected() as connection:
            return Writing(connection).feed_state(feed)

    def known_articles(self, feed: str, keys: Iterable[str]) -> tuple[KnownArticle, ...]:
        """Return the feed's articles that any of the keys names, oldest first, as of one moment."""
        with self.connected() as connection:
            connection.execute("BEGIN")
            try:
                return Writing(connection).known_articles(feed, keys)
            finally:
                connection.execute("ROLLBACK")

    def notes(self) -> dict[str, tuple[str, datetime]]:
        """Return the bot's notes to itself: key -> (value, when)."""
        with self.connected() as connection:
            found = connection.execute("SELECT * FROM meta").fetchall()
            return {row["key"]: (row["value"], moment_of(row["at"])) for row in found}

    def index_pending(self, limit: int = 500) -> int:
        """Index up to `limit` texts for search, oldest first; return how many. 0: the index is complete."""
        with self.writing() as tx:
            return index.index_pending(tx.connection, limit)

    def close(self) -> None:
        """Close every connection; the last one to leave empties the write-ahead log."""
        with translated(self.path, SQLAlchemyError):
            self._engine.dispose()

    def _check_file(self) -> None:
        """SQLite would go on writing to a file that nobody can find any more."""
        try:
            stat = self.path.stat()
        except OSError as error:
            raise StorageDamaged(
                f"{self.path} has gone while regwatch ran; put it back, then start again"
            ) from error
        if (stat.st_dev, stat.st_ino) != self._file:
            raise StorageDamaged(f"{self.path} was replaced while regwatch ran; start it again")


class Writing:
    """What may be done within one transaction. Reads see what the transaction has written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    # ------------------------------------------------------------------ what the planner asks

    def feed_state(self, feed: str) -> FeedState:
        """Return what the feed's polls left behind; a fresh state before the first."""
        return read_feed_state(self.connection, feed) or FeedState(feed=feed)

    def known_articles(self, feed: str, keys: Iterable[str]) -> tuple[KnownArticle, ...]:
        """Return the feed's articles that any of the keys names, oldest first."""
        ids = self._ids("SELECT article_id FROM article_keys WHERE feed = ? AND key IN ", (feed,), keys)
        wanted = sorted(int(article) for article in ids)
        chunks = (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))
        return tuple(known for chunk in chunks for known in self._known(chunk))

    def links_elsewhere(self, feed: str, links: Iterable[str]) -> frozenset[str]:
        """Return those of the links that an article of another feed has."""
        found = self._ids(
            "SELECT link FROM articles WHERE feed <> ? AND link IN ", (feed,), filter(None, links)
        )
        return frozenset(str(link) for link in found)

    def told_elsewhere(self, feed: str, links: Iterable[str]) -> frozenset[str]:
        """Return those of the links whose article another feed brought and whose hit was dealt with.

        An article that did not match there, or was there before its feed's first poll, tells nobody anything.
        """
        found = self._ids(
            """SELECT a.link FROM articles a JOIN hits h ON h.article_id = a.id
            WHERE a.feed <> ? AND h.status = 'live'
            AND h.verdict IN ('told', 'held', 'rolled-up', 'corroborates', 'silenced') AND a.link IN """,
            (feed,),
            filter(None, links),
        )
        return frozenset(str(link) for link in found)

    def matters(self) -> tuple[Matter, ...]:
        """Return the matters that were not merged into others, oldest first."""
        found = self.connection.execute(
            "SELECT id, record FROM matters WHERE merged_into IS NULL ORDER BY id"
        )
        return tuple(matter_of(row["record"], row["id"]) for row in found)

    def sources(self, matter_key: str) -> tuple[SourceNote, ...]:
        """Return who carried a matter, earliest first."""
        found = self.connection.execute(
            "SELECT * FROM sources WHERE matter = ? ORDER BY first_seen_at, publisher", (matter_key,)
        )
        return tuple(map(rows.source, found))

    def parents(self, matter_key: str) -> frozenset[str]:
        """Return the destinations that have a message of their own for the matter, sent or on its way."""
        found = self.connection.execute(
            """SELECT DISTINCT destination FROM deliveries
            WHERE matter = ? AND action = 'post' AND state NOT IN ('dead', 'skipped')""",
            (matter_key,),
        )
        return frozenset(str(row[0]) for row in found)

    def posts_since(self, destination: str, since: datetime) -> int:
        """Return how many messages (not edits) were put into the outbox for a destination since then."""
        row = self.connection.execute(
            "SELECT COUNT(*) FROM deliveries WHERE destination = ? AND created_at >= ? AND action <> 'update'",
            (destination, micros(since)),
        ).fetchone()
        return int(row[0])

    def silences(self, now: datetime) -> tuple[Silence, ...]:
        """Return the silences in force."""
        found = self.connection.execute(
            "SELECT * FROM silences WHERE created_at <= ? AND until > ? ORDER BY id",
            (micros(now), micros(now)),
        )
        return tuple(map(rows.silence, found))

    def ended_silences(self, now: datetime) -> tuple[Silence, ...]:
        """Return the silences that are over and whose end nobody was told of."""
        found = self.connection.execute(
            "SELECT * FROM silences WHERE until <= ? AND told_end = 0 ORDER BY id", (micros(now),)
        )
        return tuple(map(rows.silence, found))

    def arrivals(self, feed: str, limit: int = 60) -> tuple[datetime, ...]:
        """Return the last times at which a poll of the feed brought something new, newest first."""
        found = self.connection.execute(
            "SELECT DISTINCT first_seen_at FROM articles WHERE feed = ? ORDER BY first_seen_at DESC LIMIT ?",
            (feed, limit),
        )
        return tuple(moment_of(int(row[0])) for row in found)

    def baseline_hits(self, feeds: Iterable[str]) -> int:
        """Return how many hits the first polls of these feeds brought."""
        return sum(
            int(row[0])
            for feed in feeds
            for row in self.connection.execute(
                "SELECT COUNT(*) FROM hits h JOIN articles a ON a.id = h.article_id"
                " WHERE a.feed = ? AND h.verdict = 'baseline'",
                (feed,),
            )
        )

    # ------------------------------------------------------------------ what is written

    def set_told(self, feed: str, told: str) -> None:
        """Note in the feed's state what the ops channel was told of it."""
        write_feed_state(self.connection, replace(self.feed_state(feed), told=told))

    def save_poll(self, plan: PollPlan, *, raw: RawFetch | None = None) -> None:
        """Write everything of one poll; `raw` is kept as evidence where the poll brought hits."""
        save_poll(self.connection, plan, raw)

    def enqueue(self, deliveries: Sequence[NewDelivery], *, at: datetime) -> int:
        """Write deliveries that are not yet there, by key; return how many were new."""
        return enqueue(self.connection, deliveries, at)

    def pending(self, reason: str) -> tuple[Delivery, ...]:
        """Return the deliveries of a reason that nobody tried to send yet, oldest first."""
        return tuple(map(rows.delivery, pending_of(self.connection, reason)))

    def replace_pending(
        self, new: Sequence[NewDelivery], heirs: Iterable[tuple[int, str]], *, at: datetime
    ) -> None:
        """Write `new` in place of the pending deliveries that `heirs` names, each with the key of its heir."""
        replace_pending(self.connection, new, heirs, at)

    def merge_matters(self, from_key: str, into_key: str) -> None:
        """Make two matters one: hits, steps, sources, deliveries and silences move."""
        merge_matters(self.connection, from_key, into_key)

    def note(self, key: str, value: str, at: datetime) -> None:
        """Write one of the bot's notes to itself, such as the heartbeat."""
        row = {"key": key, "value": clean(value), "at": micros(at)}
        insert(
            self.connection,
            MetaRow,
            [row],
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value, at = excluded.at",
        )

    def forget(self, key: str) -> None:
        """Drop a note."""
        self.connection.execute("DELETE FROM meta WHERE key = ?", (key,))

    def add_silence(self, silence: Silence) -> int:
        """Write a silence and return its id; the one it carries is not looked at."""
        row = {
            name: getattr(silence, name)
            for name in ("matter", "rule", "company", "regulator", "feed", "hidden")
        }
        row |= {"id": None, "author": clean(silence.author), "reason": clean(silence.reason)}
        row |= {"created_at": micros(silence.created_at), "until": micros(silence.until)}
        row |= {"everything": int(silence.everything), "told_end": int(silence.told_end)}
        insert(self.connection, SilenceRow, [row])
        return int(self.connection.execute("SELECT last_insert_rowid()").fetchone()[0])

    def end_silence(self, silence: int, now: datetime) -> bool:
        """End a silence early; say whether it was in force."""
        cursor = self.connection.execute(
            "UPDATE silences SET until = ? WHERE id = ? AND until > ?", (micros(now), silence, micros(now))
        )
        return cursor.rowcount > 0

    def told_silence_end(self, silence: int) -> None:
        """Note that somebody was told of a silence's end."""
        self.connection.execute("UPDATE silences SET told_end = 1 WHERE id = ?", (silence,))

    def add_feedback(self, feedback: Feedback) -> bool:
        """Write what a person said of a hit, the later word of one person counting; False where there is no such hit."""
        if self.connection.execute("SELECT 1 FROM hits WHERE id = ?", (feedback.hit_id,)).fetchone() is None:
            return False
        row = {"hit_id": feedback.hit_id, "mark": feedback.mark, "author": clean(feedback.author)}
        row |= {"at": micros(feedback.at), "note": clean(feedback.note)}
        again = "ON CONFLICT (hit_id, mark, author) DO UPDATE SET at = excluded.at, note = excluded.note"
        insert(self.connection, FeedbackRow, [row], again)
        return True

    # ------------------------------------------------------------------ helpers

    def _ids(self, sql: str, first: tuple[object, ...], words: Iterable[str]) -> set[int | str]:
        """Return the first column for words of any number, a chunk at a time."""
        found: set[int | str] = set()
        wanted = list(dict.fromkeys(clean(word) for word in words))
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            found.update(row[0] for row in self.connection.execute(f"{sql}({marks})", (*first, *chunk)))
        return found

    def _known(self, articles: Sequence[int]) -> Iterator[KnownArticle]:
        """Yield the articles of these ids, at most `_CHUNK` of them, in that order."""
        marks = ",".join("?" * len(articles))
        keys = defaultdict[int, set[str]](set)
        for row in self.connection.execute(
            f"SELECT article_id, key FROM article_keys WHERE article_id IN ({marks})",  # noqa: S608
            articles,
        ):
            keys[row["article_id"]].add(row["key"])
        hits = defaultdict[int, list[sqlite3.Row]](list)
        for row in self.connection.execute(
            f"SELECT hits.*, sentence, facts FROM hits JOIN hit_proofs ON hit_id = id WHERE status = ? AND article_id IN ({marks})",  # noqa: S608
            (RuleStatus.LIVE.value, *articles),
        ):
            hits[row["article_id"]].append(row)
        found = self.connection.execute(
            f"SELECT {rows.ARTICLE_COLUMNS} FROM articles a JOIN texts t ON t.id = a.text_id WHERE a.id IN ({marks})"  # noqa: S608
            " ORDER BY a.id",
            articles,
        )
        for row in found:
            yield KnownArticle(
                id=row["id"],
                feed=row["feed"],
                digest=row["digest"],
                updated_at=moment_of(row["updated_at"]),
                first_seen_at=moment_of(row["first_seen_at"]),
                revision=row["revision"],
                keys=frozenset(keys[row["id"]]),
                rules_hit=frozenset(hit["rule"] for hit in hits[row["id"]]),
                said=tuple(
                    Said(sentence=hit["sentence"], facts=facts_of(hit["facts"])) for hit in hits[row["id"]]
                ),
                edit_told_at=_edit_told_at(hits[row["id"]]),
                title=row["title"],
                published_at=moment_of(row["published_at"]),
            )


def _edit_told_at(hits: Iterable[sqlite3.Row]) -> datetime | None:
    """Return when a hit of a later revision than the first was last told."""
    told = [hit["matched_at"] for hit in hits if hit["revision"] > 0 and hit["verdict"] == "told"]
    return moment_of(max(told, default=None))
