"""The articles of a poll with what they prove, and which of them are recorded without being told.

Contains no I/O.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.feeds.feed import Feed
from bot.matters.evidence import ChangeNote, Evidence, ReadArticle, digest_of, evidence_of
from bot.matters.verdict import Verdict
from storage.records import Article, KnownArticle
from storage.words import Tier

_FUTURE = timedelta(days=1)  # a date further ahead than that is a mistake, not a publication


class SortedArticles(Protocol):
    """A poll's articles, told apart: new ones, and new revisions of known ones."""

    @property
    def new(self) -> tuple[Article, ...]:
        """Return the articles that this feed brings for the first time."""
        ...

    @property
    def revised(self) -> tuple[tuple[KnownArticle, Article], ...]:
        """Return known articles with what they now say."""
        ...

    @property
    def aliases(self) -> Mapping[int, tuple[str, ...]]:
        """Return further identity keys of known articles, by article id."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article of the poll with its reading; `known` None: it is new."""

    article: Article
    known: KnownArticle | None
    read: ReadArticle | None
    evidence: Evidence | None


def items_of(
    feed: Feed,
    sorted_articles: SortedArticles,
    readings: Mapping[int, ReadArticle],
    notes: Mapping[int, ChangeNote],
    now: datetime,
) -> list[Item]:
    """Return the poll's articles with what they prove, oldest first, undated hits by what they say."""
    pairs: list[tuple[KnownArticle | None, Article]] = [(None, a) for a in sorted_articles.new]
    pairs += list(sorted_articles.revised)
    items = []
    for position, (known, article) in enumerate(pairs):
        read, note = readings.get(position), notes.get(position)
        evidence = evidence_of(feed, article, read, now=now, known=known, note=note) if read else None
        items.append(Item(article=article, known=known, read=read, evidence=evidence))
    return sorted(_told_apart(items), key=lambda i: (_when(i.article, now), i.article.keys, i.article.digest))


def _when(article: Article, now: datetime) -> datetime:
    return min(article.published_at or article.updated_at or now, now)


def _told_apart(items: Sequence[Item]) -> list[Item]:
    """Return the items with marks of their own, though several entries may share one link."""
    shared = Counter(i.evidence.mark for i in items if i.evidence)
    return [
        replace(i, evidence=replace(i.evidence, mark=digest_of(i.evidence.mark, str(i.article.keys), i.article.digest)))
        if i.evidence and shared[i.evidence.mark] > 1
        else i
        for i in items
    ]  # fmt: skip


def hushed(items: Sequence[Item], quiet: Mapping[str, Verdict]) -> list[Item]:
    """Return the items, those that are quiet marked so."""
    return [
        replace(i, evidence=replace(i.evidence, quiet=True)) if i.evidence and i.evidence.mark in quiet else i
        for i in items
    ]


def baseline(items: Sequence[Item], backfill: int) -> dict[str, Verdict]:
    """Return the hits of a first poll that stay quiet: all but the newest `backfill`; items oldest first."""
    found = [i.evidence.mark for i in items if i.evidence is not None and i.known is None]
    return dict.fromkeys(found[: max(len(found) - backfill, 0)], Verdict.BASELINE)


def late(
    items: Sequence[Item], feed: Feed, now: datetime, max_age: Mapping[Tier, timedelta]
) -> dict[str, Verdict]:
    """Return the new hits that are too old to tell."""
    return {
        i.evidence.mark: Verdict.LATE
        for i in items
        if i.evidence is not None and i.known is None and _is_late(i.article, feed, now, max_age)
    }


def _is_late(article: Article, feed: Feed, now: datetime, max_age: Mapping[Tier, timedelta]) -> bool:
    """Return whether a new article is too old to tell; one without a believable date never is.

    A case page counts from its last update: it is years old when its last act is an hour old.
    """
    stated = article.published_at or article.updated_at
    if feed.revisions == "updated" and article.updated_at is not None:
        stated = max(article.updated_at, article.published_at or article.updated_at)
    if stated is None or stated > now + _FUTURE:
        return False
    return now - stated > max_age.get(feed.tier, timedelta(days=7))
