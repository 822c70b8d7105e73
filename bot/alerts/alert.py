"""What to tell, before it is put into words: an alert and its reason. Contains no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.matters.showing import showing_of
from storage.records import Article, Facts, Match, Matter, Showing, Step
from storage.words import DeliveryAction, Level, Tier


class AlertReason(StrEnum):
    """Why a message exists."""

    OPENED = "opened"  # a matter's first step
    ADVANCED = "advanced"  # its stage went up
    OFFICIAL_ACT = "official-act"  # the authority's own feed reports a new act at the same stage
    EDITED = "edited"  # the authority changed its text, and what it says, without an act; in the thread only
    CONFIRMED = "confirmed"  # an official source carries what only the press had
    CLOSED = "closed"  # closed, cleared or withdrawn
    REOPENED = "reopened"
    DEADLINE_MOVED = "deadline-moved"
    CORROBORATED = "corroborated"  # one more source for the same step: an edit, never a message
    NEW_TERMS = (
        "new-terms"  # a deal that no authority looks at: a bigger sum, or a takeover; in the thread only
    )
    STANDALONE = "standalone"  # a hit with no tie and no case to hang on
    ROLL_UP = "roll-up"  # beyond the burst cap: one message that lists several
    BASELINE = "baseline"  # the first poll of a feed, summed up
    DIGEST = "digest"
    REMINDER = "reminder"  # a deadline is near
    OPS = "ops"  # the bot's own troubles


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One article that says something new about a matter, or a hit with no matter.

    `matter` is as it stands after this alert; `others` are further matters that the article names;
    `linked` are the tie's deal matter and its matters before other authorities.
    """

    reason: AlertReason
    level: Level
    article: Article
    match: Match
    facts: Facts
    source: str  # the feed's title or, of an aggregator, the publisher
    tier: Tier
    seen_at: datetime
    matter: Matter | None = None
    step: Step | None = None
    others: tuple[Matter, ...] = ()
    linked: tuple[Matter, ...] = ()
    sources: int = 1  # distinct publishers that carry the current step, this one included
    before: str = ""  # what the matter's stage or deadline was, for "phase 1 → phase 2"
    lead: str = ""  # how long the press was ahead of the authority, for `confirmed`


def shown(alert: Alert) -> Showing:
    """Return what a message shows of the alert's article."""
    return showing_of(
        article=alert.article,
        facts=alert.facts,
        match=alert.match,
        source=alert.source,
        tier=alert.tier,
        level=alert.level,
        reason=alert.reason.value,
        seen_at=alert.seen_at,
        authority=alert.matter.authority if alert.matter else next(iter(alert.facts.regulators), None),
        lead=alert.lead,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An alert with its destination, and what to ask of it there."""

    alert: Alert
    destination: str
    action: DeliveryAction
