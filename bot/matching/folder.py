"""What lies in a rules folder that looks like rules and that nothing reads."""

from __future__ import annotations

from pathlib import Path

_ENDINGS = (".yaml", ".yml")
_MOST = 20


def never_read(directory: Path) -> tuple[Path, ...]:
    """Return YAML files that are passed over: an ending in capitals, or a folder that is not lexicon/; 20 at most.

    What ends in `.yml` in the folder itself is no affair of this one: it is refused.
    """
    found: list[Path] = []
    for path in sorted(directory.rglob("*")):
        inner = path.relative_to(directory)
        if inner.suffix.lower() not in _ENDINGS or any(part.startswith(".") for part in inner.parts):
            continue
        at_home = len(inner.parts) == 1 or (len(inner.parts) == 2 and inner.parts[0] == "lexicon")
        if not (at_home and inner.suffix in _ENDINGS) and path.is_file():
            found.append(path)
            if len(found) == _MOST:
                break
    return tuple(found)
