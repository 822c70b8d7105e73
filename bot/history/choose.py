"""Which matters a list shows. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from storage.hit_filter import at_least
from storage.records import Matter
from storage.words import Stage


def chosen(
    matters: Iterable[Matter],
    *,
    stages: tuple[str, ...] = (),
    companies: tuple[str, ...] = (),
    since: datetime | None = None,
) -> list[Matter]:
    """Return the matters that fit: any of the stages (`inquiry+` is at least), all companies, moved since then."""
    wanted = at_least(stages, tuple(stage.value for stage in Stage))
    return [
        matter
        for matter in matters
        if (not wanted or (matter.stage is not None and matter.stage.value in wanted))
        and set(companies) <= set(matter.tie)
        and (since is None or matter.moved_at >= since)
    ]
