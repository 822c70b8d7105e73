"""The sentence that is quoted proves the step; it is never the headline again."""

from __future__ import annotations

from dataclasses import replace

from bot.matters.quote import Quote, quote_of
from storage.records import Amount, Article, Facts, Mention, Span
from storage.words import Kind
from tests.replay import article, facts, match

TITLE = "Amazon / Anthropic merger inquiry"
SUMMARY = (
    "The CMA was asked about clouds. The CMA has launched its phase 1 investigation into Amazon and Anthropic. "
    "The case team can be reached by post."
)
NONE = replace(match(), sentence="")


def spot(text: str, words: str, field: str = "summary") -> Span:
    start = text.index(words)
    return Span(field=field, start=start, end=start + len(words), text=words)


def mention(kind: str, who: str, *spans: Span) -> Mention:
    return Mention(id=who, kind=kind, spans=spans)


def page(summary: str = SUMMARY, body: str = "", title: str = TITLE) -> Article:
    return replace(article("page"), title=title, summary=summary, body=body)


def found(*mentions: Mention) -> Facts:
    return replace(facts(), mentions=mentions)


def test_the_sentence_with_the_steps_word_is_quoted_though_others_name_the_authority() -> None:
    stage = mention("stage", "investigation", spot(SUMMARY, "phase 1"))
    quote = quote_of(page(), found(mention("regulator", "cma", spot(SUMMARY, "CMA")), stage), NONE, "cma")
    assert quote == Quote(
        text="The CMA has launched its phase 1 investigation into Amazon and Anthropic.", words=("phase 1",)
    )


def test_where_only_the_headline_has_the_steps_word_the_sentence_on_who_and_whom_is_quoted() -> None:
    text = "Rain is likely. The Commission will look at clauses between Amazon and Anthropic."
    title = Span(field="title", start=0, end=5, text="opens")
    quote = quote_of(
        page(text),
        found(
            mention("stage", "investigation", title),
            mention("regulator", "ec", spot(text, "Commission")),
            mention("company", "amazon", spot(text, "Amazon")),
        ),
        replace(match(), sentence=TITLE),
        "ec",
    )
    assert quote.text.startswith("The Commission will look")


def test_another_authoritys_proof_counts_less() -> None:
    text = "The FTC spoke on Monday. The CMA answered on Tuesday."
    both = found(
        mention("scrutiny", "ftc:ai-tie", spot(text, "FTC")),
        mention("regulator", "ftc", spot(text, "FTC")),
        mention("scrutiny", "cma:ai-tie", spot(text, "CMA")),
        mention("regulator", "cma", spot(text, "CMA")),
    )
    assert quote_of(page(text), both, NONE, "cma").text == "The CMA answered on Tuesday."
    assert quote_of(page(text), both, NONE, "ftc").text == "The FTC spoke on Monday."


def test_the_headline_is_never_quoted() -> None:
    repeated = found(mention("stage", "inquiry", spot(TITLE, "inquiry")))
    assert quote_of(page(TITLE + "."), repeated, replace(match(), sentence=TITLE), "cma") == Quote()


def test_a_deal_is_quoted_by_its_own_words_and_sum() -> None:
    text = "Shares fell. Amazon invests $4 billion in Anthropic. Anthropic makes Claude."
    deal = replace(
        found(mention("deal", "investment", spot(text, "invests"))),
        amounts=(Amount(value=4_000_000_000, currency="USD", span=spot(text, "$4 billion")),),
    )
    quote = quote_of(page(text), deal, replace(NONE, kind=Kind.DEAL), None)
    assert quote.text == "Amazon invests $4 billion in Anthropic."


def test_a_keyword_rule_is_quoted_where_its_words_stand() -> None:
    text = "First part. Then a hyperscaler was named. Last part."
    quote = quote_of(page(text), Facts(), replace(NONE, spans=(spot(text, "hyperscaler"),)), None)
    assert quote == Quote(text="Then a hyperscaler was named.", words=("hyperscaler",))


def test_rows_of_a_table_are_no_part_of_the_sentence() -> None:
    text = "2023 OpenAI 10 Md$\n2023 Anthropic 4 Md$\nThe FTC has opened a study of all this."
    quote = quote_of(
        page("", text), found(mention("stage", "inquiry", spot(text, "study", "body"))), NONE, "ftc"
    )
    assert quote.text == "The FTC has opened a study of all this."


def test_a_long_sentence_is_cut_around_its_weightiest_word() -> None:
    text = "word " * 200 + "opened a probe " + "word " * 200
    quote = quote_of(page(text), found(mention("stage", "inquiry", spot(text, "opened"))), NONE, "cma")
    assert len(quote.text) <= 300
    assert "opened a probe" in quote.text


def test_a_span_that_no_longer_fits_its_text_is_passed_over() -> None:
    stale = found(mention("stage", "inquiry", Span(field="summary", start=5, end=9, text="gone")))
    assert quote_of(page(), stale, NONE, "cma") == Quote()
