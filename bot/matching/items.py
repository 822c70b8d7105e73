"""Articles as JSON lines, as `rules match` and `rules eval` read them, and what was read as `rules match` writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.matching.matcher import Given, Reading
from bot.matching.money import COUNTED
from storage.words import Level, RuleStatus, Stage

LABELS = ("signal", "other", "deal", "none")
_HALF = re.compile("[\ud800-\udfff]")
_TEXTS = ("title", "summary", "body", "url", "lang", "language", "source", "feed", "hard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """What a reader says an item is."""

    label: str
    regulators: frozenset[str] = frozenset()
    companies: frozenset[str] = frozenset()
    stage: str | None = None
    amounts: frozenset[tuple[int, str]] = frozenset()
    borderline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line: an article with its id and, where it has one, its gold label."""

    line: int
    id: object
    given: Given
    gold: Gold | None = None

    @property
    def language(self) -> str:
        """The item's language, or `?`."""
        return self.given.language or "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that is no item, and why."""

    line: int
    reason: str


def read_items(lines: Iterable[str | bytes]) -> Iterator[Item | BadLine]:
    """Yield the item of each line that is not blank; lines count from 1."""
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8") if isinstance(line, bytes) else line
        except UnicodeDecodeError as error:
            yield BadLine(line=number, reason=f"not UTF-8 at byte {error.start + 1}")
            continue
        text = text.removeprefix("\ufeff")
        if not text.strip():
            continue
        yield _item(number, text)


def _item(number: int, text: str) -> Item | BadLine:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return BadLine(line=number, reason=f"not JSON: {error.msg} at column {error.colno}")
    except (RecursionError, ValueError) as error:
        return BadLine(line=number, reason=f"not JSON: {error}")
    if not isinstance(data, dict):
        return BadLine(line=number, reason="not an object")
    for key in _TEXTS:
        if data.get(key) is not None and not isinstance(data[key], str):
            return BadLine(line=number, reason=f'"{key}" is not text')
    # Half of a surrogate pair is no text: nothing could write it.
    data = {k: _HALF.sub("\ufffd", v) if isinstance(v, str) else v for k, v in data.items()}
    given = Given(
        title=data.get("title") or "",
        summary=data.get("summary") or "",
        body=data.get("body") or "",
        url=data.get("url") or "",
        language=data.get("lang") or data.get("language") or "",
        feed=data.get("feed") or "",
    )
    try:
        gold = _gold(data)
    except (TypeError, ValueError, KeyError) as error:
        return BadLine(line=number, reason=f"gold fields that cannot be read: {error}")
    return Item(line=number, id=data.get("id"), given=given, gold=gold)


def _gold(data: Mapping[str, object]) -> Gold | None:
    label = data.get("label")
    if label is None:
        return None
    if label not in LABELS:
        raise ValueError(f"label {label!r}")
    stage = data.get("stage")
    if stage is not None:
        stage = Stage(str(stage)).value
    return Gold(
        label=str(label),
        regulators=_words(data.get("regulators")),
        companies=_words(data.get("companies")),
        stage=stage,
        amounts=frozenset(_amounts(data.get("amounts"))),
        borderline=bool(data.get("borderline")),
    )


def _words(value: object) -> frozenset[str]:
    if value is None:
        return frozenset()
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return frozenset(str(word) for word in value)


def _amounts(value: object) -> Iterator[tuple[int, str]]:
    if value is None:
        return
    if not isinstance(value, list):
        raise TypeError("amounts is no list")
    for amount in value:
        if not isinstance(amount, dict):
            raise TypeError("an amount is no object")
        yield int(amount["value"]), str(amount["currency"])


# ---------------------------------------------------------------------------- what was read


def stage_told(reading: Reading) -> str | None:
    """Return the stage; only what an authority does has one."""
    stage = reading.facts.stage
    return stage.value if stage is not None and reading.label in ("signal", "other") else None


def amounts_told(reading: Reading) -> list[tuple[int, str]]:
    """Return the distinct sums of the deal or the fine."""
    counted = [(a.value, a.currency) for a in reading.facts.amounts if a.kind in COUNTED]
    return list(dict.fromkeys(counted))


def level_told(reading: Reading) -> str | None:
    """Return the highest level of the live matches, or None."""
    levels = [match.level for match in reading.matches if match.status is RuleStatus.LIVE]
    return max(levels, key=lambda level: Level(level).rank).value if levels else None


def record_of(item: Item, reading: Reading) -> dict[str, object]:
    """Return what `rules match` writes for an item."""
    live = [match for match in reading.matches if match.status is RuleStatus.LIVE]
    return {
        "id": item.id,
        "label": reading.label,
        "level": level_told(reading),
        "rules": [match.rule for match in live],
        "regulators": list(reading.facts.regulators),
        "companies": list(reading.facts.companies),
        "stage": stage_told(reading),
        "amounts": [{"value": value, "currency": currency} for value, currency in amounts_told(reading)],
        "spans": [
            {"field": s.field, "start": s.start, "end": s.end, "text": s.text, "rule": match.rule}
            for match in live
            for s in match.spans
        ],
        "shadow": [match.rule for match in reading.matches if match.status is RuleStatus.SHADOW],
    }
