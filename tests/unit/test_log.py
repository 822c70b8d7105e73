"""The log on stderr: a command leaves no trace of it in its process."""

from __future__ import annotations

import logging

import pytest

from bot.log import log_to_stderr


def test_what_is_logged_after_a_command_goes_where_it_went_before(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test, or a command that follows in one process, hears nothing otherwise."""
    logger = logging.getLogger("regwatch.rules")
    with log_to_stderr(verbose=False, quiet=True):
        logger.warning("within")
        logger.error("within, xoxb-12-ab")
    logger.warning("afterwards")
    assert caplog.messages == ["afterwards"]
    assert capsys.readouterr().err.endswith("ERROR within, [secret]\n")
