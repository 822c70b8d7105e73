"""Deliveries put back: where they go, once, and with their threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.outbox import Outbox
from storage.put_back import Became
from storage.records import MessageRef
from storage.words import DeliveryAction
from storage.writer import Store
from tests.unit.storage.make import MATTER, NOW, a_store, delivery, enqueue

OLD, NEW = "#old", "#new"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with a_store(tmp_path) as opened:
        yield opened


def refused(store: Store, *words: str | tuple[str, DeliveryAction]) -> Outbox:
    """Fill the outbox with deliveries of one matter for the old channel, all dead."""
    outbox = Outbox(store)
    for word in words:
        name, action = (word, DeliveryAction.POST) if isinstance(word, str) else word
        enqueue(store, delivery(f"{name}:{OLD}", OLD, action=action, matter=MATTER))
    while (one := outbox.claim(NOW)) is not None:
        outbox.dead(one.id, "is_archived")
    return outbox


def shown(outbox: Outbox) -> dict[str, tuple[str, str, str]]:
    return {d.key: (d.destination, d.action.value, d.state.value) for d in outbox.list()}


def test_a_delivery_that_goes_where_it_went_is_as_if_new(store: Store) -> None:
    outbox = refused(store, "a")
    assert outbox.put_back({1: ()}) == {1: Became.BACK}
    assert shown(outbox) == {"a:#old": (OLD, "post", "pending")}


def test_a_reply_whose_thread_is_in_the_old_channel_becomes_the_parent_in_the_new_one(store: Store) -> None:
    """And the next one replies to it."""
    outbox = refused(store, ("a", DeliveryAction.REPLY), ("b", DeliveryAction.QUIET_REPLY))
    assert set(outbox.put_back({1: (NEW,), 2: (NEW,)}).values()) == {Became.MOVED}
    assert shown(outbox) == {
        "a:#new": (NEW, "post", "pending"),
        "b:#new": (NEW, "quiet-reply", "pending"),
    }


def test_a_thread_moves_whole_with_its_edits(store: Store) -> None:
    outbox = refused(store, "a", ("b", DeliveryAction.REPLY), ("c", DeliveryAction.UPDATE))
    outbox.put_back({1: (NEW,), 2: (NEW,), 3: (NEW,)})
    assert [(d.destination, d.action.value) for d in reversed(outbox.list())] == [
        (NEW, "post"), (NEW, "reply"), (NEW, "update"),
    ]  # fmt: skip


def test_an_edit_of_what_is_not_in_the_new_channel_is_settled(store: Store) -> None:
    outbox = refused(store, ("c", DeliveryAction.UPDATE))
    assert outbox.put_back({1: (NEW,)}) == {1: Became.TOLD}
    assert shown(outbox) == {"c:#old": (OLD, "update", "skipped")}


def test_a_message_whose_matter_has_a_thread_in_the_new_channel_becomes_a_reply(store: Store) -> None:
    outbox = refused(store, "a")
    enqueue(store, delivery("later:#new", NEW, matter=MATTER))
    later = outbox.claim(NOW)
    assert later is not None
    outbox.sent(later.id, MessageRef(channel_id="C0", ts="1.2"), None, NOW)
    outbox.put_back({1: (NEW,)})
    assert shown(outbox)["a:#new"] == (NEW, "reply", "pending")


def test_what_the_new_channel_has_is_not_told_twice(store: Store) -> None:
    """The same alert by another route, sent or waiting there."""
    outbox = refused(store, "a")
    enqueue(store, delivery(f"a:{NEW}", NEW, matter=MATTER))
    assert outbox.put_back({1: (NEW,)}) == {1: Became.TOLD}
    assert shown(outbox) == {"a:#old": (OLD, "post", "skipped"), "a:#new": (NEW, "post", "pending")}


def test_two_channels_get_a_row_each_with_a_thread_each(store: Store) -> None:
    """However often it is put back."""
    outbox = refused(store, "a", ("b", DeliveryAction.REPLY))
    outbox.put_back({1: (NEW, "#two"), 2: (NEW, "#two")})
    once = shown(outbox)
    assert once == {
        "a:#new": (NEW, "post", "pending"),
        "a:#two": ("#two", "post", "pending"),
        "b:#new": (NEW, "reply", "pending"),
        "b:#two": ("#two", "reply", "pending"),
    }
    outbox.put_back({1: (NEW, "#two"), 2: (NEW, "#two")})
    assert shown(outbox) == once


def test_what_was_sent_or_is_on_its_way_is_left(store: Store) -> None:
    outbox = Outbox(store)
    enqueue(store, delivery(f"a:{OLD}", OLD))
    first = outbox.claim(NOW)
    assert first is not None
    assert outbox.put_back({first.id: (NEW,), 77: ()}) == {first.id: Became.LEFT, 77: Became.LEFT}
    outbox.sent(first.id, None, None, NOW)
    assert outbox.put_back({first.id: (NEW,)}) == {first.id: Became.LEFT}
