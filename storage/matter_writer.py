"""Writing matters, their steps, and the merging of two matters that turn out to be one."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Sequence

from storage.codec import clean, dumped, matter_of
from storage.moments import micros
from storage.records import Matter, NewStep
from storage.statements import insert
from storage.tables import MatterRow, StepRow

_AGAIN = """ON CONFLICT (key) DO UPDATE SET authority = excluded.authority, stage = excluded.stage,
    level = excluded.level, moved_at = excluded.moved_at, merged_into = excluded.merged_into, record = excluded.record"""


def write_matters(connection: sqlite3.Connection, matters: Sequence[Matter]) -> None:
    """Write matters as they stand now, by key; then carry out the merges that they name."""
    insert(connection, MatterRow, [_row(matter) for matter in matters], _AGAIN)
    for matter in matters:
        if matter.merged_into is not None:
            merge_matters(connection, matter.key, matter.merged_into)


def merge_matters(connection: sqlite3.Connection, from_key: str, into_key: str) -> None:
    """Move hits, steps, sources, deliveries and silences to `into_key`, and mark the other as merged."""
    if from_key == into_key:
        return
    for table in ("hits", "steps", "deliveries", "silences"):
        connection.execute(f"UPDATE {table} SET matter = ? WHERE matter = ?", (into_key, from_key))  # noqa: S608 # names above
    connection.execute(
        """INSERT INTO sources SELECT ?, stage, publisher, official, first_seen_at, link FROM sources WHERE matter = ?
        ON CONFLICT (matter, stage, publisher) DO UPDATE SET official = MAX(official, excluded.official),
            first_seen_at = MIN(first_seen_at, excluded.first_seen_at)""",
        (into_key, from_key),
    )
    connection.execute("DELETE FROM sources WHERE matter = ?", (from_key,))
    row = connection.execute("SELECT id, record FROM matters WHERE key = ?", (from_key,)).fetchone()
    if row is not None:
        merged = dataclasses.replace(matter_of(row["record"], row["id"]), merged_into=into_key)
        insert(connection, MatterRow, [_row(merged)], _AGAIN)
    # A chain of merges ends at the last: what pointed at `from_key` points on.
    for row in connection.execute(
        "SELECT id, record FROM matters WHERE merged_into = ?", (from_key,)
    ).fetchall():
        onward = dataclasses.replace(matter_of(row["record"], row["id"]), merged_into=into_key)
        insert(connection, MatterRow, [_row(onward)], _AGAIN)


def write_steps(
    connection: sqlite3.Connection, steps: Sequence[NewStep], article_of: Callable[[str], int | None]
) -> None:
    """Write steps; `article_of` gives the article of an identity key."""
    insert(
        connection,
        StepRow,
        [
            {
                "id": None,
                "matter": new.step.matter,
                "stage": new.step.stage.value if new.step.stage else None,
                "reason": new.step.reason,
                "at": micros(new.step.at),
                "happened_at": micros(new.step.happened_at),
                "confirmed": int(new.step.confirmed),
                "note": clean(new.step.note),
                "article_id": article_of(new.article_key),
            }
            for new in steps
        ],
    )


def _row(matter: Matter) -> dict[str, object]:
    return {
        "id": None,
        "key": matter.key,
        "authority": matter.authority,
        "stage": matter.stage.value if matter.stage else None,
        "level": matter.level.value,
        "moved_at": micros(matter.moved_at),
        "merged_into": matter.merged_into,
        "record": dumped(dataclasses.replace(matter, id=None)),
    }
