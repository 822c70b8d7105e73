"""A pack of evidence verifies, and shows whatever is changed in it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.unit.history.fill import PERMALINK, RAW, filled

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(filled(tmp_path_factory.mktemp("past"), lexicon=True))


@pytest.fixture(scope="module")
def pack(settings: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("pack") / "pack.zip"
    assert main(["hits", "export", "2", "3", "4", "-o", str(target), "--config", settings]) == 0
    return target


def files_of(pack: Path) -> Files:
    with zipfile.ZipFile(pack) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Files, target: Path) -> str:
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return str(target)


def test_a_pack_verifies_alone_and_against_the_database(settings: str, pack: Path) -> None:
    """Exit code 0."""
    assert main(["evidence", "verify", str(pack)]) == 0
    assert main(["evidence", "verify", str(pack), "--database", "--config", settings]) == 0


def test_a_pack_holds_bytes_rule_words_and_deliveries(pack: Path) -> None:
    """Everything that a partner would ask for."""
    files = files_of(pack)
    record = json.loads(files["hits/2.json"])
    assert files[f"raw/{record['fetches'][0]['sha256']}.bin"] == RAW
    assert record["fetches"][0]["headers"] == {"etag": '"1"'}
    assert record["deliveries"][0]["permalink"] == PERMALINK
    assert record["words"]["title"][:4] == record["spans"][0]["text"] == "CMA "
    rule = record["rule_file"]
    assert b"- regulator: cma" in files[rule.replace(".json", ".yaml")]
    assert not files[rule.replace(".json", ".yaml")].endswith(b"\n\n")


def changed(name: str, change: Callable[[dict[str, object]], object]) -> Callable[[Files], None]:
    """Return what edits one JSON file of a pack, its hash in the manifest too, as a forger would."""

    def edit(files: Files) -> None:
        import hashlib

        record = json.loads(files[name])
        change(record)
        files[name] = json.dumps(record).encode()
        manifest = json.loads(files["manifest.json"])
        manifest["files"][name] = {
            "sha256": hashlib.sha256(files[name]).hexdigest(),
            "size": len(files[name]),
        }
        files["manifest.json"] = json.dumps(manifest).encode()

    return edit


def flip(prefix: str) -> Callable[[Files], None]:
    def edit(files: Files) -> None:
        name = next(name for name in files if name.startswith(prefix))
        files[name] = files[name][:-1] + b"?"

    return edit


def put(record: dict[str, object], part: str, name: str, value: object) -> None:
    inner = record[part]
    assert isinstance(inner, dict)
    inner[name] = value


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (flip("raw/"), "was changed"),
        (flip("rules/"), "is not that of its text"),
        (changed("hits/2.json", lambda r: put(r, "words", "title", "Another")), "words are not those"),
        (changed("hits/2.json", lambda r: put(r, "sealed", "level", "low")), "seal does not fit"),
        (changed("hits/2.json", lambda r: put(r, "hit", "level", "low")), "says another level"),
        (changed("hits/2.json", lambda r: r.update(spans=[])), "spans are not the sealed ones"),
        (changed("hits/3.json", lambda r: r.update(seal="0" * 64)), "seal does not fit"),
        (changed("hits/3.json", lambda r: r.pop("sealed")), "lacks parts"),
        (lambda files: files.pop("hits/3.json"), "is listed, but not there"),
        (lambda files: files.update({"hits/9.json": b"{}"}), "is there, but not listed"),
        (lambda files: files.update({"manifest.json": b"[]"}), "manifest.json is not there"),
    ],
    ids=[
        "raw bytes", "rule", "words", "sealed value", "summary", "spans", "seal", "no seal", "file gone",
        "file added", "no manifest",
    ],
)  # fmt: skip
def test_whatever_is_changed_shows(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], edit: Callable[[Files], object], said: str
) -> None:
    """Exit code 1, with what differs; also where the manifest was made to fit."""
    files = files_of(pack)
    edit(files)
    assert main(["evidence", "verify", zipped(files, tmp_path / "forged.zip")]) == 1
    assert said in capsys.readouterr().out


def test_seals_remade_in_the_whole_pack_differ_from_the_database(
    settings: str, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A forger without the database can make a pack that fits itself, but not the database."""
    from storage.chain import link

    def reseal(record: dict[str, object]) -> None:
        put(record, "sealed", "level", "low")
        put(record, "hit", "level", "low")
        sealed = record["sealed"]
        assert isinstance(sealed, dict)
        record["seal"] = link(str(record["previous_seal"]), sealed)

    files = files_of(pack)
    changed("hits/4.json", reseal)(files)
    forged = zipped(files, tmp_path / "forged.zip")
    assert main(["evidence", "verify", forged]) == 0
    assert main(["evidence", "verify", forged, "--database", "--config", settings]) == 1
    assert "is not that of the database" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["../etc/passwd", "/etc/passwd", "hits/../../x.json", "hits\\2.json", "other.txt", "hits/x.json"]
)
def test_a_zip_with_strange_names_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Before anything in it is read."""
    assert main(["evidence", "verify", zipped({name: b"x"}, tmp_path / "bad.zip")]) == 1
    assert "which no such file does" in capsys.readouterr().err


def test_a_bomb_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the bytes that come out, whatever its directory says."""
    from bot.history import safe_zip

    monkeypatch.setattr(safe_zip, "MAX_FILE", 2**20)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", b"\0" * 3 * 2**20)
    assert main(["evidence", "verify", str(tmp_path / "bomb.zip")]) == 1
    assert "more than 1 MB" in capsys.readouterr().err


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 broken", b"text"], ids=["empty", "cut", "text"])
def test_what_is_no_zip_is_said(tmp_path: Path, body: bytes) -> None:
    """Exit code 1."""
    file = tmp_path / "no.zip"
    file.write_bytes(body)
    assert main(["evidence", "verify", str(file)]) == 1


def test_an_export_does_not_overwrite(settings: str, pack: Path) -> None:
    """Evidence is made once."""
    assert main(["hits", "export", "2", "-o", str(pack), "--config", settings]) == 1


@pytest.mark.parametrize(
    "words", [("hits", "export", "2"), ("hits", "export", "99", "-o", "x.zip"), ("hits", "cma", "-o", "x")]
)
def test_wrong_words_are_bad_usage(settings: str, words: tuple[str, ...]) -> None:
    """No file, no such hit, no search into a file: exit code 2."""
    assert main([*words, "--config", settings]) == 2


def test_a_pack_that_is_not_there_is_bad_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 is for a pack that differs."""
    assert main(["evidence", "verify", str(tmp_path / "nope.zip")]) == 2
    assert "no such file" in capsys.readouterr().err
