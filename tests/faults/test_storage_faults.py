"""The machine says no: killed, locked, full, read-only, or cut off in mid-write. Nothing half-done remains."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import StorageBusy, StorageDamaged, StorageError, StorageFull
from storage.maintenance import check
from tests.unit.storage.make import MATTER, a_reader, a_store, delivery, hit, matter, new, poll, save

STATEMENTS = 40  # more than one poll or one migration makes


def _run(code: str, *words: str) -> int:
    """Run Python in a process of its own and return how it ended."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), *words], check=False, timeout=50)
    return done.returncode


KILLED_MIGRATION = """
    import os, signal, sqlite3, sys
    from pathlib import Path
    from storage.migrations import MIGRATIONS, upgrade
    path, at = Path(sys.argv[1]), int(sys.argv[2])
    more = "".join(f"CREATE TABLE more{i} (x INTEGER);\\n" for i in range(4))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    count = 0
    def trace(statement):
        global count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
    connection.set_trace_callback(trace)
    upgrade(connection, path, (*MIGRATIONS, ("next", "ALTER TABLE feeds ADD COLUMN extra INTEGER;\\n" + more)))
"""


def test_a_migration_killed_at_any_statement_leaves_the_old_schema_or_the_new(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit())))
    original = tmp_path / "watch.db"
    seen = set()
    for at in range(1, STATEMENTS):
        copy = tmp_path / f"copy{at}.db"
        shutil.copy(original, copy)
        ended = _run(KILLED_MIGRATION, str(copy), str(at))
        with closing(sqlite3.connect(copy)) as raw:
            version = raw.execute("PRAGMA user_version").fetchone()[0]
            columns = [row[1] for row in raw.execute("PRAGMA table_info(feeds)")]
            tables = raw.execute("SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'more%'").fetchone()[0]
            booked = raw.execute("SELECT MAX(number) FROM migrations").fetchone()[0]
            assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert raw.execute("SELECT COUNT(*) FROM hits").fetchone()[0] == 1
        assert (version, booked, "extra" in columns, tables) in {(1, 1, False, 0), (2, 2, True, 4)}
        seen.add(version)
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
    else:
        pytest.fail("the migration never ran to its end")
    assert seen == {1, 2}


KILLED_POLLS = """
    # One process imports, and forks a child for each moment to die at.
    import os, shutil, signal, sys
    from pathlib import Path
    from storage.database import open_store
    from tests.unit.storage.make import MATTER, delivery, hit, matter, new, poll

    def child(path, at):
        count = 0
        def trace(statement):
            nonlocal count
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)
        store = open_store(f"sqlite:///{path}")
        with store.writing() as tx:
            tx.connection.set_trace_callback(trace)
            tx.save_poll(poll(new("a2", hit()), matters=(matter(),), deliveries=(delivery("d2", matter=MATTER),)))
        store.index_pending()
        os._exit(0)

    original = Path(sys.argv[1])
    for at in range(1, 200):
        folder = original.parent / f"kill{at:03d}"
        folder.mkdir()
        shutil.copy(original, folder / "watch.db")
        pid = os.fork()
        if pid == 0:
            child(folder / "watch.db", at)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0:
            sys.exit(0)
    sys.exit("the poll never ran to its end")
"""


def test_a_poll_killed_at_any_statement_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    plan = poll(new("a1", hit()), matters=(matter(),), deliveries=(delivery("d1", matter=MATTER),))
    with a_store(tmp_path) as store:
        save(store, plan)
    assert _run(KILLED_POLLS, str(tmp_path / "watch.db")) == 0
    seen = []
    for folder in sorted(tmp_path.glob("kill*")):
        with a_store(folder) as store:
            with a_reader(store) as reader:
                counts = reader.counts()
            assert not [f for f in check(store) if f.problems]
        seen.append((counts["articles"], counts["hits"], counts["deliveries_pending"]))
    assert set(seen) == {(1, 1, 1), (2, 2, 2)}
    assert len(seen) > 20


def test_a_locked_database_is_said_to_be_busy(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        with store.connected() as connection:
            connection.execute("PRAGMA busy_timeout=50")
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageBusy, match="another process"), store.writing():
                pass
        save(store, poll(new()))


def test_reading_goes_on_while_another_process_writes(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1", hit())))
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other, a_reader(store) as reader:
            other.execute("BEGIN IMMEDIATE")
            assert reader.counts()["hits"] == 1


def test_a_full_disk_is_named_and_after_space_returns_the_same_store_goes_on(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(new("a1")))
        with store.connected() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StorageFull, match="Free disk space"):
            save(store, poll(new("a2", body="x" * 200_000)))
        with store.connected() as connection:
            connection.execute("PRAGMA max_page_count = 1000000")
        with a_reader(store) as reader:
            assert reader.counts()["articles"] == 1
        save(store, poll(new("a2", body="x" * 200_000)))
        assert not [f for f in check(store) if f.problems]


def test_flipped_bytes_are_found(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        save(store, poll(*(new(f"a{n}", hit(), body="words " * 200) for n in range(50))))
    path = tmp_path / "watch.db"
    data = bytearray(path.read_bytes())
    for place in range(4096 * 20, len(data), 512):
        data[place] ^= 0xFF
    path.write_bytes(bytes(data))
    try:
        with a_store(tmp_path) as store:
            said = " ".join(p for f in check(store) for p in f.problems)
    except StorageDamaged as error:
        said = str(error)
    assert said


def test_a_folder_in_the_files_place_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "watch.db").mkdir()
    with pytest.raises(StorageError, match="cannot be opened"), a_store(tmp_path):
        pass
