"""Two measures in one run: what we quote is their ratio, over rounds that alternate."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

Measure = Callable[[], float]


def median_ratio(ours: Measure, bare: Measure, rounds: int) -> float:
    """Find the median ratio of rounds that take both, by turns the one and the other first."""
    return median(_ratio(ours, bare, ours_first=number % 2 == 0) for number in range(rounds))


def _ratio(ours: Measure, bare: Measure, *, ours_first: bool) -> float:
    if ours_first:
        own = ours()
        return own / bare()
    other = bare()
    return ours() / other
