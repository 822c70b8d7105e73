"""Where sentences begin in folded text of any of the languages we read.

Case is folded away, so a full stop ends a sentence unless the word before it is an abbreviation, a single
letter or a small number (German and Nordic dates). CJK stops always end one. Blank lines end one, single
line breaks only after a stop.
"""

from __future__ import annotations

import re

# The one character class in front is what the search leaps to: six times as fast as four ways to begin.
_BREAK = re.compile(
    r"""[.!?:\n。！？｡](?:
        (?<=[.!?:])[.!?:]*["')\]]*\s+
        |(?<=[。！？｡])[。！？｡]*
        |(?<=\n)\s*\n\s*
        |(?<=\n)\s*[-*•·]\s+
    )""",
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[^\W_]+$")


def _words(text: str) -> list[str]:
    return text.split()


_ABBREVIATIONS = frozenset(
    _words(
        "mr mrs ms dr prof sr jr st inc corp ltd co plc llc vs nos fig vol approx est etc eg ie al dept gov gen"
        " sen rep jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun"
        " bzw ca usw mio mrd mia nr abs art bspw evtl ggf inkl zzgl vgl sog str tsd u a z b d h"
        " env cf ex mm mme mlle dirs num pag pg ed eds cit"
        " sra sras ee uu sa dto aprox nro"
        " dott ing avv spa srl mln mld cfr"
        " ww tys tzw tj np ul godz wg dz poz ust pkt m prof hab bn tn m"
        " bijv enz mw dhr mevr jl blz"
        " bl f eks kr milj mdr"
    )
)


def boundaries(folded: str) -> list[int]:
    """Return the positions at which sentences begin; always at least [0]."""
    starts = [0]
    for found in _BREAK.finditer(folded):
        mark = found.group()
        if mark[0] == ":" and "\n" not in mark:
            continue
        if mark[0] == "." and "\n\n" not in mark and _is_abbreviation(folded, found.start()):
            continue
        if found.end() < len(folded):
            starts.append(found.end())
    return starts


def _is_abbreviation(folded: str, stop: int) -> bool:
    last = _LAST_WORD.search(folded, max(0, stop - 12), stop)
    if last is None:
        return False
    word = last.group()
    if word.isdigit():
        return len(word) <= 2
    return (len(word) == 1 and word.isascii()) or word in _ABBREVIATIONS
