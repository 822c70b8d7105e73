"""How work grows with what it is given, whatever the machine: one size against four times that size."""

from __future__ import annotations

import time
from collections.abc import Callable

LINEAR = 9  # more than four, for noise; quadratic work takes sixteen times as long
_FLOOR = 0.01  # seconds of CPU below which a clock says little


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times the CPU time of `work(size)` is taken by `work(4 * size)`; the best of three each."""
    return max(_best(work, 4 * size), _FLOOR) / max(_best(work, size), _FLOOR)


def _best(work: Callable[[int], object], size: int) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        work(size)
        times.append(time.process_time() - start)
    return min(times)
