"""The seal on hits: each carries a digest of itself and of the hit before it, so that a changed past shows.

Contains no I/O. What may rightly change later (a matter's key after a merge) is not sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from storage.codec import dumped

SEALED = (
    "id", "article_id", "revision", "feed", "rule", "kind", "level", "stage", "status", "verdict", "language",
    "published_at", "first_seen_at", "matched_at", "rule_digest", "rule_title", "sentence", "facts", "spans",
    "text_sha256",
)  # fmt: skip


def link(previous: str, hit: Mapping[str, object]) -> str:
    """Return the hit's seal; `previous` is the seal of the hit before it, empty for the first."""
    sealed = dumped({name: hit[name] for name in SEALED})
    return hashlib.sha256(f"{previous}\n{sealed}".encode()).hexdigest()


def text_digest(title: str, summary: str, body: str) -> str:
    """Return the digest of the words that a hit was found in."""
    return hashlib.sha256(f"{title}\0{summary}\0{body}".encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A hit as its seal sees it: the stored values, the words it was found in, its seal and the one before it."""

    values: Mapping[str, object]
    words: tuple[str, str, str]
    seal: str
    previous: str
