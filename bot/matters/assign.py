"""Finds or opens the matter of every article of a poll, whatever the order they came in.

Articles that prove most (case and tie) are placed first, so that the others find what they hang on; the order
is that of the evidence itself, never that of the feed. Contains no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.matters.evidence import Evidence
from bot.matters.identity import (
    Claim,
    authority_of_case,
    case_key,
    claim_of,
    family_of,
    key_of,
    market_key,
    name_of,
    title_of,
)
from bot.matters.merge import merged
from storage.records import Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an article belongs; `key` None: it stands alone. `why` says it in one line."""

    evidence: Evidence
    claim: Claim
    key: str | None
    why: str


@dataclass(slots=True, kw_only=True)
class Board:
    """The matters as a poll's decisions move them; a working set of one call, never kept.

    `fresh` holds matters that this poll names for the first time and no step has opened yet.
    """

    matters: dict[str, Matter] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    merges: list[tuple[str, str]] = field(default_factory=list)  # (gone, stays)

    def put(self, matter: Matter) -> None:
        """Set a matter as it now stands."""
        self.matters[matter.key] = matter
        self.changed.add(matter.key)

    def find(self, key: str) -> Matter | None:
        """Return the matter that a key leads to, through every merge."""
        matter = self.matters.get(key)
        for _ in range(len(self.matters)):
            if matter is None or matter.merged_into is None:
                return matter
            matter = self.matters.get(matter.merged_into)
        return matter

    def living(self) -> Iterable[Matter]:
        """Return the matters that were not merged away."""
        return (m for m in self.matters.values() if m.merged_into is None)

    def linked(self, matter: Matter) -> tuple[Matter, ...]:
        """Return the tie's deal matter and its matters before other authorities, by key."""
        if not matter.tie:
            return ()
        return tuple(
            sorted(
                (
                    m
                    for m in self.living()
                    if m.tie == matter.tie and m.key != matter.key and m.key not in self.fresh
                ),
                key=lambda m: m.key,
            )
        )


def board_of(matters: Iterable[Matter]) -> Board:
    """Return a board with the stored matters."""
    return Board(matters={m.key: m for m in matters})


def assign(board: Board, found: Sequence[Evidence], now: datetime) -> tuple[Place, ...]:
    """Return the place of each article, oldest first; names new matters and merges on the board."""
    claims = [(e, claim_of(e)) for e in found]
    places = [
        _place(board, evidence, claim, now) for evidence, claim in sorted(claims, key=lambda p: _proof(*p))
    ]
    settled = [_followed(board, place) for place in places]
    return tuple(sorted(settled, key=lambda p: _age(p.evidence)))


def _age(evidence: Evidence) -> tuple[datetime, tuple[str, ...], str]:
    """Return the order of events; what has the same time is ordered by what it is, never by its position."""
    return evidence.happened_at, evidence.article.keys, evidence.mark


def _proof(evidence: Evidence, claim: Claim) -> tuple[bool, bool, tuple[datetime, tuple[str, ...], str]]:
    """Return the order in which articles are placed: those that prove most first."""
    return not (claim.case and claim.tie), not claim.case, _age(evidence)


def _place(board: Board, evidence: Evidence, claim: Claim, now: datetime) -> Place:
    if claim.stands_alone:
        why = "names no tie, case or market to hang it on"
        return Place(evidence=evidence, claim=claim, key=None, why=why)
    if claim.case:
        matter, why = _by_case(board, claim, now)
    elif claim.tie:
        # A matter that was merged away must not rise again under its old name.
        held = _by_tie(board, claim) or board.find(claim.tie_key)
        matter = held or _named(board, claim, claim.tie_key, now)
        why = f"{_who(claim)} on {_tie(claim)}"
    else:
        key = market_key(claim.authority or "", claim.market)
        matter = board.find(key) or _named(board, claim, key, now)
        why = f"{_who(claim)} on the {name_of(claim.market)} market"
    return Place(evidence=evidence, claim=claim, key=matter.key, why=why)


def _by_case(board: Board, claim: Claim, now: datetime) -> tuple[Matter, str]:
    """Return the matter of a case; a tie beside the number joins the tie's matter with it."""
    cased = next((m for m in sorted(board.living(), key=_order) if _carries(m, claim)), None)
    tied = board.find(claim.tie_key) if claim.tie else None
    rival = tied is not None and _another_case(tied, claim.case)
    why = f"case {claim.case} of {_who(claim)}"
    if cased is not None and tied is not None and tied.key != cased.key and not rival:
        stays, goes = merged(cased, tied)
        board.put(stays)
        if goes.key in board.fresh:  # nobody knows it: it only leads articles of this poll on
            board.fresh.discard(goes.key)
            board.matters[goes.key] = goes
        else:
            board.put(goes)
            board.merges.append((goes.key, stays.key))
        return stays, f"{why}, which proves that it is the matter on {_tie(claim)}"
    if cased is not None:
        if claim.tie and not cased.tie:
            cased = replace(cased, tie=claim.tie, title=title_of(claim))
            board.put(cased)
        return cased, why
    if tied is not None and not rival:
        tied = replace(tied, cases=tuple(sorted({*tied.cases, claim.case})))
        board.put(tied)
        return tied, f"{why}, on {_tie(claim)}"
    key = claim.tie_key if claim.tie and not rival else case_key(claim.authority or "", claim.case)
    return _named(board, claim, key, now), f"{why}, on {_tie(claim)}" if claim.tie else why


def _carries(matter: Matter, claim: Claim) -> bool:
    return matter.authority == claim.authority and claim.case in matter.cases


def _another_case(matter: Matter, case: str) -> bool:
    """Return whether the matter already follows another case of the same numbering."""
    own = [c for c in matter.cases if authority_of_case(c) == matter.authority]
    return bool(own) and case not in own and any(family_of(c) == family_of(case) for c in own)


def _by_tie(board: Board, claim: Claim) -> Matter | None:
    """Return the authority's matter on the tie: one that runs before one that ended, then the last moved."""
    same = [m for m in board.living() if m.authority == claim.authority and m.tie == claim.tie]
    return min(same, key=lambda m: (bool(m.outcome), -m.moved_at.timestamp(), m.key), default=None)


def _order(matter: Matter) -> tuple[datetime, str]:
    return matter.opened_at, matter.key


def _named(board: Board, claim: Claim, key: str, now: datetime) -> Matter:
    """Return a matter that is named but not opened: `develop` gives it its first step."""
    matter = Matter(
        key=key,
        title=title_of(claim),
        authority=claim.authority,
        tie=claim.tie,
        cases=(claim.case,) if claim.case else (),
        opened_at=now,
        moved_at=now,
    )
    board.matters[key] = matter
    board.fresh.add(key)
    return matter


def _followed(board: Board, place: Place) -> Place:
    """Return the place with its key led through the merges that later articles proved."""
    matter = board.find(place.key) if place.key else None
    return replace(place, key=matter.key) if matter else place


def others_of(board: Board, place: Place, now: datetime) -> tuple[Matter, ...]:
    """Return the further matters that an article names; those that nobody opened yet are only named."""
    found: dict[str, Matter] = {}
    for authority, tie in place.claim.others:
        claim = Claim(authority=authority, tie=tie)
        known = _by_tie(board, claim)
        key = known.key if known else key_of(authority, tie)
        if key == place.key or key in found:
            continue
        found[key] = known or Matter(
            key=key, title=title_of(claim), authority=authority, tie=tie, opened_at=now, moved_at=now
        )
    return tuple(found.values())


def _who(claim: Claim) -> str:
    return name_of(claim.authority) if claim.authority else "no authority yet"


def _tie(claim: Claim) -> str:
    return " / ".join(name_of(company) for company in claim.tie)
