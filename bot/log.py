"""Logging to stderr: one line an event, secrets masked, no control characters."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.secrets import redacted

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class _Safe(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _CONTROL.sub(" ", redacted(super().format(record)))


@contextmanager
def log_to_stderr(*, verbose: bool, quiet: bool) -> Iterator[None]:
    """Send our log to stderr while the block runs: everything, warnings, or errors alone.

    Afterwards all is as before: commands may follow each other in one process, and stderr may be another by then.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Safe("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    logger = logging.getLogger("regwatch")
    before = logger.handlers[:], logger.propagate, logger.level
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO if verbose else logging.ERROR if quiet else logging.WARNING)
    try:
        yield
    finally:
        logger.handlers[:], logger.propagate, level = before
        logger.setLevel(level)
