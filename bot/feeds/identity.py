"""Which articles are new, which are known, which are revised. Pure; contains no I/O.

The same id, or the same canonical link, or the same title in the same feed within 3 days is the same article;
never the position, never the date. What several entries of one document share identifies nothing there: GUIDs
then give way to GUID + link + title, shared links and titles are left out. GUIDs that count a document's entries
("1", "2", "3") are positions and left out too.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.feeds.feed import Feed
from bot.feeds.links import is_home
from bot.feeds.positions import are_positions
from storage.records import Article, KnownArticle

SAME_TITLE = timedelta(days=3)
# A shorter title ("Update", "Daily news") names a column, not an article.
MIN_TITLE_WORDS = 4
MIN_TITLE_LETTERS = 12  # for scripts that write no spaces
MAX_KEY = 200

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# A GUID that another entry took over loses against the link and title of the entry it was taken from; a link that
# names a place ("latest?slot=1"), against the title of the entry that stood there.
_STRENGTH = {"guid": 4, "entry": 4, "title": 3, "link": 2, "text": 1}
_ID_ONLY = 4
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What a document brings. `aliases` are further keys of known articles, by id."""

    new: tuple[Article, ...] = ()
    revised: tuple[tuple[KnownArticle, Article], ...] = ()
    aliases: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


# ---------------------------------------------------------------------------- keys


def with_keys(feed: Feed, articles: Iterable[Article], *, home: str = "") -> tuple[Article, ...]:
    """Return one document's articles, duplicates collapsed, each with its identity keys, strongest first.

    `home` is the canonical link of the feed's own page, which names no article.
    """
    listed = tuple(articles)
    by_guid = feed.identity == "guid" and not are_positions([article.guid for article in listed])
    distinct = _collapsed(feed, listed, by_guid=by_guid)
    counts = _Counts(
        guids=Counter(article.guid for article in distinct if by_guid),
        links=Counter(article.link for article in distinct),
        titles=Counter(_title_of(article) for article in distinct),
    )
    return tuple(replace(article, keys=_keys(feed, article, counts, home)) for article in distinct)


def folded(title: str) -> str:
    """Return a title's words in lower case, without accents' variants and punctuation."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", title).casefold()))


def _collapsed(feed: Feed, articles: Iterable[Article], *, by_guid: bool) -> tuple[Article, ...]:
    """Return the articles without repeats of the same entry, in document order.

    Of repeats the latest and fullest stays, whatever their order.
    """
    kept: dict[tuple[str, ...], Article] = {}
    for article in articles:
        same = _sameness(feed, article, by_guid=by_guid)
        other = kept.get(same)
        kept[same] = article if other is None else max(other, article, key=_fullness)
    return tuple(kept.values())


def _sameness(feed: Feed, article: Article, *, by_guid: bool) -> tuple[str, ...]:
    """Return what two entries of one document share when they are one entry listed twice."""
    title = _title_of(article)
    if feed.identity == "title" and title:
        return ("title", title)
    if feed.identity != "guid" and article.link:
        return ("link", article.link)
    guid = article.guid if by_guid else ""
    if guid or article.link:
        return ("entry", guid, article.link, title)
    return ("text", title, article.digest)


def _fullness(article: Article) -> tuple[object, ...]:
    moment = article.updated_at or article.published_at or _EARLIEST
    return (moment, len(article.body) + len(article.summary), article.digest, article.url, article.dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """How many of a document's articles carry each GUID, link and title; no GUIDs where they identify nothing."""

    guids: Counter[str]
    links: Counter[str]
    titles: Counter[str]


def _keys(feed: Feed, article: Article, counts: _Counts, home: str) -> tuple[str, ...]:
    keys: list[str] = []
    title = _title_of(article)
    if article.guid and (carriers := counts.guids[article.guid]):
        if carriers == 1:
            keys.append(_key("guid", article.guid))
        else:
            keys.append("entry:" + _hash(article.guid, article.link, title))
    names_a_page = bool(article.link) and article.link != home and not is_home(article.link)
    if feed.identity != "title" and names_a_page and counts.links[article.link] == 1:
        keys.append(_key("link", article.link))
    only = not keys
    if title and counts.titles[title] == 1 and (only or _is_telling(title)):
        keys.append(_key("title", title))
    if not keys:
        keys.append("text:" + _hash(article.link, title, article.digest))
    return tuple(keys)


def _title_of(article: Article) -> str:
    """Return what a title key is made of: two outlets' articles with one headline are two articles."""
    title = folded(article.title)
    return f"{title} | {folded(article.publisher)}" if title and article.publisher else title


def _is_telling(title: str) -> bool:
    headline = title.partition(" | ")[0]
    if _UNSPACED.search(headline):
        return len(headline.replace(" ", "")) >= MIN_TITLE_LETTERS
    return len(headline.split()) >= MIN_TITLE_WORDS


def _key(kind: str, value: str) -> str:
    return f"{kind}:{value}" if len(value) <= MAX_KEY else f"{kind}:sha256-{_hash(value)}"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", errors="replace")).hexdigest()[:32]


# ---------------------------------------------------------------------------- sorting


def sort_articles(
    feed: Feed, articles: Sequence[Article], known: Sequence[KnownArticle], now: datetime
) -> Sorted:
    """Return which of one document's articles are new, which revise a known one, and what else known ones are called.

    `known` holds the feed's stored articles that share a key with any of `articles`.
    """
    by_id = {one.id: one for one in known}
    holders: dict[str, list[KnownArticle]] = {}
    for one in by_id.values():
        for key in one.keys:
            holders.setdefault(key, []).append(one)
    claims: dict[int, list[tuple[int, Article]]] = {}
    new: list[Article] = []
    for article in articles:
        resembles = _best(article, holders, now)
        if resembles is None:
            new.append(article)
        else:
            strength, one = resembles
            claims.setdefault(one.id, []).append((strength, article))
    revised: list[tuple[KnownArticle, Article]] = []
    aliases: dict[int, tuple[str, ...]] = {}
    for number, rivals in claims.items():
        one = by_id[number]
        article, others = _settled(rivals)
        new += others
        if further := tuple(key for key in article.keys if key not in one.keys):
            aliases[number] = further
        if _is_revision(feed, one, article):
            revised.append((one, article))
    order = {article.keys: position for position, article in enumerate(articles)}
    revised.sort(key=lambda pair: order[pair[1].keys])
    new.sort(key=lambda article: order[article.keys])
    return Sorted(new=tuple(new), revised=tuple(revised), aliases=aliases)


def _settled(rivals: Sequence[tuple[int, Article]]) -> tuple[Article, list[Article]]:
    """Return which of the entries that resemble one known article speaks for it, and which are articles of their own.

    A loser with the known article's id alone was given that id anew; one that has its link or title as well is the
    old article under an old name: neither.
    """
    first = max(rivals, key=lambda rival: (rival[0], _fullness(rival[1])))
    return first[1], [
        article for strength, article in rivals if article is not first[1] and strength <= _ID_ONLY
    ]


def _best(
    article: Article, holders: Mapping[str, Sequence[KnownArticle]], now: datetime
) -> tuple[int, KnownArticle] | None:
    """Return the known article that resembles this one most, and how much."""
    strengths: dict[int, int] = {}
    candidates: dict[int, KnownArticle] = {}
    for position, key in enumerate(article.keys):
        kind = key.partition(":")[0]
        for one in holders.get(key, ()):
            # A title alone counts only near in time; beside a link or an id it confirms.
            alone = kind == "title" and position > 0 and one.id not in candidates
            if alone and not _close_in_time(article, one, now):
                continue
            candidates[one.id] = one
            strengths[one.id] = strengths.get(one.id, 0) + _STRENGTH.get(kind, 1)
    if not candidates:
        return None
    best = max(candidates, key=lambda number: (strengths[number], number))
    return strengths[best], candidates[best]


def _close_in_time(article: Article, one: KnownArticle, now: datetime) -> bool:
    """Say whether a title seen before is near enough in time to be the same article."""
    if article.published_at is not None and one.published_at is not None:
        return abs(article.published_at - one.published_at) <= SAME_TITLE
    return now - one.first_seen_at <= SAME_TITLE


def _is_revision(feed: Feed, one: KnownArticle, article: Article) -> bool:
    """Say whether a known article has changed in a way that its feed makes count."""
    if feed.revisions == "ignore":
        return False
    if article.digest != one.digest:
        return True
    if feed.revisions != "updated" or article.updated_at is None or one.updated_at is None:
        return False
    return article.updated_at > one.updated_at
