"""Whether a document's GUIDs only count its entries, so that they name a place and no article. Contains no I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LAST_NUMBER = re.compile(r"(.*?)([0-9]{1,6})([^0-9]*)", re.DOTALL)


def are_positions(guids: Sequence[str]) -> bool:
    """Say whether a document's GUIDs, in its order, are one text around a number that counts the entries.

    Addresses never are: a page has its own, however a site numbers them.

    >>> are_positions(["item-1", "item-2", "item-3"])
    True
    >>> are_positions(["item-3", "item-2", "item-1"])
    False
    """
    places = [_LAST_NUMBER.fullmatch(guid) for guid in guids]
    found = [place.groups() for place in places if place is not None]
    if len(found) < 2 or len(found) < len(guids):
        return False
    first = int(found[0][1])
    if first not in (0, 1) or "://" in guids[0]:
        return False
    return all(
        (before, int(number), after) == (found[0][0], position, found[0][2])
        for position, (before, number, after) in enumerate(found, start=first)
    )
