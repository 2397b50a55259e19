"""How many requests an address may send a minute: a sliding window over two counted minutes."""

from __future__ import annotations

from enum import Enum

from collector.domain.times import MINUTE

MAX_ADDRESSES = 100_000
"""Counted one by one; an attack from more of them shares one count."""

FAR_OVER = 20
"""From this many times the limit on, requests are refused and not only marked."""

_EVERYBODY_ELSE = "*"


class Pace(Enum):
    """How an address stands to its limit."""

    WITHIN = 1
    OVER = 2
    FAR_OVER = 3


class RateLimit:
    """Counts requests by address. `per_minute` of 0 switches it off."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._minute = 0
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def count(self, key: str, now: int) -> Pace:
        """Count one request of an address and say how it stands."""
        if not self._per_minute:
            return Pace.WITHIN
        self._turn(now // MINUTE)
        if key not in self._now and len(self._now) >= MAX_ADDRESSES:
            key = _EVERYBODY_ELSE
        self._now[key] = seen = self._now.get(key, 0) + 1
        rest_of_minute = 1 - (now % MINUTE) / MINUTE
        recent = seen + self._before.get(key, 0) * rest_of_minute
        if recent <= self._per_minute:
            return Pace.WITHIN
        return Pace.FAR_OVER if recent > self._per_minute * FAR_OVER else Pace.OVER

    def _turn(self, minute: int) -> None:
        if minute == self._minute:
            return
        self._before = self._now if minute == self._minute + 1 else {}
        self._minute, self._now = minute, {}
