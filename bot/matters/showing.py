"""What a message shows of an article that proves a step, made once and kept with the matter. Contains no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.matters.quote import quote_of
from storage.records import AlsoIn, Amount, Article, Facts, Match, Matter, Showing
from storage.words import Level, Tier

MOST_AMOUNTS = 3
MOST_ALSO = 3
_TAKEOVERS = ("acquisition", "merger")
_BIGGER = 1.2  # times the biggest sum that the thread knows
_TITLE_ROOM, _URL_ROOM, _SOURCE_ROOM = 400, 2_000, 200
_COUNTED = (
    "investment",
    "commitment",
    "fine",
    "price",
    "other",
)  # sums of a deal or a fine, others come after
# Rough worth of a unit in US dollars, only to put sums of several currencies in order.
_WORTH = {
    "EUR": 1.1,
    "GBP": 1.3,
    "JPY": 0.0066,
    "KRW": 0.0007,
    "INR": 0.012,
    "CNY": 0.14,
    "SEK": 0.1,
    "PLN": 0.25,
}


def showing_of(
    *,
    article: Article,
    facts: Facts,
    match: Match,
    source: str,
    tier: Tier,
    level: Level,
    reason: str,
    seen_at: datetime,
    authority: str | None,
    lead: str = "",
) -> Showing:
    """Return what is shown of the article; `authority` is the matter's, whose act the quote should prove."""
    quote = quote_of(article, facts, match, authority)
    amounts = ranked(facts.amounts)
    return Showing(
        title=article.title[:_TITLE_ROOM],
        url=article.url if len(article.url) <= _URL_ROOM else "",
        source=source[:_SOURCE_ROOM],
        tier=tier,
        level=level,
        rule=match.rule,
        reason=reason,
        seen_at=seen_at,
        published_at=article.published_at,
        updated_at=article.updated_at,
        quote=quote.text,
        words=quote.words,
        amounts=amounts[:MOST_AMOUNTS],
        more_amounts=max(0, len(_distinct(facts.amounts)) - len(amounts[:MOST_AMOUNTS])),
        form=facts.deal_form or "",
        theories=facts.theories[:3],
        lead=lead,
    )


def ranked(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """Return the sums of title and summary; where there are none, those of the body that are the deal's or the fine.

    Biggest first, each once, without spans. The others of an article are mostly past deals.
    """
    found = _distinct(amounts)
    leading = [a for a in found if a.span is None or a.span.field in ("title", "summary")]
    leading = leading or [a for a in found if a.kind in _COUNTED and a.kind != "other"]
    return tuple(
        replace(a, span=None)
        for a in sorted(leading or found, key=lambda a: (a.kind not in _COUNTED, -_worth(a)))
    )


def also_in(matter: Matter, source: str, url: str) -> tuple[AlsoIn, ...]:
    """Return the matter's further sources with one more, where there is room and it is new."""
    shown = matter.showing.source if matter.showing else ""
    if source in {shown, *(one.source for one in matter.also)}:
        return matter.also
    return (*matter.also, AlsoIn(source=source[:_SOURCE_ROOM], url=url if len(url) <= _URL_ROOM else ""))[
        :MOST_ALSO
    ]


def shown_anew(matter: Matter, showing: Showing) -> Matter:
    """Return the matter with a newer proof of the same step; the older one becomes a further source."""
    old = matter.showing
    also = tuple(one for one in matter.also if one.source != showing.source)
    if old is not None and old.source != showing.source:
        also = (AlsoIn(source=old.source, url=old.url), *also)[:MOST_ALSO]
    return replace(matter, showing=showing, also=also)


def has_new_terms(matter: Matter, facts: Facts) -> bool:
    """Return whether an article gives a deal more than its thread knows: a clearly bigger sum, or a takeover.

    Outlets round and convert, and old sums come back for years; so less, or about as much, is nothing new.
    """
    known = matter.showing
    if matter.authority is not None or known is None or facts.hedged:
        return False
    if facts.deal_form in _TAKEOVERS and known.form not in _TAKEOVERS:
        return True
    sums = [_worth(a) for a in ranked(facts.amounts) if a.kind in _COUNTED and a.kind != "other"]
    before = [_worth(a) for a in known.amounts if a.kind in _COUNTED]
    return bool(sums) and max(sums) > _BIGGER * max(before, default=0.0)


def _distinct(amounts: Iterable[Amount]) -> list[Amount]:
    found: dict[tuple[int, str], Amount] = {}
    for amount in amounts:
        found.setdefault((amount.value, amount.currency), amount)
    return list(found.values())


def _worth(amount: Amount) -> float:
    return amount.value * _WORTH.get(amount.currency, 1.0)
