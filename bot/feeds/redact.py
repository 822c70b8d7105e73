"""Text made fit to show: one line, no secrets, no control characters. Contains no I/O."""

from __future__ import annotations

import re

_LIMIT = 200
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_QUERY_SECRET = re.compile(
    r"(?i)([?&;][\w.-]*(?:token|key|secret|sig|signature|auth|passw(?:or)?d|pwd|pass|session|code)[\w.-]*=)[^&\s#;]+"
)
_SLACK = re.compile(r"\b(?:xox[a-z]-|xapp-)[\w-]+|(?<=hooks\.slack\.com/)[^\s\"']+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


def redact(text: str) -> str:
    """Return the text with user names in URLs, secret-looking query words and Slack secrets blanked out."""
    text = _USERINFO.sub("***@", text)
    text = _QUERY_SECRET.sub(r"\1***", text)
    return _SLACK.sub("***", text)


def one_line(text: str, limit: int = _LIMIT) -> str:
    """Return redacted text as one line of at most `limit` characters."""
    flat = " ".join(redact(_UNSEEN.sub(" ", text)).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
