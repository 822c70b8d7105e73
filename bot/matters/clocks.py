"""Statutory clocks: what an authority must do by when, once a step has started it. Contains no I/O.

Each clock names its legal source. Nearly all can be stopped or extended, so what they give is marked as estimated
until the authority itself states the date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from bot.matters.calendar import add_months, add_working_days, is_known, next_working_day
from storage.words import Stage


class ClockEvent(StrEnum):
    """What starts a clock."""

    PHASE_1 = "phase-1"  # notification complete, or the authority's notice that phase 1 begins
    PHASE_2 = "phase-2"  # in-depth inquiry opened
    HSR_FILED = "hsr-filed"
    SECOND_REQUEST_ANSWERED = "second-request-answered"
    ORDER_6B = "order-6b"  # information orders under section 6(b)
    PRIOR_NOTICE = "prior-notice"  # prior notification published in the Official Journal
    REFERRAL = "referral"  # a member state was told of a concentration (Article 22)
    SMS_INVESTIGATION = "sms-investigation"
    DMA_INVESTIGATION = "dma-investigation"
    DMA_SPECIFICATION = "dma-specification"
    DMA_DESIGNATION = "dma-designation"
    DEAL_PUBLIC = "deal-public"  # an uncalled merger became public
    REMEDIES_DUE = "remedies-due"  # phase 1 ended with a duty to refer unless undertakings are offered
    DECISION = "decision"  # a decision that can be challenged in court


class Unit(StrEnum):
    """How a clock counts."""

    WORKING_DAYS = "working days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A period that the law sets: `authority` has `count` `unit` from `event` for `what`."""

    authority: str
    event: ClockEvent
    what: str
    count: int
    unit: Unit
    source: str
    latest: int | None = None  # the same clock when extended
    note: str = ""
    rolls: bool = False  # a last day on which the authority does not work moves to its next working day


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDate:
    """A date that a clock gives: `estimated` unless nothing but the calendar can move it."""

    on: date
    what: str
    authority: str
    source: str
    estimated: bool
    latest: date | None = None  # when extended to the full
    note: str = ""


def _clock(
    authority: str,
    event: ClockEvent,
    what: str,
    limit: tuple[int, Unit],
    source: str,
    *,
    latest: int | None = None,
    note: str = "",
    rolls: bool = False,
) -> Clock:
    return Clock(
        authority=authority,
        event=event,
        what=what,
        count=limit[0],
        unit=limit[1],
        source=source,
        latest=latest,
        note=note,
        rolls=rolls,
    )


_E, _U = ClockEvent, Unit
_STOPS = "stops while information is missing"
_FROM_NOTICE = "from notice, and 10 days on account of distance"
CLOCKS: tuple[Clock, ...] = (
    _clock("cma", _E.PHASE_1, "phase 1 decision", (40, _U.WORKING_DAYS), "Enterprise Act 2002, s. 34ZA", note=_STOPS),
    _clock("cma", _E.PHASE_2, "phase 2 decision", (24 * 7, _U.DAYS), "Enterprise Act 2002, s. 39", latest=32 * 7, note=_STOPS),
    _clock("cma", _E.REMEDIES_DUE, "commitments", (5, _U.WORKING_DAYS), "Enterprise Act 2002, s. 73A(1)"),
    _clock("cma", _E.DEAL_PUBLIC, "call-in", (4, _U.MONTHS), "Enterprise Act 2002, s. 24", note="from completion, once public"),
    _clock("cma", _E.SMS_INVESTIGATION, "designation decision", (9, _U.MONTHS), "DMCC Act 2024, s. 14", latest=12),
    _clock("cma", _E.DECISION, "appeal", (4, _U.WEEKS), "Competition Appeal Tribunal Rules 2015, r. 25", note="mergers"),
    _clock("ec", _E.PHASE_1, "phase 1 decision", (25, _U.WORKING_DAYS), "Regulation 139/2004, Art. 10(1)", latest=35, note="35 with commitments or a referral request"),
    _clock("ec", _E.PHASE_2, "phase 2 decision", (90, _U.WORKING_DAYS), "Regulation 139/2004, Art. 10(3)", latest=125, note="105 with late commitments, up to 20 more by agreement; " + _STOPS),
    _clock("ec", _E.PRIOR_NOTICE, "comments", (10, _U.DAYS), "Regulation 139/2004, Art. 4(3); notice of prior notification"),
    _clock("ec", _E.REFERRAL, "referral request", (15, _U.WORKING_DAYS), "Regulation 139/2004, Art. 22(1)"),
    _clock("ec", _E.DMA_INVESTIGATION, "designation decision", (12, _U.MONTHS), "Regulation 2022/1925, Art. 17(1)", note="an aim, not a limit"),
    _clock("ec", _E.DMA_SPECIFICATION, "preliminary findings", (3, _U.MONTHS), "Regulation 2022/1925, Art. 8(5)"),
    _clock("ec", _E.DMA_SPECIFICATION, "specification decision", (6, _U.MONTHS), "Regulation 2022/1925, Art. 8(2)"),
    _clock("ec", _E.DMA_DESIGNATION, "compliance", (6, _U.MONTHS), "Regulation 2022/1925, Art. 3(10)"),
    _clock("ec", _E.DMA_DESIGNATION, "appeal", (2, _U.MONTHS), "TFEU, Art. 263(6)", note=_FROM_NOTICE),
    _clock("ec", _E.DECISION, "appeal", (2, _U.MONTHS), "TFEU, Art. 263(6)", note=_FROM_NOTICE),
    _clock("ftc", _E.HSR_FILED, "end of the HSR waiting period", (30, _U.DAYS), "15 U.S.C. 18a(b)(1)", rolls=True, note="15 days for cash tender offers"),
    _clock("ftc", _E.SECOND_REQUEST_ANSWERED, "end of the second waiting period", (30, _U.DAYS), "15 U.S.C. 18a(e)(2)", rolls=True, note="10 days for cash tender offers"),
    _clock("ftc", _E.ORDER_6B, "answers to the 6(b) orders", (45, _U.DAYS), "15 U.S.C. 46(b); the orders", note="from receipt"),
    _clock("doj", _E.HSR_FILED, "end of the HSR waiting period", (30, _U.DAYS), "15 U.S.C. 18a(b)(1)", rolls=True, note="15 days for cash tender offers"),
    _clock("doj", _E.SECOND_REQUEST_ANSWERED, "end of the second waiting period", (30, _U.DAYS), "15 U.S.C. 18a(e)(2)", rolls=True),
    _clock("bundeskartellamt", _E.PHASE_1, "phase 1 decision", (1, _U.MONTHS), "GWB, § 40(1)"),
    _clock("bundeskartellamt", _E.PHASE_2, "phase 2 decision", (5, _U.MONTHS), "GWB, § 40(2)", note="from complete notification"),
    _clock("bundeskartellamt", _E.DECISION, "appeal", (1, _U.MONTHS), "GWB, § 74"),
    _clock("agcm", _E.PHASE_1, "phase 1 decision", (30, _U.DAYS), "Legge 287/1990, art. 16(4)"),
    _clock("samr", _E.PHASE_1, "phase 1 decision", (30, _U.DAYS), "Anti-Monopoly Law, Art. 30", note=_STOPS),
    _clock("samr", _E.PHASE_2, "phase 2 decision", (90, _U.DAYS), "Anti-Monopoly Law, Art. 31", latest=150, note=_STOPS),
    _clock("jftc", _E.PHASE_1, "phase 1 decision", (30, _U.DAYS), "Antimonopoly Act, Art. 10(8)"),
)  # fmt: skip


def estimate_deadlines(*, authority: str, event: ClockEvent, on: date) -> tuple[ClockDate, ...]:
    """Return the dates that an event of a day sets running at an authority, earliest first; none where we know no clock."""
    dates = [
        ClockDate(
            on=_ends(clock, clock.count, on),
            what=clock.what,
            authority=authority,
            source=clock.source,
            # The start is read from news, and holidays or a pause may move the end.
            estimated=True,
            latest=_ends(clock, clock.latest, on) if clock.latest else None,
            note=clock.note
            if is_known(authority)
            else _joined(clock.note, "the authority's holidays are not known"),
        )
        for clock in CLOCKS
        if clock.authority == authority and clock.event is event
    ]
    return tuple(sorted(dates, key=lambda d: d.on))


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _ends(clock: Clock, count: int, start: date) -> date:
    match clock.unit:
        case Unit.WORKING_DAYS:
            return add_working_days(start, count, clock.authority)
        case Unit.DAYS:
            end = start + timedelta(days=count)
        case Unit.WEEKS:
            end = start + timedelta(weeks=count)
        case Unit.MONTHS:
            end = add_months(start, count)
        case never:
            assert_never(never)
    return next_working_day(end, clock.authority) if clock.rolls else end


# ---------------------------------------------------------------------------- which step starts which clock

_EVENTS: tuple[tuple[ClockEvent, frozenset[str], re.Pattern[str]], ...] = tuple(
    (event, frozenset(authorities.split()), re.compile(pattern, re.IGNORECASE))
    for event, authorities, pattern in (
        (_E.SECOND_REQUEST_ANSWERED, "ftc doj", r"(?:complied|compliance) with (?:the|a|its) second request"),
        (_E.HSR_FILED, "ftc doj", r"\bHSR\b.{0,40}\bfil|\bfil\w+.{0,40}\bHSR\b|premerger notification.{0,20}filed"),
        (_E.ORDER_6B, "ftc", r"\b6\(b\)"),
        (_E.SMS_INVESTIGATION, "cma", r"strategic market status|\bSMS\b.{0,20}investigation"),
        (_E.DMA_SPECIFICATION, "ec", r"specification proceeding"),
        (_E.DMA_INVESTIGATION, "ec", r"market investigations?.{0,60}(?:digital markets act|\bDMA\b)|(?:digital markets act|\bDMA\b).{0,60}market investigation"),
        (_E.PRIOR_NOTICE, "ec", r"prior notification of a concentration"),
        (_E.PHASE_2, "", r"phase[ -]?(?:2|two|II)\b|in-depth (?:investigation|inquiry|review)|hauptprüfverfahren"),
        (_E.PHASE_1, "", r"phase[ -]?(?:1|one|I)\b|launch of merger inquiry|initial period|complete notification|vorprüfverfahren"),
    )
)  # fmt: skip
_ENDED = re.compile(
    r"clear(?:s|ed|ance)|clos(?:es|ed)|abandon|withdr|decision (?:published|announced)|approved|prohibit|block(?:s|ed)",
    re.IGNORECASE,
)


# A decision that makes a gatekeeper; the press says it in the reader's language.
_DESIGNATES = re.compile(
    r"\bdesignat(?:es|ed|ing)\b.{0,80}\bgatekeeper|\bgatekeepers?\b.{0,20}\bdesignation (?:decision|adopted)"
    r"|\b(?:names?|named|declares?|declared)\b.{0,60}\bgatekeeper|\bdésign(?:e|é|ent)\w*.{0,60}contrôleurs? d.accès"
    r"|(?:benennt|benannt|stuft|eingestuft).{0,60}(?:torwächter|gatekeeper)|(?:torwächter|gatekeeper).{0,40}(?:benannt|eingestuft)",
    re.IGNORECASE,
)
# That somebody is a gatekeeper is also said where he is not made one: when he is fined, or when it is refused.
_ALREADY = re.compile(
    r"\b(?:not|n't|never)\b.{0,20}\bdesignat|\bfin(?:es|ed|ing)\b|breach|infring|non-compliance|\b(?:already|previously|first) designated"
    r"|designated\b.{0,80}\bin (?:\w+ )?20[0-9]{2}|\b(?:withdraws?|repeals?|removes?|revokes?)\b.{0,40}designation",
    re.IGNORECASE,
)


def event_of(authority: str, stage: Stage | None, text: str) -> ClockEvent | None:
    """Return the clock event that a step reports, told by its text; a decision starts the time for an appeal.

    A step that opens nothing (a concern, a court case), or whose text names no clock of ours, gives None.
    """
    if stage is Stage.DECISION:
        made = authority == "ec" and _DESIGNATES.search(text) and not _ALREADY.search(text)
        return ClockEvent.DMA_DESIGNATION if made else ClockEvent.DECISION
    if stage not in (Stage.INQUIRY, Stage.INVESTIGATION) or _ENDED.search(text):
        return None
    for event, authorities, pattern in _EVENTS:
        if (not authorities or authority in authorities) and pattern.search(text):
            return event
    return None
