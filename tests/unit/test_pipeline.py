"""A poll that breaks off for a fault of our own is seen, and the feed backs off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.feeds.entry import ParseOutcome
from bot.feeds.feed import Feed
from bot.feeds.outcome import FetchOutcome, FetchRequest
from bot.pipeline import Pipeline
from bot.plan import PlanSettings
from storage.database import open_store
from tests.clock import FakeClock

FEED = Feed(id="f", url="https://a.example/feed")


class Nothing:
    """A fetcher and parser that nobody should ask."""

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        raise AssertionError(request)

    def parse(self, *_args: object, **_more: object) -> ParseOutcome:
        raise AssertionError


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    store = open_store(f"sqlite:///{tmp_path / 'r.db'}")
    yield Pipeline(
        store=store,
        fetcher=Nothing(),
        parser=Nothing(),
        plan_settings=PlanSettings(channel="#a"),
        min_interval=timedelta(),
        clock=FakeClock(),
        dice=lambda: 0.0,
    )
    store.close()


def test_a_poll_that_broke_off_is_recorded_and_put_off(pipeline: Pipeline) -> None:
    """The feed shows as broken, with the fault's name, and is due again in five minutes, not in a second."""
    pipeline.broke_off(FEED, ValueError("oh"))
    state = pipeline.store.feed_state("f")
    assert (state.outcome, state.failures) == ("broken", 1)
    assert state.detail == "a fault in regwatch: ValueError: oh"
    assert state.next_at == pipeline.clock.now() + timedelta(minutes=5)
