"""Opening the database for writing: the one place where an engine is made, with its pragmas and file modes."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from storage import index, migrations
from storage.errors import SchemaTooOld, StorageDamaged, StorageError
from storage.foreign import storage_error, translated

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.writer import Store

SCHEME = "sqlite:///"
BUSY_SECONDS = 10.0
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # a power cut must not undo a commit whose alert Slack has seen
    "foreign_keys=ON",
    f"busy_timeout={int(BUSY_SECONDS * 1000)}",
    "temp_store=MEMORY",
    "cache_size=-16384",
)


def path_of(url: str) -> Path:
    """Return the file of a `sqlite:///FILE` URL. Raises StorageError for any other."""
    name = url.removeprefix(SCHEME)
    if not url.startswith(SCHEME) or not name or name == ":memory:":
        raise StorageError(
            f"{url!r} is not a database regwatch can use; write {SCHEME}FILE, e.g. {SCHEME}regwatch.db"
        )
    return Path(name)


def can_write(path: Path) -> bool:
    """Return whether this user may write the database and make SQLite's files beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def open_store(url: str, *, create: bool = True, upgrade: bool = True) -> Store:
    """Open the database for reading and writing; the caller closes the store.

    `create` makes a missing file; `upgrade` brings an old schema up to date, after a backup beside the file.
    Raises StorageError and its kinds: SchemaTooOld (without `upgrade`), SchemaTooNew, StorageDamaged, StorageBusy.
    """
    from storage.writer import Store

    path = path_of(url).absolute()
    _prepare(path, create=create)
    engine = _engine(path)
    try:
        with translated(path, SQLAlchemyError):
            _ready(engine, path, upgrade=upgrade)
        return Store(engine, path)
    except BaseException:
        engine.dispose()
        raise


def _prepare(path: Path, *, create: bool) -> None:
    """Make the file 0600 before SQLite sees it: SQLite gives its -wal and -shm the same mode."""
    try:
        descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0) | os.O_CLOEXEC, 0o600)
    except FileNotFoundError as error:
        if path.parent.is_dir():
            raise StorageError(f"there is no database at {path}; `regwatch run` makes it") from error
        raise StorageError(
            f"the folder {path.parent} of the database does not exist; make it first"
        ) from error
    except OSError as error:
        raise StorageError(f"{path} cannot be opened for writing: {error.strerror}") from error
    try:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    except OSError as error:
        raise StorageError(f"{path} is open to others and not ours to close: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"{SCHEME}{path.absolute()}",
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=2,
        max_overflow=-1,
        # We begin and end transactions ourselves, with BEGIN IMMEDIATE.
        pool_reset_on_return="rollback",
    )

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", connected)
    return engine


def _ready(engine: Engine, path: Path, *, upgrade: bool) -> None:
    raw = engine.raw_connection()
    try:
        connection = raw.driver_connection
        if not isinstance(connection, sqlite3.Connection):
            raise StorageError(f"{path}: the driver is not sqlite3")
        version = migrations.version_of(connection)
        if 0 < version < migrations.LATEST and not upgrade:
            raise SchemaTooOld(f"{path} has an older schema ({version}); run `regwatch db upgrade`")
        try:
            migrations.upgrade(connection, path)
        except OSError as error:
            raise storage_error(error, path) from error
        _refresh_index(connection)
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            raise StorageDamaged(f"{path} is not in WAL mode; is its file system a network share?")
    finally:
        raw.close()


def _refresh_index(connection: sqlite3.Connection) -> None:
    """Rebuild the indexes where another version of the fold, or of Unicode, wrote them."""
    if index.is_current(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        index.rebuild(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def schema_of(path: Path) -> int:
    """Return the schema's number of an existing database. Raises StorageError."""
    if not path.is_file():
        raise StorageError(f"there is no database at {path}; `regwatch run` makes it")
    with translated(path), closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        return migrations.version_of(connection)
