"""What words weigh for the stage and for scrutiny: which words are read, how they are put together with phrases, and what they were made from."""

from __future__ import annotations

import math
import runpy
from functools import cache
from pathlib import Path

import pytest

from bot.matching.automaton import PhraseBook
from bot.matching.facts import Recogniser
from bot.matching.hits import Hit, LexiconPhrases
from bot.matching.lexicon import Lexicon
from bot.matching.lexicon_file import load_lexicon
from bot.matching.text import Document
from bot.matching.word_weights import (
    SCRUTINY_FILE,
    STAGE_FILE,
    Feature,
    Weights,
    WordWeights,
    features_of,
    strengths_of,
)
from storage.records import Facts
from storage.words import Stage

ROOT = Path(__file__).parents[3]
INQUIRY, DECISION = 1, 3
TWO_WORDS = "# a comment\n\t0\t0\t0\t0\t0\t0\nclears\t200\t0\t0\t0\t300\t0\nprobe\t100\t0\t100\t200\t0\t0\n"


TOWARDS_DECISION = (
    "\t0\t0\t0\t0\t0\t0\nquux\t100\t0\t0\t0\t250\t0\n"  # by more than a body's phrase is trusted
)


@cache
def lexicon() -> Lexicon:
    return load_lexicon(ROOT / "rules" / "lexicon")


NEVER = "\t0\t100\t-900\n"
ALWAYS = "\t0\t-900\t100\n"


def facts(title: str, summary: str, *, authority: str | None = None, scrutiny: str = NEVER) -> Facts:
    book = PhraseBook()
    phrases = LexiconPhrases(lexicon(), book)
    index = book.build()
    document = Document.of(title=title, summary=summary, language="en")
    weights = Weights(stage=WordWeights.read(TOWARDS_DECISION), scrutiny=WordWeights.read(scrutiny))
    recogniser = Recogniser(phrases, weights)
    return recogniser.read(document, index.find(document), authority=authority)


def names(title: str, summary: str = "", body: str = "") -> dict[str, float]:
    return strengths_of(features_of(Document.of(title=title, summary=summary, body=body), []))


def test_a_word_counts_by_the_strongest_place_where_it_stands() -> None:
    """Title, then summary, then body."""
    counted = names("clears", "clears deal", "deal signed")
    assert counted["clears"] > counted["deal"] > counted["signed"]


def test_the_beginning_of_a_body_without_a_summary_counts_as_one() -> None:
    """Feeds without summaries are read alike."""
    assert names("x", body="cleared")["cleared"] == names("x", summary="cleared")["cleared"]


def test_an_inflected_word_has_its_stem_too() -> None:
    """So that an ending that was never seen costs little."""
    assert {"genehmigte", "gene*", "genehm*"} <= names("genehmigte").keys()


def test_characters_run_together_where_words_are_not_spaced() -> None:
    """Up to four of them."""
    assert {"調", "調 査", "調 査 開", "調 査 開 始"} <= names("調査開始").keys()


def test_a_company_is_masked() -> None:
    """Who is named does not tell how far an authority has gone."""
    microsoft = Hit("microsoft", 2, 3, 0, 0)
    counted = strengths_of(features_of(Document.of(title="CMA clears Microsoft deal"), [microsoft]))
    assert "microsoft" not in counted
    assert "clears <company>" in counted


def test_weights_make_probabilities() -> None:
    """They sum to one, and the heavier word wins."""
    weighed = WordWeights.read(TWO_WORDS).weigh({"clears": 1.0, "probe": 1.0})
    assert math.isclose(sum(math.exp(value) for value in weighed), 1.0)
    assert weighed.index(max(weighed)) == DECISION


def test_without_a_known_word_every_stage_is_as_likely_as_at_first() -> None:
    """Here, all alike."""
    assert len(set(WordWeights.read(TWO_WORDS).weigh({"unknown": 1.0}))) == 1


def test_the_strongest_words_do_not_overlap() -> None:
    """Each is shown once, strongest first."""
    weights = WordWeights.read(TWO_WORDS)
    features = [Feature("clears", 1.0, 1, 2), Feature("clears", 0.6, 1, 3), Feature("probe", 1.0, 5, 6)]
    assert [one.start for one in weights.strongest(features, DECISION)] == [1]
    assert [one.start for one in weights.strongest(features, INQUIRY)] == [5]


def test_a_headlines_phrase_stands_against_the_words() -> None:
    """What the headline says in so many words is what happened."""
    assert facts("CMA opens probe of Microsoft-OpenAI tie", "Quux.").stage is Stage.INVESTIGATION


def test_a_bodys_phrase_gives_way_to_words_that_speak_clearly() -> None:
    """And the word that spoke is shown as the proof."""
    found = facts("Microsoft, OpenAI and the CMA", "It opened a probe of the tie; quux.")
    assert found.stage is Stage.DECISION
    assert [span.text for m in found.mentions if m.kind == "stage" for span in m.spans] == ["quux"]


def test_an_authoritys_own_phrases_are_not_overruled() -> None:
    """Its feed speaks in formulas, and the lexicon knows them."""
    found = facts("Microsoft / OpenAI", "The CMA opened a phase 1 investigation; quux.", authority="cma")
    assert found.stage is Stage.INVESTIGATION


APART = (
    "A letter on clouds",
    "Microsoft keeps OpenAI close, as we said last week. "
    + "It rained. " * 12
    + "The CMA has a new door. It is red.",
)


def test_an_authority_and_a_tie_named_apart_are_bound_where_the_words_say_so() -> None:
    """A column never says "antitrust", and is about nothing else."""
    assert facts(*APART, scrutiny=ALWAYS).scrutiny == (("cma", "ai-tie"),)


def test_an_authority_and_a_tie_named_apart_are_left_so_where_the_words_do_not() -> None:
    """A roundup names both."""
    assert facts(*APART, scrutiny=NEVER).scrutiny == ()


def test_words_bind_nothing_in_an_article_on_another_field_of_law() -> None:
    """Privacy stays privacy."""
    title, summary = APART
    assert facts(title, "A GDPR case. " + summary, scrutiny=ALWAYS).scrutiny == ()


ROUNDUP = "Microsoft and OpenAI open a classroom."


def test_in_a_roundup_an_authority_is_not_bound_to_the_tie_of_the_next_item() -> None:
    """Its headline names nobody, and nothing in the authority's sentence is of ours."""
    found = facts("What you may have missed", "The CMA looked at the price of school shoes. " + ROUNDUP)
    assert found.scrutiny == ()


def test_in_a_roundup_an_authority_is_bound_where_its_own_sentence_speaks_of_such_things() -> None:
    """There it may be one item."""
    found = facts("What you may have missed", "The CMA looked at cloud partnerships. " + ROUNDUP)
    assert ("cma", "ai-tie") in found.scrutiny


@pytest.mark.parametrize("file", [STAGE_FILE, SCRUTINY_FILE])
def test_the_shipped_weights_are_made_from_the_labelled_articles_as_they_are(file: str) -> None:
    """After a change of those, `make weights` is due."""
    learned = runpy.run_path(str(ROOT / "tests" / "eval" / "learn_weights.py"))
    head = (ROOT / "bot" / "matching" / file).read_text(encoding="utf-8").splitlines()[:3]
    assert learned["digest"]() in head[1]
