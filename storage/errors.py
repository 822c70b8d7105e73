"""What can go wrong with the database, in words that say what to do next."""

from __future__ import annotations


class StorageError(Exception):
    """The database cannot be used; `str(error)` is fit to print."""


class StorageBusy(StorageError):
    """Another process held the database for longer than the busy timeout."""


class StorageFull(StorageError):
    """The disk is full, or writing to it failed."""


class StorageDamaged(StorageError):
    """The file is not a database, is malformed, or its integrity check failed."""


class SchemaTooNew(StorageError):
    """The database was written by a newer regwatch."""


class SchemaTooOld(StorageError):
    """The database needs `regwatch db upgrade` first."""


class AlreadyRunning(StorageError):
    """Another regwatch runs on this database."""
