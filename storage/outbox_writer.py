"""Writing deliveries to the outbox, within the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from storage.codec import dumped
from storage.errors import StorageError
from storage.moments import micros
from storage.records import NewDelivery
from storage.statements import insert, insert_sql
from storage.tables import DeliveryArticleRow, DeliveryRow
from storage.words import DeliveryState


def enqueue(
    connection: sqlite3.Connection,
    deliveries: Sequence[NewDelivery],
    at: datetime,
    *,
    feed: str = "",
    article_of: Callable[[str], int | None] = lambda _key: None,
) -> int:
    """Write deliveries that are not yet there, by key, in order; return how many were new."""
    written = 0
    for new in deliveries:
        sql = insert_sql(DeliveryRow, "ON CONFLICT (key) DO NOTHING")
        cursor = connection.execute(sql, _row(new, at, feed))
        if cursor.rowcount < 1:
            continue
        written += 1
        _release_held(connection, new, at)
        _link(connection, cursor.lastrowid or 0, filter(None, map(article_of, new.article_keys)))
    return written


def _release_held(connection: sqlite3.Connection, new: NewDelivery, at: datetime) -> None:
    """A message that cannot wait brings along what its thread still holds back, so that order is kept."""
    if new.matter is None or (new.not_before is not None and new.not_before > at):
        return
    connection.execute(
        """UPDATE deliveries SET not_before = NULL
        WHERE matter = ? AND destination = ? AND state = 'pending' AND attempts = 0 AND not_before > ?""",
        (new.matter, new.destination, micros(at)),
    )


def _link(connection: sqlite3.Connection, delivery: int, articles: Iterable[int]) -> None:
    rows = [{"article_id": article, "delivery_id": delivery} for article in articles]
    insert(connection, DeliveryArticleRow, rows, "ON CONFLICT DO NOTHING")


def _row(new: NewDelivery, at: datetime, feed: str) -> dict[str, object]:
    return {
        "id": None,
        "key": new.key,
        "destination": new.destination,
        "action": new.action.value,
        "message": dumped(new.message),
        "reason": new.reason,
        "level": new.level.value,
        "matter": new.matter,
        "feed": feed,
        "state": DeliveryState.PENDING.value,
        "attempts": 0,
        "created_at": micros(at),
        "not_before": micros(new.not_before),
        "attempted_at": None,
        "sent_at": None,
        "channel_id": None,
        "ts": None,
        "permalink": None,
        "error": "",
    }


def pending_of(connection: sqlite3.Connection, reason: str) -> list[sqlite3.Row]:
    """Return the rows of a reason that nobody tried to send yet, oldest first."""
    sql = "SELECT * FROM deliveries WHERE reason = ? AND state = 'pending' AND attempts = 0 ORDER BY id"
    return connection.execute(sql, (reason,)).fetchall()


def replace_pending(
    connection: sqlite3.Connection, new: Sequence[NewDelivery], heirs: Iterable[tuple[int, str]], at: datetime
) -> None:
    """Write `new` in place of pending rows; what hung on an old row hangs on the new one that `heirs` names.

    Raises StorageError where one of the old rows is no longer pending, and the caller's transaction is undone.
    """
    enqueue(connection, new, at)
    for old, key in heirs:
        gone = connection.execute(
            "UPDATE deliveries SET state = 'skipped', error = ? WHERE id = ? AND state = 'pending'",
            (f"joined into {key}", old),
        )
        if not gone.rowcount:
            raise StorageError(f"delivery {old} is no longer pending")
        connection.execute(
            """INSERT OR IGNORE INTO delivery_articles (delivery_id, article_id)
            SELECT heir.id, part.article_id FROM delivery_articles part, deliveries heir
            WHERE part.delivery_id = ? AND heir.key = ?""",
            (old, key),
        )
