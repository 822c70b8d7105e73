"""The outbox: what is to be told, where, and how far each telling has come.

    pending ──claim──► sending ──► sent
                          ├──────► failed ──(not_before)──► claim again
                          ├──────► unknown ──(looked for)──► sent, or failed
                          └──────► dead ──(retry)──► pending
    pending ──► skipped

Promises. Every change is one committed transaction. Within a destination nothing overtakes: the oldest row that is
not final (sent, dead, skipped) goes first, and while it is in doubt or waits after a failure the destination waits.
One exception, which is a plan and not an accident: a row that was *held* from the start (`not_before` at a first
attempt, as in quiet hours) takes its place when its time has come, and until then only the rows of its own thread
wait for it. A reply or an edit is not given out while its parent may still be posted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from storage import rows
from storage.codec import clean
from storage.errors import StorageError
from storage.moments import micros
from storage.put_back import Became, put_back
from storage.records import Delivery, MessageRef
from storage.tables import ACTIVE
from storage.words import DeliveryState
from storage.writer import Store

_IN_DOUBT = ("sending", "unknown")
_FINAL = ("sent", "dead", "skipped")


class Outbox:
    """Claims deliveries and records what became of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(self, now: datetime, *, blocked: frozenset[str] = frozenset()) -> Delivery | None:
        """Mark the oldest delivery that may go now as being sent, and return it; None where there is none.

        Destinations in `blocked` are passed over. Of a reply or edit whose parent is dead the caller makes a
        message of its own: `parent_of` is then None.
        """
        with self._store.writing() as tx:
            found = [
                row
                for destination in _waiting(tx.connection)
                if destination not in blocked and (row := _next(tx.connection, destination, micros(now)))
            ]
            if not found:
                return None
            chosen = min(found, key=lambda row: int(row["id"]))
            tx.connection.execute(
                "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, attempted_at = ? WHERE id = ?",
                (micros(now), chosen["id"]),
            )
            return rows.delivery(_row(tx.connection, chosen["id"]))

    def sent(self, number: int, ref: MessageRef | None, permalink: str | None, now: datetime) -> None:
        """The destination has it. `ref` is None where none is given (webhook, terminal). Safe to repeat."""
        values = {
            "sent_at": micros(now),
            "channel_id": ref.channel_id if ref else None,
            "ts": ref.ts if ref else None,
            "permalink": permalink,
            "error": "",
        }
        self._move(number, DeliveryState.SENT, (*_IN_DOUBT, "sent"), values)

    def failed(self, number: int, error: str, not_before: datetime | None) -> None:
        """It was not taken, for a reason that may pass; it will be claimed again at `not_before`."""
        self._move(
            number, DeliveryState.FAILED, _IN_DOUBT, {"error": clean(error), "not_before": micros(not_before)}
        )

    def unknown(self, number: int, error: str, now: datetime) -> None:
        """It may have been taken: look for it before it is sent again."""
        self._move(
            number, DeliveryState.UNKNOWN, _IN_DOUBT, {"error": clean(error), "attempted_at": micros(now)}
        )

    def dead(self, number: int, error: str) -> None:
        """It was refused for a lasting reason; it is kept, and no longer holds up its destination."""
        self._move(number, DeliveryState.DEAD, (*_IN_DOUBT, "pending", "failed"), {"error": clean(error)})

    def skip(self, number: int, why: str = "") -> None:
        """It was overtaken before it was sent, as an edit that a later edit contains."""
        self._move(number, DeliveryState.SKIPPED, (*_IN_DOUBT, "pending", "failed"), {"error": clean(why)})

    def retry(self, numbers: Iterable[int]) -> int:
        """Put dead, failed and skipped deliveries back as if new; return how many."""
        with self._store.writing() as tx:
            return sum(
                tx.connection.execute(
                    """UPDATE deliveries SET state = 'pending', not_before = NULL, error = ''
                    WHERE id = ? AND state IN ('dead', 'failed', 'skipped')""",
                    (number,),
                ).rowcount
                for number in numbers
            )

    def put_back(self, numbers: Mapping[int, Sequence[str]]) -> dict[int, Became]:
        """Put deliveries back, each to the destinations named (none: where it was), all in one transaction.

        Oldest first, so that the first of a thread becomes its parent. See `storage.put_back`.
        """
        with self._store.writing() as tx:
            return {number: put_back(tx.connection, number, numbers[number]) for number in sorted(numbers)}

    def in_doubt(self) -> tuple[Delivery, ...]:
        """Return the deliveries that may or may not have been taken, oldest first."""
        with self._store.connected() as connection:
            found = connection.execute(
                "SELECT * FROM deliveries WHERE state IN ('sending', 'unknown') ORDER BY id"
            )
            return tuple(map(rows.delivery, found))

    def get(self, number: int) -> Delivery | None:
        """Return one delivery."""
        with self._store.connected() as connection:
            found = connection.execute("SELECT * FROM deliveries WHERE id = ?", (number,)).fetchone()
            return rows.delivery(found) if found else None

    def list(
        self, *, states: Collection[DeliveryState] = (), destination: str | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Return the newest deliveries first, of the states named (none: all)."""
        wanted = ",".join("?" * len(states))
        where = [f"state IN ({wanted})"] if states else []
        where += ["destination = ?"] if destination is not None else []
        words = [*(state.value for state in states), *([destination] if destination is not None else [])]
        sql = f"SELECT * FROM deliveries WHERE {' AND '.join(where) or '1'} ORDER BY id DESC LIMIT ?"  # noqa: S608 # our words
        with self._store.connected() as connection:
            found = connection.execute(sql, (*words, limit))
            return tuple(map(rows.delivery, found))

    def parent_of(self, matter: str, destination: str) -> MessageRef | None:
        """Return the matter's message at a destination, to reply to or to edit; None where none was posted."""
        with self._store.connected() as connection:
            row = connection.execute(
                """SELECT channel_id, ts FROM deliveries WHERE matter = ? AND destination = ? AND action = 'post'
                AND state = 'sent' AND ts IS NOT NULL ORDER BY id LIMIT 1""",
                (matter, destination),
            ).fetchone()
            return MessageRef(channel_id=row["channel_id"], ts=row["ts"]) if row else None

    def _move(
        self, number: int, to: DeliveryState, allowed: Collection[str], values: Mapping[str, object]
    ) -> None:
        """Set a delivery's state and columns. Raises StorageError where it stands elsewhere than `allowed`."""
        columns = ", ".join(f"{name} = ?" for name in values)
        marks = ",".join("?" * len(allowed))
        with self._store.writing() as tx:
            cursor = tx.connection.execute(
                f"UPDATE deliveries SET state = ?, {columns} WHERE id = ? AND state IN ({marks})",  # noqa: S608 # our words
                (to.value, *values.values(), number, *allowed),
            )
            if cursor.rowcount == 0:
                raise StorageError(f"delivery {number} cannot become {to.value}: it is not on its way")


def _waiting(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(f"SELECT DISTINCT destination FROM deliveries WHERE {ACTIVE}")  # noqa: S608 # a constant
    return [str(row[0]) for row in found]


def _next(connection: sqlite3.Connection, destination: str, now: int) -> sqlite3.Row | None:
    """Return the row that the destination may be sent now, by the promises above."""
    held: set[str] = set()  # matters whose threads wait for a row that is held
    found = connection.execute(
        f"SELECT * FROM deliveries WHERE destination = ? AND {ACTIVE} ORDER BY id",  # noqa: S608 # a constant
        (destination,),
    )
    for row in found:
        if row["state"] in _IN_DOUBT:
            return None
        if row["not_before"] is not None and row["not_before"] > now:
            if row["state"] == "failed" or row["attempts"] > 0:
                return None
            if row["matter"] is not None:
                held.add(row["matter"])
        elif row["matter"] not in held:
            return cast("sqlite3.Row", row)
    return None


def _row(connection: sqlite3.Connection, number: int) -> sqlite3.Row:
    row: sqlite3.Row = connection.execute("SELECT * FROM deliveries WHERE id = ?", (number,)).fetchone()
    return row
