"""Finds dates by which something is due: comments, decisions, commitments, appeals. Contains no I/O.

A date counts only where its sentence says that it is a limit ("by", "until", "deadline", "まで") and of what.
Statutory clocks that nobody wrote down are computed elsewhere, in `bot.matters.clocks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import re2

from storage.records import Deadline, Span

_MONTH_NAMES = (
    "january january's jan janvier januar jänner enero gennaio januari janeiro stycznia styczeń января",
    "february feb février februar febrero febbraio februari fevereiro lutego luty февраля",
    "march mar mars märz marzo maart março marca marzec марта",
    "april apr avril abril aprile kwietnia kwiecień апреля",
    "may mai mayo maggio mei maio maja maj мая",
    "june jun juin juni junio giugno junho czerwca czerwiec июня",
    "july jul juillet juli julio luglio julho lipca lipiec июля",
    "august aug août aout agosto augustus augusti sierpnia sierpień августа",
    "september sept sep septembre septiembre setiembre settembre setembro września wrzesień сентября",
    "october oct octobre oktober octubre ottobre outubro października październik октября",
    "november nov novembre noviembre novembro listopada listopad ноября",
    "december dec décembre dezember diciembre dicembre dezembro grudnia grudzień декабря",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_NAMES = "|".join(sorted(_MONTHS, key=lambda n: (-len(n), n)))
_DATE = re.compile(
    rf"(?<!\w)(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?\s(?:de\s|of\s)?(?P<m>{_NAMES})\.?(?!\w)(?:,?\s(?:de\s)?(?P<y>20[0-9]{{2}})(?!\d))?"
    rf"|(?<!\w)(?P<m2>{_NAMES})\.?\s(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![\w:]|\.[0-9])(?:,?\s(?P<y2>20[0-9]{{2}})(?!\d))?"
    r"|(?<![\d-])(?P<y3>20[0-9]{2})-(?P<m3>[01][0-9])-(?P<d3>[0-3][0-9])(?![\d-])"
    r"|(?<![\d./])(?P<d4>[0-3]?[0-9])[./](?P<m4>[01]?[0-9])[./](?P<y4>20[0-9]{2})(?!\d)"
    r"|(?:(?P<y5>20[0-9]{2})\s?[年년]\s?)?(?P<m5>1[0-2]|0?[1-9])\s?[月월]\s?(?P<d5>[0-3]?[0-9])\s?[日일号]",
    re.IGNORECASE,
)
_HINT = re2.compile(
    r"(?i)deadline|\bdue\b|\bby\b|until|no later|closes|closing|before|bis zum|bis\b|frist|spätestens|avant|jusqu|au plus tard|date limite|échéance"
    r"|hasta|antes d|plazo|entro|fino al|scaden|termine|uiterlijk|vóór|\btot\b|termijn|até|prazo|\bdo\b|najpóźniej|termin|senast|\bdo dnia\b|[月월]"
)
_ANY_DATE = re2.compile(
    rf"(?i)[0-9](?:st|nd|rd|th|er|º|°|\.)?\s(?:de\s|of\s)?(?:{_NAMES})|(?:{_NAMES})\.?\s[0-9]|20[0-9]{{2}}-[01][0-9]-[0-3]|[0-9][./][01]?[0-9][./]20|[0-9]\s?[月월]"
)
# Just before the date: a limit.
_LIMIT = re.compile(
    r"(?:(?<!\w)(?:by|until|till|before|no later than|not later than|deadline[^.]{0,40}|due(?: on| by| date)?|closes?(?: on)?|closing(?: date)?|ends?(?: on)?"
    r"|expires?(?: on)?|extended to|extended until|bis|bis zum|bis spätestens|spätestens(?: am| bis zum)?|vor dem|frist[^.]{0,20}|endet am|läuft am|avant le|avant|jusqu.au|au plus tard le"
    r"|d.ici(?: le| au)|date limite[^.]{0,20}|échéance[^.]{0,12}|expire le|hasta el|hasta|antes del?|a más tardar el|vence el|termina el|entro il|entro l.|entro|fino al|prima del"
    r"|scade il|uiterlijk(?: op)?|vóór|voor|tot en met|tot|até|até o dia|até ao dia|antes de|termina em|do dnia|do|najpóźniej(?: do)?|przed|senast(?: den)?|före|fram till|inom"
    r"|до|не позднее)"
    r"|截止(?:日期)?(?:为|至|：|:)?|期限は|締め切りは)"
    r"(?:\s(?:the end of|the|le|el|il|o|den|dem|close of business on|\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.|h|uhr)?\s?(?:\(?(?:gmt|bst|cet|et|est|edt)\)?\s?)?(?:on)?"
    r"|midnight on|noon on|monday|tuesday|wednesday|thursday|friday|montag|freitag),?){0,3}[\s:,—–-]{0,3}$",
    re.IGNORECASE,
)
_LIMIT_AFTER = re.compile(
    r"^\s{0,2}(?:\(\S{1,12}\)\s?)?(?:まで|までに|を期限|が期限|까지|前|之前|为止|[:–—|-]\s?(?:deadline|closing date|statutory deadline|consultation closes|end of)"
    r"|\s?(?:deadline|closing date|statutory deadline|is the deadline|as the deadline|est la date limite|es la fecha límite))",
    re.IGNORECASE,
)
# "4 August 2025 Statutory deadline 31 July 2025 Final decision": rows of date and action; the word is of the row before.
_TIMETABLE = re.compile(
    r"(?:20[0-9]{2}|[0-9]{1,2} [A-Z][a-z]{2,8})\)?\s{1,3}(?:[\w-]{1,15}\s){0,3}deadline\b[^.:]{0,60}$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"deadline|closing date|due date|\bfrist\b|date limite|fecha límite|scadenza|termijn|prazo|plazo|najpóźniej|no later|au plus tard|spätestens|a más tardar|uiterlijk|senast|期限|締め切|截止",
    re.IGNORECASE,
)
# What is due, in order of precision: the first that the sentence holds.
_WHAT = (
    ("phase 2 decision", r"phase[ -]?(?:2|ii|two)\b|second phase|in-depth|phase approfondie|hauptprüfverfahren|fase 2|fase ii|第2次審査|第二次审查|2차 심사"),
    ("phase 1 decision", r"phase[ -]?(?:1|i|one)\b|first phase|vorprüfverfahren|fase 1|fase i\b|第1次審査"),
    (
        "commitments",
        r"commitments?\b|undertakings?|remed(?:y|ies)|engagements|zusagen|abhilfemaßnahmen|compromisos|impegni|toezeggingen|compromissos|zobowiąza|åtagande|確約|改善措置|承诺|시정방안",
    ),
    (
        "comments",
        (
            r"comment|views|respon(?:d|se|ses)\b|submi(?:t|ssion)|observ(?:e|ation)|feedback|consult|representations|stellungnahm|stellung nehmen|anmerkung|rückmeld|contribution"
            r"|avis\b|observac|comentar|alegacion|opinion|osservazion|reageren|reactie|zienswij|contribui|contribuiç|uwag|opini|synpunkt|yttra|意見|コメント|意见|의견"
        ),
    ),
    ("appeal", r"appeal|recours|berufung|beschwerde|rechtsmittel|recurso|recurrir|ricorso|impugn|beroep|odwoła|överklag|上訴|控訴|提訴|上诉|항소"),
    ("answer", r"\b(?:answer|reply|replies)\b|repl(?:y|ies)|antwort|répon|répliq|responder|respuesta|rispost|rispondere|antwoord|respost|odpowied|svara|回答|答复|답변"),
    ("decision", r"decid|decision|ruling|clear|rule on|entscheid|décid|décision|decisión|decidir|decisione|beslis|besluit|decisão|decyzj|beslut|判断|決定|决定|결정|結論"),
    ("notification", r"notif|filing|anmeld|anmäl|zgłosz|届出|申报|신고"),
    ("compliance", r"compl(?:y|iance)|implement|conform|umsetz|cumpl|adeguar|nalev|dostosow|遵守|준수"),
)  # fmt: skip
_WHAT_IS = tuple((what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _WHAT)
_SENTENCE_END = re.compile(
    r"(?<![0-9])[.!?](?=\s+[^\Wa-z])|[\n。！？]|(?<=[0-9])\.(?=\s+[A-ZÀ-Þ][a-zà-ÿ]+\s[a-zà-ÿ])"
)
LONGEST = 50_000
_BACK, _AHEAD = 160, 120
_SHORT, _LONG = 16, 48  # characters of a date before and after a day that stands beside a month


def find_deadlines(
    text: str, *, field: str, published: date | None, language: str = ""
) -> tuple[Deadline, ...]:
    """Return the dates of one plain-text field by which something is due; spans are offsets into `text`.

    A date without a year is taken to be the one nearest after `published` (at most two months before it); without
    `published` it is left out. `language` decides between day and month in "04/12/2026".
    """
    text = text[:LONGEST]
    if not text or not _ANY_DATE.search(text) or not _HINT.search(text):
        return ()
    found: dict[tuple[date, str], Deadline] = {}
    for start, end, on in _dates(text, published, language):
        what = _due(text, start, end)
        if what and (on, what) not in found:
            span = Span(field=field, start=start, end=end, text=text[start:end])
            found[on, what] = Deadline(on=on, what=what, span=span)
    return tuple(found.values())


def _dates(text: str, published: date | None, language: str) -> Iterator[tuple[int, int, date]]:
    for match in _matches(text):
        parts = {key[0]: value for key, value in match.groupdict().items() if value}
        month = _MONTHS.get(parts["m"].lower()) or (int(parts["m"]) if parts["m"].isdigit() else 0)
        day = int(parts["d"])
        if match["d4"] and "/" in match.group() and (language == "en" or not language) and day <= 12:
            continue  # 04/12/2026 is April in America and December in Britain
        on = _on(int(parts["y"]) if "y" in parts else None, month, day, published)
        if on is not None:
            yield match.start(), match.end(), on


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Yield the dates of a text in order, looking only where a day stands beside a month: a date is short."""
    past = 0
    for hint in _ANY_DATE.finditer(text):
        low = max(past, hint.start() - _SHORT)
        for match in _DATE.finditer(text, low, hint.end() + _LONG):
            if match.start() >= hint.end():
                break
            past = match.end()
            yield match


def _on(year: int | None, month: int, day: int, published: date | None) -> date | None:
    if year is None and published is None:
        return None
    try:
        if year is not None:
            return date(year, month, day)
        assumed = published or date.min
        near = date(assumed.year, month, day)
        return near if near >= assumed - timedelta(days=60) else date(assumed.year + 1, month, day)
    except ValueError:
        return None  # 31 June, or 29 February of the wrong year: not a date


def _due(text: str, start: int, end: int) -> str:
    """Return what is due on the date at [start, end), or nothing where the date is no limit."""
    before = text[max(0, start - _BACK) : start]
    after = text[end : end + _AHEAD]
    if stops := list(_SENTENCE_END.finditer(before)):
        before = before[stops[-1].end() :]
    if stop := _SENTENCE_END.search(after):
        after = after[: stop.start()]
    limited = _LIMIT.search(before) and not _TIMETABLE.search(before)
    if not limited and not _LIMIT_AFTER.match(after):
        return ""
    for where in (before[-90:], after, before):
        for what, pattern in _WHAT_IS:
            if pattern.search(where):
                return what
    return "deadline" if _STRONG.search(before[-60:] + " " + after[:40]) else ""
