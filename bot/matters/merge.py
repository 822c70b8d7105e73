"""Two matters that a case number proves to be one. Contains no I/O."""

from __future__ import annotations

from dataclasses import replace

from storage.records import Matter


def merged(one: Matter, two: Matter) -> tuple[Matter, Matter]:
    """Return (what stays, what points to it).

    The one that somebody was told of stays, for its thread exists; then the older; then the lesser key. It
    takes the further stage of the two, with what belongs to that stage.
    """
    stays, goes = sorted((one, two), key=lambda m: (not m.told, m.opened_at, m.key))
    ahead = max((stays, goes), key=lambda m: (_rank(m), m.confirmed, m is stays))
    whole = replace(
        stays,
        tie=stays.tie or goes.tie,
        title=stays.title if stays.tie or not goes.tie else goes.title,
        cases=tuple(sorted({*stays.cases, *goes.cases})),
        stage=ahead.stage,
        outcome=ahead.outcome,
        confirmed=ahead.confirmed,
        level=max(stays.level, goes.level, key=lambda level: level.rank),
        opened_at=min(stays.opened_at, goes.opened_at),
        moved_at=ahead.moved_at,
        sources=ahead.sources,
        deadline=ahead.deadline or stays.deadline or goes.deadline,
        evidence=ahead.evidence,
        told=stays.told or goes.told,
        showing=ahead.showing or stays.showing or goes.showing,
        also=ahead.also,
        noted_at=max((m.noted_at for m in (stays, goes) if m.noted_at), default=None),
    )
    return whole, replace(goes, merged_into=stays.key)


def _rank(matter: Matter) -> int:
    return matter.stage.rank if matter.stage else 0
