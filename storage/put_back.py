"""Deliveries put back into the outbox as if new, to where they go now: never a second time, threads kept whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from enum import StrEnum

RETRIED = ("dead", "failed", "skipped")
_LAST = 2**62  # after every row there is


class Became(StrEnum):
    """What putting back made of a delivery."""

    BACK = "back"  # as it was
    MOVED = "moved"  # to another destination
    TOLD = "told"  # nothing to send: the new destination has it, or has nothing that an edit could change
    LEFT = "left"  # it was sent, is on its way, or does not exist


def put_back(connection: sqlite3.Connection, number: int, to: Sequence[str] = ()) -> Became:
    """Put a delivery back; `to` is where it goes instead of where it was to go, empty: there again.

    A pending one is only moved. The same alert never has two rows for one destination: a row whose twin stands there
    is skipped; where `to` names several, copies are made. In another channel a reply whose thread is not there becomes
    the message that later ones reply to, a message whose matter has a thread there becomes a reply, and an edit of
    what is not there is skipped.
    """
    row = connection.execute("SELECT * FROM deliveries WHERE id = ?", (number,)).fetchone()
    if row is None or row["state"] not in (*RETRIED, *(("pending",) if to else ())):
        return Became.LEFT
    if not to:
        _set(connection, number, {"state": "pending", "not_before": None, "error": ""})
        return Became.BACK
    keys = {name: _key_for(row, name) for name in to}
    free = [name for name, key in keys.items() if key == row["key"] or not _taken(connection, key)]
    if row["action"] == "update":
        free = [name for name in free if _thread(connection, row, name, before=_LAST)]
    if keys[to[0]] == row["key"]:  # a word of our own, whose key names no destination: one row for all
        free = free[:1]
    if not free:
        why = f"{', '.join(to)} has it, or nothing that this edit could change"
        _set(connection, number, {"state": "skipped", "error": why})
        return Became.TOLD
    held = row["not_before"] if row["state"] == "pending" else None
    for name in reversed(free):  # the row itself last, as the others are copies of it, in its old state
        own = name == free[0]
        values: dict[str, object] = {
            "key": keys[name],
            "destination": name,
            "action": _action(connection, row, name, before=number if own else _LAST),
            "state": "pending",
            "attempts": 0,
            "not_before": held,
            "error": "",
        }
        _set(connection, number if own else _copied(connection, number, keys[name]), values)
    return Became.MOVED


def _key_for(row: sqlite3.Row, name: str) -> str:
    """Return the key that the same alert has at another destination."""
    key, ending = str(row["key"]), f":{row['destination']}"
    return f"{key.removesuffix(ending)}:{name}" if key.endswith(ending) else key


def _taken(connection: sqlite3.Connection, key: str) -> bool:
    return connection.execute("SELECT 1 FROM deliveries WHERE key = ?", (key,)).fetchone() is not None


def _action(connection: sqlite3.Connection, row: sqlite3.Row, name: str, *, before: int) -> str:
    action = str(row["action"])
    if row["matter"] is None or action == "update":
        return action
    if not _thread(connection, row, name, before=before):
        return "post"
    return "reply" if action == "post" else action


def _thread(connection: sqlite3.Connection, row: sqlite3.Row, name: str, *, before: int) -> bool:
    """Tell whether the row's matter has a message at a destination, sent or with an earlier turn than `before`."""
    found = connection.execute(
        """SELECT 1 FROM deliveries WHERE matter = ? AND destination = ? AND action = 'post' AND id <> ?
        AND (state = 'sent' OR (id < ? AND state NOT IN ('dead', 'skipped')))""",
        (row["matter"], name, row["id"], before),
    )
    return found.fetchone() is not None


def _copied(connection: sqlite3.Connection, number: int, key: str) -> int:
    """Return a copy of a row, with what hangs on it."""
    columns = (
        "message, reason, level, matter, feed, created_at, destination, action, state, attempts, error, key"
    )
    cursor = connection.execute(
        f"INSERT INTO deliveries ({columns}) SELECT {columns.removesuffix(', key')}, ? FROM deliveries WHERE id = ?",  # noqa: S608 # our words
        (key, number),
    )
    copy = cursor.lastrowid or 0
    connection.execute(
        """INSERT INTO delivery_articles (article_id, delivery_id)
        SELECT article_id, ? FROM delivery_articles WHERE delivery_id = ?""",
        (copy, number),
    )
    return copy


def _set(connection: sqlite3.Connection, number: int, values: Mapping[str, object]) -> None:
    columns = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE deliveries SET {columns} WHERE id = ?", (*values.values(), number))  # noqa: S608 # our words
