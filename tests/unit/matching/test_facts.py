"""Facts: who is named, what only looks like a name, and which authority looks at what."""

from __future__ import annotations

from functools import cache

import pytest

from bot.matching.automaton import PhraseBook, PhraseIndex
from bot.matching.facts import Recogniser
from bot.matching.hits import LexiconPhrases
from bot.matching.text import Document
from storage.records import Facts
from tests.unit.matching.rules_of import lexicon


@cache
def engine() -> tuple[Recogniser, PhraseIndex]:
    book = PhraseBook()
    recogniser = Recogniser(LexiconPhrases(lexicon(), book))
    return recogniser, book.build()


def facts(
    title: str, summary: str = "", body: str = "", language: str = "", authority: str | None = None
) -> Facts:
    recogniser, index = engine()
    document = Document.of(title=title, summary=summary, body=body, language=language)
    return recogniser.read(document, index.find(document), authority=authority)


@pytest.mark.parametrize(
    ("text", "regulators"),
    [
        ("CMA opens merger inquiry", ("cma",)),
        ("Le gendarme britannique de la concurrence enquête", ("cma",)),
        ("Die US-Handelsaufsicht FTC prüft den Kauf", ("ftc",)),
        ("La Comisión Europea abre un expediente de competencia", ("ec",)),
        ("Komisja Europejska bada nadużycie pozycji dominującej", ("ec",)),
        ("公取委、独占禁止法違反で調査", ("jftc",)),
        ("공정위, 시장지배적 지위 남용 조사", ("kftc",)),
        ("欧盟委员会展开反垄断调查", ("ec",)),
        ("Kartellamt prüft", ("bundeskartellamt",)),
        ("L'Agcm avvia un'istruttoria", ("agcm",)),
        ("Brussels waves through the merger", ("ec",)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_authorities_are_named_in_many_ways(text: str, regulators: tuple[str, ...]) -> None:
    """Names, abbreviations, periphrases and cities, in eleven languages."""
    assert facts(text).regulators == regulators


@pytest.mark.parametrize(
    "text",
    [
        "CMA Awards: nominees announced in Nashville",
        "CMA CGM diverts container ships",
        "First Tech Challenge: FTC robotics team wins",
        "European Commission presents the AI Act code",
        "Brussels airport closes a runway",
        "Sales commission cut by the SEC",
        "La comisión por sacar dinero sube",
    ],
)
def test_others_with_the_same_letters_are_not_named(text: str) -> None:
    """The context cancels the name, or does not give what it needs."""
    assert facts(text).regulators == ()


@pytest.mark.parametrize(
    ("text", "companies"),
    [
        ("Azure and AWS outage in the cloud", {"microsoft", "amazon"}),
        ("The maker of Claude hires", {"anthropic"}),
        ("Altman and Nadella meet", {"openai", "microsoft"}),
        ("アマゾン、アンソロピックに出資", {"amazon", "anthropic"}),
        ("Zuckerberg's WhatsApp", {"meta"}),
        ("Amazon rainforest loses trees", set()),
        ("The apple harvest in the orchard", set()),
        ("A meta-analysis of studies", set()),
        ("Le mistral souffle en rafales", set()),
        ("Gemini horoscope for the week", set()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_companies(text: str, companies: set[str]) -> None:
    """Products and people stand for their companies; ordinary words do not."""
    assert set(facts(text).companies) == companies


def test_the_feed_s_authority_counts_where_it_is_not_named() -> None:
    """An official feed's own items speak of "we"."""
    read = facts("Microsoft / OpenAI partnership: decision on relevant merger situation", authority="cma")
    assert read.regulators == ("cma",)
    assert ("cma", "ai-tie") in read.scrutiny


def test_scrutiny_binds_authority_and_tie() -> None:
    """Named together with a word of competition law in title or summary."""
    read = facts("FTC opens antitrust inquiry into Amazon's stake in Anthropic")
    assert read.scrutiny[0] == ("ftc", "ai-tie")
    assert read.ties == (("amazon", "anthropic"),)


def test_sharing_a_long_article_binds_nothing() -> None:
    """A tie at the top and an authority on another market far below."""
    body = "OpenAI rents servers.\n\nPrices fell.\n\nShops opened.\n\nThe FTC blocked a merger of grocers.\n\nIt rained."
    assert facts("New phones", "Microsoft and others show them.", body).scrutiny == ()


def test_other_fields_of_law_bind_nothing() -> None:
    """The same authority and firms, but children or privacy."""
    assert facts("FTC asks OpenAI and Microsoft how chatbots protect children").scrutiny == ()
    assert facts("European Commission: Google and OpenAI must follow the AI Act").scrutiny == ()


def test_every_mention_has_its_place() -> None:
    """Spans are of the given text."""
    title = "L’<b>Autorité</b> de la concurrence et l&#8217;accord Microsoft-OpenAI"
    for mention in facts(title).mentions:
        for span in mention.spans:
            assert title[span.start : span.end] == span.text


def test_sums_cases_and_dates_come_along() -> None:
    """The facts hold them, with valuations told apart."""
    read = facts("CMA case ME/7110/24: Amazon's $4 billion investment in Anthropic")
    assert [(amount.value, amount.currency) for amount in read.amounts] == [(4_000_000_000, "USD")]
    assert read.cases
