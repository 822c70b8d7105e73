"""Quiet hours in a team's own time zone, right on the days when clocks change. Contains no I/O."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.config import QuietSettings

SATURDAY = 5


def quiet_until(now: datetime, quiet: QuietSettings | None) -> datetime | None:
    """Return when the quiet hours that hold at `now` end (UTC), or None where it is not quiet.

    A span over midnight belongs to the day on which it starts. With `weekends` false, spans that start on
    Saturday or Sunday do not hold.
    """
    if quiet is None or quiet.start == quiet.end:
        return None
    zone = ZoneInfo(quiet.zone)
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        if not quiet.weekends and day.weekday() >= SATURDAY:
            continue
        start, end = span_on(day, quiet, zone)
        if start <= now < end:
            return end
    return None


def span_on(day: date, quiet: QuietSettings, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the span that starts on a local day, as UTC times."""
    over_midnight = quiet.end <= quiet.start
    last = day + timedelta(days=1) if over_midnight else day
    return moment(day, quiet.start, zone), moment(last, quiet.end, zone)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return a local time of day as UTC.

    A time that the clocks skip is read as the moment of the jump's other side (02:30 becomes 03:30); of a time
    that comes twice the first is taken.
    """
    local = datetime.combine(day, at, tzinfo=zone)
    return local.astimezone(UTC)
