"""Who leads an article: the authority that acts, and the rule that proves it of that authority. Contains no I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.feeds.feed import Feed
from storage.records import Facts, Match, Span
from storage.words import Kind, RuleStatus, Tier

MAIN_AUTHORITIES = ("ftc", "cma", "ec")
_KINDS = (Kind.SIGNAL, Kind.OTHER, Kind.DEAL)
# What several authorities call themselves in their own texts.
_ANY_COMMISSION = re.compile(r"(?:the |la )?commission(?:'s|’s)?", re.IGNORECASE)


def lead_authority(feed: Feed, facts: Facts, kind: Kind) -> str | None:
    """Return the authority that acts: the feed's own; else the most salient of the rule's kind that looks at something."""
    if feed.tier is Tier.OFFICIAL and feed.authority:
        return feed.authority
    named = facts.regulators
    if kind is Kind.DEAL or not named:
        return None
    main = kind is Kind.SIGNAL
    ranked = [r for r in named if (r in MAIN_AUTHORITIES) is main] or list(named)
    acting = {who for who, _ in facts.scrutiny}
    return next((r for r in ranked if r in acting), ranked[0])


def leading_match(feed: Feed, facts: Facts, matches: Sequence[Match]) -> Match | None:
    """Return the live match to tell: of the strongest kind, the loudest of those of the authority that leads.

    A rule's id and the words that it matched say whose it is, so that a team's own low rule never quiets a shipped one;
    where none is the authority's, the one that is least another's leads. None: no live rule matched.
    """
    live = [m for m in matches if m.status is RuleStatus.LIVE]
    kind = next((k for k in _KINDS if any(m.kind is k for m in live)), None)
    if kind is None:
        return None
    authority = lead_authority(feed, facts, kind)
    of_kind = [m for m in live if m.kind is kind]
    belonging = {m.rule: _belongs(m, authority, facts) for m in of_kind}
    ours = [m for m in of_kind if belonging[m.rule] > 0]
    if ours:
        return min(ours, key=lambda m: (-m.level.rank, -belonging[m.rule], m.rule))
    return min(of_kind, key=lambda m: (-belonging[m.rule], -m.level.rank, m.rule))


def other_authorities(authority: str | None, facts: Facts, *, official: bool) -> tuple[str, ...]:
    """Return the further authorities named; "the Commission" in an authority's own text is that authority."""
    own = {
        mention.id
        for mention in facts.mentions
        if official and mention.kind == "regulator" and mention.spans
        and all(_ANY_COMMISSION.fullmatch(span.text.strip()) for span in mention.spans)
    }  # fmt: skip
    return tuple(dict.fromkeys(r for r in facts.regulators if r != authority and r not in own))


def _belongs(match: Match, authority: str | None, facts: Facts) -> int:
    """Return how much speaks for a rule being about the authority; below 0 where it is about another."""
    if authority is None:
        return 0
    ours = _spans_of(facts, authority)
    words = set(re.split(r"[-_.]", match.rule.casefold()))
    score = 1 if authority in words else 0
    score -= 1 if not score and any(r in words for r in facts.regulators) else 0
    if match.spans and ours and any(_meet(a, b) for a in match.spans for b in ours):
        return score + 2
    theirs = [s for r in facts.regulators if r != authority for s in _spans_of(facts, r)]
    return score - 1 if any(_meet(a, b) for a in match.spans for b in theirs) else score


def _spans_of(facts: Facts, authority: str) -> list[Span]:
    return [
        span
        for mention in facts.mentions
        if (mention.kind == "regulator" and mention.id == authority)
        or (mention.kind == "scrutiny" and mention.id.partition(":")[0] == authority)
        for span in mention.spans
    ]


def _meet(one: Span, two: Span) -> bool:
    return one.field == two.field and one.start < two.end and two.start < one.end
