"""GOV.UK change notes: which page, which note, whether it is a step, and to which stage it points."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.govuk import (
    ChangeNote,
    case_slug,
    change_history,
    change_note,
    content_api_url,
    is_step,
    read_note,
    stage_of,
)
from bot.feeds.outcome import FailureKind, Fetched, FetchFailed, FetchOutcome, FetchRequest
from storage.words import Stage

PAGE = "https://www.gov.uk/cma-cases/alpha-slash-beta-merger-inquiry"
AT = datetime(2026, 5, 4, 10, tzinfo=UTC)


def document(*notes: tuple[str, str]) -> bytes:
    history = [{"note": note, "public_timestamp": stamp} for note, stamp in notes]
    return json.dumps({"details": {"change_history": history}}).encode()


THREE = document(
    ("Phase 1 decision announced.", "2026-05-04T10:00:00.000+01:00"),
    ("First published.", "2026-03-01T09:00:00Z"),
    ("Invitation to comment opened.", "2026-04-01T09:00:00Z"),
)


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        (PAGE, "alpha-slash-beta-merger-inquiry"),
        (PAGE + "/", "alpha-slash-beta-merger-inquiry"),
        (PAGE + "?utm_source=x#history", "alpha-slash-beta-merger-inquiry"),
        ("https://gov.uk/cma-cases/x", "x"),
        ("https://www.gov.uk/government/news/x", None),
        ("https://www.gov.uk/cma-cases", None),
        ("https://www.gov.uk/cma-cases/../etc", None),
        ("https://www.gov.uk.evil.example/cma-cases/x", None),
        ("https://user@www.gov.uk/cma-cases/x", None),
        ("javascript:x", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_only_a_case_page_of_gov_uk_has_a_slug(url: str, slug: str | None) -> None:
    assert case_slug(url) == slug


def test_the_content_api_stands_beside_the_page() -> None:
    expected = "https://www.gov.uk/api/content/cma-cases/alpha-slash-beta-merger-inquiry"
    assert content_api_url(PAGE) == expected


def test_the_note_is_that_of_the_change() -> None:
    """The feed's `updated` picks it; the newest is taken where there is none."""
    assert change_note(THREE, AT) == ChangeNote(
        note="Phase 1 decision announced.", at=datetime(2026, 5, 4, 9, tzinfo=UTC)
    )
    earlier = change_note(THREE, datetime(2026, 4, 1, 9, 0, 30, tzinfo=UTC))
    assert earlier is not None
    assert earlier.note == "Invitation to comment opened."
    latest = change_note(THREE, None)
    assert latest is not None
    assert latest.note == "Phase 1 decision announced."


def test_a_change_without_a_note_has_none() -> None:
    """A page may be touched weeks after its last note."""
    assert change_note(THREE, AT + timedelta(days=20)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"details": []}',
        b'{"details": {"change_history": {}}}',
        b'{"details": {"change_history": [1, null, {"note": 5}, {"note": "x", "public_timestamp": "never"}]}}',
        b'{"details": {"change_history": [{"note": " ", "public_timestamp": "2026-01-01"}]}}',
        b"[" * 200_000,
        b"\xff\xfe\x00",
        b'{"details": {"change_history": [{"note": "x", "public_timestamp": "0001-01-01T00:00:00+23:00"}]}}',
        b"x" * (9 * 1024 * 1024),
    ],
    ids=["empty", "html", "list", "null", "no details", "no list", "no notes", "blank", "deep", "binary", "year one", "huge"],
)  # fmt: skip
def test_a_document_of_another_shape_has_no_notes(body: bytes) -> None:
    assert change_history(body) == ()


def test_a_note_is_one_line_of_bounded_length() -> None:
    [note] = change_history(document(("a\n\x1b[31mb\u202e" + "c" * 9_000, "2026-01-01T00:00:00Z")))
    assert note.note.startswith("a [31mb c")
    assert len(note.note) == 500


@settings(deadline=None, max_examples=100)
@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.text(), v))
)
def test_any_json_is_read_without_error(value: object) -> None:
    body = json.dumps({"details": {"change_history": [value]}}).encode()
    assert len(change_history(body)) <= 1


def test_the_note_is_read_through_the_fetcher_given() -> None:
    asked: list[FetchRequest] = []

    def fetch(request: FetchRequest) -> FetchOutcome:
        asked.append(request)
        return Fetched(url=request.url, final_url=request.url, status=200, body=THREE)

    note = read_note(fetch, PAGE, AT, base="http://127.0.0.1:5000")
    assert note is not None
    assert asked[0].url == "http://127.0.0.1:5000/api/content/cma-cases/alpha-slash-beta-merger-inquiry"
    assert asked[0].accept == "application/json"
    assert read_note(fetch, "https://example.org/x", AT) is None
    assert len(asked) == 1


def test_a_failed_fetch_gives_no_note() -> None:
    def fetch(request: FetchRequest) -> FetchOutcome:
        return FetchFailed(url=request.url, kind=FailureKind.TIMEOUT)

    assert read_note(fetch, PAGE, AT) is None


# ---------------------------------------------------------------------------- meaning


@pytest.mark.parametrize(
    "note",
    [
        "Typo corrected",
        "Corrected a typo in the phase 1 decision",
        "Minor correction",
        "Contact details updated",
        "Updated the email address for responses",
        "Fixed broken link.",
        "Formatting changes",
        "Case team contact updated",
        "Clarified wording of the summary",
        "Added accessible version",
        "",
        "  ",
    ],
)
def test_a_correction_is_no_step(note: str) -> None:
    assert not is_step(note)
    assert stage_of(note) is None


@pytest.mark.parametrize(
    ("note", "stage"),
    [
        ("First published.", None),
        ("Invitation to comment: launched", Stage.INQUIRY),
        ("Invitation to comment: closed", Stage.INQUIRY),
        ("Call for information published", Stage.INQUIRY),
        ("Launch of merger inquiry", Stage.INVESTIGATION),
        ("Launch of merger inquiry, invitation to comment published", Stage.INVESTIGATION),
        ("Inquiry group appointed", Stage.INVESTIGATION),
        ("Reference to phase 2", Stage.INVESTIGATION),
        ("Referred for a phase 2 investigation", Stage.INVESTIGATION),
        ("Issues statement published", Stage.INVESTIGATION),
        ("Provisional findings published", Stage.INVESTIGATION),
        ("Statement of objections issued", Stage.INVESTIGATION),
        ("Consultation on proposed undertakings in lieu", Stage.INVESTIGATION),
        ("SMS investigation launched", Stage.INVESTIGATION),
        ("Initial enforcement order published", Stage.INVESTIGATION),
        ("Phase 1 decision announced", Stage.DECISION),
        ("Summary of phase 1 decision published", Stage.DECISION),
        ("Undertakings accepted", Stage.DECISION),
        ("Undertakings in lieu accepted", Stage.DECISION),
        ("Merger cleared", Stage.DECISION),
        ("Partnership does not qualify for investigation", Stage.DECISION),
        ("Final report published", Stage.DECISION),
        ("Case closed", Stage.DECISION),
        ("Merger abandoned, inquiry cancelled", Stage.DECISION),
        ("SMS designation decision", Stage.DECISION),
        ("Notice of appeal to the Competition Appeal Tribunal published", Stage.LITIGATION),
        ("Typo corrected and phase 1 decision published", Stage.DECISION),
        ("Administrative timetable updated", None),
        ("Deadline for phase 1 decision extended", None),
        ("New document added", None),
    ],
)
def test_a_development_is_a_step_and_points_to_its_stage(note: str, stage: Stage | None) -> None:
    """What is not recognised is a step without a stage: told, not ranked."""
    assert is_step(note)
    assert stage_of(note) is stage
