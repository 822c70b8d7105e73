"""Sums, case numbers and deadlines of a document, found in its plain text and placed in what was given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.matching.cases import find_cases
from bot.matching.dates import find_deadlines
from bot.matching.money import amounts_of

if TYPE_CHECKING:
    from datetime import date

    from bot.matching.text import Document
    from storage.records import Amount, Deadline

READ = 3  # title, summary and body; the url gives case numbers alone


def sums_of(document: Document) -> tuple[Amount, ...]:
    """Return the distinct sums of title, summary and body, valuations and the like too."""
    fields = {field.name: field for field in document.fields[:READ]}
    found = amounts_of(((name, field.shown) for name, field in fields.items()), language=document.language)
    return tuple(
        replace(amount, span=fields[amount.span.field].shown_span(amount.span.start, amount.span.end))
        if amount.span
        else amount
        for amount in found
    )


def cases_of(document: Document) -> tuple[str, ...]:
    """Return the case numbers of the text and of the address."""
    numbers: dict[str, None] = {}
    for field in document.fields[:READ]:
        numbers.update((number, None) for number, _ in find_cases(field.shown))
    numbers.update((number, None) for number, _ in find_cases("", document.fields[READ].given))
    return tuple(numbers)


def deadlines_of(document: Document, published: date | None) -> tuple[Deadline, ...]:
    """Return the dates by which something is due."""
    found: list[Deadline] = []
    for field in document.fields[:READ]:
        for deadline in find_deadlines(
            field.shown, field=field.name, published=published, language=document.language
        ):
            span = deadline.span
            found.append(replace(deadline, span=field.shown_span(span.start, span.end)) if span else deadline)
    return tuple(found)
