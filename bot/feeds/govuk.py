"""GOV.UK case pages: the change note behind a moved `updated`, and which stage it points to. Pure but for `read_note`.

A case's feed entry says only that the page changed. The content API says why: `details.change_history` is a
list of `{note, public_timestamp}`, written by the authority.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from bot.feeds.outcome import Fetched, FetchOutcome, FetchRequest
from bot.feeds.redact import one_line
from storage.words import Stage

GOV_UK = "https://www.gov.uk"
_HOSTS = frozenset({"www.gov.uk", "gov.uk"})
_CASE = re.compile(r"/cma-cases/([a-z0-9][a-z0-9-]{0,200})/?\Z")
_JSON_LIMIT = 8 * 1024 * 1024
_HISTORY_LIMIT = 1_000
_NOTE_LIMIT = 500
_NEAR = timedelta(days=1)  # between the feed's `updated` and the note's time
_SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNote:
    """What the authority wrote when it changed the page, and when; one line of plain text."""

    note: str
    at: datetime


def case_slug(url: str) -> str | None:
    """Return the case's slug if this is the page of a CMA case, else None."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or (parts.netloc.lower() not in _HOSTS):
        return None
    found = _CASE.match(parts.path)
    return found[1] if found else None


def content_api_url(url: str, base: str = GOV_UK) -> str | None:
    """Return where the content API describes this case page, or None if it is none. `base` is for tests."""
    slug = case_slug(url)
    return f"{base}/api/content/cma-cases/{slug}" if slug else None


def read_note(
    fetch: Callable[[FetchRequest], FetchOutcome], url: str, at: datetime | None, *, base: str = GOV_UK
) -> ChangeNote | None:
    """Ask the content API for the change note of a case page; None if there is none or it cannot be had."""
    return note_near(read_history(fetch, url, base=base), at)


def read_history(
    fetch: Callable[[FetchRequest], FetchOutcome], url: str, *, base: str = GOV_UK
) -> tuple[ChangeNote, ...]:
    """Ask the content API for every change note of a case page, oldest first; none if they cannot be had."""
    address = content_api_url(url, base)
    if address is None:
        return ()
    outcome = fetch(FetchRequest(url=address, accept="application/json"))
    return change_history(outcome.body) if isinstance(outcome, Fetched) else ()


def change_history(document: bytes) -> tuple[ChangeNote, ...]:
    """Return the notes of a content API answer, oldest first; whatever has no note or no time is left out."""
    if len(document) > _JSON_LIMIT:
        return ()
    try:
        parsed: object = json.loads(document)
    except (ValueError, RecursionError):
        return ()
    details = parsed.get("details") if isinstance(parsed, dict) else None
    history = details.get("change_history") if isinstance(details, dict) else None
    if not isinstance(history, list):
        return ()
    notes = (_note(item) for item in history[-_HISTORY_LIMIT:])
    return tuple(sorted((n for n in notes if n is not None), key=lambda n: n.at))


def change_note(document: bytes, at: datetime | None) -> ChangeNote | None:
    """Return the note for the change of `at` (the entry's `updated`), or the latest for None.

    None if no note lies within a day before it: the page then changed without one.
    """
    return note_near(change_history(document), at)


def note_near(notes: Sequence[ChangeNote], at: datetime | None) -> ChangeNote | None:
    """Return the latest note that lies within a day before `at`, or the very latest for None."""
    if at is None:
        return notes[-1] if notes else None
    near = [n for n in notes if -_SLACK <= at - n.at <= _NEAR]
    return near[-1] if near else None


def _note(item: object) -> ChangeNote | None:
    if not isinstance(item, dict):
        return None
    note, stamp = item.get("note"), item.get("public_timestamp")
    if not isinstance(note, str) or not isinstance(stamp, str) or not note.strip():
        return None
    try:
        at = datetime.fromisoformat(stamp[:40])
    except ValueError:
        return None
    try:
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        return None
    return ChangeNote(note=one_line(note[: _NOTE_LIMIT * 4], _NOTE_LIMIT), at=at)


# ---------------------------------------------------------------------------- what a note means

_CLAUSES = re.compile(r"[.;]\s+|\s+and\s+|,\s+", re.IGNORECASE)
_MINOR = re.compile(
    r"\b(typo\w*|typographical|spelling|grammar|grammatical|minor|formatting|layout|(broken|dead|incorrect) links?|"
    r"links? (fixed|updated|corrected)|correct(ed|s|ing|ion|ions)|clarif\w+|wording|reworded|"
    r"contact (details?|email|information|name|address|us|section)|contacts?\b|e-?mail address(es)?|"
    r"phone numbers?|case (team|officer)|accessib\w+|alt text|metadata|images?|html version|"
    r"re-?published for technical|housekeeping|administrative (change|correction|edit)s?)\b",
    re.IGNORECASE,
)
_ACT = re.compile(
    r"\b(publish\w*|announc\w*|launch\w*|open\w*|clos\w*|accept\w*|appoint\w*|refer\w*|issu\w*|clear\w*|extend\w*|"
    r"extension|decision|cancel\w*|abandon\w*|prohibit\w*|invit\w*|designat\w*|fin(e|ed|es)|order\w*|appeal\w*)\b",
    re.IGNORECASE,
)
_TIMETABLE = re.compile(
    r"\b(timetable|deadlines?|extension (of|to)|extended|stop.?the.?clock|paused|suspend\w+|resumed)\b",
    re.IGNORECASE,
)


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(phrases) + r")\b", re.IGNORECASE)


# In the order in which they are tried: what a note is chiefly about stands before what it also mentions.
_STAGES: tuple[tuple[re.Pattern[str], Stage], ...] = (
    (
        _any(
            r"competition appeal tribunal",
            r"court of appeal",
            r"supreme court",
            r"high court",
            r"judicial review",
            r"notices? of appeal",
            r"appeals?",
            r"judgments?",
            r"application for review",
        ),
        Stage.LITIGATION,
    ),
    (
        _any(
            r"launch of (the )?(merger|phase \w+) (inquiry|investigation)",
            r"merger inquiry (launched|opened)",
            r"phase [12] (inquiry|investigation)?:? ?(launched|opened|started|begun|begins)",
            r"refer(red|ral|ence|s)? (for|to) (an? )?(phase 2|in-depth)",
            r"reference unless",
            r"duty to refer",
            r"provisional (findings?|decisions?|views?|report)",
            r"(statement|notice) of (objections|possible remedies)",
            r"(proposed|offered|offer of|consultation on|considering|consider) (final )?(undertakings|commitments|remedies)",
            r"(undertakings|commitments)( in lieu)? (offered|proposed|under consideration|consultation)",
        ),
        Stage.INVESTIGATION,
    ),
    (
        _any(
            r"invit(ation|es|ing)( to)? comments?",
            r"comments? invited",
            r"calls? for (evidence|information|inputs?)",
            r"market study",
            r"preliminary (invitation|assessment|review)",
            r"pre-?notification",
            r"requests? for information",
            r"statement of scope",
        ),
        Stage.INQUIRY,
    ),
    (
        _any(
            r"phase [12] decisions?",
            r"decisions? (announced|published|made)",
            r"clear(ed|s|ance)",
            r"(does|did) not qualify",
            r"no (relevant merger situation|further action|grounds for action)",
            r"not to (refer|investigate|open|launch)",
            r"cases? clos(ed|ure)",
            r"(inquiry|investigation|case) (closed|cancelled|discontinued|terminated|completed)",
            r"closure of (the )?(case|inquiry|investigation)",
            r"clos(es|ed) (the )?(case|inquiry|investigation)",
            r"(undertakings|commitments)( in lieu)?( of reference)?:? (have been )?(accepted|given)",
            r"accept(s|ed|ance)( of)?( the)?( final)? (undertakings|commitments)",
            r"final (report|decision|determination|undertakings|order)",
            r"prohibit(s|ed|ion)",
            r"blocked",
            r"(merger|deal|transaction) (abandoned|cancelled|withdrawn)",
            r"abandon(ed|ment)",
            r"inquiry cancelled",
            r"designat(es|ed|ion)( decision)?",
            r"infringement decision",
            r"fin(e|es|ed)",
            r"penalt(y|ies)",
            r"summary of (the )?(phase \w+ )?decision",
            r"full text (of the )?decision",
        ),
        Stage.DECISION,
    ),
    (
        _any(
            r"phase [12]",
            r"inquiry group",
            r"issues statement",
            r"merger notice",
            r"(initial )?enforcement orders?",
            r"interim (order|measures)",
            r"hearings?",
            r"terms of reference",
            r"market investigation",
            r"sms investigation",
            r"(inquiry|investigation|case) (launched|opened|opening)",
            r"(launch|opening) of (the )?(an? )?(inquiry|investigation|case)",
            r"working papers?",
        ),
        Stage.INVESTIGATION,
    ),
)


def is_step(note: str) -> bool:
    """Tell whether a note reports a development. A corrected typo or a new contact does not; what is unknown does."""
    clauses = [clause for clause in _CLAUSES.split(note) if clause.strip()]
    minor = [clause for clause in clauses if _MINOR.search(clause)]
    if not minor:
        return bool(clauses)
    return any(clause not in minor and _ACT.search(clause) for clause in clauses)


def stage_of(note: str) -> Stage | None:
    """Return the stage that a note points to; None for timetables, corrections and what is not recognised."""
    if not is_step(note):
        return None
    if _TIMETABLE.search(note) and not re.search(
        r"\b(announced|launch|published|accepted)\b", note, re.IGNORECASE
    ):
        return None
    return next((stage for pattern, stage in _STAGES if pattern.search(note)), None)
