"""Reading an article: labels, spans, quotes, statuses, candidates."""

from __future__ import annotations

import pytest

from bot.matching.matcher import Matcher
from bot.matching.rule_file import load_rules
from storage.words import RuleStatus
from tests.unit.matching.rules_of import RULES, lexicon, rules_of, when


@pytest.fixture(scope="module")
def shipped() -> Matcher:
    return Matcher(load_rules(RULES))


def test_the_label_is_the_strongest_live_kind() -> None:
    text = (
        "- {id: a, kind: deal, when: x1}\n- {id: b, kind: other, when: x1}\n"
        "- {id: c, kind: signal, status: shadow, when: x1}\n"
    )
    reading = Matcher(rules_of(text)).read(title="x1")
    assert reading.label == "other"
    assert [match.rule for match in reading.matches] == ["a", "b", "c"]
    assert reading.matches[2].status is RuleStatus.SHADOW


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_draft_and_retired_rules_are_not_run(status: str) -> None:
    assert not Matcher(rules_of(when("x1", status=status))).read(title="x1").matches


def test_spans_point_into_the_field_as_given() -> None:
    """HTML, entities and look-alike letters in, exact text out."""
    body = "<p>The <b>Anth&shy;ropic</b> d&eacute;al &amp; more</p>"
    reading = Matcher(rules_of(when("{text: [anthropic, deal]}"))).read(title="", body=body)
    spans = reading.matches[0].spans
    assert [body[span.start : span.end] for span in spans] == [span.text for span in spans]
    assert [span.text for span in spans] == ["Anth&shy;ropic", "d&eacute;al"]


def test_the_quote_is_the_sentence_with_most_evidence() -> None:
    matcher = Matcher(rules_of(when("{all: [alpha, beta]}")))
    reading = matcher.read(
        title="alpha", body="Nothing here. Where <b>alpha</b> meets beta today. Beta again."
    )
    assert reading.matches[0].sentence == "Where alpha meets beta today"


def test_a_quote_is_cut_at_words_around_the_evidence() -> None:
    body = "word " * 200 + "alpha " + "more " * 200
    quote = Matcher(rules_of(when("alpha"))).read(title="", body=body).matches[0].sentence
    assert len(quote) <= 300
    assert " alpha " in quote
    assert quote.startswith("…word ")
    assert quote.endswith("…")


def test_an_official_feed_speaks_for_its_authority(shipped: Matcher) -> None:
    """Items of the CMA's own feed are by the CMA even when they do not name it."""
    title = "Amazon / Anthropic partnership merger inquiry"
    assert shipped.read(title=title, authority="cma").label == "signal"
    assert "cma" in shipped.read(title=title, authority="cma").facts.regulators


def test_a_rule_with_exclusions_only_is_still_evaluated() -> None:
    assert Matcher(rules_of(when("{not: x1}"))).read(title="y1").matches


def test_an_empty_article_is_none(shipped: Matcher) -> None:
    assert shipped.read(title="").label == "none"


LONG = "word " * 100


@pytest.mark.parametrize(
    ("condition", "title", "body"),
    [
        ("{amount: {over: 1bn}}", "Builder plans a data centre", f"{LONG} for $5 billion"),
        ("{case_number: M.11766}", "Case M.11766", ""),
        ("{topic: shipping}", "Container shipping line orders vessels", ""),
    ],
    ids=["sum", "case", "topic"],
)
def test_a_rule_may_ask_for_facts_of_an_article_that_names_nobody_we_know(
    condition: str, title: str, body: str
) -> None:
    """Neither an authority nor a company of the lexicon stands in it."""
    reading = Matcher(rules_of(when(condition), lexicon())).read(title=title, body=body)
    assert [match.rule for match in reading.matches] == ["r"]


def test_a_topic_is_an_exception_also_where_nobody_is_named() -> None:
    rules = rules_of(when("{all: [vessels, {not: {topic: shipping}}]}"), lexicon())
    assert not Matcher(rules).read(title="Container shipping line orders vessels").matches


def test_the_shipped_rules_ask_for_no_facts_of_articles_that_name_nobody(shipped: Matcher) -> None:
    """Most news names nobody of ours, and costs little for it."""
    assert not shipped.read(title="Case M.11766").facts.cases
