"""The calendar file is what RFC 5545 asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.ics import calendar_file, escaped, folded, uid
from bot.matters.agenda import DueDate
from bot.matters.overtaken import Overtaking

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
DUE = DueDate(
    key="cma:microsoft+openai:comments",
    on=date(2026, 4, 28),
    what="comments",
    title="CMA: Microsoft / OpenAI",
    matter="cma:microsoft+openai",
    authority="cma",
    estimated=False,
    url="https://www.gov.uk/cma-cases/x",
)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_due_date_is_an_all_day_event() -> None:
    """From the day to the day after, exclusive."""
    lines = unfolded(calendar_file([DUE], now=NOW))
    assert "DTSTART;VALUE=DATE:20260428" in lines
    assert "DTEND;VALUE=DATE:20260429" in lines
    assert "DTSTAMP:20260302T090500Z" in lines
    assert "SUMMARY:Comments: CMA: Microsoft / OpenAI" in lines
    assert "URL:https://www.gov.uk/cma-cases/x" in lines


def test_reminders_stand_seven_and_two_days_ahead() -> None:
    """As in Slack; they can be left out."""
    assert [line for line in unfolded(calendar_file([DUE], now=NOW)) if line.startswith("TRIGGER")] == [
        "TRIGGER:-P7D",
        "TRIGGER:-P2D",
    ]
    assert "VALARM" not in calendar_file([DUE], now=NOW, alarms=False)


def test_a_moved_date_keeps_its_uid() -> None:
    """So that the calendar moves the event and does not add one."""
    assert uid(DUE) == uid(replace(DUE, on=date(2026, 5, 5)))
    assert uid(DUE) != uid(replace(DUE, key="cma:microsoft+openai:phase 1 decision"))


def test_an_estimate_says_so_and_names_its_law() -> None:
    """Tentative, with the source in the description."""
    text = calendar_file([replace(DUE, estimated=True, source="Enterprise Act 2002, s. 34ZA")], now=NOW)
    assert "STATUS:TENTATIVE" in text
    assert "Estimated from Enterprise Act 2002\\, s. 34ZA." in "".join(unfolded(text))


def test_text_is_escaped() -> None:
    """Backslash, comma, semicolon and line end; controls are left out."""
    assert escaped("a\\b;c,d\ne\x1b[0m") == "a\\\\b\\;c\\,d\\ne[0m"


def test_a_title_cannot_add_a_line() -> None:
    """A line break in a feed's title does not become a property."""
    text = calendar_file([replace(DUE, title="x\r\nATTENDEE:mailto:a@b")], now=NOW)
    assert not [line for line in unfolded(text) if line.startswith("ATTENDEE")]


def test_an_address_that_is_no_web_link_is_left_out() -> None:
    """Only http and https."""
    assert "URL:" not in calendar_file([replace(DUE, url="javascript:alert(1)")], now=NOW)


def test_an_empty_calendar_is_a_calendar() -> None:
    """Begin and end, nothing between."""
    lines = unfolded(calendar_file([], now=NOW))
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")


@given(st.text(max_size=400))
@settings(deadline=None, max_examples=150)
def test_folding_keeps_the_line_and_its_limit(line: str) -> None:
    """No piece exceeds 75 octets, no character is cut, and unfolding gives the line back."""
    whole = line.replace("\r", "").replace("\n", "").encode("utf-8", "replace").decode()
    pieces = folded(whole).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == whole


def test_an_overtaken_date_cancels_the_event_that_an_earlier_file_carried() -> None:
    """Same UID, a later sequence, no alarm, and the step that overtook it."""
    end = Overtaking(at=NOW, settles=None)
    lines = unfolded(calendar_file([replace(DUE, overtaken=end)], now=NOW))
    assert f"UID:{uid(DUE)}" in lines
    assert "STATUS:CANCELLED" in lines
    assert "SEQUENCE:1" in lines
    assert "BEGIN:VALARM" not in lines
    assert any("Overtaken by: 2026-03-02 end of the matter." in line for line in lines)
