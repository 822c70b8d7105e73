"""Words whose letters come from two scripts, as a forger or an OCR writes them: a Cyrillic а in a Latin word. No I/O.

Rules and search fold them alike, so that what a rule has found a search finds too.
"""

from __future__ import annotations

import re

_CYRILLIC_TO_LATIN = str.maketrans("авекмнорстухіјѕһԁԛԝґԍьпц", "abekmhopctyxijshdqwrgbnu")
_GREEK_TO_LATIN = str.maketrans("αβεηικμνορτυχωγσ", "abenikmvoptuxwyo")
_LATIN_TO_CYRILLIC = str.maketrans("abekmhopctyxijs", "авекмнорстухіјѕ")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile("[\u0400-\u052f]")


def may_be_mixed(text: str) -> bool:
    """Return whether a folded text has Latin letters and such as may stand for them; most texts have not."""
    return bool(_FOREIGN.search(text) and _LATIN.search(text))


def one_script(word: str) -> str:
    """Return a folded word in the script of most of its letters; of the same length, and unchanged if it has one."""
    if not may_be_mixed(word):
        return word
    latin = len(_LATIN.findall(word))
    if len(_CYRILLIC.findall(word)) > latin:
        return word.translate(_LATIN_TO_CYRILLIC)
    return word.translate(_CYRILLIC_TO_LATIN).translate(_GREEK_TO_LATIN)
