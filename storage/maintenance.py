"""Looking after the database: check it, copy it, and let old words go. Hits and deliveries never go."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage import chain, index, migrations
from storage.errors import StorageError
from storage.foreign import storage_error, translated
from storage.listing import connect
from storage.moments import micros
from storage.writer import Store

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check looked at: what it is, and what is wrong with it (empty: nothing)."""

    name: str
    problems: tuple[str, ...] = ()
    looked_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What retention took, or would take."""

    texts: int
    characters: int
    fetches: int
    bytes_of_fetches: int


def check(store: Store) -> tuple[Finding, ...]:
    """Look at the file, the references, the chain of hits and the indexes. Changes nothing but pending indexing."""
    while store.index_pending():
        pass
    with store.connected() as connection:
        return _looked(connection)


def check_copy(path: Path) -> tuple[Finding, ...]:
    """Look at a database that cannot be written, in a temporary copy: SQLite checks a search index for writers alone.

    Raises StorageError, also where there is no room for the copy.
    """
    with closing(connect(path)) as source, closing(sqlite3.connect("", isolation_level=None)) as copy:
        with translated(f"the temporary copy of {path}"):
            source.backup(copy)
        copy.row_factory = sqlite3.Row
        with translated(path):
            if not index.is_current(copy):
                index.rebuild(copy)
            while index.index_pending(copy, _BATCH):
                pass
            return _looked(copy)


def _looked(connection: sqlite3.Connection) -> tuple[Finding, ...]:
    checks: tuple[Callable[[sqlite3.Connection], Finding], ...] = (_integrity, _references, _chain, _indexes)
    return tuple(look(connection) for look in checks)


def back_up(store: Store, target: Path) -> None:
    """Copy the database while it is in use, readable by its owner alone. Raises StorageError where that fails."""
    if target.exists():
        raise StorageError(f"{target} exists already; name a file that does not")
    with store.connected() as connection:
        try:
            migrations.back_up(connection, target)
        except OSError as error:
            raise storage_error(error, target) from error
    with translated(target), closing(sqlite3.connect(target)) as copy:
        said = copy.execute("PRAGMA quick_check").fetchone()[0]
    if said != "ok":
        raise StorageError(f"the copy at {target} is not sound: {said}")


def prune(store: Store, *, bodies_before: datetime, evidence_before: datetime, dry_run: bool) -> Pruned:
    """Empty summary and body of articles first seen before `bodies_before` that never hit, and drop older fetches.

    What stays of such an article: its identity, its address, its title. A dry run only counts.
    """
    with store.connected() as connection:
        texts, characters = connection.execute(
            f"SELECT COUNT(*), COALESCE(SUM(LENGTH(summary) + LENGTH(body)), 0) FROM texts WHERE {_OLD_TEXTS}",  # noqa: S608 # a constant
            (micros(bodies_before),),
        ).fetchone()
        fetches, size = connection.execute(
            """SELECT COUNT(*), COALESCE(SUM(LENGTH(b.body)), 0) FROM evidence e JOIN blobs b USING (sha256)
            WHERE fetched_at < ?""",
            (micros(evidence_before),),
        ).fetchone()
    if not dry_run:
        while _prune_texts(store, micros(bodies_before)):
            pass
        _prune_fetches(store, micros(evidence_before))
    return Pruned(texts=texts, characters=characters, fetches=fetches, bytes_of_fetches=size)


_OLD_TEXTS = """pruned = 0 AND summary || body <> '' AND article_id IN (SELECT id FROM articles WHERE first_seen_at < ?)
    AND article_id NOT IN (SELECT article_id FROM hits)"""


def _prune_texts(store: Store, before: int) -> int:
    """Empty some texts in one short transaction, so that the bot is never kept waiting."""
    with store.writing() as tx:
        found = tx.connection.execute(
            f"SELECT id, title, summary, body FROM texts WHERE {_OLD_TEXTS} LIMIT ?",  # noqa: S608 # a constant
            (before, _BATCH),
        ).fetchall()
        for row in found:
            index.drop_words(tx.connection, row["id"], (row["title"], row["summary"], row["body"]))
            tx.connection.execute(
                "UPDATE texts SET summary = '', body = '', pruned = 1 WHERE id = ?", (row["id"],)
            )
        return len(found)


def _prune_fetches(store: Store, before: int) -> None:
    with store.writing() as tx:
        old = "SELECT id FROM evidence WHERE fetched_at < ?"
        tx.connection.execute(f"DELETE FROM hit_evidence WHERE evidence_id IN ({old})", (before,))  # noqa: S608 # a constant
        tx.connection.execute("DELETE FROM evidence WHERE fetched_at < ?", (before,))
        tx.connection.execute("DELETE FROM blobs WHERE sha256 NOT IN (SELECT sha256 FROM evidence)")


def _integrity(connection: sqlite3.Connection) -> Finding:
    said = tuple(str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)"))
    pages = int(connection.execute("PRAGMA page_count").fetchone()[0])
    return Finding(name="file", problems=() if said == ("ok",) else said, looked_at=pages)


def _references(connection: sqlite3.Connection) -> Finding:
    broken = [
        f"{row[0]} row {row[1]} names a row of {row[2]} that is not there"
        for row in connection.execute("PRAGMA foreign_key_check")
    ]
    count = connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0]
    return Finding(name="references", problems=tuple(broken[:20]), looked_at=count)


def _chain(connection: sqlite3.Connection) -> Finding:
    """Walk the hits in order: each must carry the seal of itself and the one before, over words still the same."""
    problems: list[str] = []
    seal, walked, last = "", 0, 0
    for row in _sealed(connection):
        walked += 1
        if row["id"] != last + 1:
            problems.append(f"hit {last + 1} is missing: the next there is hit {row['id']}")
        expected = chain.link(seal, dict(row))
        if expected != row["chain"]:
            problems.append(
                f"hit {row['id']} was changed after it was stored, or its predecessor was removed"
            )
        if chain.text_digest(row["title"], row["summary"], row["body"]) != row["text_sha256"]:
            problems.append(f"the words of hit {row['id']} were changed after it was stored")
        seal, last = row["chain"], row["id"]
    given = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'hits'").fetchone()
    if given is not None and given[0] > last:
        problems.append(f"hits {last + 1} to {given[0]} are missing")
    return Finding(name="hit chain", problems=tuple(problems[:20]), looked_at=walked)


def _sealed(connection: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    yield from connection.execute(
        """SELECT h.*, p.*, t.title, t.summary, t.body FROM hits h
        JOIN hit_proofs p ON p.hit_id = h.id JOIN texts t ON t.id = h.text_id ORDER BY h.id"""
    )


def _indexes(connection: sqlite3.Connection) -> Finding:
    """Every text must be in `search_all`, every text with a hit in `search_hits`, and both sound."""
    problems: list[str] = []
    texts = connection.execute("SELECT COUNT(*) FROM texts").fetchone()[0]
    lacking = {
        "search_all": "SELECT COUNT(*) FROM texts WHERE id > (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'indexed')",
        "search_hits": """SELECT COUNT(DISTINCT text_id) FROM hits
            WHERE text_id NOT IN (SELECT id FROM search_hits_docsize)""",
    }
    for name, sql in lacking.items():
        missing = connection.execute(sql).fetchone()[0]
        if missing:
            problems.append(f"{name} lacks {missing} texts; run `regwatch db check --rebuild`")
        try:
            connection.execute(f"INSERT INTO {name} ({name}) VALUES ('integrity-check')")  # noqa: S608 # names above
        except sqlite3.DatabaseError as error:
            problems.append(f"{name} is damaged ({error}); run `regwatch db check --rebuild`")
    return Finding(name="search index", problems=tuple(problems), looked_at=texts)


def rebuild_indexes(store: Store) -> None:
    """Build both indexes anew from the stored words."""
    with store.writing() as tx:
        index.rebuild(tx.connection)
    while store.index_pending():
        pass
