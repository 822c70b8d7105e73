"""The light named tuple is what typing's is."""

from __future__ import annotations

import pickle

import pytest

from storage.light import NamedTuple


class Pair(NamedTuple):
    """Two numbers."""

    left: int
    right: int = 2

    def total(self) -> int:
        """Add them."""
        return self.left + self.right


def test_fields_have_names_defaults_and_methods() -> None:
    assert Pair(1) == Pair(left=1, right=2) == (1, 2)
    assert Pair(1, 5).total() == 6
    assert Pair(1)._replace(left=3) == (3, 2)
    assert repr(Pair(1)) == "Pair(left=1, right=2)"


def test_a_value_is_frozen_and_has_no_room_for_more() -> None:
    with pytest.raises(AttributeError):
        Pair(1).left = 2  # type: ignore[misc]
    assert not hasattr(Pair(1), "__dict__")


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError):
        Pair(1, middle=2)  # type: ignore[call-arg]


def test_a_value_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(Pair(1))) == Pair(1)
