"""Verifying a pack says what is wrong, and never falls over what is in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.history.evidence_pack import pack_of
from bot.history.pack_check import seals_of, verify
from bot.history.packing import packed
from bot.history.safe_zip import BadZip, read_zip, write_zip
from storage.reader import open_reader
from tests.unit.history.fill import START, filled

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    ("manifest.json", "hits"), ("manifest.json", "files"), ("manifest.json", "version"),
    ("hits/2.json", "sealed"), ("hits/2.json", "words"), ("hits/2.json", "spans"), ("hits/2.json", "hit"),
    ("hits/2.json", "fetches"), ("hits/2.json", "seal"), ("hits/2.json", "rule_file"), ("hits/2.json", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("past")
    filled(folder)
    with open_reader(folder / "watch.db") as reader:
        return pack_of(packed(reader, reader.hits_of([2, 3]), None), made_at=START, version="1")


def test_a_pack_holds_what_it_says(files: dict[str, bytes]) -> None:
    """Nothing is found, and the seals are those of its hits."""
    assert [check for check in verify(files) if check.problem] == []
    assert list(seals_of(files)) == [2, 3]


@settings(max_examples=200, deadline=None)
@given(place=st.sampled_from(PLACES), value=JSON)
def test_a_part_of_another_shape_is_a_finding(
    files: dict[str, bytes], place: tuple[str, str], value: Any
) -> None:
    """Whatever JSON stands there: a list of checks comes out, and one of them fails."""
    name, part = place
    record = json.loads(files[name])
    same = part and record[part] == value
    changed = {**record, part: value} if part else value
    checks = verify({**files, name: json.dumps(changed).encode()})
    assert same or any(check.problem for check in checks)


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[" * 100_000, b"1" * 10_000], ids=["none", "no text", "deep", "long"]
)
def test_a_manifest_that_is_none_is_a_finding(files: dict[str, bytes], body: bytes) -> None:
    """Not a crash."""
    assert verify({**files, "manifest.json": body})[0].problem


def test_the_same_content_makes_the_same_file(files: dict[str, bytes], tmp_path: Path) -> None:
    """So that its SHA-256 can be compared."""
    write_zip(tmp_path / "a.zip", files)
    write_zip(tmp_path / "b.zip", files)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "a.zip").stat().st_mode & 0o077 == 0


def test_half_a_pack_is_not_left_behind(tmp_path: Path) -> None:
    """Where writing fails in the middle."""
    with pytest.raises(TypeError):
        write_zip(tmp_path / "a.zip", {"README.txt": b"x", "manifest.json": None})  # type: ignore[dict-item]
    assert not (tmp_path / "a.zip").exists()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """In words."""
    with pytest.raises(BadZip, match="cannot be read"):
        read_zip(tmp_path / "none.zip", re.compile(".*"))
