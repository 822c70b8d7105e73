"""Every hit that fits, page after page."""

from __future__ import annotations

from storage.hit_filter import HitFilter
from storage.reader import Reader
from storage.records import Hit

PAGE = 1_000
MOST = 100_000


def all_hits(reader: Reader, wanted: HitFilter, most: int = MOST) -> list[Hit]:
    """Return every hit that fits, in the order of the filter, up to `most`."""
    found: list[Hit] = []
    while len(found) < most:
        page = reader.hits(wanted._replace(limit=PAGE, offset=len(found)))
        found += page.hits
        if not page.hits or len(found) >= page.total:
            break
    return found
