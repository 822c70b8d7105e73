"""The coverage ledger: seen, blind, gaps, and how little it takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from storage.reader import Reader
from storage.records import FeedState, WatchNote
from storage.writer import Store
from tests.unit.storage.make import NOW, a_reader, a_store, poll, save

TEN = timedelta(minutes=10)


def _poll(store: Store, at: datetime, state: str, reason: str = "") -> None:
    kept = FeedState(feed="wire", ok_at=at if state != "blind" else None)
    save(store, poll(at=at, state=kept, watched=WatchNote(state=state, reason=reason, until=TEN)))


def _told(reader: Reader) -> list[tuple[str, str, int, int]]:
    """Return state, reason and minutes since NOW of every interval."""
    found = reader.coverage(NOW - timedelta(days=1), NOW + timedelta(days=30))
    return [
        (i.state, i.reason, (i.since - NOW) // timedelta(minutes=1), (i.until - NOW) // timedelta(minutes=1))
        for i in found
    ]


def test_a_healthy_feed_is_one_interval(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        for number in range(50):
            _poll(store, NOW + number * TEN, "seen")
        with a_reader(store) as reader:
            assert _told(reader) == [("seen", "", 0, 500)]


def test_a_failure_ends_what_was_seen_and_a_recovery_ends_the_failure(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        _poll(store, NOW, "seen")
        _poll(store, NOW + TEN / 2, "blind", "dns")
        _poll(store, NOW + TEN, "blind", "dns")
        _poll(store, NOW + 2 * TEN, "seen")
        with a_reader(store) as reader:
            assert _told(reader) == [("seen", "", 0, 5), ("blind", "dns", 5, 20), ("seen", "", 20, 30)]


def test_a_late_poll_leaves_a_hole_in_which_the_bot_was_off(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        _poll(store, NOW, "seen")
        _poll(store, NOW + timedelta(hours=2), "seen")
        with a_reader(store) as reader:
            assert _told(reader) == [
                ("seen", "", 0, 10),
                ("blind", "not running", 10, 120),
                ("seen", "", 120, 130),
            ]


def test_a_gap_reaches_back_to_the_last_good_poll(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        _poll(store, NOW, "seen")
        _poll(store, NOW + TEN, "seen")
        _poll(store, NOW + 2 * TEN, "gap", "the whole window was new")
        with a_reader(store) as reader:
            assert _told(reader) == [
                ("seen", "", 0, 10), ("gap", "the whole window was new", 10, 20), ("seen", "", 20, 30),
            ]  # fmt: skip


def test_intervals_never_overlap(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        for number, state in enumerate(["seen", "blind", "gap", "blind", "blind", "seen", "gap", "seen"]):
            _poll(store, NOW + number * TEN * 0.7, state, state)
        with a_reader(store) as reader:
            told = _told(reader)
        assert all(before[3] <= after[2] for before, after in pairwise(told))
