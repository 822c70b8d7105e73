"""Which articles are new, known or revised: the settled cases, one by one."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.feed import Feed
from bot.feeds.identity import Sorted, sort_articles, with_keys
from bot.feeds.normalise import digest_of
from storage.records import Article, KnownArticle

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FEED = Feed(id="f", url="https://example.org/feed")
TITLE = "CMA opens a merger inquiry into Acme"
OTHER = "Commission fines Widget for abuse of dominance"


def article(guid: str = "", link: str = "", title: str = TITLE, **rest: object) -> Article:
    made = Article(feed="f", guid=guid, link=link, url=link, title=title)
    made = replace(made, **rest)  # type: ignore[arg-type]
    return replace(made, digest=digest_of(made.title, made.summary, made.body))


def keyed(*articles: Article, feed: Feed = FEED) -> tuple[Article, ...]:
    return with_keys(feed, articles, home="https://example.org/")


def known(one: Article, number: int = 1, *, seen: datetime = NOW - DAY) -> KnownArticle:
    return KnownArticle(
        id=number,
        feed="f",
        digest=one.digest,
        updated_at=one.updated_at,
        first_seen_at=seen,
        revision=0,
        keys=frozenset(one.keys),
        title=one.title,
        published_at=one.published_at,
    )


def sort(
    *articles: Article, before: tuple[Article, ...] = (), feed: Feed = FEED, age: timedelta = DAY
) -> Sorted:
    """Sort a document when an earlier one, `age` ago, is known."""
    stored = [
        known(one, number, seen=NOW - age) for number, one in enumerate(keyed(*before, feed=feed), start=1)
    ]
    return sort_articles(feed, keyed(*articles, feed=feed), stored, NOW)


LINK = "https://example.org/a"
MOVED = "https://example.org/b"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (article("1", LINK), article("1", LINK)),
        (article("1", LINK), article("1", MOVED)),
        (article("1", LINK), article("2", LINK)),
        (article("1", LINK), article("2", MOVED)),
        (article("", LINK), article("9", LINK)),
        (article("", ""), article("", "")),
        (article("1", "", "Update"), article("1", "", "Update")),
    ],
    ids=[
        "same",
        "link changed",
        "guid changed",
        "title within 3 days",
        "guid appears",
        "title only",
        "short title",
    ],
)
def test_the_same_article_is_not_new(before: Article, after: Article) -> None:
    """Same id, or same link, or same title within 3 days."""
    result = sort(after, before=(before,))
    assert (result.new, result.revised) == ((), ())


@pytest.mark.parametrize(
    ("before", "after", "age"),
    [
        (article("1", LINK), article("2", MOVED, OTHER), DAY),
        (article("1", LINK), article("2", MOVED), 4 * DAY),
        (article("1", LINK, "Update"), article("2", MOVED, "Update"), DAY),
        (article("1", LINK, "日報"), article("2", MOVED, "日報"), DAY),
        (article("1", "https://example.org/"), article("2", "https://example.org/", OTHER), DAY),
        (article("1", LINK, publisher="Reuters"), article("2", MOVED, publisher="FT"), DAY),
        (article("1", LINK, published_at=NOW - 7 * DAY), article("2", MOVED, published_at=NOW), DAY),
    ],
    ids=[
        "all differ",
        "title after 4 days",
        "generic title",
        "short CJK title",
        "feed's home",
        "other outlet",
        "weekly",
    ],
)
def test_a_different_article_is_new(before: Article, after: Article, age: timedelta) -> None:
    """What is generic or long ago identifies nothing."""
    assert len(sort(after, before=(before,), age=age).new) == 1


def test_a_changed_guid_is_recorded_as_a_further_name() -> None:
    """A GUID that changes while link and title stay is the same article; its new name is remembered."""
    assert sort(article("2", LINK), before=(article("1", LINK),)).aliases == {1: ("guid:2",)}


def test_a_guid_repeated_in_one_document_identifies_nothing_there() -> None:
    """Two entries with one GUID but other links and titles are two articles."""
    first, second = article("same", LINK), article("same", MOVED, OTHER)
    result = sort(first, second)
    assert len(result.new) == 2
    assert len({one.keys[0] for one in result.new}) == 2
    again = sort(first, second, before=(first, second))
    assert (again.new, again.revised, again.aliases) == ((), (), {})


def test_a_repeated_guid_leaves_the_one_that_was_known_alone() -> None:
    """When a second entry takes a known GUID, the first is found by its link, the second is new."""
    first = article("same", LINK)
    result = sort(first, article("same", MOVED, OTHER), before=(first,))
    assert [one.title for one in result.new] == [OTHER]
    assert result.revised == ()


def test_a_guid_taken_from_another_known_article_does_not_merge_the_two() -> None:
    """Link and title of one known article outweigh the GUID of another."""
    first, second = article("1", LINK), article("2", MOVED, OTHER)
    result = sort(article("1", MOVED, OTHER), before=(first, second))
    assert (result.new, result.revised) == ((), ())


def test_a_link_shared_by_several_entries_identifies_nothing() -> None:
    """A feed whose entries all lead to one page still has one article an entry."""
    page = "https://example.org/changes"
    assert len(sort(article("1", page), article("2", page, OTHER)).new) == 2
    titles = [
        "Phase one decision published today",
        "Phase two reference is made",
        "Remedies are accepted at last",
    ]
    assert len(sort(*(article("", page, title) for title in titles)).new) == 3


def test_a_title_shared_by_several_entries_identifies_nothing() -> None:
    """Entries that only share their headline are different articles."""
    assert len(sort(article("1", LINK), article("2", MOVED)).new) == 2


def test_an_entry_listed_twice_is_one() -> None:
    """The latest and fullest of identical entries stays, whichever comes first."""
    short, full = article("1", LINK), article("1", LINK, body="The whole text.")
    assert sort(short, full).new == sort(full, short).new
    assert sort(short, full).new[0].body == "The whole text."


@pytest.mark.parametrize(
    ("policy", "text", "moved", "revised"),
    [
        ("ignore", True, True, False),
        ("content", True, False, True),
        ("content", False, True, False),
        ("updated", False, True, True),
        ("updated", True, False, True),
        ("updated", False, False, False),
    ],
)
def test_what_counts_as_a_revision_is_the_feeds_own_choice(
    policy: str, text: bool, moved: bool, revised: bool
) -> None:
    """ignore: nothing; content: the words; updated: also a later `updated`."""
    before = article("1", LINK, updated_at=NOW - DAY)
    after = article("1", LINK, summary="New words" if text else "", updated_at=NOW if moved else NOW - DAY)
    result = sort(after, before=(before,), feed=replace(FEED, revisions=policy))
    assert bool(result.revised) == revised
    assert result.new == ()


def test_an_updated_that_goes_back_is_no_revision() -> None:
    """`updated` counts only when it moves forward."""
    feed = replace(FEED, revisions="updated")
    before = article("1", LINK, updated_at=NOW)
    assert sort(article("1", LINK, updated_at=NOW - DAY), before=(before,), feed=feed).revised == ()


def test_a_case_feed_gives_a_revision_each_time_updated_moves() -> None:
    """One id, three `updated`: one article, two revisions, never "seen, skipped"."""
    feed = replace(FEED, revisions="updated")
    states = [article("tag:case", LINK, updated_at=NOW - days * DAY) for days in (3, 2, 1)]
    assert len(sort(states[0], feed=feed).new) == 1
    for before, after in itertools.pairwise(states):
        assert len(sort(after, before=(before,), feed=feed).revised) == 1


def test_an_entry_that_returns_is_old() -> None:
    """Absence from a document means nothing."""
    assert sort(article("1", LINK), before=(article("1", LINK),), age=300 * DAY).new == ()


def test_identity_by_link_ignores_guids() -> None:
    """A feed whose GUIDs are random is told apart by its links."""
    feed = replace(FEED, identity="link")
    assert sort(article("random-2", LINK, OTHER), before=(article("random-1", LINK),), feed=feed).new == ()
    assert len(sort(article("same", MOVED, OTHER), before=(article("same", LINK),), feed=feed).new) == 1


def test_identity_by_title_ignores_guids_and_links_and_time() -> None:
    """A search feed repeats a headline under ever new links for a week and more."""
    feed = replace(FEED, identity="title")
    before = article("a", LINK, publisher="Reuters")
    assert sort(article("b", MOVED, publisher="Reuters"), before=(before,), feed=feed, age=9 * DAY).new == ()
    assert len(sort(article("a", LINK, publisher="FT"), before=(before,), feed=feed).new) == 1
    assert len(sort(article("a", LINK), article("b", MOVED), feed=feed).new) == 1


def test_a_guid_handed_out_anew_does_not_swallow_the_article_that_got_it() -> None:
    """A new article with a known article's GUID is new when that article is still listed under another GUID."""
    result = sort(article("a", MOVED, OTHER), article("b", LINK), before=(article("a", LINK),))
    assert [one.title for one in result.new] == [OTHER]
    assert (result.revised, result.aliases) == ((), {1: ("guid:b",)})


def test_an_old_name_of_an_article_is_not_new_beside_its_new_name() -> None:
    """Of two entries with a GUID of a known article, one that also has its title is no article of its own."""
    before = known(keyed(article("a", LINK))[0])
    renamed = replace(before, keys=before.keys | {"guid:b"})
    both = keyed(article("a", LINK, OTHER), article("b", MOVED))
    assert sort_articles(FEED, both, [renamed], NOW).new == ()


STORIES = (
    "Commission fines Widget for abuse of dominance",
    "FTC orders seven developers to answer questions",
    "Court upholds the fine on Gadget Holdings",
    "CMA clears the merger of Alpha and Beta",
)


@pytest.mark.parametrize("guid", ["{}", "tag:example.org,2026:{}", "item-{}-of-the-list", "0{}"])
@pytest.mark.parametrize("first", [0, 1])
def test_a_guid_that_is_the_place_in_the_list_identifies_nothing(guid: str, first: int) -> None:
    """Each new story pushes the others one place down: only it is new, and nothing is revised."""

    def listed(*stories: str) -> tuple[Article, ...]:
        return tuple(
            article(guid.format(place), f"https://example.org/{story[:9]}", story)
            for place, story in enumerate(stories, start=first)
        )

    result = sort(*listed(STORIES[3], *STORIES[:2]), before=listed(*STORIES[:3]))
    assert [one.title for one in result.new] == [STORIES[3]]
    assert (result.revised, result.aliases) == ((), {})
    wholly_new = sort(*listed(STORIES[3], STORIES[0]), before=listed(*STORIES[1:3]))
    assert [one.title for one in wholly_new.new] == [STORIES[3], STORIES[0]]


def test_serial_numbers_newest_first_are_no_places() -> None:
    """A young feed whose ids count its articles from the oldest keeps them as names."""
    first, second = article("1", LINK), article("2", MOVED, OTHER)
    assert [one.keys[0] for one in keyed(second, first)] == ["guid:2", "guid:1"]


def test_a_link_that_names_a_place_does_not_make_the_story_pushed_down_new() -> None:
    """Only the first story is new when each link is a slot of the page and the stories move down a slot."""

    def slots(*stories: str) -> tuple[Article, ...]:
        return tuple(
            article("", f"https://example.org/latest?slot={place}", s) for place, s in enumerate(stories)
        )

    result = sort(*slots(STORIES[3], *STORIES[:2]), before=slots(*STORIES[:3]))
    assert [one.title for one in result.new] == [STORIES[3]]
    assert result.revised == ()
