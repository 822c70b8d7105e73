"""Writing the hits of a poll: narrow row, proof with its seal, names to filter by, words to search by, sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import chain
from storage.codec import clean, dumped
from storage.fold import folded
from storage.hit_filter import NOT_COUNTED
from storage.moments import MAX_INTEGER, micros
from storage.records import Amount, Article, NewHit
from storage.statements import Row, insert, next_id
from storage.tables import HitNameRow, HitProofRow, HitRow, SourceRow

# Hits of rules that are not live, and repeats, say nothing about who carries a matter.
_NO_SOURCE = {"shadow", "draft", "duplicate", "known"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The hits of one article revision that has just been written."""

    article_id: int
    text_id: int
    revision: int
    first_seen_at: int
    article: Article
    hits: Sequence[NewHit]


def write_hits(
    connection: sqlite3.Connection, found: Sequence[Found], at: datetime, authority: str | None
) -> list[int]:
    """Write the hits, oldest first, and return their ids. `authority`: whose own feed they come from."""
    if not any(one.hits for one in found):
        return []
    rows: list[Row] = []
    names: list[Row] = []
    sources: list[Row] = []
    texts: list[tuple[int, str, str, str]] = []
    number = next_id(connection, HitRow)
    seal = last_seal(connection)
    for one in found:
        if not one.hits:
            continue
        words = (clean(one.article.title), clean(one.article.summary), clean(one.article.body))
        texts.append((one.text_id, folded(words[0]), folded(words[1]), folded(words[2])))
        text_sha256 = chain.text_digest(*words)
        # One hit a rule: a rule that matched twice in one text is one match with more spans.
        for new in {new.match.rule: new for new in one.hits}.values():
            row = {"id": number, "hit_id": number, "text_sha256": text_sha256, **_row(one, new, at)}
            seal = chain.link(seal, row)
            rows.append({**row, "chain": seal})
            names += [{"kind": k, "name": name, "hit_id": number} for k, name in _names(new)]
            sources += _sources(one, new, at, authority)
            number += 1
    insert(connection, HitRow, rows)
    insert(connection, HitProofRow, rows)
    insert(connection, HitNameRow, names, "ON CONFLICT DO NOTHING")
    insert(connection, SourceRow, sources, _SOURCE_AGAIN)
    connection.executemany("INSERT INTO search_hits (rowid, title, summary, body) VALUES (?, ?, ?, ?)", texts)
    return [int(str(row["id"])) for row in rows]


_SOURCE_AGAIN = (
    "ON CONFLICT (matter, stage, publisher) DO UPDATE SET official = MAX(official, excluded.official)"
)


def last_seal(connection: sqlite3.Connection) -> str:
    """Return the seal of the newest hit; empty where there is none."""
    row = connection.execute("SELECT chain FROM hit_proofs ORDER BY hit_id DESC LIMIT 1").fetchone()
    return str(row[0]) if row else ""


def counted(amounts: Sequence[Amount]) -> int | None:
    """Return the largest sum of the deal or the fine, in whole units whatever the currency."""
    values = [amount.value for amount in amounts if amount.kind not in NOT_COUNTED]
    return min(max(values), MAX_INTEGER) if values else None


def _row(one: Found, new: NewHit, at: datetime) -> dict[str, object]:
    facts, match = new.facts, new.match
    return {
        "article_id": one.article_id,
        "text_id": one.text_id,
        "revision": one.revision,
        "feed": one.article.feed,
        "rule": match.rule,
        "kind": match.kind.value,
        "level": match.level.value,
        "stage": facts.stage.value if facts.stage else None,
        "status": match.status.value,
        "verdict": new.verdict,
        "matter": new.matter,
        "language": one.article.language,
        "money": counted(facts.amounts),
        "published_at": micros(one.article.published_at),
        "first_seen_at": one.first_seen_at,
        "matched_at": micros(at),
        "rule_digest": match.digest,
        "rule_title": clean(match.title),
        "sentence": clean(match.sentence),
        "why": clean(new.why),
        "facts": dumped(facts),
        "spans": dumped(match.spans),
    }


def _names(new: NewHit) -> list[tuple[str, str]]:
    return [
        *(("regulator", name) for name in new.facts.regulators),
        *(("company", name) for name in new.facts.companies),
    ]


def _sources(one: Found, new: NewHit, at: datetime, authority: str | None) -> list[Row]:
    if new.matter is None or new.verdict in _NO_SOURCE:
        return []
    # A matter's key begins with its authority; a tie alone has none, and nobody's feed is official for it.
    official = authority is not None and new.matter.partition(":")[0] == authority
    return [
        {
            "matter": new.matter,
            "stage": new.facts.stage.value if new.facts.stage else "",
            "publisher": clean(one.article.publisher) or one.article.feed,
            "official": int(official),
            "first_seen_at": micros(at),
            "link": clean(one.article.link or one.article.url),
        }
    ]
