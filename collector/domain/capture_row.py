"""What listings show of a capture: its settings, how far it has come, what its set-up lacks."""

from __future__ import annotations

from typing import Any

from collector.domain.capture import Capture
from collector.domain.stage import History, stage_of
from collector.domain.times import render_time


def capture_row(one: Capture, history: History, now: int, problems: list[str]) -> dict[str, Any]:
    """Lay out the members of the JSON object."""
    return {
        "source_id": one.source_id,
        "name": one.name,
        "kind": one.kind,
        "state": one.state,
        "stage": stage_of(history, now),
        "origins": list(one.origins),
        "redirect": one.redirect,
        "event_type": one.event_type,
        "event_name": one.event_name,
        "attribution_model": one.attribution_model,
        "utm_keyword_from": one.utm_keyword_from,
        "derive_utm": one.derive_utm,
        "refuse_other_origins": one.refuse_other_origins,
        "lead_type": one.lead_type_name,
        "store_only": one.store_only,
        "created_at": render_time(one.created_at),
        "last_event_at": _time(history.last_event_at),
        "problems": [str(one) for one in problems],
    }


def _time(at: int | None) -> str | None:
    return None if at is None else render_time(at)
