"""Roll-ups of many feeds become few messages, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.alerts.escape import units
from bot.alerts.joining import merge_roll_ups
from bot.alerts.message import roll_up_messages
from storage.records import Delivery
from storage.words import DeliveryAction, DeliveryState, Level
from tests.unit.alerts.making import NOW, alert


def roll_up(number: int, *, to: str = "#a", count: int = 2, level: Level = Level.MEDIUM) -> Delivery:
    (message,) = roll_up_messages(
        [
            alert(title=f"Title {number}.{n} & co", url=f"https://example.org/{number}/{n}?a&b", level=level)
            for n in range(count)
        ]
    )
    return Delivery(
        id=number,
        key=f"roll-up:{number}:0:{to}",
        destination=to,
        action=DeliveryAction.POST,
        message=message,
        reason="roll-up",
        level=level,
        state=DeliveryState.PENDING,
        attempts=0,
        created_at=NOW,
        not_before=NOW + timedelta(minutes=number),
    )


def test_twenty_roll_ups_become_few_and_keep_every_line() -> None:
    joined = merge_roll_ups([roll_up(n) for n in range(1, 21)])
    whole = "\n".join(new.message.text for new in joined.new)
    assert len(joined.new) <= 4
    assert joined.gone == tuple(range(1, 21))
    for number in range(1, 21):
        for n in range(2):
            assert f"Title {number}.{n} &amp; co <https://example.org/{number}/{n}?a&amp;b>" in whole
    assert "40 more alerts in a short time, together (1/" in joined.new[0].message.text
    assert all(units(new.message.text) <= 3_500 for new in joined.new)


def test_the_blocks_say_what_the_text_says() -> None:
    (new,) = merge_roll_ups([roll_up(1), roll_up(2)]).new
    shown = str(new.message.blocks)
    assert all(f"<https://example.org/{n}/0?a&amp;b|Title {n}.0 &amp; co>" in shown for n in (1, 2))


def test_each_destination_is_joined_by_itself() -> None:
    joined = merge_roll_ups([roll_up(1), roll_up(2), roll_up(3, to="#b"), roll_up(4, to="#b")])
    assert [new.destination for new in joined.new] == ["#a", "#b"]


def test_one_that_waits_alone_is_left() -> None:
    assert merge_roll_ups([roll_up(1), roll_up(2, to="#b")]).gone == ()


@pytest.mark.parametrize(
    "part",
    [
        replace(roll_up(2), state=DeliveryState.SENDING),
        replace(roll_up(2), state=DeliveryState.FAILED, attempts=1),
        replace(roll_up(2), reason="standalone"),
    ],
    ids=["being sent", "tried", "no roll-up"],
)
def test_only_roll_ups_that_nobody_tried_are_joined(part: Delivery) -> None:
    assert merge_roll_ups([roll_up(1), part]).gone == ()


def test_the_joined_one_goes_when_the_first_part_would_have_gone() -> None:
    parts = [roll_up(3), roll_up(1)]
    assert merge_roll_ups(parts).new[0].not_before == NOW + timedelta(minutes=1)
    assert merge_roll_ups(parts, at_once=True).new[0].not_before is None
    assert merge_roll_ups([*parts, replace(roll_up(2), not_before=None)]).new[0].not_before is None


def test_the_loudest_stand_first_and_give_the_level() -> None:
    (new,) = merge_roll_ups([roll_up(1, level=Level.LOW), roll_up(2, level=Level.HIGH)]).new
    assert new.level is Level.HIGH
    assert "Title 2.0" in new.message.text.split("\n")[1]


def test_keys_are_new_and_the_same_each_time() -> None:
    parts = [roll_up(n) for n in range(1, 9)]
    once, twice = merge_roll_ups(parts), merge_roll_ups(reversed(parts))
    keys = [new.key for new in once.new]
    assert keys == [new.key for new in twice.new]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & {part.key for part in parts}


def test_every_part_has_an_heir() -> None:
    joined = merge_roll_ups([roll_up(1), roll_up(2)])
    assert joined.heirs == ((1, joined.new[0].key), (2, joined.new[0].key))


def test_full_roll_ups_are_not_joined_for_nothing() -> None:
    assert merge_roll_ups([roll_up(n, count=13) for n in (1, 2)]).gone == ()


def test_a_list_that_is_going_out_keeps_its_numbers() -> None:
    """A reader who saw 1 of 20 waits for 2 of 20; what came meanwhile is a list of its own."""
    rest = [replace(roll_up(n), key=f"roll-up:flood:{n}:#a") for n in range(1, 5)]
    assert merge_roll_ups([*rest, roll_up(9)]).gone == ()
    assert merge_roll_ups([*rest, roll_up(9), roll_up(10)]).gone == (9, 10)
    assert merge_roll_ups([replace(roll_up(5), key="roll-up:flood:0:#a"), *rest]).gone == (1, 2, 3, 4, 5)
