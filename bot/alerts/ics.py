"""Due dates as a calendar file (RFC 5545), for people's own calendars. Contains no I/O.

All-day events, one a due date. The UID stays when a date moves, so that a calendar that reads the file again moves
the event, and when a later step overtakes it, so that it is cancelled there.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from bot.matters.agenda import REMIND_DAYS, DueDate
from bot.matters.overtaken import named

_LINE = 75  # octets, RFC 5545 §3.1


def calendar_file(dates: Iterable[DueDate], *, now: datetime, alarms: bool = True) -> str:
    """Return the text of an .ics file, lines ended by CRLF; `now` stamps it. Write it as UTF-8, newlines untouched."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//regwatch//deadlines//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:regwatch deadlines",
    ]
    for due in dates:
        lines += _event(due, now, alarms=alarms)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + "\r\n" for line in lines)


def _event(due: DueDate, now: datetime, *, alarms: bool) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid(due)}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{_day(due.on)}",
        f"DTEND;VALUE=DATE:{_day(due.on + timedelta(days=1))}",
        f"SUMMARY:{escaped(summary(due))}",
        f"DESCRIPTION:{escaped(_description(due))}",
        f"STATUS:{_status(due)}",
        "TRANSP:TRANSPARENT",
        "CATEGORIES:" + ",".join(escaped(word) for word in ("regwatch", due.authority or "") if word),
    ]
    if due.url.startswith(("https://", "http://")) and due.url.isascii() and due.url.isprintable():
        lines.append(f"URL:{due.url}")
    if due.overtaken:
        lines.append("SEQUENCE:1")  # later than the same event that was still due
    for days in REMIND_DAYS if alarms and not due.overtaken else ():
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"TRIGGER:-P{days}D",
            f"DESCRIPTION:{escaped(summary(due))}",
            "END:VALARM",
        ]
    return [*lines, "END:VEVENT"]


def _status(due: DueDate) -> str:
    """Return CANCELLED for what a later step has overtaken: a calendar that reads the file again takes the event out."""
    if due.overtaken:
        return "CANCELLED"
    return "TENTATIVE" if due.estimated else "CONFIRMED"


def summary(due: DueDate) -> str:
    """Return one line: what is due, of which matter, and that it is an estimate, or no longer due, where it is."""
    void = "No longer due: " if due.overtaken else ""
    return f"{void}{due.what[:1].upper()}{due.what[1:]}{' (estimated)' if due.estimated else ''}: {due.title}"


def _description(due: DueDate) -> str:
    parts = [f"{due.what} due {due.on.isoformat()}."]
    if due.was:
        parts.append(f"Earlier reports said {due.was.isoformat()}.")
    if due.estimated:
        parts.append(f"Estimated from {due.source}." if due.source else "Estimated.")
    if due.latest:
        parts.append(f"If extended to the full: {due.latest.isoformat()}.")
    if due.overtaken:
        parts.append(f"Overtaken by: {named(due.overtaken)}.")
    if due.note:
        parts.append(f"Note: {due.note}.")
    if due.matter:
        parts.append(f"Matter {due.matter}.")
    return "\n".join(parts)


def uid(due: DueDate) -> str:
    """Return an identifier that depends on what is due in which matter, not on the day."""
    return hashlib.sha256(due.key.encode()).hexdigest()[:32] + "@regwatch"


def escaped(text: str) -> str:
    """Return a TEXT value (RFC 5545 §3.3.11): backslash, comma, semicolon and line ends escaped, controls left out."""
    clean = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """Return a content line folded at 75 octets, never within a character."""
    parts: list[str] = []
    start, used = 0, 0
    for index, char in enumerate(line):
        size = len(char.encode())
        if used + size > _LINE:
            parts.append(line[start:index])
            start, used = index, 1  # the space that continues a line counts
        used += size
    parts.append(line[start:])
    return "\r\n ".join(parts)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
