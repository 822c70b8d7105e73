"""Whether a feed says that it has ended. Pure, and apart from `health`: the parsing child asks it and loads little."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ENDED = re.compile(
    r"\A\W*(this|the|our)?\s*(\w+\s){0,2}(rss\s|atom\s|news\s)?feed\s(has|is|was|will)\s"
    r"(now\s|been\s|no\slonger\s|longer\s|be\s)*(ended|moved|discontinued|retired|closed|inactive|deprecated|"
    r"available|supported|updated|terminated|removed|shut\sdown)\b"
    r"|\A\W*this\s(rss\s|atom\s)?feed\sno\slonger\sexists\b",
    re.IGNORECASE,
)
_STILL_ALIVE = re.compile(r"\b(is|has been|was)\s(now\s)?(available|updated|supported)\b", re.IGNORECASE)


def is_ended(titles: Sequence[str]) -> bool:
    """Tell whether a feed only says that it has ended: one or two entries, all of them saying so."""
    return 0 < len(titles) <= 2 and all(
        _ENDED.search(title) is not None
        and (_STILL_ALIVE.search(title) is None or "no longer" in title.lower())
        for title in titles
    )
