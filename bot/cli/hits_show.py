"""The evidence of a hit: the words with what matched marked, facts, rule, revisions with their differences, deliveries."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TextIO

from bot.cli.common import iso, printable
from bot.terminal import may_paint
from storage.fold import folded_with_map
from storage.reader import Reader
from storage.records import Delivery, Feedback, Hit, Revision, Span, StoredArticle, StoredEvidence
from storage.search_query import Query

_FIELDS = ("title", "summary", "body")
_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")


def places_of(text: str, query: Query) -> list[tuple[int, int]]:
    """Return where the wanted words of a query stand in a text, as [start, end) code points."""
    words, places = folded_with_map(text)
    return [
        (places[at][0], places[at + len(term.words) - 1][1])
        for term in query.terms()
        if term.field in (None, "title")
        for at in term.places(words)
    ]


def marked(text: str, spans: Iterable[tuple[int, int]], marks: tuple[str, str]) -> str:
    """Return safe text, line breaks kept, with marks around the spans; overlapping spans are joined."""
    pieces: list[str] = []
    at = 0
    for start, end in _joined(spans, len(text)):
        pieces += [_safe(text[at:start]), marks[0], _safe(text[start:end]), marks[1]]
        at = end
    return "".join([*pieces, _safe(text[at:])])


def differences(old: Revision, new: Revision) -> Iterator[str]:
    """Yield lines `- was` and `+ is`, sentence by sentence, for each field that changed."""
    for name in _FIELDS:
        before, after = _sentences(getattr(old, name)), _sentences(getattr(new, name))
        if before == after:
            continue
        yield f"{name}:"
        for line in difflib.ndiff(before, after):
            if line[:2] in ("- ", "+ "):
                yield f"  {line[:2]}{_safe(line[2:])}"


def show(reader: Reader, hits: Sequence[Hit], style: str, out: TextIO) -> None:
    """Write the evidence of hits as text for a terminal or a file, Markdown, JSON or JSON lines."""
    if style in ("json", "jsonl"):
        records = [_record(reader, hit) for hit in hits]
        if style == "jsonl":
            out.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        else:
            json.dump(records[0] if len(records) == 1 else records, out, ensure_ascii=False, indent=2)
            out.write("\n")
        return
    on_terminal = style == "table" and may_paint(out)
    marks = ("**", "**") if style == "md" else ("\x1b[1;7m", "\x1b[0m") if on_terminal else ("[[", "]]")
    for number, hit in enumerate(hits):
        out.write("\n" if number else "")
        out.writelines(
            line + "\n" for line in _lines(reader, hit, marks, heading="## " if style == "md" else "")
        )


def _lines(reader: Reader, hit: Hit, marks: tuple[str, str], heading: str) -> Iterator[str]:
    article = reader.article(hit.article_id)
    revisions = reader.revisions(hit.article_id)
    yield f"{heading}Hit {hit.id}: {printable(hit.title)}"
    yield from _labelled(_about(hit, article))
    shown = next((r for r in revisions if r.number == hit.revision), None)
    if shown is not None:
        yield from ("", f"{heading}What matched", *_text(shown, hit.spans, marks))
    yield from ("", f"{heading}Facts", *_labelled(_facts(hit)))
    if len(revisions) > 1:
        yield from ("", f"{heading}Revisions")
        for old, new in pairwise(revisions):
            yield f"{iso(new.seen_at)} revision {new.number}"
            yield from (f"  {line}" for line in differences(old, new))
    yield from ("", f"{heading}Deliveries", *_deliveries(reader.deliveries_of_hit(hit), hit))
    evidence, feedback = reader.evidence(hit.id), reader.feedback(hit.id)
    if evidence:
        yield from ("", f"{heading}Evidence", *map(_fetch, evidence))
    if feedback:
        yield from ("", f"{heading}Feedback", *map(_word, feedback))
    yield f"seal: {reader.seal(hit.id)}"


def _about(hit: Hit, article: StoredArticle | None) -> list[tuple[str, str]]:
    words = article.article if article else None
    return [
        ("link", hit.url),
        ("source", " via ".join(filter(None, [words.publisher if words else "", hit.feed]))),
        (
            "rule",
            f"{hit.rule} ({hit.rule_title or 'untitled'}), {hit.status.value}, digest {hit.rule_digest}",
        ),
        ("kind", f"{hit.kind.value}, level {hit.level.value}"),
        ("matter", hit.matter or "none"),
        ("verdict", f"{hit.verdict}{f': {hit.why}' if hit.why else ''}"),
        ("published", iso(hit.published_at) or "not said"),
        ("first seen", iso(hit.first_seen_at) or ""),
        ("matched", f"{iso(hit.matched_at)}, revision {hit.revision}"),
        ("sentence", hit.sentence),
    ]


def _facts(hit: Hit) -> list[tuple[str, str]]:
    from bot.cli.hits import sums

    facts = hit.facts
    return [
        ("regulators", ", ".join(facts.regulators)),
        ("companies", ", ".join(facts.companies)),
        ("ties", ", ".join(" + ".join(tie) for tie in facts.ties)),
        ("stage", f"{facts.stage.value}{' (hedged)' if facts.hedged else ''}" if facts.stage else ""),
        ("outcome", facts.outcome),
        ("theories", ", ".join(facts.theories)),
        ("deal", facts.deal_form or ""),
        (
            "amounts",
            ", ".join(
                sums({"upto": a.upto, "currency": a.currency, "value": a.value} for a in facts.amounts)
            ),
        ),
        ("cases", ", ".join(facts.cases)),
        ("deadlines", ", ".join(f"{d.on.isoformat()} {d.what}" for d in facts.deadlines)),
    ]


def _labelled(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in pairs:
        if value:
            yield f"  {name + ':':<12} {printable(value)}"


def _text(revision: Revision, spans: Sequence[Span], marks: tuple[str, str]) -> Iterator[str]:
    for name in _FIELDS:
        text: str = getattr(revision, name)
        if text:
            here = [(span.start, span.end) for span in spans if span.field == name]
            yield f"  {name}: " + marked(text, here, marks).replace("\n", "\n    ")


def _deliveries(deliveries: Sequence[Delivery], hit: Hit) -> Iterator[str]:
    if not deliveries:
        yield f"  none ({hit.verdict})"
    for one in deliveries:
        when = iso(one.sent_at) or f"{one.attempts} attempts"
        tail = one.permalink or one.error
        line = f"{one.destination}: {one.state.value} {when}, {one.action.value}, {one.reason}"
        yield "  " + printable(line + (f", {tail}" if tail else ""))


def _fetch(one: StoredEvidence) -> str:
    return printable(f"  {iso(one.fetched_at)} {one.url} ({one.size} bytes, sha256 {one.sha256})")


def _word(one: Feedback) -> str:
    return printable(f"  {iso(one.at)} {one.author}: {one.mark} {one.note}".rstrip())


def _record(reader: Reader, hit: Hit) -> dict[str, object]:
    from bot.cli.hits import record_of

    article = reader.article(hit.article_id)
    return {
        **record_of(reader.rows_of_hits([hit.id])[0]),
        "rule_title": hit.rule_title,
        "publisher": article.article.publisher if article else "",
        "spans": [{"field": s.field, "start": s.start, "end": s.end, "text": s.text} for s in hit.spans],
        "revisions": [
            {
                "number": r.number,
                "seen_at": iso(r.seen_at),
                "title": r.title,
                "summary": r.summary,
                "body": r.body,
            }
            for r in reader.revisions(hit.article_id)
        ],
        "deliveries": [
            {
                "id": d.id,
                "destination": d.destination,
                "state": d.state.value,
                "action": d.action.value,
                "reason": d.reason,
                "sent_at": iso(d.sent_at),
                "permalink": d.permalink,
                "error": d.error,
            }
            for d in reader.deliveries_of_hit(hit)
        ],
        "evidence": [
            {"url": e.url, "fetched_at": iso(e.fetched_at), "sha256": e.sha256, "size": e.size}
            for e in reader.evidence(hit.id)
        ],
        "feedback": [
            {"mark": f.mark, "author": f.author, "at": iso(f.at), "note": f.note}
            for f in reader.feedback(hit.id)
        ],
        "seal": reader.seal(hit.id),
    }


def _safe(text: str) -> str:
    """Return text with its line breaks and nothing else that a terminal obeys."""
    return "\n".join(printable(line) if line.strip() else "" for line in text.split("\n"))


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]


def _joined(spans: Iterable[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """Yield the spans in order, overlaps joined, within [0, size)."""
    start = end = -1
    for first, last in sorted((max(0, a), min(size, b)) for a, b in spans if a < b):
        if first > end:
            if end > start >= 0:
                yield start, end
            start, end = first, last
        else:
            end = max(end, last)
    if end > start >= 0:
        yield start, end
