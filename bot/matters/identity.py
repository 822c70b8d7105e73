"""Which matter an article speaks of: an authority × a tie, a case, a company or a market, or a tie alone.

Facts in, names out: no words of any language are looked at, so that a story reads the same in all of them.
Contains no I/O.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.matters.evidence import Evidence
from bot.matters.lead import lead_authority, other_authorities
from storage.records import Facts

_CASES = (
    ("ec", re.compile(r"(?:(?:COMP/)?M|AT|DMA|COMP/C|C)\.\d+(?:\.\d+)?", re.IGNORECASE)),
    ("cma", re.compile(r"gov\.uk:[\w.-]+|ME/\d+(?:[/-]\d+)?", re.IGNORECASE)),
    ("autorite", re.compile(r"\d{2}-[ADXM]+C?C?-?\d{1,3}", re.IGNORECASE)),
)
_CASE_PAGE = re.compile(r"https?://(?:www\.)?gov\.uk/cma-cases/([\w-]+)", re.IGNORECASE)
# Words within the ids of the lexicon's subjects and topics that name a market.
_MARKET_WORDS = (
    ("cloud", frozenset({"cloud"})),
    ("ai-chips", frozenset({"chip", "chips", "gpu"})),
    ("ai", frozenset({"ai", "foundation", "generative"})),
)
# Subjects that are a market as such; the others are somebody's conduct or deal.
_MARKETS = frozenset({"ai-market", "ai-deals", "cloud-ai", "cloud", "cloud-market", "foundation-models"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an article says of its own place: its authority, and one of case, tie or market.

    `others` are further (authority, tie) pairs that it names.
    """

    authority: str | None
    tie: tuple[str, ...] = ()
    case: str = ""
    market: str = ""
    others: tuple[tuple[str | None, tuple[str, ...]], ...] = ()

    @property
    def stands_alone(self) -> bool:
        """Return whether there is no matter to hang it on."""
        return not (self.tie or self.case or self.market)

    @property
    def tie_key(self) -> str:
        """Return the key of authority × tie; empty without a tie."""
        return key_of(self.authority, self.tie) if self.tie else ""


def key_of(authority: str | None, tie: tuple[str, ...]) -> str:
    """Return `cma:amazon+anthropic`, or `tie:amazon+openai` where no authority acts."""
    return f"{authority or 'tie'}:{'+'.join(tie)}"


def case_key(authority: str, case: str) -> str:
    """Return `ec:case:M.11766`."""
    return f"{authority}:case:{case}"


def market_key(authority: str, market: str) -> str:
    """Return `cma:market:cloud`."""
    return f"{authority}:market:{market}"


def authority_of_case(case: str) -> str | None:
    """Return whose numbering the case follows, or None where it is a court's or unknown."""
    return next((who for who, shape in _CASES if shape.fullmatch(case)), None)


def family_of(case: str) -> str:
    """Return the numbering: two numbers of one family are two cases, of two families perhaps one."""
    return re.split(r"[.:/]", case.casefold().removeprefix("comp/"), maxsplit=1)[0]


def claim_of(evidence: Evidence) -> Claim:
    """Return what the article says of its own place."""
    facts = evidence.facts
    authority = lead_authority(evidence.feed, facts, evidence.match.kind)
    ties = _ties(facts)
    tie = ties[0] if ties else ()
    page = _CASE_PAGE.match(evidence.article.link or evidence.article.url)
    case = _case(facts, authority, f"gov.uk:{page.group(1).casefold()}" if page else "", tied=bool(tie))
    market = ""
    if authority and not tie and not case:
        tie, market = _looked_at(evidence, authority)
    named = other_authorities(authority, facts, official=evidence.official) if authority else ()
    others = [(a, tie) for a in named if tie] + [(authority, t) for t in ties[1:] if _salient(facts, t)]
    return Claim(authority=authority, tie=tie, case=case, market=market, others=tuple(others))


def _salient(facts: Facts, tie: tuple[str, ...]) -> bool:
    """Return whether title or summary names both companies; past deals listed further down are background."""
    companies = [m for m in facts.mentions if m.kind == "company"]
    leading = {m.id for m in companies if any(s.field in ("title", "summary") for s in m.spans)}
    return not companies or leading.issuperset(tie)


def _ties(facts: Facts) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(tuple(sorted(set(pair))) for pair in facts.ties if len(set(pair)) > 1))


def _case(facts: Facts, authority: str | None, page: str, *, tied: bool) -> str:
    """Return the one case that identifies the article: its own page, or the only number it names.

    An article with several numbers surveys cases; its tie then says more than any of them.
    """
    if page and authority == "cma":
        return page
    own = (
        tuple(dict.fromkeys(c for c in facts.cases if authority_of_case(c) == authority)) if authority else ()
    )
    if len(own) == 1 or (own and not tied):
        return own[0]
    return ""


def _looked_at(evidence: Evidence, authority: str) -> tuple[tuple[str, ...], str]:
    """Return (the one company, market) that the authority looks at where no tie and no case is named.

    A market study is about its market, whoever leads in it. Anything else is about the company that the article
    speaks of most: two companies' cases before one authority are two matters. Without proof that the authority
    looks at anything there is neither, so that a user's own keyword never hides behind another story.
    """
    facts = evidence.facts
    subjects = [subject for who, subject in facts.scrutiny if who == authority]
    if not subjects and evidence.official:
        subjects = list(facts.subjects)
    if not subjects:
        return (), ""
    general = not _MARKETS.isdisjoint(subjects)
    if len(facts.companies) == 1 or (facts.companies and not general):
        return facts.companies[:1], ""
    words = {word for subject in subjects for word in subject.split("-")}
    return (), next((market for market, named in _MARKET_WORDS if named & words), "")


# ---------------------------------------------------------------------------- names

_NAMES = {
    "ec": "European Commission", "bundeskartellamt": "Bundeskartellamt", "autorite": "Autorité de la concurrence",
    "openai": "OpenAI", "nvidia": "NVIDIA", "xai": "xAI", "ibm": "IBM", "amd": "AMD", "sap": "SAP",
    "softbank": "SoftBank", "coreweave": "CoreWeave", "g42": "G42", "deepseek": "DeepSeek", "ssi": "SSI",
    "character-ai": "Character.AI", "scale-ai": "Scale AI", "ai": "AI", "ai-chips": "AI chip",
}  # fmt: skip


def name_of(identifier: str) -> str:
    """Return how people write a regulator, company or market id."""
    if identifier in _NAMES:
        return _NAMES[identifier]
    if len(identifier) <= 4 and identifier in {
        "ftc", "cma", "doj", "agcm", "jftc", "kftc", "cci", "accc", "cade", "samr", "cnmc", "acm", "sec",
    }:  # fmt: skip
        return identifier.upper()
    return identifier.replace("-", " ").title()


def title_of(claim: Claim) -> str:
    """Return a matter's title from what names it, the same whichever article comes first."""
    who = name_of(claim.authority) if claim.authority else ""
    what = " / ".join(name_of(company) for company in claim.tie)
    if not what and claim.case:
        slug = claim.case.removeprefix("gov.uk:")
        readable = slug.replace("-slash-", " / ").replace("-", " ").capitalize()
        what = readable if slug != claim.case else f"case {claim.case}"
    if not what:
        what = f"{name_of(claim.market)} market"
    return f"{who}: {what}" if who else what
