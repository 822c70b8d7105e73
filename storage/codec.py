"""How records become compact JSON and come back. Contains no I/O."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from storage.moments import micros, moment_of
from storage.records import (
    AlsoIn,
    Amount,
    Deadline,
    Facts,
    FeedState,
    Matter,
    Mention,
    Message,
    Showing,
    Span,
)
from storage.words import Level, Stage, Tier

Plain = str | int | float | bool | list[Any] | dict[str, Any] | None
Json = Mapping[str, Any]


def clean(text: str) -> str:
    """Return text that SQLite can hold: no NUL, no lone surrogate."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def plain(value: object) -> Plain:
    """Return a record as JSON-ready values; fields that hold their default are left out."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {clean(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(str(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {
            f.name: plain(item)
            for f in dataclasses.fields(value)
            if (item := getattr(value, f.name)) != f.default
        }
    raise TypeError(f"{type(value).__name__} cannot be stored")


def dumped(value: object) -> str:
    """Return a record as canonical JSON: sorted keys, no spaces, so that equal values give equal text."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def span_of(raw: Json) -> Span:
    """Return the span of its stored form."""
    return Span(field=raw["field"], start=raw["start"], end=raw["end"], text=raw["text"])


def spans_of(text: str) -> tuple[Span, ...]:
    """Return the spans of a stored list."""
    return tuple(span_of(raw) for raw in json.loads(text))


def deadline_of(raw: Json) -> Deadline:
    """Return the deadline of its stored form."""
    return Deadline(on=date.fromisoformat(raw["on"]), what=raw["what"], span=_span(raw))


def facts_of(text: str) -> Facts:
    """Return the facts of their stored form."""
    return Facts(
        **_fields(
            Facts,
            json.loads(text),
            stage=stage_of,
            amounts=lambda items: tuple(_amount(item) for item in items),
            deadlines=lambda items: tuple(deadline_of(item) for item in items),
            mentions=lambda items: tuple(_mention(item) for item in items),
        )
    )


def matter_of(text: str, number: int) -> Matter:
    """Return the matter of its stored form, with its id."""
    values = _fields(
        Matter,
        json.loads(text),
        stage=stage_of,
        level=Level,
        deadline=deadline_of,
        showing=_showing,
        also=lambda items: tuple(AlsoIn(**_fields(AlsoIn, item)) for item in items),
    )
    return Matter(**{**values, "id": number})


def stage_of(text: str | None) -> Stage | None:
    """Return the stage, if there is one."""
    return Stage(text) if text else None


def message_of(text: str) -> Message:
    """Return the message of its stored form."""
    raw = cast("Json", json.loads(text))
    return Message(text=raw.get("text", ""), blocks=tuple(raw.get("blocks", ())))


def feed_state_json(state: FeedState) -> str:
    """Return a feed's state without its item digests, which are stored apart because they seldom change."""
    return dumped(dataclasses.replace(state, item_digests=frozenset()))


def feed_state_of(text: str, items: str) -> FeedState:
    """Return the state of its stored form."""
    return FeedState(**{**_fields(FeedState, json.loads(text)), "item_digests": frozenset(items.split())})


def _fields(kind: type[Any], raw: Json, **special: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the constructor's words for a record; fields that this version does not know are passed over."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.name not in raw:
            continue
        value = raw[field.name]
        if field.name in special:
            value = special[field.name](value)
        elif field.name.endswith(("_at", "_since")):
            value = moment_of(value)
        values[field.name] = _tupled(value)
    return values


def _tupled(value: Any) -> Any:
    return tuple(_tupled(item) for item in value) if isinstance(value, list) else value


def _span(raw: Json) -> Span | None:
    return span_of(raw["span"]) if raw.get("span") else None


def _amount(raw: Json) -> Amount:
    return Amount(
        value=raw["value"],
        currency=raw["currency"],
        kind=raw.get("kind", "other"),
        upto=raw.get("upto", False),
        span=_span(raw),
    )


def _showing(raw: Json) -> Showing:
    return Showing(
        **_fields(
            Showing,
            raw,
            tier=Tier,
            level=Level,
            amounts=lambda items: tuple(_amount(item) for item in items),
        )
    )


def _mention(raw: Json) -> Mention:
    return Mention(
        id=raw["id"],
        kind=raw["kind"],
        spans=tuple(span_of(item) for item in raw.get("spans", ())),
        salience=raw.get("salience", 0.0),
    )
