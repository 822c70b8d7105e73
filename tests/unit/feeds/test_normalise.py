"""Entries to articles: links, dates, languages, publishers, texts that are not said twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.entry import Entry, ParsedFeed
from bot.feeds.feed import Feed
from bot.feeds.language import guess_language
from bot.feeds.normalise import articles_of, digest_of
from storage.records import Article

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = Feed(id="f", url="https://example.org/feed.xml")


def made(
    entry: Entry, *, feed: Feed = FEED, form: str = "rss20", language: str = "", link: str = ""
) -> Article:
    parsed = ParsedFeed(
        format=form, title="The Example", link=link, language=language, entries=(entry,), total=1
    )
    (article,) = articles_of(feed, parsed, now=NOW)
    return article


def test_a_relative_link_is_resolved_against_the_feeds_page() -> None:
    """The feed's own link is the base, else its address."""
    assert (
        made(Entry(title="T", link="a"), link="https://www.example.org/news/").url
        == "https://www.example.org/news/a"
    )
    assert made(Entry(title="T", link="/a")).link == "https://example.org/a"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_a_link_that_is_none_leaves_the_entry(link: str) -> None:
    """An entry with a hostile link is kept, without a link."""
    article = made(Entry(title="T", guid="1", link=link))
    assert (article.url, article.link, article.title) == ("", "", "T")


@pytest.mark.parametrize(
    "moment",
    [datetime(1970, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC), NOW + timedelta(days=2), None],
    ids=["1970", "2041", "in two days", "none"],
)
def test_an_implausible_date_counts_as_none_and_stays_readable(moment: datetime | None) -> None:
    """What the feed wrote is kept beside."""
    article = made(Entry(title="T", published=moment, published_raw="as written"))
    assert (article.published_at, article.dated) == (None, "as written")


def test_a_case_feeds_updated_is_no_publication_date() -> None:
    """Atom entries without `published` have none; in RSS the one date there is counts."""
    entry = Entry(title="T", updated=NOW)
    assert made(entry, form="atom10").published_at is None
    assert made(entry, form="atom10").updated_at == NOW
    assert made(entry, form="rss10").published_at == NOW


def test_an_aggregators_headline_is_parted_from_its_outlet() -> None:
    """The outlet comes from `source`, and goes from the headline; a description that repeats both says nothing."""
    entry = Entry(
        title="Watchdog probes Acme - The Paper",
        publisher="The Paper",
        summary="Watchdog probes Acme The Paper",
    )
    article = made(entry)
    assert (article.title, article.publisher, article.summary) == ("Watchdog probes Acme", "The Paper", "")


def test_a_search_feed_without_source_still_names_the_outlet() -> None:
    """News search titles end in the outlet; other feeds' titles may end in anything."""
    entry = Entry(title="Watchdog probes Acme - The Paper")
    search = Feed(id="s", url="https://news.google.com/rss/search?q=x")
    assert made(entry, feed=search).publisher == "The Paper"
    assert made(entry).title == "Watchdog probes Acme - The Paper"


@pytest.mark.parametrize(
    ("summary", "body", "expected"),
    [
        ("The same words.", "The same  words.", ("The same words.", "")),
        ("Acme will invest up to $50 billion in Widget […]", "Acme will invest up to $50 billion in Widget, it said.",
         ("", "Acme will invest up to $50 billion in Widget, it said.")),
        ("A dek.", "Another text.", ("A dek.", "Another text.")),
        ("T", "", ("", "")),
    ],
    ids=["equal", "teaser", "different", "title repeated"],
)  # fmt: skip
def test_nothing_is_said_twice(summary: str, body: str, expected: tuple[str, str]) -> None:
    """A summary that the body or the title repeats is told once."""
    article = made(Entry(title="T", summary=summary, body=body))
    assert (article.summary, article.body) == expected


def test_a_titleless_entry_is_called_by_its_first_line() -> None:
    """Short posts have no title; of an entry without words the id is shown; one that says nothing is dropped."""
    assert made(Entry(guid="1", summary="First line.\nSecond.")).title == "First line."
    assert made(Entry(guid="tag:1")).title == "tag:1"
    assert articles_of(FEED, ParsedFeed(format="rss20", entries=(Entry(),)), now=NOW) == ()


def test_the_catalogues_language_comes_before_what_feeds_claim() -> None:
    """WordPress says en-US whatever the language."""
    german = Feed(id="g", url=FEED.url, language="de")
    assert made(Entry(title="T", language="en-US"), feed=german).language == "de"
    assert made(Entry(title="T", language="fr_FR"), language="en").language == "fr"
    assert made(Entry(title="T"), language="pt-br").language == "pt"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The regulator is looking at the deal and has asked for comments by the end of the month.", "en"),
        (
            "Le régulateur examine le partenariat et les entreprises ont un mois pour répondre dans une lettre.",
            "fr",
        ),
        (
            "Die Behörde prüft den Zusammenschluss und hat die Unternehmen nicht zu einer Anhörung geladen.",
            "de",
        ),
        ("La autoridad examina el acuerdo y las empresas tienen un mes para responder en una carta.", "es"),
        ("公正取引委員会は提携について調査している", "ja"),
        ("공정거래위원회가 조사에 착수했다", "ko"),
        ("反垄断机构正在调查这笔交易", "zh"),
        ("Регулятор изучает сделку", "ru"),
        ("OpenAI Anthropic Microsoft", ""),
    ],
)
def test_a_language_is_guessed_only_when_the_text_shows_it(text: str, language: str) -> None:
    """By script, else by the commonest words; unsure is empty."""
    assert guess_language(text) == language


def test_white_space_is_no_revision() -> None:
    """The digest is of words, in their fields."""
    assert digest_of("A b", "c\n d", "") == digest_of("A  b ", "c d", "")
    assert digest_of("A", "b", "") != digest_of("A", "", "b")
