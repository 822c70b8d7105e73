"""Logging to stderr: one line an event, secrets masked, no control characters."""

from __future__ import annotations

import logging
import re
import sys

from bot.secrets import redacted

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class _Safe(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _CONTROL.sub(" ", redacted(super().format(record)))


def log_to_stderr(*, verbose: bool, quiet: bool) -> None:
    """Send our log to stderr: everything, warnings, or errors alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Safe("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    logger = logging.getLogger("regwatch")
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO if verbose else logging.ERROR if quiet else logging.WARNING)
