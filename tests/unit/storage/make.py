"""Short ways to make stored things, and stores in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.database import open_store
from storage.reader import Reader, open_reader
from storage.records import (
    Amount,
    Article,
    Facts,
    FeedState,
    Match,
    Matter,
    Message,
    NewArticle,
    NewDelivery,
    NewHit,
    PollPlan,
    Span,
)
from storage.words import DeliveryAction, Kind, Level, RuleStatus, Stage
from storage.writer import Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MATTER = "cma:amazon+anthropic"


@contextmanager
def a_store(folder: Path) -> Iterator[Store]:
    """Give a store on a real file, closed at the end."""
    store = open_store(f"sqlite:///{folder / 'watch.db'}")
    try:
        yield store
    finally:
        store.close()


def a_reader(store: Store) -> Reader:
    return open_reader(store.path)


def article(name: str = "a1", **values: Any) -> Article:
    words: dict[str, Any] = {
        "feed": "wire",
        "guid": name,
        "link": f"https://news.example/{name}",
        "url": f"https://news.example/{name}?utm=1",
        "title": f"Title of {name}",
        "summary": "A summary.",
        "digest": f"digest of {name}",
        "keys": (f"guid:{name}", f"link:https://news.example/{name}"),
    }
    return Article(**{**words, **values})


def facts(**values: Any) -> Facts:
    words: dict[str, Any] = {
        "regulators": ("cma",),
        "companies": ("amazon", "anthropic"),
        "stage": Stage.INQUIRY,
        "amounts": (Amount(value=4_000_000_000, currency="USD", kind="investment"),),
    }
    return Facts(**{**words, **values})


def match(rule: str = "cma-tie", **values: Any) -> Match:
    words: dict[str, Any] = {
        "rule": rule,
        "digest": "0" * 16,
        "title": "CMA acts on a tie",
        "kind": Kind.SIGNAL,
        "level": Level.HIGH,
        "status": RuleStatus.LIVE,
        "spans": (Span(field="title", start=0, end=5, text="Title"),),
    }
    return Match(**{**words, **values})


def hit(
    rule: str = "cma-tie", *, matter: str | None = MATTER, verdict: str = "told", **values: Any
) -> NewHit:
    return NewHit(match=match(rule), facts=facts(**values), matter=matter, verdict=verdict)


def matter(key: str = MATTER, **values: Any) -> Matter:
    words: dict[str, Any] = {"key": key, "title": key, "authority": "cma", "opened_at": NOW, "moved_at": NOW}
    return Matter(**{**words, **values})


def delivery(key: str, destination: str = "#news", **values: Any) -> NewDelivery:
    words: dict[str, Any] = {
        "key": key,
        "destination": destination,
        "action": DeliveryAction.POST,
        "message": Message(text=key),
        "reason": "opened",
        "level": Level.HIGH,
    }
    return NewDelivery(**{**words, **values})


def poll(*articles: NewArticle, feed: str = "wire", at: datetime = NOW, **values: Any) -> PollPlan:
    state = values.pop("state", None) or FeedState(feed=feed, etag='"e1"', checked_at=at, ok_at=at)
    return PollPlan(state=state, at=at, articles=articles, **values)


def new(name: str = "a1", *hits: NewHit, **values: Any) -> NewArticle:
    return NewArticle(article=article(name, **values), hits=hits)


def save(store: Store, plan: PollPlan, **values: Any) -> None:
    with store.writing() as tx:
        tx.save_poll(plan, **values)


def enqueue(store: Store, *deliveries: NewDelivery, at: datetime = NOW) -> None:
    with store.writing() as tx:
        tx.enqueue(deliveries, at=at)
