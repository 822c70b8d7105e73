"""The poller: one poll a feed, one a host, and no bad feed harms the others."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.feeds.feed import Feed
from bot.poller import Poller
from storage.errors import StorageFull
from tests.clock import FakeClock


def feed(name: str, host: str = "") -> Feed:
    return Feed(id=name, url=f"https://{host or name}.example/feed")


def test_every_feed_is_polled_once() -> None:
    """`run_all` polls each feed exactly once and reports each."""
    polled, done = list[str](), list[str]()
    poller = Poller(lambda f: polled.append(f.id), SystemClock(), 4)
    feeds = [feed(f"f{n}") for n in range(20)]
    poller.run_all(feeds, lambda f: done.append(f.id), threading.Event())
    poller.close()
    assert sorted(polled) == sorted(done) == sorted(f.id for f in feeds)


def test_a_host_has_one_poll_at_a_time() -> None:
    """Ten feeds of one host never overlap."""
    at_once, most, lock = 0, 0, threading.Lock()

    def poll(_feed: Feed) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.002)
        with lock:
            at_once -= 1

    poller = Poller(poll, SystemClock(), 8)
    feeds = [feed(f"f{n}", "same") for n in range(10)]
    poller.run_all(feeds, lambda _f: None, threading.Event())
    poller.close()
    assert most == 1


def test_a_poll_that_breaks_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected error is logged with its trace; the other feeds are polled and the broken one is free again."""
    polled = list[str]()

    def poll(f: Feed) -> None:
        if f.id == "bad":
            message = "a bug"
            raise ValueError(message)
        polled.append(f.id)

    poller = Poller(poll, SystemClock(), 2)
    with caplog.at_level(logging.ERROR, "regwatch"):
        poller.run_all([feed("bad"), feed("good")], lambda _f: None, threading.Event())
    poller.close()
    assert polled == ["good"]
    assert "poll of bad failed" in caplog.text
    assert poller.oldest() == ("", 0.0)


def test_a_feed_in_flight_is_not_started_again_and_its_age_is_known() -> None:
    """The same feed is refused while it is being polled; `oldest` tells for how long it has been."""
    clock, release, started, polls = FakeClock(), threading.Event(), threading.Event(), list[str]()

    def poll(f: Feed) -> None:
        polls.append(f.id)
        started.set()
        release.wait(10)

    poller = Poller(poll, clock, 4)
    poller.start([feed("slow")])
    started.wait(10)
    clock.sleep(300)
    poller.start([feed("slow")])
    assert poller.oldest() == ("slow", 300.0)
    release.set()
    assert poller.wait_idle(10)
    poller.close()
    assert polls == ["slow"]


def test_feeds_of_one_host_follow_each_other_without_a_new_tick() -> None:
    """One start is enough for all feeds of a host: each begins when the one before it ends."""
    polled = list[str]()
    poller = Poller(lambda f: polled.append(f.id), SystemClock(), 4)
    poller.start([feed(f"f{n}", "same") for n in range(5)])
    assert poller.wait_idle(10)
    poller.close()
    assert polled == ["f0", "f1", "f2", "f3", "f4"]


def test_polls_that_cannot_be_recorded_are_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """A full disk meets every feed every few seconds; its words say what to do, a trace says nothing more."""
    clock = FakeClock()

    def full(_feed: Feed) -> None:
        message = "watch.db cannot be written: disk full"
        raise StorageFull(message)

    poller = Poller(full, clock, 4)
    with caplog.at_level(logging.ERROR, "regwatch"):
        for _ in range(2):
            poller.run_all([feed(f"f{n}") for n in range(5)], lambda _feed: None, threading.Event())
        assert len(caplog.records) == 1
        clock.forward(timedelta(minutes=2))
        poller.run_all([feed("later")], lambda _feed: None, threading.Event())
    poller.close()
    assert caplog.records[-1].getMessage() == (
        "poll of later is not recorded, and will be repeated: watch.db cannot be written: disk full"
    )
    assert "Traceback" not in caplog.text
