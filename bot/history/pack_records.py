"""One hit as an evidence pack writes it. Contains no I/O."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from storage.chain import Sealed
from storage.codec import plain
from storage.records import Delivery, Hit, Revision, StoredArticle, StoredEvidence


def hit_record(
    hit: Hit,
    sealed: Sealed,
    *,
    article: StoredArticle | None,
    revisions: Sequence[Revision],
    deliveries: Sequence[Delivery],
    fetches: Sequence[StoredEvidence],
    rule: str | None,
) -> dict[str, object]:
    """Return the file of a hit: a summary for people first, then the sealed values and all that belongs to them."""
    words = article.article if article else None
    return {
        "schema": 1,
        "hit": {
            "id": hit.id,
            "url": hit.url,
            "title": hit.title,
            "publisher": words.publisher if words else "",
            "feed": hit.feed,
            "rule": hit.rule,
            "rule_title": hit.rule_title,
            "rule_digest": hit.rule_digest,
            "kind": hit.kind.value,
            "level": hit.level.value,
            "stage": hit.facts.stage.value if hit.facts.stage else None,
            "verdict": hit.verdict,
            "why": hit.why,
            "matter": hit.matter,
            "revision": hit.revision,
            "sentence": hit.sentence,
            "published_at": stamp(hit.published_at),
            "first_seen_at": stamp(hit.first_seen_at),
            "matched_at": stamp(hit.matched_at),
        },
        "facts": plain(hit.facts),
        "spans": json.loads(str(sealed.values["spans"])),
        "words": dict(zip(("title", "summary", "body"), sealed.words, strict=True)),
        "revisions": [
            {
                "number": one.number,
                "seen_at": stamp(one.seen_at),
                "title": one.title,
                "summary": one.summary,
                "body": one.body,
            }
            for one in revisions
        ],
        "deliveries": [_delivery(one) for one in deliveries],
        "fetches": [
            {
                "url": one.url,
                "fetched_at": stamp(one.fetched_at),
                "sha256": one.sha256,
                "size": one.size,
                "headers": dict(one.headers),
            }
            for one in fetches
        ],
        "rule_file": rule,
        "sealed": dict(sealed.values),
        "previous_seal": sealed.previous,
        "seal": sealed.seal,
    }


def _delivery(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "destination": one.destination,
        "action": one.action.value,
        "reason": one.reason,
        "state": one.state.value,
        "created_at": stamp(one.created_at),
        "sent_at": stamp(one.sent_at),
        "permalink": one.permalink,
        "text": one.message.text,
    }


def stamp(moment: datetime | None) -> str | None:
    """Return a time in UTC as ISO 8601, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
