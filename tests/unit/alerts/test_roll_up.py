"""The burst cap: nothing is dropped, the gravest go first."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.alert import Alert, AlertReason
from bot.alerts.roll_up import FLOOD, cut
from storage.words import Level, Tier
from tests.unit.alerts.making import alert

STORY = alert(tier=Tier.PRESS, level=Level.LOW, alone=True)
MEDIUM = alert(tier=Tier.PRESS, level=Level.MEDIUM, alone=True)
ACT = alert(reason=AlertReason.OFFICIAL_ACT, level=Level.LOW)
CRITICAL = alert(level=Level.CRITICAL)


def test_within_the_cap_all_are_told_one_by_one() -> None:
    assert cut([STORY] * 10, posted=0, cap=10).single == tuple(range(10))


def test_what_was_posted_before_counts() -> None:
    chosen = cut([STORY] * 4, posted=8, cap=10)
    assert (chosen.single, chosen.rolled) == ((0, 1), (2, 3))


def test_the_gravest_get_the_room_and_keep_their_order() -> None:
    chosen = cut([STORY, MEDIUM, ACT, STORY, CRITICAL], posted=7, cap=10)
    assert (chosen.single, chosen.rolled) == ((1, 2, 4), (0, 3))


def test_critical_alerts_exceed_the_cap() -> None:
    assert cut([CRITICAL] * 3, posted=10, cap=10).single == (0, 1, 2)


def test_even_critical_alerts_have_an_end() -> None:
    assert cut([CRITICAL], posted=FLOOD * 10, cap=10).rolled == (0,)


def test_in_a_flood_only_the_grave_are_told_one_by_one() -> None:
    chosen = cut([STORY] * 500, posted=0, cap=10)
    assert (chosen.single, len(chosen.rolled)) == ((), 500)
    assert len(cut([*[STORY] * 40, ACT], posted=0, cap=10).single) == 1
    assert len(cut([CRITICAL] * 500, posted=0, cap=10).single) == 10


@settings(deadline=None, max_examples=100)
@given(
    alerts=st.lists(st.sampled_from([STORY, MEDIUM, ACT, CRITICAL]), max_size=80),
    posted=st.integers(0, 40),
    cap=st.integers(1, 20),
)
def test_every_alert_is_in_exactly_one_place(alerts: list[Alert], posted: int, cap: int) -> None:
    chosen = cut(alerts, posted=posted, cap=cap)
    assert sorted([*chosen.single, *chosen.rolled]) == list(range(len(alerts)))
    assert len(chosen.single) <= FLOOD * cap
