"""The SQLModel schema: what the tables hold. These classes never leave this folder.

`migrations/` builds the database; a test holds the two equal. Every `*_at`, `since`, `until` and `not_before`
is microseconds since 1970 in UTC (`storage.codec`). The two full-text indexes are described in `storage.index`.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

ACTIVE = "state IN ('pending','sending','failed','unknown')"


def _arrival() -> Column[int]:
    """A rowid that is never given twice, so that it tells the order of arrival."""
    return Column("id", Integer, primary_key=True, autoincrement=True)


class FeedRow(SQLModel, table=True):
    """A feed's state as JSON, with what is sorted by beside it."""

    __tablename__ = "feeds"

    feed: str = Field(primary_key=True)
    next_at: int | None
    checked_at: int | None
    outcome: str
    state: str


class FeedItemsRow(SQLModel, table=True):
    """The item digests of the body last parsed; apart, so that an unchanged poll does not rewrite them."""

    __tablename__ = "feed_items"

    feed: str = Field(primary_key=True)
    items: str


class ArticleRow(SQLModel, table=True):
    """An article's identity. Its words stand in `texts`; `text_id` is the latest."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("articles_link", "link"),
        Index("articles_url", "url"),
        Index("articles_seen", "first_seen_at"),
        Index("articles_feed", "feed", "first_seen_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(sa_column=_arrival())
    feed: str
    guid: str
    link: str
    url: str
    author: str
    publisher: str
    language: str
    dated: str
    first_seen_at: int
    revision: int
    text_id: int


class TextRow(SQLModel, table=True):
    """One revision's words; number 0 is the article as first seen. `pruned`: summary and body have gone."""

    __tablename__ = "texts"
    __table_args__ = (
        UniqueConstraint("article_id", "revision", name="texts_revision"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(sa_column=_arrival())
    article_id: int = Field(foreign_key="articles.id")
    revision: int
    title: str
    summary: str
    body: str
    digest: str
    published_at: int | None
    updated_at: int | None
    seen_at: int
    pruned: int


class ArticleKeyRow(SQLModel, table=True):
    """An identity key of an article; `position` 0 is the strongest. Not unique: a repeated GUID names several."""

    __tablename__ = "article_keys"
    __table_args__ = (Index("article_keys_article", "article_id"), {"sqlite_with_rowid": False})

    feed: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    article_id: int = Field(primary_key=True, foreign_key="articles.id")
    position: int


class HitRow(SQLModel, table=True):
    """A match: the narrow part that lists and filters read. `money` is the largest sum of the deal or the fine."""

    __tablename__ = "hits"
    __table_args__ = (
        UniqueConstraint("rule", "article_id", "revision", name="hits_once"),
        Index("hits_text", "text_id"),
        Index("hits_article", "article_id"),
        Index("hits_matched", "matched_at", "id"),
        Index("hits_rule", "rule", "matched_at"),
        Index("hits_matter", "matter", "matched_at"),
        Index("hits_feed", "feed", "matched_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(sa_column=_arrival())
    article_id: int = Field(foreign_key="articles.id")
    text_id: int = Field(foreign_key="texts.id")
    revision: int
    feed: str
    rule: str
    kind: str
    level: str
    stage: str | None
    status: str
    verdict: str
    matter: str | None
    language: str
    money: int | None
    published_at: int | None
    first_seen_at: int
    matched_at: int


class HitProofRow(SQLModel, table=True):
    """A match: the wide part, read one page at a time. `chain` seals the hit and all before it."""

    __tablename__ = "hit_proofs"

    hit_id: int = Field(primary_key=True, foreign_key="hits.id")
    rule_digest: str
    rule_title: str
    sentence: str
    why: str
    facts: str
    spans: str
    text_sha256: str
    chain: str


class HitNameRow(SQLModel, table=True):
    """A regulator or company of a hit, for filters."""

    __tablename__ = "hit_names"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: str = Field(primary_key=True)  # regulator or company
    name: str = Field(primary_key=True)
    hit_id: int = Field(primary_key=True, foreign_key="hits.id")


class MatterRow(SQLModel, table=True):
    """A matter as JSON, with what is sorted and filtered by beside it."""

    __tablename__ = "matters"
    __table_args__ = (UniqueConstraint("key", name="matters_key"), {"sqlite_autoincrement": True})

    id: int = Field(sa_column=_arrival())
    key: str
    authority: str | None
    stage: str | None
    level: str
    moved_at: int
    merged_into: str | None
    record: str


class StepRow(SQLModel, table=True):
    """A step of a matter, with the article that proves it."""

    __tablename__ = "steps"
    __table_args__ = (Index("steps_matter", "matter", "at"), {"sqlite_autoincrement": True})

    id: int = Field(sa_column=_arrival())
    matter: str
    stage: str | None
    reason: str
    at: int
    happened_at: int | None
    confirmed: int
    note: str
    article_id: int | None = Field(foreign_key="articles.id")


class SourceRow(SQLModel, table=True):
    """A publisher that carried a matter at a stage; `stage` is empty for none, so that it can be unique."""

    __tablename__ = "sources"
    __table_args__ = ({"sqlite_with_rowid": False},)

    matter: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    publisher: str = Field(primary_key=True)
    official: int
    first_seen_at: int
    link: str


class DeliveryRow(SQLModel, table=True):
    """An outbox row: one alert × one destination."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("key", name="deliveries_key"),
        Index("deliveries_active", "destination", "id", sqlite_where=text(ACTIVE)),
        Index("deliveries_matter", "matter", "destination"),
        Index("deliveries_created", "destination", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(sa_column=_arrival())
    key: str
    destination: str
    action: str
    message: str
    reason: str
    level: str
    matter: str | None
    feed: str
    state: str
    attempts: int
    created_at: int
    not_before: int | None
    attempted_at: int | None
    sent_at: int | None
    channel_id: str | None
    ts: str | None
    permalink: str | None
    error: str


class DeliveryArticleRow(SQLModel, table=True):
    """Which articles a delivery tells of."""

    __tablename__ = "delivery_articles"
    __table_args__ = ({"sqlite_with_rowid": False},)

    article_id: int = Field(primary_key=True, foreign_key="articles.id")
    delivery_id: int = Field(primary_key=True, foreign_key="deliveries.id")


class SilenceRow(SQLModel, table=True):
    """A pause with a reason and an end."""

    __tablename__ = "silences"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(sa_column=_arrival())
    author: str
    reason: str
    created_at: int
    until: int
    matter: str | None
    rule: str | None
    company: str | None
    regulator: str | None
    feed: str | None
    everything: int
    hidden: int
    told_end: int


class FeedbackRow(SQLModel, table=True):
    """What a person said of a hit: relevant, not-relevant or acknowledged."""

    __tablename__ = "feedback"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hit_id: int = Field(primary_key=True, foreign_key="hits.id")
    mark: str = Field(primary_key=True)
    author: str = Field(primary_key=True)
    at: int
    note: str


class CoverageRow(SQLModel, table=True):
    """An interval of one feed: seen, blind or gap. Equal neighbours are one row."""

    __tablename__ = "coverage"
    __table_args__ = (Index("coverage_feed", "feed", "until"), {"sqlite_autoincrement": True})

    id: int = Field(sa_column=_arrival())
    feed: str
    state: str
    reason: str
    since: int
    until: int


class BlobRow(SQLModel, table=True):
    """Raw bytes of a fetch, zlib-compressed, once for each content."""

    __tablename__ = "blobs"

    sha256: str = Field(primary_key=True)
    size: int
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class EvidenceRow(SQLModel, table=True):
    """A fetch that brought a hit: where, when, and the answer's headers as JSON."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("evidence_fetched", "fetched_at"),
        Index("evidence_blob", "sha256"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(sa_column=_arrival())
    sha256: str = Field(foreign_key="blobs.sha256")
    feed: str
    url: str
    fetched_at: int
    headers: str


class HitEvidenceRow(SQLModel, table=True):
    """Which fetch brought a hit."""

    __tablename__ = "hit_evidence"
    __table_args__ = (Index("hit_evidence_fetch", "evidence_id"), {"sqlite_with_rowid": False})

    hit_id: int = Field(primary_key=True, foreign_key="hits.id")
    evidence_id: int = Field(primary_key=True, foreign_key="evidence.id")


class MetaRow(SQLModel, table=True):
    """Small notes of the bot to itself, such as the heartbeat."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str
    at: int


TABLES: tuple[type[SQLModel], ...] = (
    FeedRow, FeedItemsRow, ArticleRow, TextRow, ArticleKeyRow, HitRow, HitProofRow, HitNameRow, MatterRow, StepRow,
    SourceRow, DeliveryRow, DeliveryArticleRow, SilenceRow, FeedbackRow, CoverageRow, BlobRow, EvidenceRow,
    HitEvidenceRow, MetaRow,
)  # fmt: skip
