"""The one place where SQLite's and SQLAlchemy's exceptions become ours, chained, in words that say what to do.

Imports neither library's classes but sqlite3's, so that the read side stays light; SQLAlchemy wraps the driver's
exception as `orig`.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from storage.errors import StorageBusy, StorageDamaged, StorageError, StorageFull

TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from pathlib import Path

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_NO_PLACE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_TOOBIG}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_REFUSED = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_NOLFS,
}


def storage_error(error: Exception, path: Path | str) -> StorageError:
    """Return our error for a foreign one; never fails, whatever the class."""
    original = getattr(error, "orig", None)
    cause = original if isinstance(original, Exception) else error
    said = " ".join(str(cause).split()) or type(cause).__name__
    code = getattr(cause, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in _BUSY:
        return StorageBusy(f"{path} is held by another process; try again in a moment ({said})")
    if isinstance(cause, OSError) and cause.errno in _NO_PLACE:
        return StorageError(
            f"{path} cannot be written: {cause.strerror}. Name a folder that is there and may be written"
        )
    if primary in _FULL or isinstance(cause, OSError):
        return StorageFull(f"{path} cannot be written: {said}. Free disk space, then try again")
    if primary in _DAMAGED:
        from pathlib import Path

        return StorageDamaged(
            f"{path} is not a sound database ({said}). Put it aside, restore a backup beside it "
            f"({Path(path).name}.v*.bak or one made by `regwatch db backup`), then run `regwatch db check`"
        )
    if primary in _REFUSED:
        return StorageError(
            f"{path} cannot be opened: {said}. Look at the file's and the folder's permissions; "
            "`regwatch doctor` names what cannot be written"
        )
    return StorageError(f"{path}: {type(cause).__name__}: {said}")


@contextmanager
def translated(path: Path | str, *foreign: type[Exception]) -> Iterator[None]:
    """Raise StorageError for sqlite3's errors and for the classes named."""
    known: tuple[type[Exception], ...] = (sqlite3.Error, *foreign)
    try:
        yield
    except known as error:
        raise storage_error(error, path) from error
