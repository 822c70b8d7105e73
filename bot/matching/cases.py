"""Finds case, file and docket numbers, in the form by which a matter is known for ever. Contains no I/O."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import re2

LONGEST = 100_000
MOST_CASES = 50

# Most articles hold no case number: one pass says so.
_HINT = re2.compile(
    r"(?:M|AT|DMA|SA)\.\s?[0-9]{4}|[A-Z0-9]/[0-9]{2}|P[0-9]{6}|(?i:file|matter|docket)\s(?i:no|number)|-cv-|[0-9]{2}-cv|[0-9]-(?:mc|cr)-|[0-9]{2}-(?:A|D|MC|SO)"
)
_SLUG = re.compile(r"/cma-cases/(?P<slug>[a-z0-9][a-z0-9-]{2,150})(?=[/.?#]|$)")


def _plain(match: re.Match[str]) -> str:
    return re.sub(r"\s", "", match.group()).upper()


def _dotted(prefix: str) -> Callable[[re.Match[str]], str]:
    return lambda match: f"{prefix}.{match['n']}"


def _court(match: re.Match[str]) -> str:
    return f"{match['court'].upper()}-{int(match['n'])}/{match['y'][-2:]}"


def _press(match: re.Match[str]) -> str:
    return f"{match['kind'].upper()}/{match['y'][-2:]}/{match['n']}"


def _ftc(match: re.Match[str]) -> str:
    digits = match["n"].replace("-", "").replace(" ", "")
    return f"{digits[:3]}-{digits[3:]}"


# Each number is found by its own shape; what needs a word beside it ("Case", "File No.") says so.
_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # EU mergers: M.11766, COMP/M.11766, "Case M. 8124". Four digits at least: M.2 is a slot for disks.
    (re.compile(r"(?<![\w.])(?:COMP/)?M\.\s?(?P<n>[0-9]{4,5})(?![\w]|\.[0-9])"), _dotted("M")),
    (re.compile(r"(?<![\w.])(?:COMP/)?AT\.\s?(?P<n>[0-9]{5})(?![\w]|\.[0-9])"), _dotted("AT")),
    (re.compile(r"(?<![\w.])DMA\.\s?(?P<n>[0-9]{6})(?![\w])"), _dotted("DMA")),
    (re.compile(r"(?<![\w.])SA\.\s?(?P<n>[0-9]{5,6})(?![\w])"), _dotted("SA")),
    (
        re.compile(r"(?<![\w/])(?P<kind>IP|MEX|MEMO|STATEMENT|SPEECH|QANDA)/(?P<y>(?:20)?[0-9]{2})/(?P<n>[0-9]{1,5})(?![\w/])"),
        _press,
    ),
    # CMA: ME/7104/24, ME/6983-22.
    (
        re.compile(r"(?<![\w/])ME/(?P<n>[0-9]{4,5})[/-](?P<y>(?:20)?[0-9]{2})(?![\w/])"),
        lambda m: f"ME/{m['n']}/{m['y'][-2:]}",
    ),
    # Bundeskartellamt: B6-34/23, B 6 - 34/23.
    (
        re.compile(r"(?<![\w/])B\s?(?P<d>1[0-2]|[1-9])\s?[-\u2010-\u2013]\s?(?P<n>[0-9]{1,4})/(?P<y>[0-9]{2})(?![\w/])"),
        lambda m: f"B{m['d']}-{m['n']}/{m['y']}",
    ),
    # Union courts: T-15/25, Case C‑48/22 P.
    (
        re.compile(r"(?<![\w/-])(?P<court>[TC])[-\u2010-\u2013](?P<n>[0-9]{1,4})/(?P<y>(?:20)?[0-9]{2})(?![\w/])"),
        _court,
    ),
    # FTC: matter numbers P231200, file numbers 231-0049, administrative dockets D-9412.
    (re.compile(r"(?<![\w-])P[0-9]{6}(?![\w-])"), _plain),
    (
        re.compile(r"(?i)(?<!\w)(?:FTC\s)?(?:file|matter)\s(?:no\.?|number)s?:?\s?(?P<n>[0-9]{3}[- ]?[0-9]{4})(?![\w-])"),
        _ftc,
    ),
    (re.compile(r"(?i)(?<!\w)docket\s(?:no\.?|number):?\s?D?-?(?P<n>[89][0-9]{3})(?![\w-])"), lambda m: f"D-{m['n']}"),
    # US courts: 1:20-cv-03590, 3:24-cv-01234-ABC.
    (
        re.compile(r"(?i)(?<![\w:])(?P<n>[0-9]{1,2}:[0-9]{2}-(?:cv|mc|cr)-[0-9]{3,5})(?!\d)"),
        lambda m: m["n"].lower(),
    ),
    (re.compile(r"(?i)(?<!\w)(?:no\.|case)\s(?P<n>[0-9]{2}-cv-[0-9]{3,5})(?!\d)"), lambda m: m["n"].lower()),
    # Autorité de la concurrence: décision 24-D-05, avis 24-A-05; CNMC: C/1380/23, S/0013/21; AGCM: A561, only after its word.
    (re.compile(r"(?<![\w-])(?P<n>[0-9]{2}-(?:A|D|DCC|MC|SO)-[0-9]{1,3})(?![\w-])"), lambda m: m["n"]),
    (re.compile(r"(?<![\w/])(?P<n>[CS]/[0-9]{4}/[0-9]{2})(?![\w/])"), lambda m: m["n"]),
)  # fmt: skip
_PRESS = re.compile(r"(?:IP|MEX|MEMO|STATEMENT|SPEECH|QANDA)/")


def find_cases(text: str, url: str = "") -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return the canonical case numbers of a text with their places, then those of the URL at (0, 0); each once.

    M., AT., DMA. and SA. numbers of the Commission, ME/…/… and `gov.uk:<slug>` of the CMA, FTC file numbers, docket
    and court numbers, Bundeskartellamt, Autorité and CNMC files. IP/… and MEX/… are documents: see `is_document`.
    """
    found: dict[str, tuple[int, int]] = {}
    text = text[:LONGEST]
    for low, high in _regions(text) if text else ():
        hits = [
            (m.start(), m.end(), name(m)) for shape, name in _SHAPES for m in shape.finditer(text, low, high)
        ]
        for start, end, case in sorted(hits):
            found.setdefault(case, (start, end))
    for case in _of_url(url):
        found.setdefault(case, (0, 0))
    return tuple(found.items())[:MOST_CASES]


def _regions(text: str) -> list[tuple[int, int]]:
    """Return the stretches in which a number may stand, wide enough for the longest."""
    merged: list[tuple[int, int]] = []
    for hint in _HINT.finditer(text):
        low, high = max(0, hint.start() - 40), hint.end() + 40
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged


def is_document(case: str) -> bool:
    """Say whether a number names a press document (IP/26/123), not a case."""
    return bool(_PRESS.match(case))


def _of_url(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return []
    path = parts.path
    if host == "gov.uk":
        slug = _SLUG.search(path)
        return [f"gov.uk:{slug['slug']}"] if slug else []
    if host in ("competition-cases.ec.europa.eu", "ec.europa.eu", "digital-markets-act-cases.ec.europa.eu"):
        return [name(m) for shape, name in _SHAPES[:4] if (m := shape.search(path)) is not None]
    return []
