"""Lengths of time as people write them: `30s`, `10m`, `2h`, `7d`, `2w`. Contains no I/O."""

from __future__ import annotations

import re
from datetime import timedelta

_LENGTH = r"(\d{1,9})\s*(s|m|h|d|w)"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SHAPE = "a length of time such as 30s, 10m, 2h, 7d or 2w"


def duration_of(text: str) -> timedelta | None:
    """Return the length, or None where the text is none; `0` needs no unit."""
    text = text.strip().casefold()
    if text == "0":
        return timedelta(0)
    found = re.fullmatch(_LENGTH, text)
    if found is None:
        return None
    number, unit = found.groups()
    try:
        return timedelta(**{_UNITS[unit]: int(number)})
    except OverflowError:
        return None


def short(length: timedelta) -> str:
    """Return the length in its largest two units, e.g. `2 d 3 h`; under a second is `0 s`."""
    seconds = max(0, int(length.total_seconds()))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
