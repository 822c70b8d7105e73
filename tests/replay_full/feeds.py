"""The scripted feeds as bytes: what each address answers at a moment of the replayed quarter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from bot.feeds.feed import Feed
from storage.words import Tier
from tests.replay_full.official import CASE, CASE_TITLE, EC, FTC, OTHER_CASES, SLUG, Release
from tests.replay_full.press import STORIES

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CASE_URL = f"https://www.gov.uk/cma-cases/{SLUG}"
API_URL = f"https://www.gov.uk/api/content/cma-cases/{SLUG}"
LANGUAGES = ("en", "fr", "de", "es", "it")
FLOOD_DAY = 47.0
CLOUDS = ("Oracle", "Microsoft", "Amazon", "Google", "Nvidia")
LABS = (
    "Mistral",
    "Cohere",
    "xAI",
    "Inflection AI",
    "Perplexity AI",
    "Aleph Alpha",
    "Stability AI",
    "Hugging Face",
)


def _official(name: str, url: str, authority: str, revisions: str = "content") -> Feed:
    return Feed(id=name, url=url, authority=authority, tier=Tier.OFFICIAL, language="en", revisions=revisions)


CMA_FEED = _official("cma-cases", "https://www.gov.uk/cma-cases.atom", "cma", "updated")
EC_FEED = _official("ec-press", "https://ec.test/presscorner.rss", "ec")
FTC_FEED = _official("ftc-press", "https://ftc.test/press.rss", "ftc")
PRESS_FEEDS = {
    lang: Feed(id=f"press-{lang}", url=f"https://press.test/{lang}.rss", language=lang) for lang in LANGUAGES
}
STAMPER = Feed(id="stamper", url="https://stamper.test/rss", title="The Restamper", language="en")
SHIFTER = Feed(id="shifter", url="https://shifter.test/rss", title="The Shifting Post", language="en")
FLOOD = Feed(id="flood", url="https://flood.test/rss", title="Archive Wire", language="en")
FEEDS = (CMA_FEED, EC_FEED, FTC_FEED, *PRESS_FEEDS.values(), STAMPER, SHIFTER, FLOOD)


def at(day: float) -> datetime:
    """Return the moment of a day of the replay, to the second."""
    return START + timedelta(seconds=round(day * 86_400))


def _rss(title: str, items: list[str]) -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{title}</title>'
    return f"{head}<link>https://{title}.test/</link>{''.join(items)}</channel></rss>".encode()


def _item(guid: str, link: str, title: str, text: str, when: datetime, *, outlet: str = "") -> str:
    source = f'<source url="https://{_slug(outlet)}.test/">{escape(outlet)}</source>' if outlet else ""
    return (
        f'<item><guid isPermaLink="false">{escape(guid)}</guid><link>{link}</link><title>{escape(title)}</title>'
        f"<description>{escape(text)}</description><pubDate>{format_datetime(when)}</pubDate>{source}</item>"
    )


def _slug(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:10]


# ---------------------------------------------------------------------------- one function an address


def _case_feed(now: datetime) -> bytes:
    entries = [
        _entry(f"https://www.gov.uk/cma-cases/{slug}", title, text, at(day))
        for day, slug, title, text in OTHER_CASES
        if at(day) <= now
    ]
    states = [state for state in CASE if at(state.day) <= now]
    if states:
        entries.insert(0, _entry(CASE_URL, CASE_TITLE, states[-1].summary, at(states[-1].day)))
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><id>https://www.gov.uk/cma-cases.atom</id>'
    top = f"<title>CMA cases</title><updated>{max(at(o[0]) for o in OTHER_CASES[:3]).isoformat()}</updated>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{top}{"".join(entries)}</feed>'.encode()


def _entry(url: str, title: str, text: str, updated: datetime) -> str:
    return (
        f'<entry><id>{url}</id><title>{escape(title)}</title><link rel="alternate" href="{url}"/>'
        f"<updated>{updated.isoformat()}</updated><summary>{escape(text)}</summary></entry>"
    )


def _case_api(now: datetime) -> bytes:
    notes = [
        {"note": s.note, "public_timestamp": at(s.day).isoformat()}
        for s in CASE
        if s.note and at(s.day) <= now
    ]
    return json.dumps({"title": CASE_TITLE, "details": {"change_history": notes}}).encode()


def _releases(title: str, releases: tuple[Release, ...]) -> Callable[[datetime], bytes]:
    def body(now: datetime) -> bytes:
        shown = [r for r in releases if at(r.day) <= now]
        return _rss(title, [_item(r.link, r.link, r.title, r.text, at(r.day)) for r in reversed(shown)])

    return body


def _press(language: str) -> Callable[[datetime], bytes]:
    def body(now: datetime) -> bytes:
        shown = [s for s in STORIES if s.feed == language and at(s.day) <= now]
        shown.sort(key=lambda s: s.day, reverse=True)
        items = []
        for story in shown[:12]:
            link = f"https://{_slug(story.outlet)}.test/{_slug(story.title)}"
            items.append(
                _item(_slug(story.title), link, story.title, story.text, at(story.day), outlet=story.outlet)
            )
        return _rss(f"press-{language}", items)

    return body


_STAMPED = (
    ("Regulators circle Google's Anthropic partnership", "The CMA seeks comments on Google's partnership with Anthropic."),
    ("Cloud shares rise", "Investors like what they hear."),
)  # fmt: skip
_SHIFTED = (
    ("UK antitrust watchdog asks rivals about Google and Anthropic", "The CMA invited comments on the partnership."),
    ("Ten gadgets for the spring", "Our editors choose."),
)  # fmt: skip


def _stamper(now: datetime) -> bytes:
    """Every entry bears the time of the poll; the first poll is before the stories."""
    stories = _STAMPED if now >= at(5) else _STAMPED[1:]
    return _rss(
        "stamper", [_item(_slug(t), f"https://stamper.test/{_slug(t)}", t, x, now) for t, x in stories]
    )


def _shifter(now: datetime) -> bytes:
    """Every entry bears another GUID at every poll."""
    stories = _SHIFTED if now >= at(5) else _SHIFTED[1:]
    return _rss(
        "shifter",
        [
            _item(f"{_slug(t)}-{now:%d%H%M%S}", f"https://shifter.test/{_slug(t)}", t, x, at(5))
            for t, x in stories
        ],
    )


def flood_titles() -> tuple[str, ...]:
    """Return the forty titles of the flood that are about an authority and a tie."""
    return tuple(
        f"FTC opens inquiry into {cloud}'s partnership with {lab}" for cloud in CLOUDS for lab in LABS
    )


def _flood(now: datetime) -> bytes:
    """Five hundred entries at once, as after a rebuild; every twelfth or so is about a tie of its own."""
    if now < at(FLOOD_DAY - 1):
        return _rss("flood", [_item("f0", "https://flood.test/0", "Archive Wire is open", "", at(-1))])
    hits = iter(flood_titles())
    items = []
    for n in range(500):
        title = (
            next(hits) if n % 12 == 0 and n < 480 else f"Archive note {n}: quarterly figures of a retailer"
        )
        when = at(FLOOD_DAY) - timedelta(minutes=n)
        items.append(_item(f"flood-{n}", f"https://flood.test/{n + 1}", title, "", when))
    return _rss("flood", items)


SITES: dict[str, Callable[[datetime], bytes]] = {
    CMA_FEED.url: _case_feed,
    API_URL: _case_api,
    EC_FEED.url: _releases("ec-press", EC),
    FTC_FEED.url: _releases("ftc-press", FTC),
    **{feed.url: _press(lang) for lang, feed in PRESS_FEEDS.items()},
    STAMPER.url: _stamper,
    SHIFTER.url: _shifter,
    FLOOD.url: _flood,
}
POLLS: tuple[tuple[float, Feed], ...] = tuple(
    sorted(
        [
            *[(n / 1000, feed) for n, feed in enumerate(FEEDS)],
            *[(day, CMA_FEED) for day in (3.3, 10.3, 24.3, 38.3, 50.3, 61.3, 70.3, 78.3)],
            *[(day, EC_FEED) for day in (9.2, 30.2, 58.2)],
            *[(day, FTC_FEED) for day in (15.2, 64.2)],
            *[(day, PRESS_FEEDS["en"]) for day in (2.95, 4.0, 13.0, 25.1, 52.0, 71.1, 82.0)],
            *[(day, PRESS_FEEDS["fr"]) for day in (4.1, 7.0, 26.0, 52.1, 72.0)],
            *[(day, PRESS_FEEDS["de"]) for day in (4.2, 8.5, 26.1, 73.0)],
            *[(day, PRESS_FEEDS["es"]) for day in (5.0, 16.8, 27.0, 73.1)],
            *[(day, PRESS_FEEDS["it"]) for day in (5.1, 17.0, 27.1, 73.2)],
            *[(day, STAMPER) for day in (6.0, 12.0, 27.5, 40.0, 66.0)],
            *[(day, SHIFTER) for day in (6.1, 12.1, 27.6, 40.1, 66.1)],
            *[(day, FLOOD) for day in (47.1, 48.0)],
        ],
        key=lambda poll: poll[0],
    )
)
