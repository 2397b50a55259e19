"""The stage of a capture: how far it has come, told by the events that really arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from collector.domain.times import DAY

Stage = Literal["new", "connected", "mapped", "live", "silent"]

SILENT_AFTER = 7 * DAY
"""So long without a real event, and something between the page and us may be broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What arrived at a capture; a real event is no test, no spam and not incomplete."""

    last_event_at: int | None = None
    last_real_at: int | None = None
    mapped: bool = False
    """Whether a mapping was made for it."""


def stage_of(history: History, now: int) -> Stage:
    """Name the stage; a real event connects a capture just as well as a test does."""
    if history.last_real_at is not None:
        return "silent" if now - history.last_real_at > SILENT_AFTER else "live"
    if history.mapped:
        return "mapped"
    return "new" if history.last_event_at is None else "connected"
