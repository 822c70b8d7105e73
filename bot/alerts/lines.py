"""Lists of lines, each as markup and as text, laid out in as few messages as hold them. Contains no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.alerts import blocks
from bot.alerts.escape import plain, units
from storage.records import Message


@dataclass(frozen=True, slots=True)
class ListLine:
    """One entry of a list, as markup and as text."""

    markup: str
    text: str


def list_messages(lines: Sequence[ListLine], *, heading: str = "") -> tuple[Message, ...]:
    """Return as few messages as hold every line, in order."""
    pages: list[list[ListLine]] = []
    room = blocks.TEXT_ROOM - 200
    used = room + 1
    for line in lines:
        used += max(units(line.text), units(line.markup)) + 1
        if used > room:
            pages.append([])
            used = max(units(line.text), units(line.markup)) + 1
        pages[-1].append(line)
    title = heading or f"{len(lines)} more alert{'s' if len(lines) != 1 else ''} in a short time, together"
    return tuple(
        _listed(plain(title, 140) + (f" ({number}/{len(pages)})" if len(pages) > 1 else ""), page)
        for number, page in enumerate(pages, 1)
    )


def _listed(title: str, lines: Sequence[ListLine]) -> Message:
    return Message(
        text="\n".join([title, *(line.text for line in lines)]),
        blocks=(blocks.section(f"*{title}*"), *blocks.sections_of(line.markup for line in lines)),
    )
