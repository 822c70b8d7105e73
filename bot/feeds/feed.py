"""A feed as the catalogue describes it. Contains no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from storage.words import Tier

REVISIONS = ("ignore", "content", "updated")
IDENTITIES = ("guid", "link", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One line of feeds.yaml.

    `revisions`: what makes a known entry a revision: nothing, changed text, or also a moved `updated`.
    `identity`: which of the entry's own words identifies it first.
    """

    id: str
    url: str
    title: str = ""
    authority: str | None = None  # regulator id for a regulator's own feed
    tier: Tier = Tier.PRESS
    language: str = ""
    every: timedelta | None = None  # None: the tier's default
    revisions: str = "content"
    identity: str = "guid"
    fulltext: bool = False
    user_agent: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True
    note: str = ""

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self.title or self.id
