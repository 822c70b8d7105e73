"""Dates count where a sentence says that they are a limit, and of what."""

from __future__ import annotations

from datetime import date

import pytest

from bot.matching.dates import find_deadlines

PUBLISHED = date(2026, 3, 20)

DUE = [
    ("We want responses by 5pm on 18 April 2024.", date(2024, 4, 18), "comments"),
    ("Comments are open until 12 May.", date(2026, 5, 12), "comments"),
    ("Comments are due by April 3, 2026.", date(2026, 4, 3), "comments"),
    ("Deadline for phase 1 decision: 4 December", date(2026, 12, 4), "phase 1 decision"),
    ("4 December 2026: Deadline for phase 1 decision", date(2026, 12, 4), "phase 1 decision"),
    ("The CMA has until 4 December 2026 for its Phase 2 decision.", date(2026, 12, 4), "phase 2 decision"),
    ("The Commission has until June 5 to decide.", date(2026, 6, 5), "decision"),
    ("The Commission extended its deadline to 2026-07-01.", date(2026, 7, 1), "deadline"),
    ("The provisional deadline for a decision is July 15th.", date(2026, 7, 15), "decision"),
    ("Microsoft has until 2 June to offer commitments.", date(2026, 6, 2), "commitments"),
    ("It must lodge an appeal by 1 July 2026.", date(2026, 7, 1), "appeal"),
    ("Stellungnahmen sind bis zum 3. Mai 2026 möglich.", date(2026, 5, 3), "comments"),
    ("Die Kommission muss bis 5. Juni entscheiden.", date(2026, 6, 5), "decision"),
    ("Les observations peuvent être envoyées avant le 18 avril.", date(2026, 4, 18), "comments"),
    ("Las observaciones pueden enviarse hasta el 5 de junio de 2026.", date(2026, 6, 5), "comments"),
    ("Gli interessati possono inviare osservazioni entro il 5 giugno.", date(2026, 6, 5), "comments"),
    ("Reacties zijn welkom tot en met 5 juni 2026.", date(2026, 6, 5), "comments"),
    ("Contribuições até 5 de junho.", date(2026, 6, 5), "comments"),
    ("Uwagi można zgłaszać do 5 czerwca 2026 r.", date(2026, 6, 5), "comments"),
    ("Synpunkter ska lämnas senast den 5 juni 2026.", date(2026, 6, 5), "comments"),
    ("意見は6月5日まで受け付ける。", date(2026, 6, 5), "comments"),
    ("의견은 6월 5일까지 받는다.", date(2026, 6, 5), "comments"),
    ("意见截止2026年6月5日。", date(2026, 6, 5), "comments"),
]

NOT_DUE = [
    "By 12 March 2020 the company had sold everything.",
    "On 12 September 2025 the Commission adopted a commitments decision.",
    "The agency said before May 2026 that nothing was planned.",
    "The case was opened on 4 December 2024 and closed on 6 March 2025.",
    "By 31 June the company wants to comment.",
]


@pytest.mark.parametrize(("text", "on", "what"), DUE, ids=[d[0] for d in DUE])
def test_a_limit_is_found_with_what_is_due(text: str, on: date, what: str) -> None:
    """The date, its year inferred where it is not written, and what is due."""
    assert [(d.on, d.what) for d in find_deadlines(text, field="body", published=PUBLISHED)] == [(on, what)]


@pytest.mark.parametrize("text", NOT_DUE)
def test_a_date_of_the_past_or_of_nothing_is_no_deadline(text: str) -> None:
    """A date is due only where the sentence says so."""
    assert find_deadlines(text, field="body", published=PUBLISHED) == ()


def test_two_dates_in_a_row_are_read_one_after_the_other() -> None:
    """Each is looked for around its own day and month, and none is read twice."""
    text = "Comments are due by 3 April 2026, by 12 April 2026 and by 2026-05-01."
    found = find_deadlines(text, field="body", published=PUBLISHED)
    assert [deadline.on for deadline in found] == [date(2026, 4, 3), date(2026, 4, 12), date(2026, 5, 1)]


def test_a_date_without_a_year_belongs_to_the_next_year_when_this_years_has_passed() -> None:
    """In December, "by 15 January" is next month."""
    (found,) = find_deadlines("Comments by 15 January.", field="body", published=date(2026, 12, 10))
    assert found.on == date(2027, 1, 15)


def test_without_a_publication_date_a_date_needs_its_year() -> None:
    """Nothing is guessed."""
    assert find_deadlines("Comments by 15 January.", field="body", published=None) == ()


def test_an_american_and_british_reading_of_a_date_are_not_guessed_between() -> None:
    """In English 04/12/2026 says nothing certain; in German 4.12.2026 does."""
    assert find_deadlines("Comments by 04/12/2026.", field="body", published=PUBLISHED, language="en") == ()
    (found,) = find_deadlines(
        "Stellungnahmen bis 04.12.2026.", field="body", published=PUBLISHED, language="de"
    )
    assert found.on == date(2026, 12, 4)


def test_in_a_timetable_the_date_stands_before_its_action() -> None:
    """Rows of a case page, flattened: only the row that says deadline is one."""
    rows = "4 August 2025 Statutory deadline 31 July 2025 Final decision published 5 October 2023 Date of reference"
    found = find_deadlines(rows, field="body", published=PUBLISHED)
    assert [d.on for d in found] == [date(2025, 8, 4)]


def test_a_span_points_at_the_date() -> None:
    """The span is the date in the field."""
    text = "Views are welcome until 5 June 2026, the CMA said."
    (found,) = find_deadlines(text, field="summary", published=PUBLISHED)
    assert found.span is not None
    assert (found.span.field, text[found.span.start : found.span.end]) == ("summary", "5 June 2026")
