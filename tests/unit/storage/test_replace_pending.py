"""Pending deliveries are replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.outbox import Outbox
from storage.words import DeliveryState
from storage.writer import Store
from tests.unit.storage.make import NOW, a_store, delivery, enqueue


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with a_store(tmp_path) as opened:
        yield opened


def test_the_heir_takes_the_place_of_its_parts(store: Store) -> None:
    """Two parts are skipped, naming the heir; the heir is pending."""
    enqueue(store, delivery("a", reason="roll-up"), delivery("b", reason="roll-up"))
    with store.writing() as tx:
        parts = tx.pending("roll-up")
        tx.replace_pending([delivery("ab", reason="roll-up")], [(p.id, "ab") for p in parts], at=NOW)
    found = {d.key: (d.state, d.error) for d in Outbox(store).list()}
    assert found == {
        "a": (DeliveryState.SKIPPED, "joined into ab"),
        "b": (DeliveryState.SKIPPED, "joined into ab"),
        "ab": (DeliveryState.PENDING, ""),
    }


def test_a_part_that_is_being_sent_keeps_everything_as_it_was(store: Store) -> None:
    """What the pump has claimed meanwhile is not told twice."""
    enqueue(store, delivery("a", reason="roll-up"), delivery("b", reason="roll-up"))
    with store.writing() as tx:
        parts = tx.pending("roll-up")
    Outbox(store).claim(NOW)
    with pytest.raises(StorageError), store.writing() as tx:
        tx.replace_pending([delivery("ab", reason="roll-up")], [(p.id, "ab") for p in parts], at=NOW)
    assert sorted(d.key for d in Outbox(store).list()) == ["a", "b"]
