"""A rules folder as it was at a git revision, unpacked into a folder that goes away again."""

from __future__ import annotations

import argparse
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.cli.rules_common import folder_of
from bot.errors import OperationError, UsageError

MAX_BYTES = 100_000_000
_TIMEOUT = 60


@contextmanager
def directory_of(name: str, args: argparse.Namespace) -> Iterator[Path]:
    """Yield the rules folder that a path or a git revision names; a path wins. Raises UsageError."""
    path = Path(name).expanduser()
    if path.is_dir():
        yield path
        return
    folder = folder_of(args).resolve()
    revision = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if revision is None:
        raise UsageError(f"{name} is no folder, and no revision of the git repository of {folder}")
    prefix = _git(folder, "rev-parse", "--show-prefix") or b""
    root = _git(folder, "rev-parse", "--show-toplevel")
    if root is None:
        raise UsageError(f"{folder} is not in a git repository")
    inside = prefix.decode().strip().rstrip("/") or "."
    top = Path(root.decode().strip())
    packed = _git(top, "archive", "--format=tar", revision.decode().strip(), "--", inside)
    if packed is None:
        raise UsageError(f"{name} holds no {inside}")
    with tempfile.TemporaryDirectory(prefix="regwatch-rules-") as temporary:
        _unpack(packed, Path(temporary))
        yield Path(temporary) / inside


def _unpack(packed: bytes, target: Path) -> None:
    if len(packed) > MAX_BYTES:
        raise OperationError(f"that revision's rules are larger than {MAX_BYTES:,} bytes")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        # The filter refuses links and names that lead out of the folder.
        archive.extractall(target, filter="data")


def _git(folder: Path, *words: str) -> bytes | None:
    """Return what git prints, or None where it says no. Raises OperationError when there is no git."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, no shell; a revision follows --end-of-options
            ["git", "-C", str(folder), *words],  # noqa: S607 - the user's own git
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise OperationError("git is not installed; name two folders instead") from error
    except subprocess.TimeoutExpired as error:
        raise OperationError(f"git took longer than {_TIMEOUT} s") from error
    return done.stdout if done.returncode == 0 else None
