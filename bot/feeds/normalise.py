"""Entries to articles: one link, plausible dates, a language, a publisher, identity keys. Pure; contains no I/O."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from bot.feeds.entry import Entry, ParsedFeed
from bot.feeds.feed import Feed
from bot.feeds.html import one_line
from bot.feeds.identity import with_keys
from bot.feeds.language import guess_language
from bot.feeds.links import canonical_link, host_of, web_link
from storage.records import Article

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
MAX_TITLE = 500

_AGGREGATORS = ("news.google.com",)
_DASHES = (" - ", " – ", " — ", " | ")
_TEASER_END = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?|\[&hellip;\]|continue reading.{0,80}|read more.{0,40})\s*$", re.IGNORECASE)  # fmt: skip
_MIN_TEASER = 40


def articles_of(feed: Feed, parsed: ParsedFeed, *, now: datetime) -> tuple[Article, ...]:
    """Return the articles of one document, duplicates collapsed, in document order, each with its keys."""
    base = web_link(parsed.link, feed.url) or feed.url
    made = (_article(feed, parsed, entry, base, now) for entry in parsed.entries)
    articles: Iterable[Article] = (article for article in made if article is not None)
    return with_keys(feed, articles, home=canonical_link(base))


def digest_of(title: str, summary: str, body: str) -> str:
    """Return what a revision changes: a digest of the words, whatever the white space between them."""
    text = "\0".join(" ".join(part.split()) for part in (title, summary, body))
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()


def _article(feed: Feed, parsed: ParsedFeed, entry: Entry, base: str, now: datetime) -> Article | None:
    """Return the article, or None for an entry that says nothing."""
    url = web_link(entry.link, base)
    title, publisher = _title_and_publisher(feed, entry)
    summary, body = _texts((title, f"{title} {publisher}", entry.title), entry.summary, entry.body)
    title = title or one_line((summary or body).partition("\n")[0], limit=120) or url or entry.guid[:120]
    if not title:
        if not (entry.published_raw or entry.updated_raw or entry.author or entry.categories):
            return None
        title = "(no title)"
    updated = plausible(entry.updated, now)
    published = plausible(entry.published, now)
    if published is None and not parsed.format.startswith("atom"):
        # RSS has one date; dc:date arrives as `updated`. In Atom only `updated` may move, so it stays apart.
        published = updated
    language = feed.language or entry.language or parsed.language
    return Article(
        feed=feed.id,
        guid=entry.guid,
        link=canonical_link(url),
        url=url,
        title=title,
        summary=summary,
        body=body,
        author=entry.author,
        publisher=publisher if publisher != parsed.title else "",
        language=_primary(language) or guess_language(f"{title}\n{summary}\n{body}"),
        published_at=published,
        updated_at=updated,
        dated=entry.published_raw or entry.updated_raw,
        digest=digest_of(title, summary, body),
    )


def plausible(moment: datetime | None, now: datetime) -> datetime | None:
    """Return a time that an article can have, else None."""
    return moment if moment is not None and EARLIEST <= moment <= now + AHEAD else None


def _title_and_publisher(feed: Feed, entry: Entry) -> tuple[str, str]:
    """Return the headline without the outlet's name that aggregators append, and the outlet."""
    title, publisher = one_line(entry.title, limit=MAX_TITLE), entry.publisher
    if publisher:
        for dash in _DASHES:
            if title.endswith(dash + publisher):
                return title.removesuffix(dash + publisher).rstrip(), publisher
    elif host_of(feed.url) in _AGGREGATORS or host_of(entry.link) in _AGGREGATORS:
        headline, dash, outlet = title.rpartition(" - ")
        if dash and 0 < len(outlet) <= 60:
            return headline.rstrip(), outlet
    return title, publisher


def _texts(titles: tuple[str, ...], summary: str, body: str) -> tuple[str, str]:
    """Return summary and body without saying the same twice."""
    bare = _bare(summary)
    if bare in {_bare(title) for title in titles}:
        summary = bare = ""
    if not body or _bare(body) == bare:
        return summary, ""
    teaser = _TEASER_END.sub("", " ".join(summary.split()))
    if len(teaser) >= _MIN_TEASER and " ".join(body.split()).startswith(teaser):
        return "", body
    return summary, body


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()


def _primary(language: str) -> str:
    """Return the language without its region, in lower case; empty when it is no language tag."""
    code = re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]
    return code if 2 <= len(code) <= 3 and code.isascii() and code.isalpha() else ""
