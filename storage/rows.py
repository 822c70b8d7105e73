"""How rows become records, for the writing and the reading side alike. Contains no I/O, and no SQLModel."""

from __future__ import annotations

import json
import sqlite3

from storage.codec import facts_of, message_of, spans_of, stage_of
from storage.moments import moment_of
from storage.records import (
    Article,
    Delivery,
    Hit,
    Interval,
    Revision,
    Silence,
    SourceNote,
    Step,
    StoredArticle,
    StoredEvidence,
    StoredStep,
)
from storage.words import DeliveryAction, DeliveryState, Kind, Level, RuleStatus

ARTICLE_COLUMNS = """a.id, a.feed, a.guid, a.link, a.url, a.author, a.publisher, a.language, a.dated,
    a.first_seen_at, a.revision, t.title, t.summary, t.body, t.digest, t.published_at, t.updated_at"""


def stored_article(row: sqlite3.Row, keys: tuple[str, ...] = ()) -> StoredArticle:
    """Return an article of a row of ARTICLE_COLUMNS."""
    return StoredArticle(
        id=row["id"],
        first_seen_at=moment_of(row["first_seen_at"]),
        revision=row["revision"],
        article=Article(
            feed=row["feed"],
            guid=row["guid"],
            link=row["link"],
            url=row["url"],
            title=row["title"],
            summary=row["summary"],
            body=row["body"],
            author=row["author"],
            publisher=row["publisher"],
            language=row["language"],
            published_at=moment_of(row["published_at"]),
            updated_at=moment_of(row["updated_at"]),
            dated=row["dated"],
            digest=row["digest"],
            keys=keys,
        ),
    )


def hit(row: sqlite3.Row) -> Hit:
    """Return a hit of a row of HIT_COLUMNS."""
    return Hit(
        id=row["id"],
        article_id=row["article_id"],
        revision=row["revision"],
        url=row["url"] or row["link"],
        title=row["title"],
        feed=row["feed"],
        rule=row["rule"],
        rule_digest=row["rule_digest"],
        rule_title=row["rule_title"],
        kind=Kind(row["kind"]),
        level=Level(row["level"]),
        status=RuleStatus(row["status"]),
        verdict=row["verdict"],
        why=row["why"],
        facts=facts_of(row["facts"]),
        spans=spans_of(row["spans"]),
        sentence=row["sentence"],
        matter=row["matter"],
        language=row["language"],
        published_at=moment_of(row["published_at"]),
        first_seen_at=moment_of(row["first_seen_at"]),
        matched_at=moment_of(row["matched_at"]),
    )


def delivery(row: sqlite3.Row) -> Delivery:
    """Return an outbox row."""
    return Delivery(
        id=row["id"],
        key=row["key"],
        destination=row["destination"],
        action=DeliveryAction(row["action"]),
        message=message_of(row["message"]),
        reason=row["reason"],
        level=Level(row["level"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        created_at=moment_of(row["created_at"]),
        matter=row["matter"],
        not_before=moment_of(row["not_before"]),
        attempted_at=moment_of(row["attempted_at"]),
        sent_at=moment_of(row["sent_at"]),
        channel_id=row["channel_id"],
        ts=row["ts"],
        permalink=row["permalink"],
        error=row["error"],
    )


def silence(row: sqlite3.Row) -> Silence:
    """Return a silence."""
    return Silence(
        id=row["id"],
        author=row["author"],
        reason=row["reason"],
        created_at=moment_of(row["created_at"]),
        until=moment_of(row["until"]),
        matter=row["matter"],
        rule=row["rule"],
        company=row["company"],
        regulator=row["regulator"],
        feed=row["feed"],
        everything=bool(row["everything"]),
        hidden=row["hidden"],
        told_end=bool(row["told_end"]),
    )


def source(row: sqlite3.Row) -> SourceNote:
    """Return a publisher that carried a matter."""
    return SourceNote(
        matter=row["matter"],
        publisher=row["publisher"],
        official=bool(row["official"]),
        stage=stage_of(row["stage"]),
        first_seen_at=moment_of(row["first_seen_at"]),
        link=row["link"],
    )


def stored_step(row: sqlite3.Row) -> StoredStep:
    """Return a step, joined to the article that proves it."""
    return StoredStep(
        id=row["id"],
        step=Step(
            matter=row["matter"],
            stage=stage_of(row["stage"]),
            reason=row["reason"],
            at=moment_of(row["at"]),
            happened_at=moment_of(row["happened_at"]),
            confirmed=bool(row["confirmed"]),
            note=row["note"],
        ),
        article_id=row["article_id"],
        url=row["url"] or "",
        title=row["title"] or "",
        feed=row["feed"] or "",
    )


def revision(row: sqlite3.Row) -> Revision:
    """Return one version of an article's words."""
    return Revision(
        article_id=row["article_id"],
        number=row["revision"],
        title=row["title"],
        summary=row["summary"],
        body=row["body"],
        seen_at=moment_of(row["seen_at"]),
        published_at=moment_of(row["published_at"]),
        updated_at=moment_of(row["updated_at"]),
        pruned=bool(row["pruned"]),
    )


def interval(row: sqlite3.Row) -> Interval:
    """Return a stretch of the coverage ledger."""
    return Interval(
        feed=row["feed"],
        state=row["state"],
        reason=row["reason"],
        since=moment_of(row["since"]),
        until=moment_of(row["until"]),
    )


def evidence(row: sqlite3.Row) -> StoredEvidence:
    """Return a kept fetch, without its bytes."""
    return StoredEvidence(
        id=row["id"],
        sha256=row["sha256"],
        feed=row["feed"],
        url=row["url"],
        fetched_at=moment_of(row["fetched_at"]),
        headers=json.loads(row["headers"]),
        size=row["size"],
    )
