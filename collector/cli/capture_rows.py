"""What listings show of a capture: its settings, how far it has come, what its set-up lacks."""

from __future__ import annotations

from typing import Any

from collector.cli.session import Session, now
from collector.domain.capture import Capture
from collector.domain.stage import History, stage_of
from collector.domain.times import render_time
from collector.storage.histories import read_histories
from collector.storage.preview import capture_problems


async def read_shown(session: Session, one: Capture) -> dict[str, Any]:
    """Read what there is to show beside the capture itself."""
    history = (await session.store.read(read_histories))[one.source_id]
    return show_capture(one, history, await session.store.read(capture_problems, one))


def show_capture(one: Capture, history: History, problems: list[str]) -> dict[str, Any]:
    """Lay out the members of the JSON object."""
    return {
        "source_id": one.source_id,
        "name": one.name,
        "kind": one.kind,
        "state": one.state,
        "stage": stage_of(history, now()),
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
        "problems": problems,
    }


def _time(at: int | None) -> str | None:
    return None if at is None else render_time(at)


def show_value(value: Any) -> str:
    """Write one member for people."""
    if isinstance(value, dict):
        return f"{len(value.get('rules', ()))} rules: collector mapping show"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) if isinstance(value, list) else value) or "-"
