"""Whether an evidence pack still holds what was stored: everything that it says of itself, recomputed. Contains no I/O."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.history.evidence_pack import FORMAT, MANIFEST, VERSION
from storage.chain import link, text_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that verifying looked at; `problem` is empty where it holds."""

    what: str
    problem: str = ""


def verify(files: Mapping[str, bytes]) -> tuple[Check, ...]:
    """Recompute everything that a pack says of itself, and return what was looked at."""
    manifest = _object(files.get(MANIFEST, b""))
    if manifest is None or manifest.get("format") != FORMAT or not isinstance(manifest.get("files"), dict):
        return (Check(what=MANIFEST, problem="is not there, or is not that of an evidence pack"),)
    if manifest.get("version") != VERSION:
        problem = f"has version {manifest.get('version')}; this regwatch verifies version {VERSION}"
        return (Check(what=MANIFEST, problem=problem),)
    checks = [*_listed(files, manifest["files"]), *_raw(files), *_rules(files)]
    before: dict[int, str] = {}
    stated = manifest.get("hits")
    numbers = stated if isinstance(stated, list) else []
    there = {name for name in files if name.startswith("hits/")}
    if there != {f"hits/{number}.json" for number in numbers} or len(numbers) != len(there):
        checks.append(Check(what=f"{MANIFEST} hits", problem="are not those that the pack holds"))
    for number in numbers:
        name = f"hits/{number}.json"
        body = files.get(name) if isinstance(number, int) else None
        if body is None:
            checks.append(Check(what=name, problem="is missing"))
            continue
        record = _object(body)
        checks += _hit(name, record, files, before, number)
    return tuple(checks)


def seals_of(files: Mapping[str, bytes]) -> dict[int, str]:
    """Return the seals that a pack states, by hit."""
    found: dict[int, str] = {}
    for name, body in files.items():
        parts = _Parts.of(_object(body)) if name.startswith("hits/") else None
        if parts is not None:
            found[int(name.removeprefix("hits/").removesuffix(".json"))] = parts.seal
    return found


def _object(body: bytes) -> dict[str, object] | None:  # the values are checked where they are used
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _listed(files: Mapping[str, bytes], listed: object) -> Iterator[Check]:
    """Every file must be listed and as listed, and every listed file there."""
    entries = listed if isinstance(listed, dict) else {}
    for name in sorted({*entries, *files} - {MANIFEST}):
        entry, body = entries.get(name), files.get(name)
        if body is None:
            yield Check(what=str(name), problem="is listed, but not there")
        elif not isinstance(entry, dict):
            yield Check(what=str(name), problem="is there, but not listed")
        elif entry.get("sha256") != hashlib.sha256(body).hexdigest() or entry.get("size") != len(body):
            yield Check(what=str(name), problem="was changed: its SHA-256 is not that of the manifest")
        else:
            yield Check(what=str(name))


def _raw(files: Mapping[str, bytes]) -> Iterator[Check]:
    for name, body in files.items():
        if name.startswith("raw/"):
            same = name == f"raw/{hashlib.sha256(body).hexdigest()}.bin"
            yield Check(what=f"{name} bytes", problem="" if same else "are not those that its name says")


def _rules(files: Mapping[str, bytes]) -> Iterator[Check]:
    for name, body in files.items():
        if name.startswith("rules/") and name.endswith(".json"):
            digest = hashlib.sha256(body).hexdigest()[:16]
            same = name.removesuffix(".json").endswith(f".{digest}")
            yield Check(what=f"{name} digest", problem="" if same else "is not that of its text")


def _hit(
    name: str,
    record: dict[str, object] | None,
    files: Mapping[str, bytes],
    before: dict[int, str],
    number: int,
) -> Iterator[Check]:
    parts = _Parts.of(record)
    if parts is None:
        yield Check(what=name, problem="lacks parts that every hit has")
        return
    same = parts.sealed.get("text_sha256") == text_digest(*parts.words)
    yield Check(what=f"{name} words", problem="" if same else "are not those that the hit was found in")
    yield Check(what=f"{name} seal", problem=_seal_problem(parts, before, number))
    before[number] = parts.seal
    yield Check(what=f"{name} spans", problem=_span_problem(parts))
    yield Check(what=f"{name} summary", problem=_summary_problem(parts))
    absent = [sha for sha in parts.fetches if f"raw/{sha}.bin" not in files]
    yield Check(what=f"{name} fetches", problem=f"lack the bytes {absent[0]}" if absent else "")
    if parts.rule:
        wanted = f"rules/{parts.sealed.get('rule')}.{parts.sealed.get('rule_digest')}.json"
        problem = "" if parts.rule == wanted and wanted in files else "is not the one that the hit carries"
        yield Check(what=f"{name} rule", problem=problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The parts of a hit's file that verifying needs, of the right types."""

    sealed: dict[str, object]
    words: tuple[str, str, str]
    seal: str
    previous: str
    spans: list[dict[str, object]]
    summary: dict[str, object]
    fetches: list[str]
    rule: str | None

    @staticmethod
    def of(record: dict[str, object] | None) -> _Parts | None:
        """Return the parts, or None where one is missing or of another type."""
        if record is None:
            return None
        sealed, words, summary = record.get("sealed"), record.get("words"), record.get("hit")
        spans, fetches = record.get("spans"), record.get("fetches")
        seal, previous, rule = record.get("seal"), record.get("previous_seal"), record.get("rule_file")
        if not (isinstance(sealed, dict) and isinstance(words, dict) and isinstance(summary, dict)):
            return None
        if not (isinstance(spans, list) and isinstance(fetches, list)):
            return None
        if not (isinstance(seal, str) and isinstance(previous, str) and isinstance(rule, str | None)):
            return None
        texts = [words.get(name) for name in ("title", "summary", "body")]
        found = [one.get("sha256") for one in fetches if isinstance(one, dict)]
        if not all(isinstance(one, dict) for one in spans) or len(found) != len(fetches):
            return None
        title, short, body = (text if isinstance(text, str) else "" for text in texts)
        return _Parts(
            sealed=sealed,
            words=(title, short, body),
            seal=seal,
            previous=previous,
            spans=spans,
            summary=summary,
            fetches=[str(sha) for sha in found],
            rule=rule,
        )


def _seal_problem(parts: _Parts, before: Mapping[int, str], number: int) -> str:
    try:
        expected = link(parts.previous, parts.sealed)
    except (KeyError, TypeError):
        return "cannot be computed: a sealed value is missing"
    if parts.sealed.get("id") != number:
        return f"is that of hit {parts.sealed.get('id')}"
    if expected != parts.seal:
        return "does not fit: the hit was changed after it was stored"
    if before.get(number - 1, parts.previous) != parts.previous:
        return "does not follow on that of the hit before it"
    return ""


def _span_problem(parts: _Parts) -> str:
    """The spans for people must be the sealed ones, and each must stand where it says."""
    try:
        sealed = json.loads(str(parts.sealed.get("spans")))
    except ValueError:
        return "are not readable as sealed"
    if sealed != parts.spans:
        return "are not the sealed ones"
    fields = dict(zip(("title", "summary", "body"), parts.words, strict=True))
    for span in parts.spans:
        text, start, end = fields.get(str(span.get("field"))), span.get("start"), span.get("end")
        if text is None or not isinstance(start, int) or not isinstance(end, int):
            continue
        if text[start:end] != span.get("text"):
            return f'do not stand where they say: "{span.get("text")}"'
    return ""


def _summary_problem(parts: _Parts) -> str:
    """What people read first must say what was sealed."""
    for name in (
        "id",
        "feed",
        "rule",
        "rule_digest",
        "kind",
        "level",
        "stage",
        "verdict",
        "revision",
        "sentence",
    ):
        if parts.summary.get(name) != parts.sealed.get(name):
            return f"says another {name} than was sealed"
    return ""
