"""What an evidence pack holds, file by file. Contains no I/O.

A pack is a zip: `manifest.json` (sha256 and size of every other file), `hits/N.json` (the hit as sealed, its words,
spans, revisions, deliveries and fetches), `raw/SHA256.bin` (the bytes that the feed's server sent, decoded), `rules/`
(the rule as it was) and a README. `pack_check` verifies it, with nothing but the pack.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.history.pack_records import hit_record
from storage.chain import Sealed
from storage.records import Delivery, Hit, Revision, StoredArticle, StoredEvidence

FORMAT = "regwatch-evidence"
VERSION = 1
MANIFEST = "manifest.json"
README = "README.txt"
NAMES = re.compile(
    r"manifest\.json|README\.txt|hits/\d{1,18}\.json|raw/[0-9a-f]{64}\.bin|rules/[a-z0-9._-]{1,120}\.(?:json|yaml)"
)
_EXPLAINED = """Evidence pack of regwatch, version {version}.

Made {made_at} of {count}. manifest.json names every file with its SHA-256 and size.

  hits/N.json   one hit: the values that were sealed when it was stored, the words it was found in, the spans that
                prove the match, earlier and later revisions, deliveries with permalinks, and where it was fetched
  raw/X.bin     what the server sent, decoded from its transfer encoding; X is its SHA-256
  rules/R.D.*   the rule R whose text has the digest D that the hit carries: .json is what the digest is made of,
                .yaml is the rule as written; absent where the rule was edited since

To verify: regwatch evidence verify PACK.zip
By hand:   sha256 of every file as in manifest.json; the seal of a hit is
           sha256(previous_seal + "\\n" + canonical JSON of "sealed": keys sorted, no spaces, UTF-8);
           a rule's digest is the first 16 hex digits of the SHA-256 of its .json file.

The seals tie each hit to the one before it, back to the first. Whoever remakes a whole pack can remake its seals, so
note the SHA-256 of the pack when it is made, or compare its seals with the database (`regwatch hits show N`).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as it was when a hit was made: `said` is the text that its digest is made of, `source` its YAML."""

    id: str
    digest: str
    said: str
    source: str = ""

    @property
    def stem(self) -> str:
        """Return its file name without the ending."""
        return f"rules/{self.id}.{self.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedHit:
    """Everything about one hit that goes into a pack. `raw` maps the sha256 of fetches to their bytes."""

    hit: Hit
    sealed: Sealed
    article: StoredArticle | None
    revisions: tuple[Revision, ...]
    deliveries: tuple[Delivery, ...]
    fetches: tuple[StoredEvidence, ...]
    raw: Mapping[str, bytes]
    rule: RuleText | None


def pack_of(hits: Sequence[PackedHit], *, made_at: datetime, version: str) -> dict[str, bytes]:
    """Return the files of a pack by name, the manifest first."""
    count = f"{len(hits)} hit{'s' if len(hits) != 1 else ''}"
    stamp = f"{made_at:%Y-%m-%dT%H:%M:%SZ}"
    files: dict[str, bytes] = {
        README: _EXPLAINED.format(version=VERSION, made_at=stamp, count=count).encode()
    }
    for one in hits:
        files[f"hits/{one.hit.id}.json"] = _json(
            hit_record(
                one.hit,
                one.sealed,
                article=one.article,
                revisions=one.revisions,
                deliveries=one.deliveries,
                fetches=one.fetches,
                rule=f"{one.rule.stem}.json" if one.rule else None,
            )
        )
        files |= {f"raw/{name}.bin": body for name, body in one.raw.items()}
        if one.rule is not None:
            files[f"{one.rule.stem}.json"] = one.rule.said.encode("utf-8", "surrogatepass")
            if one.rule.source:
                files[f"{one.rule.stem}.yaml"] = one.rule.source.encode("utf-8", "replace")
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": stamp,
        "made_by": f"regwatch {version}",
        "hits": [one.hit.id for one in hits],
        "files": {
            name: {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
            for name, body in sorted(files.items())
        },
    }
    return {MANIFEST: _json(manifest), **dict(sorted(files.items()))}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
