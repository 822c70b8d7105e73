"""What the matters need to know of one article that hit: who says it, how it was seen, what it proves.

Contains no I/O.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.feeds.feed import Feed
from bot.matters.case_note import outcome_in, stage_of_note
from bot.matters.lead import leading_match
from bot.matters.outcome import outcome_of
from storage.records import Article, Facts, KnownArticle, Match
from storage.words import Stage, Tier

_WORD = re.compile(r"\w+")
_REOPENED = re.compile(r"\bre-?open(?:s|ed|ing)?\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;])\s+")
_SUMMARY = 600  # code points of a case page's summary that are read as a note


class ChangeNote(Protocol):
    """What the authority itself says of a changed case page; a corrected typo is no step."""

    @property
    def text(self) -> str:
        """Return the note, e.g. "Phase 1 decision announced"."""
        ...

    @property
    def is_step(self) -> bool:
        """Return whether the note reports an act."""
        ...


class ReadArticle(Protocol):
    """What the matcher found in an article."""

    @property
    def facts(self) -> Facts:
        """Return what was recognised."""
        ...

    @property
    def matches(self) -> tuple[Match, ...]:
        """Return the rules that matched, with their spans."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One article revision that hit, as seen through one feed.

    `fresh_text` is False where only the date moved, so that its facts are the old ones. `quiet` evidence
    (baseline, late) informs matters that nobody was told of, and is never told itself.
    """

    article: Article
    facts: Facts
    match: Match  # the strongest live one of the authority that leads
    feed: Feed
    mark: str  # identifies this revision of the article, the same through every feed that carries it
    happened_at: datetime  # when the source says it was published or updated; else when we saw it
    revision: bool = False
    act: bool = False  # an official entry that counts as an act even where its stage is the old one
    fresh_text: bool = True
    first_match: bool = True  # no live rule hit an earlier revision
    says_new: bool = True  # no earlier revision gave the same sentence, figures aside, and the same facts
    quiet: bool = False
    note: ChangeNote | None = None

    @property
    def official(self) -> bool:
        """Return whether an authority itself speaks."""
        return self.feed.tier is Tier.OFFICIAL

    @property
    def takes_up_again(self) -> bool:
        """Return whether new words of the article say that something was reopened."""
        return self.fresh_text and _REOPENED.search(self.article.summary[:_SUMMARY]) is not None

    @property
    def publisher(self) -> str:
        """Return who carries it, as source notes name it."""
        return self.article.publisher or self.feed.id

    @property
    def source(self) -> str:
        """Return who carries it, as people read it."""
        return self.article.publisher or self.feed.name

    @property
    def stage(self) -> Stage | None:
        """Return the stage that it proves.

        The authority's own note on a changed page goes before the page's standing words. The press, hedging,
        proves a concern at most; an authority that says what its act is not, an inquiry.
        A page whose date alone moved proves no stage.
        """
        noted, _ = stage_of_note(self.note.text) if self.note is not None else (None, "")
        if noted is not None:
            return noted
        stage = self.facts.stage if self.fresh_text else None
        if stage is None or not self.facts.hedged or self._states(stage):
            return stage
        ceiling = Stage.INQUIRY if self.official else Stage.CONCERN
        return min(stage, ceiling, key=lambda s: s.rank)

    @property
    def outcome(self) -> str:
        """Return how the matter ended, by this article; empty where it does not say so as fact."""
        noted, ended = stage_of_note(self.note.text) if self.note is not None else (None, "")
        if noted is not None:
            return ended
        if not self.fresh_text or (self.facts.hedged and not self._states(Stage.DECISION)):
            return ""
        ended = outcome_of(self.facts)
        own_words = self.official and self.feed.authority == "cma" and self.facts.stage is Stage.DECISION
        return ended or (outcome_in(self.article.summary[:_SUMMARY]) if own_words else "")

    def _states(self, stage: Stage) -> bool:
        """Return whether the CMA's own summary, a formula as its notes are, reports the stage as fact."""
        own_words = self.official and self.feed.authority == "cma"
        sentences = _SENTENCE.split(self.article.summary[:_SUMMARY])
        return own_words and any(stage_of_note(sentence)[0] is stage for sentence in sentences)


def article_key(article: Article) -> str:
    """Return the word that names an article: its first identity key, else its link, else its digest."""
    return article.keys[0] if article.keys else article.link or article.digest


def mark_of(feed: Feed, article: Article, *, revision: bool) -> str:
    """Return 16 hex digits that name this revision, whichever feed carries it.

    An authority's own word has a mark of its own, though the press may have brought the same link.
    """
    parts = [article.link if identified_by_link(article) else article_key(article)]
    if feed.tier is Tier.OFFICIAL:
        parts.append(feed.tier.value)
    if feed.revisions == "updated" and article.updated_at is not None:
        parts.append(article.updated_at.isoformat())
    elif revision:
        parts.append(article.digest)
    return digest_of(*parts)


def identified_by_link(article: Article) -> bool:
    """Return whether the link is the article's own, not a home page that all entries share."""
    return bool(article.link) and (not article.keys or any(k.startswith("link:") for k in article.keys))


def digest_of(*parts: str) -> str:
    """Return 16 hex digits of the parts, each told apart from the next."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def evidence_of(
    feed: Feed,
    article: Article,
    read: ReadArticle,
    *,
    now: datetime,
    known: KnownArticle | None = None,
    note: ChangeNote | None = None,
    quiet: bool = False,
) -> Evidence | None:
    """Return what the article proves, or None where no live rule matched."""
    match = leading_match(feed, read.facts, read.matches)
    if match is None:
        return None
    moved = feed.revisions == "updated" and known is not None and article.updated_at != known.updated_at
    stated = (article.updated_at if known is not None or article.published_at is None else None) or (
        article.published_at
    )
    return Evidence(
        article=article,
        facts=read.facts,
        match=match,
        feed=feed,
        mark=mark_of(feed, article, revision=known is not None),
        happened_at=stated if stated is not None and stated <= now else now,
        revision=known is not None,
        act=feed.tier is Tier.OFFICIAL and (known is None or moved),
        fresh_text=known is None or article.digest != known.digest,
        first_match=known is None or not known.rules_hit,
        says_new=known is None
        or _gist(match.sentence, read.facts) not in {_gist(one.sentence, one.facts) for one in known.said},
        quiet=quiet,
        note=note,
    )


def _gist(sentence: str, facts: Facts) -> tuple[object, ...]:
    """Return what an edit must change to be worth a word; counters, times of day and punctuation are not."""
    return (
        tuple(word for word in _WORD.findall(sentence.casefold()) if not word.isdigit()),
        (facts.stage, facts.hedged, facts.outcome),
        frozenset((amount.value, amount.currency) for amount in facts.amounts),
        frozenset((deadline.on, deadline.what) for deadline in facts.deadlines),
        frozenset(facts.companies) | frozenset(facts.regulators) | frozenset(facts.cases),
    )
