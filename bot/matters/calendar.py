"""The working days of each authority: its own holidays, computed for any year. Contains no I/O.

England and Wales bank holidays, the holidays of the European Commission, US federal holidays, and North Rhine-Westphalia
for the Bundeskartellamt. Holidays that are proclaimed for one year only (a coronation) are not foreseen, and the
Commission publishes its list each year: dates that rest on this calendar are estimates until the authority says them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

DAY = timedelta(days=1)
MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous algorithm of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays(authority: str, year: int) -> frozenset[date]:
    """Return the days of a year on which an authority does not work, besides weekends; empty where we know none."""
    return _holidays(_PLACE_OF.get(authority, ""), year)


def is_working_day(day: date, authority: str) -> bool:
    """Say whether an authority works on a day; for one that we do not know, Monday to Friday."""
    return day.weekday() < SATURDAY and day not in holidays(authority, day.year)


def is_known(authority: str) -> bool:
    """Say whether an authority's holidays are known here."""
    return authority in _PLACE_OF


def add_working_days(start: date, count: int, authority: str) -> date:
    """Return the last of `count` working days, of which the first is the first one after `start`."""
    day = start
    for _ in range(count):
        day = next_working_day(day + DAY, authority)
    return day


def next_working_day(day: date, authority: str) -> date:
    """Return the day itself where the authority works on it, else the first day after it on which it does."""
    while not is_working_day(day, authority):
        day += DAY
    return day


def add_months(start: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    following = date(year + 1, 1, 1) if month == 11 else date(year, month + 2, 1)
    last = (following - DAY).day
    return date(year, month + 1, min(start.day, last))


# ---------------------------------------------------------------------------- the places


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _last(year: int, month: int, weekday: int) -> date:
    after = date(year + (month == 12), month % 12 + 1, 1)
    return after - timedelta(days=(after.weekday() - weekday - 1) % 7 + 1)


def _england(year: int) -> set[date]:
    """Banking and Financial Dealings Act 1971; a holiday on a weekend moves to the next free weekday."""
    days = {
        easter(year) - 2 * DAY,
        easter(year) + DAY,
        _nth(year, 5, MONDAY, 1),
        _last(year, 5, MONDAY),
        _last(year, 8, MONDAY),
    }
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        day = fixed
        while day.weekday() >= SATURDAY or day in days:
            day += DAY
        days.add(day)
    return days


def _commission(year: int) -> set[date]:
    """Public holidays of the EU institutions, as published each year in the Official Journal; none is moved."""
    sunday = easter(year)
    fixed = [
        (1, 1),
        (1, 2),
        (5, 1),
        (5, 9),
        (7, 21),
        (8, 15),
        (11, 1),
        (11, 2),
        *((12, day) for day in range(24, 32)),
    ]
    moving = (
        -3,
        -2,
        1,
        39,
        40,
        50,
    )  # Maundy Thursday … Easter Monday, Ascension and the day after, Whit Monday
    return {date(year, m, d) for m, d in fixed} | {sunday + n * DAY for n in moving}


def _federal(year: int) -> set[date]:
    """5 U.S.C. 6103: a holiday on Saturday is kept on Friday, on Sunday on Monday."""
    days = {
        _nth(year, 1, MONDAY, 3),
        _nth(year, 2, MONDAY, 3),
        _last(year, 5, MONDAY),
        _nth(year, 9, MONDAY, 1),
        _nth(year, 10, MONDAY, 2),
        _nth(year, 11, THURSDAY, 4),
    }
    fixed = [date(year, m, d) for m, d in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))]
    for day in [*fixed, date(year + 1, 1, 1)]:
        shift = {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
        days.add(day + shift * DAY)
    return {day for day in days if day.year == year}


def _westphalia(year: int) -> set[date]:
    """Feiertagsgesetz NW: the Bundeskartellamt sits in Bonn."""
    sunday = easter(year)
    fixed = {date(year, m, d) for m, d in ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))}
    return fixed | {sunday + n * DAY for n in (-2, 1, 39, 50, 60)}


_PLACES: Mapping[str, Callable[[int], set[date]]] = MappingProxyType(
    {"england": _england, "commission": _commission, "federal": _federal, "westphalia": _westphalia}
)
_PLACE_OF = MappingProxyType(
    {
        "cma": "england",
        "ec": "commission",
        "ftc": "federal",
        "doj": "federal",
        "bundeskartellamt": "westphalia",
    }
)


@lru_cache(maxsize=64)
def _holidays(place: str, year: int) -> frozenset[date]:
    return frozenset(_PLACES[place](year)) if place else frozenset()
