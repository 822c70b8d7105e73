"""Why facts that are all there, or nearly, were not bound to an act of an authority or to a deal. Pure."""

from __future__ import annotations

from typing import NamedTuple

from bot.matching.condition import Named, Scrutiny
from bot.matching.evidence import Evidence, Proof
from bot.matching.leaves import TIES

COMPETITION = ("competition", "competition-law", "competition-soft")
TITLE_AND_SUMMARY = (0, 1)


class Unbound(NamedTuple):
    """`cause` in general, `why` in this article, and the `edit` of the lexicon that would have caught it."""

    cause: str
    why: str
    edit: str


def of_scrutiny(node: Scrutiny, evidence: Evidence) -> Unbound | None:
    """Return why no authority of the clause was found to look at a subject of it; None where nothing came close."""
    authorities = [key for key in evidence.named("regulator") if not node.by or key in node.by]
    subject = _subject(node, evidence)
    if authorities and subject:
        return _not_bound(authorities[0], *subject, evidence)
    if subject and not evidence.named("regulator") and not node.by:
        return _no_authority(subject[0], evidence)
    if authorities and (not node.of or node.of & TIES):
        return _no_partner(authorities[0], evidence)
    return None


def of_subject(node: Named, evidence: Evidence) -> Unbound | None:
    """Return why a tie that title and summary name is no deal; None where they name none."""
    if "ai-deal" not in node.ids:
        return None
    for left, right in evidence.facts.ties:
        if all(
            any(p.field in TITLE_AND_SUMMARY for p in evidence.places("company", k)) for k in (left, right)
        ):
            return Unbound(
                "a tie without a deal word",
                f"{left} and {right} are named; no deal word and no sum is with them",
                "add the article's word for the deal to lexicon/deal-forms.yaml",
            )
    return None


def _subject(node: Scrutiny, evidence: Evidence) -> tuple[str, list[Proof]] | None:
    """Return a subject of the clause that the article has, and where; a tie anywhere in it counts."""
    if evidence.facts.ties and (not node.of or node.of & TIES):
        pair = evidence.facts.ties[0]
        places = [proof for key in pair for proof in evidence.places("company", key)]
        return f"{pair[0]} and {pair[1]}", places
    subjects = [key for key in evidence.named("subject") if not node.of or key in node.of]
    return (subjects[0], evidence.mentioned("subject", subjects[0])) if subjects else None


def _not_bound(authority: str, subject: str, places: list[Proof], evidence: Evidence) -> Unbound:
    topics = evidence.hits.lexicon.topics
    for hit in evidence.hits.of("topics"):
        if topics[hit.key].effect == "exclude":
            word = evidence.document.span(hit.start, hit.end).text
            return Unbound(
                f"set aside as {topics[hit.key].name.casefold()}",
                f'{authority} and {subject}; but "{word}"',
                f'narrow the term that takes "{word}" in lexicon/topics.yaml, under {hit.key}',
            )
    if not _says_one_of(COMPETITION, evidence):
        return Unbound(
            "no word of competition law",
            f"{authority} and {subject}; no word of competition law",
            "add the article's word for the act to `competition` in lexicon/words.yaml or to its list in acts.yaml",
        )
    apart = _sentences_apart(evidence.places("regulator", authority), places)
    return Unbound(
        "authority and subject named apart",
        f"{authority} and {subject}" + (f", {apart} sentences apart" if apart else ", in one passage"),
        "add the words that link the two to `back-reference` in lexicon/words.yaml"
        if apart
        else "add the article's verb to its list in lexicon/acts.yaml",
    )


def _no_authority(subject: str, evidence: Evidence) -> Unbound | None:
    if not (
        _says_one_of(("competition", "competition-law"), evidence) and _says_one_of(("acting",), evidence)
    ):
        return None
    return Unbound(
        "no authority recognised",
        f"{subject} under scrutiny, by nobody we know",
        "add the authority, as the article names it, to lexicon/regulators.yaml",
    )


def _no_partner(authority: str, evidence: Evidence) -> Unbound | None:
    """An AI developer stands beside an authority and a deal word, and the other party is not recognised."""
    developers = evidence.hits.members.get("ai-lab", frozenset())
    labs = [key for key in evidence.named("company") if key in developers]
    wanted = (COMPETITION, ("deal", "merger"))
    if not labs or evidence.facts.ties or not all(_says_one_of(words, evidence) for words in wanted):
        return None
    return Unbound(
        "the other party is not recognised",
        f"{authority} and {labs[0]}; no cloud, chip or platform company that we know",
        "add the other party to lexicon/companies.yaml",
    )


def _says_one_of(lists: tuple[str, ...], evidence: Evidence) -> bool:
    words = evidence.hits.words
    return any(words.get(name) for name in lists)


def _sentences_apart(one: list[Proof], two: list[Proof]) -> int:
    pairs = [abs(a.sentence - b.sentence) for a in one[:60] for b in two[:60]]
    return min(pairs, default=0)
