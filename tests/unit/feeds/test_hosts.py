"""The gate before each server: one at a time, a gap between two, in order, and never in the way of others."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock, SystemClock
from bot.feeds.hosts import GateClosed, HostGate


class Hands(Clock):
    """A clock whose hands move only when someone sleeps."""

    def __init__(self) -> None:
        self.at = 100.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def test_the_first_request_waits_for_nothing() -> None:
    clock = Hands()
    with HostGate(timedelta(seconds=1), clock).turn("a"):
        pass
    assert clock.slept == []


def test_the_second_request_waits_out_the_gap_after_the_first_has_ended() -> None:
    clock = Hands()
    gate = HostGate(timedelta(seconds=1), clock)
    with gate.turn("a"):
        clock.at += 5
    with gate.turn("a"):
        assert clock.at == pytest.approx(106.0)


def test_another_server_does_not_wait() -> None:
    clock = Hands()
    gate = HostGate(timedelta(seconds=1), clock)
    with gate.turn("a"), gate.turn("b"):
        assert clock.slept == []


def test_ready_in_tells_the_rest_of_the_gap() -> None:
    """0.0 for a stranger, the rest of the gap after a request, more while one is in progress."""
    clock = Hands()
    gate = HostGate(timedelta(seconds=2), clock)
    assert gate.ready_in("a") == 0.0
    with gate.turn("a"):
        assert gate.ready_in("a") >= 2.0
    clock.at += 0.5
    assert gate.ready_in("a") == pytest.approx(1.5)
    clock.at += 5
    assert gate.ready_in("a") == 0.0


def test_a_busy_server_is_not_ready_even_without_a_gap() -> None:
    gate = HostGate(timedelta(0), Hands())
    with gate.turn("a"):
        assert gate.ready_in("a") > 0.0
    assert gate.ready_in("a") == 0.0


def test_requests_to_one_server_pass_one_at_a_time_and_in_order() -> None:
    """Eight threads queue up one by one; they pass in that order, never two at once."""
    gate = HostGate(timedelta(0), SystemClock())
    order: list[int] = []
    inside: list[int] = []
    crowd: list[int] = []

    def visit(number: int) -> None:
        with gate.turn("a"):
            inside.append(number)
            crowd.append(len(inside))
            order.append(number)
            inside.remove(number)

    queued = threading.Event()
    with gate.turn("a"):
        threads = []
        for number in range(8):
            before = gate.ready_in("a")
            threads.append(threading.Thread(target=visit, args=(number,)))
            threads[-1].start()
            while gate.ready_in("a") <= before:
                queued.wait(0.001)
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))
    assert set(crowd) == {1}


def test_a_closed_gate_turns_away_who_waits_and_who_comes() -> None:
    gate = HostGate(timedelta(0), SystemClock())
    turned_away = threading.Event()

    def visit() -> None:
        try:
            with gate.turn("a"):
                pass
        except GateClosed:
            turned_away.set()

    with gate.turn("a"):
        before = gate.ready_in("a")
        thread = threading.Thread(target=visit)
        thread.start()
        while gate.ready_in("a") <= before:
            turned_away.wait(0.001)
        gate.close()
        assert turned_away.wait(5)
    thread.join(5)
    with pytest.raises(GateClosed), gate.turn("b"):
        pass


def test_an_error_inside_gives_the_turn_back() -> None:
    gate = HostGate(timedelta(0), Hands())
    with pytest.raises(KeyError), gate.turn("a"):
        raise KeyError
    assert gate.ready_in("a") == 0.0


def test_idle_servers_are_forgotten() -> None:
    """Ten thousand hosts do not stay in memory for ever."""
    gate = HostGate(timedelta(0), Hands())
    for number in range(10_000):
        with gate.turn(f"host-{number}"):
            pass
    assert len(gate._lanes) <= 4_097
