"""Check, back up, prune; the lock; migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage import migrations
from storage.errors import AlreadyRunning, StorageError
from storage.lock import holder, lock_path, single_instance
from storage.maintenance import back_up, check, prune
from storage.migrations import MIGRATIONS, upgrade, version_of
from storage.records import RawFetch
from storage.search_query import parse
from storage.writer import Store
from tests.unit.storage.make import MINUTE, NOW, a_reader, a_store, hit, new, poll, save

LATER = NOW + timedelta(days=500)
NEXT = (
    *MIGRATIONS,
    ("next", "ALTER TABLE feeds ADD COLUMN extra INTEGER;\nCREATE TABLE more (x INTEGER);\n"),
)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Store]:
    with a_store(tmp_path) as store:
        raw = RawFetch(url="u", fetched_at=NOW, body=b"x")
        save(
            store,
            poll(new("a1", hit()), new("a2", hit(), hit("r2")), new("a3", body="long gone words")),
            raw=raw,
        )
        yield store


def _problems(store: Store) -> dict[str, tuple[str, ...]]:
    return {f.name: f.problems for f in check(store) if f.problems}


def _meddle(store: Store, sql: str) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as raw:
        raw.execute(sql)


def test_a_sound_database_passes(store: Store) -> None:
    assert _problems(store) == {}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE hits SET kind = 'deal' WHERE id = 2", "hit 2 was changed"),
        ("UPDATE hit_proofs SET facts = '{}' WHERE hit_id = 1", "hit 1 was changed"),
        ("UPDATE texts SET title = 'other' WHERE id = 1", "words of hit 1 were changed"),
        ("DELETE FROM hits WHERE id = 2", "hit 2 is missing"),
        ("DELETE FROM hits WHERE id = 3", "3 to 3 are missing"),
    ],
)
def test_a_changed_past_breaks_the_chain(store: Store, sql: str, said: str) -> None:
    _meddle(store, sql)
    assert said in " ".join(_problems(store)["hit chain"])


def test_a_reference_to_nothing_is_found(store: Store) -> None:
    _meddle(store, "DELETE FROM articles WHERE id = 3")
    assert "references" in _problems(store)


def test_a_text_that_search_lacks_is_found(store: Store) -> None:
    _meddle(store, "INSERT INTO search_hits (search_hits) VALUES ('delete-all')")
    assert "lacks 2 texts" in _problems(store)["search index"][0]


def test_a_backup_is_a_whole_database_of_its_own(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.bak"
    back_up(store, target)
    assert target.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT COUNT(*) FROM hits").fetchone() == (3,)
    with pytest.raises(StorageError, match="exists already"):
        back_up(store, target)


def test_a_dry_run_counts_and_changes_nothing(store: Store) -> None:
    took = prune(store, bodies_before=LATER, evidence_before=LATER, dry_run=True)
    assert (took.texts, took.fetches) == (1, 1)
    with a_reader(store) as reader:
        assert len(reader.articles(parse("gone"))) == 1
        assert reader.counts()["evidence"] == 1


def test_pruning_takes_words_of_what_never_hit_and_leaves_identities_hits_and_chain(store: Store) -> None:
    store.index_pending()
    prune(store, bodies_before=LATER, evidence_before=LATER, dry_run=False)
    with a_reader(store) as reader:
        gone = reader.article(3)
        assert gone is not None
        assert (gone.article.title, gone.article.body, gone.article.keys[0]) == ("Title of a3", "", "guid:a3")
        assert reader.articles(parse("gone")) == ()
        assert len(reader.articles(parse("a3"))) == 1
        assert reader.revisions(3)[0].pruned
        kept = reader.article(1)
        assert kept is not None
        assert kept.article.summary == "A summary."
        assert reader.counts()["hits"] == 3
        assert reader.evidence(1) == ()
    with store.writing() as tx:
        assert len(tx.known_articles("wire", ["guid:a3"])) == 1
    assert _problems(store) == {}


def test_what_is_young_is_not_pruned(store: Store) -> None:
    assert prune(store, bodies_before=NOW, evidence_before=NOW, dry_run=False).texts == 0


def test_a_second_instance_is_refused_with_who_runs(tmp_path: Path) -> None:
    database = tmp_path / "watch.db"
    with single_instance(database, NOW):
        told = holder(database)
        assert told is not None
        assert told[1] == "2026-03-02T09:30:00Z"
        with (
            pytest.raises(AlreadyRunning, match=rf"process {told[0]}, started 2026-03-02"),
            single_instance(database, NOW),
        ):
            pass
    assert holder(database) is None
    with single_instance(database, NOW + MINUTE):
        assert lock_path(database).stat().st_mode & 0o777 == 0o600


def _raw(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def test_an_upgrade_keeps_the_data_and_a_copy_of_before(store: Store) -> None:
    with closing(_raw(store.path)) as raw:
        assert upgrade(raw, store.path, NEXT) == (2,)
        assert version_of(raw) == 2
        assert [r[0] for r in raw.execute("SELECT name FROM migrations ORDER BY number")] == [
            "initial",
            "next",
        ]
        assert raw.execute("SELECT COUNT(*) FROM hits").fetchone() == (3,)
        assert upgrade(raw, store.path, NEXT) == ()
    copy = store.path.with_name("watch.db.v1.bak")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(_raw(copy)) as raw:
        assert version_of(raw) == 1
        assert raw.execute("SELECT COUNT(*) FROM hits").fetchone() == (3,)


def test_a_migration_that_fails_leaves_the_schema_as_it_was(store: Store) -> None:
    bad = (*MIGRATIONS, ("bad", "CREATE TABLE more (x INTEGER);\nCREATE TABLE more (x INTEGER);\n"))
    with closing(_raw(store.path)) as raw:
        with pytest.raises(sqlite3.OperationalError):
            upgrade(raw, store.path, bad)
        assert version_of(raw) == 1
        assert not raw.in_transaction
        assert raw.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)


def test_the_latest_schema_has_a_number() -> None:
    assert len(MIGRATIONS) == migrations.LATEST
