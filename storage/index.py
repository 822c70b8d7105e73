"""The full-text indexes and how they keep up. Rowids are `texts.id`, the order of arrival.

`search_hits` holds the texts that have hits and is written in the transaction that writes the hits: `regwatch hits`
never misses one. `search_all` holds every text; it is written in batches, oldest first, because it costs four fifths
of a write. `meta.indexed` says how far it has come, in the same transaction, so a crash cannot leave a hole. The
reader looks through the few texts beyond it one by one. Both indexes are contentless: the words stand in `texts`.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.fold import FOLD_VERSION, folded
from storage.moments import EPOCH, micros
from storage.statements import insert
from storage.tables import MetaRow

INDEXED = "indexed"
FOLD = "fold"
_BATCH = 5000


def indexed_until(connection: sqlite3.Connection) -> int:
    """Return the id of the last text in `search_all`."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (INDEXED,)).fetchone()
    return int(row[0]) if row else 0


def index_pending(connection: sqlite3.Connection, limit: int) -> int:
    """Add up to `limit` texts to `search_all`, oldest first; return how many."""
    done = indexed_until(connection)
    found = connection.execute(
        "SELECT id, title, summary, body FROM texts WHERE id > ? ORDER BY id LIMIT ?", (done, limit)
    ).fetchall()
    if not found:
        return 0
    connection.executemany(
        "INSERT INTO search_all (rowid, title, summary, body) VALUES (?, ?, ?, ?)",
        [(row["id"], folded(row["title"]), folded(row["summary"]), folded(row["body"])) for row in found],
    )
    _note(connection, INDEXED, str(found[-1]["id"]))
    return len(found)


def drop_words(connection: sqlite3.Connection, text_id: int, words: tuple[str, str, str]) -> None:
    """Leave only the title of a text in `search_all`; `words` are its title, summary and body as indexed."""
    if text_id > indexed_until(connection):
        return
    title, summary, body = map(folded, words)
    connection.execute(
        "INSERT INTO search_all (search_all, rowid, title, summary, body) VALUES ('delete', ?, ?, ?, ?)",
        (text_id, title, summary, body),
    )
    connection.execute(
        "INSERT INTO search_all (rowid, title, summary, body) VALUES (?, ?, '', '')", (text_id, title)
    )


def is_current(connection: sqlite3.Connection) -> bool:
    """Return whether the indexes were built by this version of the fold."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (FOLD,)).fetchone()
    return row is not None and row[0] == FOLD_VERSION


def rebuild(connection: sqlite3.Connection) -> None:
    """Build `search_hits` anew and start `search_all` from the first text, as after a change of the fold."""
    connection.execute("INSERT INTO search_hits (search_hits) VALUES ('delete-all')")
    connection.execute("INSERT INTO search_all (search_all) VALUES ('delete-all')")
    last = 0
    while True:
        found = connection.execute(
            """SELECT id, title, summary, body FROM texts
            WHERE id > ? AND id IN (SELECT text_id FROM hits) ORDER BY id LIMIT ?""",
            (last, _BATCH),
        ).fetchall()
        if not found:
            break
        last = found[-1]["id"]
        connection.executemany(
            "INSERT INTO search_hits (rowid, title, summary, body) VALUES (?, ?, ?, ?)",
            [(row["id"], folded(row["title"]), folded(row["summary"]), folded(row["body"])) for row in found],
        )
    _note(connection, INDEXED, "0")
    _note(connection, FOLD, FOLD_VERSION)


def _note(connection: sqlite3.Connection, key: str, value: str, at: datetime = EPOCH) -> None:
    row = {"key": key, "value": value, "at": micros(at)}
    insert(connection, MetaRow, [row], "ON CONFLICT (key) DO UPDATE SET value = excluded.value")
