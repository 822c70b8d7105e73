"""Schema migrations, numbered; each runs in one transaction with its bookkeeping. Needs nothing but sqlite3."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from storage.errors import SchemaTooNew, StorageDamaged
from storage.migrations import m0001_initial

TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from pathlib import Path

# In order; the number of a migration is its place, counted from 1. Append only.
MIGRATIONS: tuple[tuple[str, str], ...] = (("initial", m0001_initial.STATEMENTS),)
LATEST = len(MIGRATIONS)
_BOOKKEEPING = "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL)"


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema's number; 0 for an empty database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_version(version: int, path: Path | str, latest: int = LATEST) -> None:
    """Raise SchemaTooNew where a newer regwatch wrote the database."""
    if version > latest:
        raise SchemaTooNew(
            f"{path} has schema {version}, this regwatch knows up to {latest}: it was written by a newer version. "
            "Install that version again, or use a backup"
        )


def upgrade(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[tuple[str, str]] = MIGRATIONS
) -> tuple[int, ...]:
    """Bring the database to the latest schema and return the numbers that ran; a backup is made first.

    The connection is in autocommit mode. A crash at any moment leaves the schema before or after a migration,
    never between. Raises SchemaTooNew, StorageDamaged and sqlite3.Error.
    """
    version = version_of(connection)
    check_version(version, path, len(migrations))
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise StorageDamaged(f"{path} holds tables that are not regwatch's; name another file as `database`")
    if 0 < version < len(migrations):
        back_up(connection, path.with_name(f"{path.name}.v{version}.bak"))
    return tuple(
        number
        for number, (name, statements) in enumerate(migrations, 1)
        if number > version and _run(connection, number, name, statements)
    )


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database, readable by its owner alone; `target` is the old copy or the new, never half of one."""
    half = target.with_name(target.name + ".half")
    half.unlink(missing_ok=True)
    os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(half)) as copy:
        connection.backup(copy)
    half.replace(target)


def _run(connection: sqlite3.Connection, number: int, name: str, statements: str) -> bool:
    """Run one migration unless another process was quicker; say whether we did."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) >= number:
            connection.execute("ROLLBACK")
            return False
        for statement in statements.split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(_BOOKKEEPING)
        # The database's own clock: the storage package never reads the time, and this row is for people only.
        connection.execute(
            "INSERT INTO migrations VALUES (?, ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000000)",
            (number, name),
        )
        connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return True
