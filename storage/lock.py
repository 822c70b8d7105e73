"""The single-instance lock: one bot to one database, held by the kernel, so that a crash frees it."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from storage.errors import AlreadyRunning, StorageError


def lock_path(database: Path) -> Path:
    """Return the lock file that stands beside a database."""
    return database.with_name(database.name + ".lock")


@contextmanager
def single_instance(database: Path, now: datetime) -> Iterator[None]:
    """Hold the lock while the block runs; the file names our process and its start.

    Raises AlreadyRunning where another process holds it, StorageError where the file cannot be made.
    """
    path = lock_path(database)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(
            f"{path}: the lock file cannot be written ({error.strerror}); `regwatch doctor` says what to do"
        ) from error
    try:
        _take(descriptor, database, path)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode(), 0)
        # The file stays when we leave: to unlink it would let a third process lock another inode.
        yield
    finally:
        os.close(descriptor)


def holder(database: Path) -> tuple[int, str] | None:
    """Return the process and start time of the bot that runs on the database, or None where none does."""
    try:
        descriptor = os.open(lock_path(database), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _written(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _take(descriptor: int, database: Path, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise StorageError(f"{path}: the lock cannot be taken ({error.strerror})") from error
        pid, since = _written(descriptor)
        who = f"process {pid}, started {since}" if pid else "its process is not known"
        raise AlreadyRunning(
            f"another regwatch runs on {database} ({who}). Stop it first, or name another database"
        ) from error


def _written(descriptor: int) -> tuple[int, str]:
    words = os.pread(descriptor, 100, 0).decode("ascii", "replace").split()
    return (int(words[0]), words[1]) if len(words) == 2 and words[0].isdigit() else (0, "")
