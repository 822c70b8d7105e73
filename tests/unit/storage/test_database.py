"""Opening: addresses, modes, pragmas, versions, and how foreign errors become ours."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, exc, inspect
from sqlmodel import SQLModel

from storage import migrations
from storage.database import open_store
from storage.errors import SchemaTooNew, SchemaTooOld, StorageBusy, StorageDamaged, StorageError, StorageFull
from storage.foreign import storage_error
from storage.reader import open_reader
from storage.records import NewRevision
from tests.unit.storage.make import a_reader, a_store, article, new, poll, save


def test_the_migrated_schema_is_the_sqlmodel_schema(tmp_path: Path) -> None:
    """Tables, columns, types, keys and indexes of both ways are the same."""
    with a_store(tmp_path) as store:
        path = store.path
    made = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    SQLModel.metadata.create_all(made)
    ours = create_engine(f"sqlite:///{path}")
    try:
        for name in inspect(made).get_table_names():
            assert _shape(ours, name) == _shape(made, name), name
    finally:
        made.dispose()
        ours.dispose()


def _shape(engine: object, table: str) -> object:
    look = inspect(engine)
    columns = [(c["name"], str(c["type"]), c["nullable"], c["primary_key"]) for c in look.get_columns(table)]
    indexes = sorted((i["name"], tuple(i["column_names"])) for i in look.get_indexes(table))
    keys = sorted(
        (tuple(k["constrained_columns"]), k["referred_table"]) for k in look.get_foreign_keys(table)
    )
    unique = sorted(tuple(u["column_names"]) for u in look.get_unique_constraints(table))
    return columns, indexes, keys, unique


def test_every_file_of_the_database_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new()))
        modes = {p.name: p.stat().st_mode & 0o777 for p in tmp_path.iterdir()}
    assert set(modes) == {"watch.db", "watch.db-wal", "watch.db-shm"}
    assert set(modes.values()) == {0o600}


def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        path = store.path
    path.chmod(0o644)
    with a_store(tmp_path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_every_connection_has_the_promised_pragmas(tmp_path: Path) -> None:
    with a_store(tmp_path) as store, store.connected() as connection:
        said = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@pytest.mark.parametrize(
    "url", ["postgres://x", "sqlite://", "sqlite:///", "sqlite:///:memory:", "regwatch.db"]
)
def test_an_address_that_is_no_sqlite_file_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(StorageError, match=r"sqlite:///regwatch\.db"):
        open_store(url)


def test_a_missing_database_is_not_made_unless_asked(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no database"):
        open_store(f"sqlite:///{tmp_path / 'none.db'}", create=False)
    with pytest.raises(StorageError, match="there is no database"):
        open_reader(tmp_path / "none.db")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"folder .* does not exist"):
        open_store(f"sqlite:///{tmp_path / 'no' / 'x.db'}")


def test_a_database_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        path = store.path
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {migrations.LATEST + 1}")
    raw.close()
    with pytest.raises(SchemaTooNew, match="newer version"):
        open_store(f"sqlite:///{path}")
    with pytest.raises(SchemaTooNew):
        open_reader(path)


def test_a_reader_asks_for_the_upgrade_of_an_old_schema(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    sqlite3.connect(path).close()
    path.touch()
    with pytest.raises(SchemaTooOld, match="regwatch db upgrade"):
        open_reader(path)


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "watch.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageDamaged, match="backup"), a_store(tmp_path):
        pass
    with pytest.raises(StorageDamaged):
        open_reader(tmp_path / "watch.db")


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "watch.db") as raw:
        raw.execute("CREATE TABLE recipes (name)")
    raw.close()
    with pytest.raises(StorageDamaged, match="not regwatch's"), a_store(tmp_path):
        pass


def test_a_database_that_vanishes_while_in_use_is_noticed(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        store.path.rename(tmp_path / "elsewhere.db")
        with pytest.raises(StorageDamaged, match="has gone"):
            save(store, poll(new()))


def _classes(base: type[BaseException]) -> list[type[BaseException]]:
    return [base, *(c for sub in base.__subclasses__() for c in _classes(sub))]


@pytest.mark.parametrize(
    "kind",
    [*_classes(sqlite3.Error), *_classes(exc.SQLAlchemyError)],
    ids=lambda c: f"{c.__module__}.{c.__name__}",
)
def test_every_foreign_class_becomes_one_of_ours_with_words(kind: type[Exception]) -> None:
    """Also one that a newer version of the library adds."""
    error = _made(kind)
    mapped = storage_error(error, Path("watch.db"))
    assert isinstance(mapped, StorageError)
    assert str(mapped).startswith("watch.db")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, StorageBusy),
        (sqlite3.SQLITE_LOCKED, StorageBusy),
        (sqlite3.SQLITE_BUSY | (2 << 8), StorageBusy),
        (sqlite3.SQLITE_FULL, StorageFull),
        (sqlite3.SQLITE_IOERR | (3 << 8), StorageFull),
        (sqlite3.SQLITE_CORRUPT, StorageDamaged),
        (sqlite3.SQLITE_NOTADB, StorageDamaged),
        (sqlite3.SQLITE_READONLY, StorageError),
        (sqlite3.SQLITE_CANTOPEN, StorageError),
    ],
)
def test_sqlites_codes_are_classed(code: int, kind: type[StorageError]) -> None:
    error = sqlite3.OperationalError("said so")
    error.sqlite_errorcode = code
    wrapped = exc.OperationalError("SELECT 1", {}, error)
    assert type(storage_error(error, Path("x"))) is kind
    assert type(storage_error(wrapped, Path("x"))) is kind


def test_a_mapped_error_carries_its_cause(tmp_path: Path) -> None:
    with a_store(tmp_path) as store, pytest.raises(StorageError) as caught, store.writing() as tx:
        tx.connection.execute("SELECT * FROM nothing")
    assert isinstance(caught.value.__cause__, sqlite3.Error)


def test_an_exception_within_a_transaction_undoes_it(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        with pytest.raises(StorageError, match="not stored"):
            save(store, poll(new(), revisions=(NewRevision(id=99, article=article()),)))
        with a_reader(store) as reader:
            assert reader.counts()["articles"] == 0
        assert store.feed_states() == {}


def _made(kind: type[BaseException]) -> Exception:
    """Make one as the libraries do; SQLAlchemy's statement errors take the statement and its cause."""
    if issubclass(kind, exc.DBAPIError):
        return kind("SELECT 1", {}, ValueError("cause"))
    if issubclass(kind, exc.StatementError):
        return kind("said", "SELECT 1", {}, ValueError("cause"))
    made = kind.__new__(kind)
    assert isinstance(made, Exception)
    return made
