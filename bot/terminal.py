"""Whether a stream is a terminal that may be given colours, bars and links."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from typing import TextIO


def may_paint(out: TextIO) -> bool:
    """Return whether escape sequences may be written: to a terminal that knows them, unless NO_COLOR is set."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
