"""Working days are those of each authority's own calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.matters.calendar import (
    add_months,
    add_working_days,
    easter,
    holidays,
    is_working_day,
    next_working_day,
)

# GOV.UK bank holidays, England and Wales, as published.
ENGLAND = {
    2024: ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2025: ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2028: ["01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"],
}


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2028, date(2028, 4, 16)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_falls_where_the_almanac_says(year: int, day: date) -> None:
    """The latest possible Easter, 2038, included."""
    assert easter(year) == day


@pytest.mark.parametrize("year", sorted(ENGLAND))
def test_the_cma_keeps_the_bank_holidays_of_england_and_wales(year: int) -> None:
    """With the days in lieu of those on a weekend."""
    assert sorted(holidays("cma", year)) == [date.fromisoformat(f"{year}-{day}") for day in ENGLAND[year]]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 4, 2), False),
        (date(2026, 5, 14), False),
        (date(2026, 5, 15), False),
        (date(2026, 7, 21), False),
        (date(2026, 12, 24), False),
        (date(2026, 12, 31), False),
        (date(2026, 1, 2), False),
        (date(2026, 12, 23), True),
        (date(2026, 10, 30), True),
    ],
    ids=str,
)
def test_the_commission_keeps_the_holidays_of_the_union(day: date, *, works: bool) -> None:
    """Maundy Thursday, the day after Ascension, 21 July and the days from Christmas Eve to New Year are free."""
    assert is_working_day(day, "ec") is works


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 7, 3),
        date(2027, 7, 5),
        date(2027, 12, 31),
        date(2026, 1, 19),
        date(2026, 11, 26),
        date(2026, 6, 19),
    ],
    ids=str,
)
def test_a_federal_holiday_on_a_weekend_is_kept_beside_it(day: date) -> None:
    """Saturday's is kept on Friday, even in the old year; Sunday's on Monday."""
    assert not is_working_day(day, "ftc")


def test_bonn_keeps_corpus_christi() -> None:
    """The Bundeskartellamt sits in North Rhine-Westphalia."""
    assert not is_working_day(date(2026, 6, 4), "bundeskartellamt")


def test_counting_begins_on_the_day_after() -> None:
    """One working day from a Friday is the Monday."""
    assert add_working_days(date(2026, 3, 13), 1, "cma") == date(2026, 3, 16)


def test_holidays_do_not_count() -> None:
    """Five working days over Easter 2026 take two weekends and two bank holidays."""
    assert add_working_days(date(2026, 3, 31), 5, "cma") == date(2026, 4, 9)


def test_an_unknown_authority_works_from_monday_to_friday() -> None:
    """Christmas is not known of it."""
    assert add_working_days(date(2026, 12, 24), 1, "jftc") == date(2026, 12, 25)


def test_a_working_day_is_its_own_next() -> None:
    """Only a free day moves."""
    assert next_working_day(date(2026, 3, 16), "ec") == date(2026, 3, 16)
    assert next_working_day(date(2026, 12, 25), "ec") == date(2027, 1, 4)


@pytest.mark.parametrize("authority", ["cma", "ec", "ftc", "bundeskartellamt"])
def test_no_weekend_is_ever_a_working_day(authority: str) -> None:
    """Five years of days."""
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(5 * 366)]
    assert not [day for day in days if day.weekday() >= 5 and is_working_day(day, authority)]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2025, 5, 13), 9, date(2026, 2, 13)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(start: date, months: int, end: date) -> None:
    """31 January and one month is 28 February."""
    assert add_months(start, months) == end
