"""Reading a zip that somebody sent, in memory: no path leaves it, no size bursts it. Writing one that is the same each time."""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

MAX_FILES = 20_000
MAX_FILE = 64 * 2**20
MAX_TOTAL = 512 * 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time a zip can say: the same content gives the same bytes


class BadZip(Exception):
    """The file is no zip, or one that nobody should open; the message says why."""


def read_zip(path: Path, names: re.Pattern[str]) -> dict[str, bytes]:
    """Return the files of a zip by name; every name must fit `names`. Raises BadZip; nothing is written anywhere."""
    try:
        if path.stat().st_size > MAX_TOTAL:
            raise BadZip(f"it is larger than {MAX_TOTAL // 2**20} MB")
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check(entries, names)
            return _contents(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BadZip(f"not a sound zip file: {error}") from error
    except OSError as error:
        raise BadZip(f"cannot be read: {error.strerror or error}") from error


def _check(entries: list[zipfile.ZipInfo], names: re.Pattern[str]) -> None:
    if len(entries) > MAX_FILES:
        raise BadZip(f"it holds {len(entries)} files, more than {MAX_FILES}")
    seen: set[str] = set()
    for entry in entries:
        if names.fullmatch(entry.filename) is None:
            raise BadZip(f"it holds {entry.filename!r}, which no such file does")
        if entry.filename in seen:
            raise BadZip(f"it holds {entry.filename} twice")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BadZip(f"{entry.filename} is a link")
        if entry.flag_bits & 0x1:
            raise BadZip(f"{entry.filename} is encrypted")
        seen.add(entry.filename)


def _contents(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Read each file up to its cap: what the zip says of its sizes is not believed."""
    found: dict[str, bytes] = {}
    left = MAX_TOTAL
    for entry in entries:
        cap = min(MAX_FILE, left)
        with archive.open(entry) as stream:
            body = stream.read(cap + 1)
        if len(body) > cap:
            raise BadZip(f"{entry.filename} unpacks to more than {cap // 2**20} MB")
        left -= len(body)
        found[entry.filename] = body
    return found


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new zip, readable by its owner alone. Raises OSError; FileExistsError where it is there."""
    with path.open("xb") as target:
        try:
            path.chmod(0o600)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, body in files.items():
                    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    entry.external_attr = 0o600 << 16
                    archive.writestr(entry, body)
        except BaseException:
            # Half a pack must not pass for one.
            path.unlink(missing_ok=True)
            raise


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read a little at a time. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
