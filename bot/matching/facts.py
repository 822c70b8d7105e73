"""What an article says: authorities, companies, ties, stage, theories, topics, sums, cases, deadlines.

How the rule engine uses this (one automaton pass for lexicon and rules together):

    lexicon = load_lexicon(directory / "lexicon")
    book = PhraseBook()
    phrases = LexiconPhrases(lexicon, book)      # adds the lexicon's phrases to the book
    recogniser = Recogniser(phrases)
    number = book.add("merger inquiry")          # and the rules add theirs
    index = book.build()
    document = Document.of(title=…, summary=…, body=…, url=…, language=…)
    found = index.find(document)                 # {number: [(first token, past last token), …]}
    facts = recogniser.read(document, found, authority="cma")   # authority of an official feed, or None

For the rule language: `regulator`, `company` (id or group: `lexicon.companies_of("cloud")`), `tie` (facts.ties),
`stage`, `theory`, `topic` (facts.topics), `subject: ai-tie` (facts.subjects) and
`scrutiny: {by: cma | [..] | any, of: ai-tie | [..] | any}` (any pair of facts.scrutiny whose first is in `by`
and whose second is in `of`). Spans: `facts.mentions` of kind regulator, company, tie, stage, theory, topic,
deal, subject and scrutiny (id `cma:ai-tie`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.matching.hits import DocumentHits, Hit, LexiconPhrases
from bot.matching.scrutiny import Binding, Scene
from bot.matching.scrutiny_by_words import bindings_by_words
from bot.matching.stages import stage_of
from bot.matching.sums import cases_of, deadlines_of, sums_of
from bot.matching.ties import bound_deal, ties_of
from bot.matching.word_weights import Weights
from storage.records import Amount, Facts, Mention, Span

if TYPE_CHECKING:
    from datetime import date

    from bot.matching.automaton import Occurrences
    from bot.matching.text import Document

MAX_SPANS = 6  # of one mention
MAX_TOPIC_HITS = 60
BRIEF = 80  # tokens of an article whose sums are told even where it names nobody we know
BOUND_DEAL = "ai-deal"  # the subject that a deal word makes of a tie
OFTEN = 4  # mentions that make a topic of the body one of the article
WEIGHTS = (4.0, 2.0, 0.5)  # of a mention in title, summary, body


class Recogniser:
    """Turns documents into facts. Does not change; safe to share between threads."""

    def __init__(
        self, phrases: LexiconPhrases, weights: Weights | None = None, *, of_nobody: bool = False
    ) -> None:
        self.lexicon = phrases.lexicon
        self._phrases = phrases
        self._of_nobody = of_nobody  # read facts also of an article that names no authority and no company
        self._weights = weights or Weights.shipped()

    def read(
        self,
        document: Document,
        found: Occurrences,
        *,
        authority: str | None = None,
        published: date | None = None,
    ) -> Facts:
        """Return the facts of a document.

        `authority` is that of the official feed it came from; `published` places dates without a year.
        """
        hits = DocumentHits(self._phrases, document, found, authority)
        scene = Scene(hits, authority)
        regulators = _mentions(document, hits.of("regulators"), "regulator")
        companies = _mentions(document, hits.of("companies"), "company")
        names = [m.id for m in regulators if self.lexicon.regulators[m.id].listed]
        if authority and authority not in names:
            names.insert(0, authority)
        if not (regulators or authority or companies or self._of_nobody):
            return Facts(amounts=sums_of(document) if len(document.tokens) <= BRIEF else ())
        more = _more(scene, sums_of(document), self._weights)
        return replace(
            more,
            regulators=tuple(names),
            companies=tuple(m.id for m in companies if self.lexicon.companies[m.id].listed),
            cases=cases_of(document) if names or self._of_nobody else (),
            deadlines=deadlines_of(document, published) if names else (),
            mentions=(*regulators, *companies, *more.mentions),
        )


def _more(scene: Scene, amounts: tuple[Amount, ...], weights: Weights) -> Facts:
    """Return what an article says of the parties that it names."""
    hits, document = scene.hits, scene.hits.document
    bindings = scene.bindings or bindings_by_words(scene, weights.scrutiny)
    deal, deal_hits = bound_deal(scene, amounts)
    topics = _topics(scene)
    told = stage_of(scene, bindings, deal_story=deal is not None, weights=weights.stage) if bindings else None
    return Facts(
        ties=ties_of(scene),
        stage=told.stage if told else None,
        hedged=told.hedged if told else False,
        theories=_ids(hits.of("theories")),
        topics=topics,
        deal_form=deal,
        amounts=amounts,
        mentions=(
            *_mentions(document, hits.of("theories"), "theory"),
            *_mentions(document, [hit for hit in hits.of("topics") if hit.key in topics], "topic"),
            *_mentions(document, deal_hits, "deal"),
            *_mentions(document, told.proof if told else (), "stage"),
            *_scrutiny(document, bindings),
        ),
        scrutiny=tuple(dict.fromkeys((b.authority, b.subject) for b in bindings)),
        subjects=(*scene.subjects, BOUND_DEAL) if deal else scene.subjects,
    )


def _ids(hits: list[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.key for hit in hits))


def _topics(scene: Scene) -> tuple[str, ...]:
    """Return the topics of title and summary, and those that the body keeps coming back to."""
    hits = scene.hits.of("topics")
    often = {hit.key for hit in hits if sum(other.key == hit.key for other in hits[:MAX_TOPIC_HITS]) >= OFTEN}
    topics = scene.hits.lexicon.topics
    return _ids(
        [
            hit
            for hit in hits
            if hit.key in often
            or (hit.field == 0 if topics[hit.key].effect == "headline" else hit.sentence <= scene.lead.high)
        ]
    )


def _mentions(document: Document, hits: Sequence[Hit], kind: str) -> list[Mention]:
    """Group hits by entry, most salient first."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.key, []).append(hit)
    mentions = [
        Mention(
            id=key,
            kind=kind,
            spans=tuple(document.span(hit.start, hit.end) for hit in group[:MAX_SPANS]),
            salience=sum(WEIGHTS[hit.field] for hit in group[:20]),
        )
        for key, group in groups.items()
    ]
    return sorted(mentions, key=lambda mention: -mention.salience)


def _scrutiny(document: Document, bindings: list[Binding]) -> list[Mention]:
    spans: dict[str, list[Span]] = {}
    for binding in bindings:
        proof = spans.setdefault(f"{binding.authority}:{binding.subject}", [])
        if binding.hit is not None:
            proof.append(document.span(binding.hit.start, binding.hit.end))
    return [Mention(id=key, kind="scrutiny", spans=tuple(proof[:MAX_SPANS])) for key, proof in spans.items()]
