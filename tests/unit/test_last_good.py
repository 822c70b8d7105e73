"""The last good set of rules: whole or not there at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.last_good import folder_beside, keep, kept

NOW = datetime(2026, 11, 26, 20, tzinfo=UTC)
FILES = {"own.yaml": b"- {id: a}\n", "lexicon/words.yaml": b"[]\n"}


def test_a_set_is_kept_beside_its_database_with_its_time(tmp_path: Path) -> None:
    folder = folder_beside(tmp_path / "watch.db")
    keep(folder, FILES, NOW)
    found = kept(folder)
    assert found is not None
    assert (found.folder, found.at) == (tmp_path / "watch.last-good", NOW)
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES


def test_the_same_set_keeps_the_time_when_it_was_first_good(tmp_path: Path) -> None:
    keep(tmp_path / "kept", FILES, NOW)
    keep(tmp_path / "kept", FILES, NOW + timedelta(hours=1))
    found = kept(tmp_path / "kept")
    assert found is not None
    assert found.at == NOW


def test_a_new_set_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """With a file that is gone gone."""
    keep(tmp_path / "kept", FILES, NOW)
    keep(tmp_path / "kept", {"own.yaml": b"[]\n"}, NOW)
    assert kept(tmp_path / "kept") is not None
    assert [path.name for path in (tmp_path / "kept").rglob("*.yaml")] == ["own.yaml"]
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_process_killed_between_the_two_renames_leaves_the_old_set(tmp_path: Path) -> None:
    """And the next set is kept as ever."""
    keep(tmp_path / "kept", FILES, NOW)
    (tmp_path / "kept").rename(tmp_path / "kept.old")
    (tmp_path / "kept.new").mkdir()
    found = kept(tmp_path / "kept")
    assert found is not None
    assert found.folder == tmp_path / "kept.old"
    keep(tmp_path / "kept", {"own.yaml": b"[]\n"}, NOW)
    found = kept(tmp_path / "kept")
    assert found is not None
    assert found.folder == tmp_path / "kept"


def test_a_set_that_somebody_touched_is_no_set(tmp_path: Path) -> None:
    """A file changed, one more, one less, or a manifest that cannot be read."""
    folder = tmp_path / "kept"
    for name, content in (("own.yaml", "x"), ("more.yaml", "[]"), ("last-good.json", "{")):
        keep(folder, FILES, NOW)
        assert kept(folder) is not None
        (folder / name).write_text(content, encoding="utf-8")
        assert kept(folder) is None
    keep(folder, FILES, NOW)
    (folder / "own.yaml").unlink()
    assert kept(folder) is None
