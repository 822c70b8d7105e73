"""The outbox: order, claims, states, threads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.outbox import Outbox
from storage.records import MessageRef
from storage.words import DeliveryAction, DeliveryState
from tests.unit.storage.make import MATTER, MINUTE, NOW, a_store, delivery, enqueue

REF = MessageRef(channel_id="C1", ts="1.000")
REPLY = DeliveryAction.REPLY


def test_a_claim_marks_the_row_before_anything_is_sent(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        enqueue(store, delivery("k"))
        claimed = Outbox(store).claim(NOW)
        assert claimed is not None
        assert (claimed.state, claimed.attempts, claimed.attempted_at) == (DeliveryState.SENDING, 1, NOW)
        assert Outbox(store).in_doubt() == (claimed,)
        assert Outbox(store).claim(NOW) is None


def test_a_destination_waits_for_its_oldest_row_and_others_do_not(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        outbox = Outbox(store)
        enqueue(store, delivery("a1", "#a"), delivery("a2", "#a"), delivery("b1", "#b"))
        assert [c.key for _ in range(3) if (c := outbox.claim(NOW))] == ["a1", "b1"]
        outbox.failed(1, "ratelimited", NOW + MINUTE)
        assert outbox.claim(NOW) is None
        again = outbox.claim(NOW + MINUTE)
        assert again is not None
        assert (again.key, again.attempts) == ("a1", 2)
        outbox.unknown(1, "timed out", NOW)
        assert outbox.claim(NOW + MINUTE) is None
        outbox.sent(1, REF, "https://slack/p", NOW)
        nxt = outbox.claim(NOW)
        assert nxt is not None
        assert nxt.key == "a2"


def test_a_blocked_destination_is_passed_over(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        enqueue(store, delivery("a", "#a"), delivery("b", "#b"))
        claimed = Outbox(store).claim(NOW, blocked=frozenset({"#a"}))
        assert claimed is not None
        assert claimed.key == "b"


def test_a_dead_row_no_longer_blocks_and_can_be_sent_again(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        outbox = Outbox(store)
        enqueue(store, delivery("a"), delivery("b"))
        outbox.claim(NOW)
        outbox.dead(1, "channel_not_found")
        second = outbox.claim(NOW)
        assert second is not None
        assert second.key == "b"
        assert outbox.retry([1, 2, 99]) == 1
        outbox.sent(2, REF, None, NOW)
        first = outbox.claim(NOW)
        assert first is not None
        assert (first.key, first.error) == ("a", "")


def test_a_held_row_lets_others_pass_but_not_its_own_thread(tmp_path: Path) -> None:
    """Quiet hours hold a message; what is not held and of another matter goes."""
    morning = NOW + timedelta(hours=8)
    with a_store(tmp_path) as store:
        outbox = Outbox(store)
        enqueue(
            store,
            delivery("held", matter=MATTER, not_before=morning),
            delivery("reply", matter=MATTER, action=REPLY, not_before=morning),
            delivery("critical", matter="cma:other"),
        )
        claimed = outbox.claim(NOW)
        assert claimed is not None
        assert claimed.key == "critical"
        outbox.sent(claimed.id, REF, None, NOW)
        assert outbox.claim(NOW) is None
        first = outbox.claim(morning)
        assert first is not None
        assert first.key == "held"


def test_a_reply_that_cannot_wait_brings_its_held_parent_along(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        enqueue(store, delivery("held", matter=MATTER, not_before=NOW + timedelta(hours=8)))
        enqueue(store, delivery("critical", matter=MATTER, action=REPLY))
        claimed = Outbox(store).claim(NOW)
        assert claimed is not None
        assert claimed.key == "held"


def test_a_reply_waits_until_its_parent_is_sent_or_dead(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        outbox = Outbox(store)
        enqueue(store, delivery("parent", matter=MATTER), delivery("reply", matter=MATTER, action=REPLY))
        outbox.claim(NOW)
        assert outbox.claim(NOW) is None
        outbox.dead(1, "msg_too_long")
        reply = outbox.claim(NOW)
        assert reply is not None
        assert reply.key == "reply"
        assert outbox.parent_of(MATTER, "#news") is None


def test_the_parent_is_the_first_message_that_was_posted(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        outbox = Outbox(store)
        enqueue(store, delivery("one", matter=MATTER), delivery("two", matter=MATTER))
        for ts in ("1.0", "2.0"):
            claimed = outbox.claim(NOW)
            assert claimed is not None
            outbox.sent(claimed.id, MessageRef(channel_id="C1", ts=ts), None, NOW)
        assert outbox.parent_of(MATTER, "#news") == MessageRef(channel_id="C1", ts="1.0")
        assert outbox.parent_of(MATTER, "#other") is None


def test_sent_may_be_said_twice_and_pending_cannot_become_sent(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        outbox = Outbox(store)
        enqueue(store, delivery("a"), delivery("b"))
        outbox.claim(NOW)
        outbox.sent(1, None, None, NOW)
        outbox.sent(1, None, None, NOW)
        with pytest.raises(StorageError, match="cannot become sent"):
            outbox.sent(2, REF, None, NOW)
        with pytest.raises(StorageError, match="cannot become failed"):
            outbox.failed(1, "late", None)


def test_a_list_is_newest_first_and_filtered(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        outbox = Outbox(store)
        enqueue(store, delivery("a", "#a"), delivery("b", "#b"), delivery("c", "#b"))
        outbox.skip(3, "overtaken")
        assert [d.key for d in outbox.list()] == ["c", "b", "a"]
        assert [d.key for d in outbox.list(states=[DeliveryState.PENDING], destination="#b")] == ["b"]
        assert outbox.get(3) is not None
        assert outbox.get(99) is None


def test_what_was_claimed_survives_a_restart(tmp_path: Path) -> None:
    with a_store(tmp_path) as store:
        enqueue(store, delivery("a"))
        Outbox(store).claim(NOW)
    with a_store(tmp_path) as store:
        assert [d.key for d in Outbox(store).in_doubt()] == ["a"]
