"""Which language a text is in, by its script and its commonest words. Pure."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[^\W\d_]+")
_STOP_WORDS = {
    "en": "the of and to in is for on that with as by it from are was an at has its be not this",
    "fr": "le la les des et est une du dans pour que qui sur par au aux avec ce ses sont pas plus",
    "de": "der die das und ist nicht den von zu mit sich des auf für im dem ein eine auch werden hat",
    "es": "el los las y es en del que por una para con se su al lo como más sus ha son",
    "it": "il di che e la per un una è del della con non si da le dei nel alla sono ha",
    "pt": "o os as e do da em que para um uma com não por dos das no na se ao foi",
    "nl": "de het een en van is dat op te zijn voor met niet aan er om ook als bij door",
    "pl": "i w na z się do nie że to jest o jak dla od przez po są za oraz",
}
_SPEAKERS: dict[str, list[str]] = {}  # the languages of each word
for _code, _said in _STOP_WORDS.items():
    for _word in frozenset(_said.split()):
        _SPEAKERS.setdefault(_word, []).append(_code)
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_ANY_SCRIPT = re.compile("[\u0370-\u0fff\u3040-\u9fff\uac00-\ud7af]")
_LETTERS = bytes(code if chr(code).isalpha() and code < 0x80 else 0x20 for code in range(0x100))


def guess_language(text: str) -> str:
    """Return the language of a text by its script, else by its commonest words; empty when unsure."""
    sample = text[:4_000]
    if sample.isascii():
        words = sample.encode("ascii").translate(_LETTERS).decode("ascii").lower().split()
    else:
        found = _WORDS.findall(sample)
        script = _script_of(sample, sum(map(len, found)) or 1)
        if script:
            return script
        words = [word.lower() for word in found]
    scores = dict.fromkeys(_STOP_WORDS, 0)
    for speakers in filter(None, map(_SPEAKERS.get, words)):
        for code in speakers:
            scores[code] += 1
    best, second, *_ = sorted(scores, key=lambda code: -scores[code])
    return best if scores[best] >= 3 and scores[best] > scores[second] * 1.2 else ""


def _script_of(sample: str, letters: int) -> str:
    """Return the language whose script a text is in; empty where it is in Latin letters."""
    if _ANY_SCRIPT.search(sample) is None:
        return ""
    for code, script in _SCRIPTS:
        # Japanese and Korean texts hold Chinese signs too, so a few of their own letters decide.
        if len(script.findall(sample)) > letters * (0.05 if code in ("ja", "ko") else 0.3):
            return code
    return ""
