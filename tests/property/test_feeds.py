"""Promises of the feed layer that hold for any input: links, text, wire, cutting, identity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds import parse_wire
from bot.feeds.entry import Entry, ParsedFeed
from bot.feeds.feed import Feed
from bot.feeds.html import plain_text
from bot.feeds.identity import sort_articles
from bot.feeds.links import canonical_link, web_link
from bot.feeds.normalise import articles_of
from bot.feeds.parse_json import parse_json
from bot.feeds.parse_worker import read_feed
from storage.records import Article, KnownArticle

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = Feed(id="f", url="https://example.org/feed", revisions="updated")
FEW = settings(deadline=None, max_examples=60)

links = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}://{}{}{}{}".format,
        st.sampled_from(["http", "https", "HTTP"]),
        st.sampled_from(["www.", "m.", "amp.", "www.amp.", ""]),
        st.sampled_from(["example.org", "exämple.org", "a.co.uk", "example.org:8080", "news.google.com"]),
        st.sampled_from(
            ["/", "", "/amp", "/a/amp/amp/", "/a%2fb/%41//", "/ä b", "/amp/x.amp.html", "/x.amp"]
        ),
        st.sampled_from(["", "?", "?utm_source=x&b=2&a=1", "?%61=1&&b", "#x", "#!x y", "?a=1#f"]),
    ),
)


@FEW
@given(links)
def test_the_canonical_form_is_its_own_canonical_form(link: str) -> None:
    """Canonical links are https, or nothing, and stay as they are."""
    form = canonical_link(link)
    assert canonical_link(form) == form
    assert not form or urlsplit(form).scheme == "https"


@FEW
@given(links, links)
def test_a_web_link_is_http_or_nothing(link: str, base: str) -> None:
    """Whatever a feed says, a link is http(s), one word, and opens nothing else."""
    found = web_link(link, base)
    assert not found or (
        found.lower().startswith(("http://", "https://")) and not set(found) & set(" \n\t\r\0")
    )


@FEW
@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(["<p>", "</p>", "<b ", "&lt;", "&amp;", "x", ">", "<!--", "<script>", "\0", "\u202e"]), max_size=40).map("".join)))  # fmt: skip
def test_text_has_no_controls_and_is_stable(markup: str) -> None:
    """Plain text has no control characters, and reading tidy text again changes nothing of it."""
    text = plain_text(markup, markup=True)
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    assert "\u202e" not in text
    assert text == text.strip()
    text.encode("utf-8")


@FEW
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"<rss><channel><item>", b'<?xml version="1.0"?><feed>', b'{"items":[']),
)
def test_no_bytes_make_the_reader_raise(noise: bytes, start: bytes) -> None:
    """Any body has an outcome."""
    assert read_feed(start + noise, {"content-type": "text/xml"}) is not None
    assert parse_json(start + noise) is not None


words = st.text(max_size=12)
moments = st.none() | st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2026, 11, 23), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
entries = st.builds(
    Entry,
    guid=st.sampled_from(["", "1", "2", "3", "4", "5"]),
    link=st.sampled_from(["", "/1", "/2", "/3", "/4#x", "/4", "/"]),
    title=st.sampled_from(["", "Update", "A long enough title here", "Another long enough title", "日報"]),
    summary=st.sampled_from(["", "one", "two"]),
    updated=st.sampled_from([None, NOW - timedelta(days=2), NOW - timedelta(days=1)]),
)
documents = st.lists(entries, max_size=8)


@FEW
@given(
    st.builds(
        Entry, guid=words, link=words, title=words, body=words, published=moments, categories=st.tuples(words)
    )
)
def test_what_the_child_says_arrives_as_it_was(entry: Entry) -> None:
    """Encoding and decoding an outcome is the identity, but for halves of characters."""
    feed = ParsedFeed(format="rss20", title="t", ttl=timedelta(minutes=5), entries=(entry,), total=1)
    assert parse_wire.decode(parse_wire.encode(feed)) == feed


def articles(document: list[Entry]) -> tuple[Article, ...]:
    return articles_of(FEED, ParsedFeed(format="atom10", entries=tuple(document)), now=NOW)


def stored(made: tuple[Article, ...]) -> list[KnownArticle]:
    return [
        KnownArticle(
            id=number,
            feed="f",
            digest=one.digest,
            updated_at=one.updated_at,
            first_seen_at=NOW,
            revision=0,
            keys=frozenset(one.keys),
            title=one.title,
            published_at=one.published_at,
        )
        for number, one in enumerate(made, start=1)
    ]


@FEW
@given(documents, st.randoms(use_true_random=False))
def test_the_order_of_entries_makes_no_difference(document: list[Entry], random: object) -> None:
    """A shuffled document gives the same articles with the same keys."""
    shuffled = list(document)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set(articles(document)) == set(articles(shuffled))


@FEW
@given(documents, st.integers(min_value=0, max_value=400))
def test_the_same_document_again_brings_nothing(document: list[Entry], days: int) -> None:
    """However much later, an unchanged document holds nothing new, nothing revised, no new names."""
    made = articles(document)
    first = sort_articles(FEED, made, [], NOW)
    again = sort_articles(FEED, made, stored(first.new), NOW + timedelta(days=days))
    assert (again.new, again.revised, dict(again.aliases)) == ((), (), {})


@FEW
@given(documents)
def test_entries_that_share_nothing_stay_apart(document: list[Entry]) -> None:
    """No two entries with different GUIDs, links and titles become one article."""
    made = sort_articles(FEED, articles(document), [], NOW).new
    said = {(e.guid, e.link.partition("#")[0], e.title) for e in document if e.guid and e.link and e.title}
    kept = {(one.guid, one.link, one.title) for one in made}
    assert len({(guid, title) for guid, _, title in said}) <= len({(guid, title) for guid, _, title in kept})


@FEW
@given(documents, documents)
def test_every_article_is_new_or_known_but_never_both(before: list[Entry], after: list[Entry]) -> None:
    """New articles are of the document, each once; revisions and names are of known ones, each once."""
    known = stored(sort_articles(FEED, articles(before), [], NOW).new)
    made = articles(after)
    result = sort_articles(FEED, made, known, NOW)
    assert set(result.new) <= set(made)
    assert len(set(result.new)) == len(result.new)
    assert len({one.id for one, _ in result.revised}) == len(result.revised)
    assert not {one for _, one in result.revised} & set(result.new)
    assert set(result.aliases) <= {one.id for one in known}


@FEW
@given(st.lists(st.integers(min_value=0, max_value=9), min_size=2, max_size=10, unique=True), st.data())
def test_cut_and_whole_parse_agree(numbers: list[int], data: st.DataObject) -> None:
    """Parsing only unseen items gives the entries that the whole parse gives for them."""
    items = [
        f"<entry><id>tag:{9 - n}-{n}0</id><title type='html'>T &amp;amp; {n}</title><link href='/e/{n}'/>"
        f"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Body {n}</p></div></content></entry>"
        for n in numbers
    ]
    head = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://e.org/' xml:lang='en'><title>F</title>"
    )
    body = (head + "".join(items) + "</feed>").encode()
    whole = read_feed(body, {})
    assert isinstance(whole, ParsedFeed)
    seen = frozenset(data.draw(st.sets(st.sampled_from(sorted(whole.item_digests)))))
    part = read_feed(body, {}, seen)
    assert isinstance(part, ParsedFeed)
    assert len(part.entries) == len(items) - len(seen)
    assert set(part.entries) <= set(whole.entries)
    assert (part.total, part.item_digests, part.title) == (whole.total, whole.item_digests, whole.title)
