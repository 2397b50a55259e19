"""The scene of a live check, read from the database for whoever shows its checklist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collector.domain.capture import Capture
from collector.domain.check_report import Report
from collector.domain.event import Event
from collector.domain.live_check import Item, checklist
from collector.domain.live_check_scene import Scene, Sent
from collector.storage.check_reports import CheckState, read_check, wanted_destination
from collector.web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A check with its checklist; `wanted` is the id of the destination that was asked for."""

    reports: tuple[Report, ...]
    items: list[Item]
    lead: Event | None
    wanted: str | None


async def read_checked(services: Services, capture: Capture, code: str, base: str) -> Checked:
    """Read a check of a capture; `base` is the collector's public address."""
    state: CheckState = await services.store.read(read_check, code, capture.source_id)
    scene = Scene(
        capture=capture,
        base=base,
        reports=state.reports,
        lead=state.lead,
        delivery=_sent(state.delivery),
        destination=state.destination,
        linked=state.linked,
    )
    return Checked(
        reports=tuple(state.reports),
        items=checklist(scene),
        lead=state.lead,
        wanted=wanted_destination(state.reports),
    )


def _sent(row: dict[str, Any] | None) -> Sent | None:
    if row is None:
        return None
    tries = row["tries"]
    return Sent(
        state=row["state"],
        reason=row["reason"],
        attempts=row["attempts"],
        status=tries[0]["http_status"] if tries else None,
    )
