"""Lanes in memory: what each destination has under way, and whose turn it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from collector.destinations.kind import Destination
from collector.storage.destinations import StoredDestination

LANE_SLOTS: Final = 8
ALL_SLOTS: Final = 64
"""How much may be under way to one destination, and in all."""


@dataclass(slots=True, kw_only=True)
class OpenLane:
    """One destination's lane while it is served.

    `due`: more is owed than was claimed so far. `probe`: the lane waits, one may try it.
    """

    destination: Destination
    changed_at: int
    due: bool = True
    probe: bool = False
    under_way: int = 0

    @property
    def free(self) -> int:
        """How many deliveries it may begin now."""
        slots = 1 if self.probe else LANE_SLOTS
        return max(0, slots - self.under_way) if self.due else 0


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

    def turns(self) -> list[tuple[OpenLane, int]]:
        """Share out the free slots: one each in turn; who had a turn goes to the end."""
        free = ALL_SLOTS - self.under_way
        shares: Counter[str] = Counter()
        while free > 0 and (waiting := self._waiting(shares)[:free]):
            shares.update(waiting)
            free -= len(waiting)
        turns = [(self._lanes[key], share) for key, share in shares.items()]
        for key in shares:
            self._lanes[key] = self._lanes.pop(key)
        return turns

    def _waiting(self, shares: Counter[str]) -> list[str]:
        return [key for key, lane in self._lanes.items() if lane.free > shares[key]]
