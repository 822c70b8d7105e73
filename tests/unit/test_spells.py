"""Jobs that fail again and again: what is told, and what is not."""

from __future__ import annotations

from bot.spells import Spells

HOUR = 3600.0


def test_a_job_that_fails_every_second_is_told_once_and_then_once_an_hour() -> None:
    spells = Spells()
    told = [spells.failed("poll", "StorageFull", float(second)) for second in range(7201)]
    assert [(n, word) for n, word in enumerate(told) if word] == [
        (0, "failed"),
        (3600, "still fails"),
        (7200, "still fails"),
    ]


def test_another_kind_of_failure_in_a_spell_is_told() -> None:
    spells = Spells()
    assert spells.failed("poll", "StorageFull", 0.0) == "failed"
    assert spells.failed("poll", "KeyError", 1.0) == "failed"


def test_the_end_is_told_once_when_the_last_job_is_well() -> None:
    spells = Spells()
    for second in range(10):
        spells.failed("poll", "StorageFull", float(second))
        spells.failed("deliver", "StorageFull", float(second))
    assert spells.ran_well("poll", 41.0) is None
    assert spells.ran_well("deliver", 42.0) == "jobs deliver, poll: well again, after failures for 0:00:09 h"
    assert spells.ran_well("deliver", 43.0) is None


def test_a_job_that_fails_now_and_then_is_one_spell() -> None:
    """A good run between two bad ones is no news."""
    spells = Spells()
    assert spells.failed("poll", "StorageBusy", 0.0) == "failed"
    assert spells.ran_well("poll", 10.0) is None
    assert spells.failed("poll", "StorageBusy", 11.0) is None


def test_a_job_that_never_failed_ends_no_spell() -> None:
    assert Spells().ran_well("poll", HOUR) is None
