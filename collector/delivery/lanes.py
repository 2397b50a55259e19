"""Lanes in memory: what each destination has under way, and whose turn it is."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from collector.destinations.kind import Destination
from collector.domain.pace import LANE_SLOTS, slots_of
from collector.domain.times import SECOND
from collector.storage.destinations import StoredDestination

ALL_SLOTS: Final = 64
"""How much may be under way in all."""
FIRST_SLOTS: Final = 16
"""The last ones of them are for lanes that have nothing under way: where many destinations hang,
another one still gets its turn at once."""
OF_LATE: Final = 10 * SECOND


@dataclass(slots=True, kw_only=True)
class OpenLane:
    """One destination's lane while it is served.

    `due`: more is owed than was claimed so far. `probe`: the lane waits, one may try it. `ramps`:
    it recovered, and gets its `slots` back one by one. `token_at`: when its next token comes.
    `begun` are the times of its last attempts.
    """

    destination: Destination
    changed_at: int
    due: bool = True
    probe: bool = False
    ramps: bool = False
    slots: int = LANE_SLOTS
    token_at: int | None = None
    under_way: int = 0
    begun: deque[int] = field(default_factory=lambda: deque(maxlen=256))

    @property
    def free(self) -> int:
        """How many deliveries it may begin now."""
        return max(0, self.slots - self.under_way) if self.due else 0

    def spacing(self, now: int) -> int | None:
        """How far apart its attempts began of late; None when there was one at most."""
        late = [at for at in self.begun if now - OF_LATE < at <= now]
        return max(1, (now - late[0]) // len(late)) if len(late) > 1 else None


class Lanes:
    """Every lane seen so far; turns are fair."""

    def __init__(self) -> None:
        self._lanes: dict[str, OpenLane] = {}

    @property
    def under_way(self) -> int:
        """How many deliveries are under way in all."""
        return sum(lane.under_way for lane in self._lanes.values())

    def rest(self) -> None:
        """Take it that no lane is due, until one is shown to be."""
        for lane in self._lanes.values():
            lane.due = False

    def is_known(self, stored: StoredDestination) -> bool:
        """Whether the lane was opened with the settings that are stored now."""
        lane = self._lanes.get(stored.id)
        return lane is not None and lane.changed_at == stored.changed_at

    def open(self, stored: StoredDestination, destination: Destination) -> None:
        """Serve a destination with these settings from now on."""
        lane = self._lanes.setdefault(
            stored.id, OpenLane(destination=destination, changed_at=stored.changed_at)
        )
        lane.destination, lane.changed_at = destination, stored.changed_at

    def call(self, stored: StoredDestination) -> None:
        """Note that a lane is due, and whether it waits."""
        lane = self._lanes[stored.id]
        lane.due, lane.probe = True, stored.lane.resume_at is not None
        lane.ramps, lane.slots = stored.lane.ramp is not None, slots_of(stored.lane, stored.pace)

    def turns(self) -> list[tuple[OpenLane, int]]:
        """Share out the free slots, one by one: who holds the fewest comes first.

        Among equals it is who waited longest: those that had a turn go to the end.
        """
        free = ALL_SLOTS - self.under_way
        shares: Counter[str] = Counter()
        while chosen := self._next(shares, free - shares.total()):
            shares.update(chosen)
        turns = [(self._lanes[key], share) for key, share in shares.items()]
        for key in shares:
            self._lanes[key] = self._lanes.pop(key)
        return turns

    def _next(self, shares: Counter[str], free: int) -> list[str]:
        held = {
            key: lane.under_way + shares[key]
            for key, lane in self._lanes.items()
            if lane.free > shares[key]
        }
        fewest = min(held.values(), default=0)
        room = free - FIRST_SLOTS if fewest else free
        return [key for key, holds in held.items() if holds == fewest][: max(0, room)]
