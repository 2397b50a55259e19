"""What commands show of a capture."""

from __future__ import annotations

from typing import Any

from collector.cli.session import Session, now
from collector.domain.capture import Capture
from collector.domain.capture_row import capture_row
from collector.storage.histories import read_histories
from collector.storage.preview import capture_problems


async def read_shown(session: Session, one: Capture) -> dict[str, Any]:
    """Read what there is to show beside the capture itself."""
    history = (await session.store.read(read_histories))[one.source_id]
    problems = await session.store.read(capture_problems, one)
    return capture_row(one, history, now(), problems)


def show_value(value: Any) -> str:
    """Write one member for people."""
    if isinstance(value, dict):
        return f"{len(value.get('rules', ()))} rules: collector mapping show"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) if isinstance(value, list) else value) or "-"
