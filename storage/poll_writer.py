"""Everything that one poll of one feed writes, within the caller's transaction."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Sequence

from storage.codec import clean, dumped, feed_state_json, feed_state_of
from storage.errors import StorageError
from storage.hit_writer import Found, write_hits
from storage.ledger import note_poll
from storage.matter_writer import write_matters, write_steps
from storage.moments import micros
from storage.outbox_writer import enqueue
from storage.records import Article, FeedState, NewRevision, PollPlan, RawFetch
from storage.statements import Row, insert, next_id
from storage.tables import (
    ArticleKeyRow,
    ArticleRow,
    BlobRow,
    EvidenceRow,
    FeedItemsRow,
    FeedRow,
    HitEvidenceRow,
    TextRow,
)


def save_poll(connection: sqlite3.Connection, plan: PollPlan, raw: RawFetch | None) -> None:
    """Write a poll: state with its validators, articles, hits, matters, steps, deliveries, coverage, evidence."""
    feed = plan.state.feed
    # Only a gap asks how far back it reaches.
    gap = plan.watched is not None and plan.watched.state == "gap"
    before = read_feed_state(connection, feed) if gap else None
    write_feed_state(connection, plan.state)
    articles = _new_articles(connection, plan)
    revisions = [_new_revision(connection, revision, plan) for revision in plan.revisions]
    for article_id, keys in plan.aliases.items():
        _write_keys(connection, feed, article_id, keys)
    hits = write_hits(connection, [*articles, *revisions], plan.at, plan.authority)
    known = {one.article.keys[0]: one.article_id for one in [*revisions, *articles] if one.article.keys}

    def article_of(key: str) -> int | None:
        return known.get(key) or _article_of(connection, feed, key)

    write_matters(connection, plan.matters)
    write_steps(connection, plan.steps, article_of)
    enqueue(connection, plan.deliveries, plan.at, feed=feed, article_of=article_of)
    connection.executemany(
        "UPDATE silences SET hidden = hidden + ? WHERE id = ?", [(n, i) for i, n in plan.hidden.items()]
    )
    if plan.watched is not None:
        note_poll(connection, feed, plan.at, plan.watched, before.ok_at if before else None)
    if raw is not None and hits:
        keep_evidence(connection, feed, raw, hits)


def read_feed_state(connection: sqlite3.Connection, feed: str) -> FeedState | None:
    """Return what the feed's polls left behind, or None before the first."""
    row = connection.execute(f"{FEED_STATES} WHERE feeds.feed = ?", (feed,)).fetchone()
    return feed_state_of(row["state"], row["items"]) if row else None


FEED_STATES = (
    "SELECT feeds.feed, state, COALESCE(items, '') AS items FROM feeds LEFT JOIN feed_items USING (feed)"
)


def keep_evidence(connection: sqlite3.Connection, feed: str, raw: RawFetch, hits: Iterable[int]) -> None:
    """Keep the bytes that brought the hits, once for each content."""
    sha256 = hashlib.sha256(raw.body).hexdigest()
    blob = {"sha256": sha256, "size": len(raw.body), "body": zlib.compress(raw.body)}
    insert(connection, BlobRow, [blob], "ON CONFLICT DO NOTHING")
    number = next_id(connection, EvidenceRow)
    row = {
        "id": number,
        "sha256": sha256,
        "feed": feed,
        "url": clean(raw.url),
        "fetched_at": micros(raw.fetched_at),
        "headers": dumped(raw.headers),
    }
    insert(connection, EvidenceRow, [row])
    insert(connection, HitEvidenceRow, [{"hit_id": hit, "evidence_id": number} for hit in hits])


def write_feed_state(connection: sqlite3.Connection, state: FeedState) -> None:
    """Write what the feed's polls left behind, in place of what was there."""
    row = {
        "feed": state.feed,
        "next_at": micros(state.next_at),
        "checked_at": micros(state.checked_at),
        "outcome": state.outcome,
        "state": feed_state_json(state),
    }
    insert(
        connection,
        FeedRow,
        [row],
        """ON CONFLICT (feed) DO UPDATE SET next_at = excluded.next_at, checked_at = excluded.checked_at,
        outcome = excluded.outcome, state = excluded.state""",
    )
    insert(
        connection,
        FeedItemsRow,
        [{"feed": state.feed, "items": " ".join(sorted(state.item_digests))}],
        "ON CONFLICT (feed) DO UPDATE SET items = excluded.items WHERE items <> excluded.items",
    )


def _new_articles(connection: sqlite3.Connection, plan: PollPlan) -> list[Found]:
    if not plan.articles:
        return []
    number, text = next_id(connection, ArticleRow), next_id(connection, TextRow)
    found = [
        Found(
            article_id=number + place,
            text_id=text + place,
            revision=0,
            first_seen_at=micros(plan.at),
            article=new.article,
            hits=new.hits,
        )
        for place, new in enumerate(plan.articles)
    ]
    insert(connection, ArticleRow, [_article_row(one) for one in found])
    insert(connection, TextRow, [_text_row(one, micros(plan.at)) for one in found])
    for one in found:
        _write_keys(connection, one.article.feed, one.article_id, one.article.keys)
    return found


def _new_revision(connection: sqlite3.Connection, new: NewRevision, plan: PollPlan) -> Found:
    row = connection.execute(
        "SELECT feed, revision, first_seen_at FROM articles WHERE id = ?", (new.id,)
    ).fetchone()
    if row is None:
        raise StorageError(f"article {new.id} is not stored, so it cannot be revised")
    one = Found(
        article_id=new.id,
        text_id=next_id(connection, TextRow),
        revision=row["revision"] + 1,
        first_seen_at=row["first_seen_at"],
        article=new.article,
        hits=new.hits,
    )
    insert(connection, TextRow, [_text_row(one, micros(plan.at))])
    connection.execute(
        """UPDATE articles SET guid = :guid, link = :link, url = :url, author = :author, publisher = :publisher,
        language = :language, dated = :dated, revision = :revision, text_id = :text_id WHERE id = :id""",
        _article_row(one),
    )
    _write_keys(connection, row["feed"], new.id, new.article.keys)
    return one


def _article_row(one: Found) -> Row:
    article = one.article
    return {
        "id": one.article_id,
        "feed": article.feed,
        "guid": clean(article.guid),
        "link": clean(article.link),
        "url": clean(article.url),
        "author": clean(article.author),
        "publisher": clean(article.publisher),
        "language": clean(article.language),
        "dated": clean(article.dated),
        "first_seen_at": one.first_seen_at,
        "revision": one.revision,
        "text_id": one.text_id,
    }


def _text_row(one: Found, at: int) -> Row:
    article: Article = one.article
    return {
        "id": one.text_id,
        "article_id": one.article_id,
        "revision": one.revision,
        "title": clean(article.title),
        "summary": clean(article.summary),
        "body": clean(article.body),
        "digest": article.digest,
        "published_at": micros(article.published_at),
        "updated_at": micros(article.updated_at),
        "seen_at": at,
        "pruned": 0,
    }


def _write_keys(connection: sqlite3.Connection, feed: str, article_id: int, keys: Sequence[str]) -> None:
    rows = [
        {"feed": feed, "key": clean(key), "article_id": article_id, "position": place}
        for place, key in enumerate(keys)
    ]
    insert(connection, ArticleKeyRow, rows, "ON CONFLICT DO NOTHING")


def _article_of(connection: sqlite3.Connection, feed: str, key: str) -> int | None:
    row = connection.execute(
        "SELECT article_id FROM article_keys WHERE feed = ? AND key = ? ORDER BY article_id DESC LIMIT 1",
        (feed, key),
    ).fetchone()
    return int(row[0]) if row else None
