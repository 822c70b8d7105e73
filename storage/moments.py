"""Moments as whole microseconds since 1970 in UTC: they sort, they are exact, and a naive time cannot get in. No I/O."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TYPE_CHECKING = False  # see storage/light.py
if TYPE_CHECKING:
    from typing import overload

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MAX_INTEGER = 2**63 - 1  # SQLite's integers end here


if TYPE_CHECKING:

    @overload
    def micros(moment: datetime) -> int: ...
    @overload
    def micros(moment: None) -> None: ...


def micros(moment: datetime | None) -> int | None:
    """Return microseconds since 1970. Raises ValueError for a time without a zone."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; only aware times are stored")
    return (moment - EPOCH) // _MICROSECOND


if TYPE_CHECKING:

    @overload
    def moment_of(value: int) -> datetime: ...
    @overload
    def moment_of(value: None) -> None: ...


def moment_of(value: int | None) -> datetime | None:
    """Return the aware UTC time of stored microseconds."""
    return None if value is None else EPOCH + value * _MICROSECOND
