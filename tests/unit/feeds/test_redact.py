"""Text fit to show: secrets blanked, one line, nothing that moves the cursor."""

from __future__ import annotations

import pytest

from bot.feeds.redact import one_line, redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:hunter2@example.org/feed", "https://***@example.org/feed"),
        ("https://example.org/feed?id=5&token=abc&x=1", "https://example.org/feed?id=5&token=***&x=1"),
        ("https://example.org/?api_key=abc", "https://example.org/?api_key=***"),
        ("https://example.org/?X-Amz-Signature=abc#f", "https://example.org/?X-Amz-Signature=***#f"),
        ("token xoxb-12-34-ab refused", "token *** refused"),
        ("xapp-1-A-b", "***"),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/***"),
        ("https://example.org/keyboards?page=2", "https://example.org/keyboards?page=2"),
    ],
)
def test_secrets_are_blanked_and_the_rest_stays(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_a_detail_is_one_clean_line() -> None:
    """Line breaks, escape sequences and direction marks become spaces; length is bounded."""
    assert one_line("a\r\nb\x1b[2J\u202ec") == "a b [2J c"
    assert len(one_line("x" * 999)) == 200


def test_a_lone_surrogate_never_reaches_the_store() -> None:
    assert one_line("a\ud800b").encode("utf-8")
