"""The last good set of rules, kept as a folder beside the database: what a restart takes while the files are bad.

The folder holds the YAML files as they were read, and a manifest with their digests and the time. It is source text,
so a later version of the program reads it as it reads any rules folder, or refuses it as a whole.
Knows nothing of rules or feeds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

MANIFEST = "last-good.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A whole set, as it was written."""

    folder: Path
    at: datetime  # when it was first good


def folder_beside(database: Path) -> Path:
    """Return the folder that belongs to a database; its name is none that `NAME.db*` means, as in a copy or a clean-up."""
    return database.with_name(f"{database.stem}.last-good")


def keep(folder: Path, files: Mapping[str, bytes], now: datetime) -> None:
    """Write a set in place of the one kept before; nothing is done where it is the same. Raises OSError.

    Killed at any moment, it leaves the old set or the new one whole.
    """
    digests = {name: _digest(content) for name, content in files.items()}
    if _digests_of(folder) == digests:
        return
    new, old = _beside(folder, ".new"), _beside(folder, ".old")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    manifest = {"at": now.astimezone(UTC).isoformat(), "files": digests}
    for name, content in {**files, MANIFEST: json.dumps(manifest, indent=1).encode()}.items():
        _write(new / name, content)
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def kept(folder: Path) -> Kept | None:
    """Return the set that is kept and whole; None where there is none."""
    for one in (folder, _beside(folder, ".old")):  # the latter where a process was killed between two renames
        manifest = _manifest_of(one)
        if manifest is not None and _digests_of(one) is not None:
            with suppress(ValueError):
                return Kept(folder=one, at=datetime.fromisoformat(str(manifest.get("at"))))
    return None


def _digests_of(folder: Path) -> dict[str, str] | None:
    """Return the digests of the files of a set; None where they are not those of its manifest."""
    manifest = _manifest_of(folder)
    if manifest is None:
        return None
    try:
        found = {
            path.relative_to(folder).as_posix(): _digest(path.read_bytes()) for path in folder.rglob("*.yaml")
        }
    except OSError:
        return None
    return found if found == manifest.get("files") else None


def _manifest_of(folder: Path) -> dict[str, object] | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def _write(path: Path, content: bytes) -> None:
    """Write a file that its owner alone may read, to the disk itself: a lost power line leaves no empty rules."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _beside(folder: Path, ending: str) -> Path:
    return folder.with_name(folder.name + ending)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
