"""How many leads each tab of the list holds, counted up to a limit above which nobody asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, func, literal_column, not_, select

from collector.storage.capture_order import NEWEST_FIRST, of_capture
from collector.storage.lead_filter import NEWEST, LeadFilter
from collector.storage.leads import FAILED
from collector.storage.moments import source_of
from collector.storage.tables import IS_SPAM, IS_TEST, deliveries, events

COUNTED: Final = 1_000
"""Counts stop here."""

_PLAIN: Final = select(events.c.id).where(
    events.c.erased_at.is_(None), not_(literal_column(IS_SPAM)), not_(literal_column(IS_TEST))
)
_NEWEST: Final = _PLAIN.where(events.c.received_at <= NEWEST.received_at).order_by(
    events.c.received_at.desc()
)


def count_lead_tabs(connection: Connection, source_ids: Sequence[str] | None) -> dict[str, int]:
    """Count the leads of captures, or all, by tab; those that failed of one capture are not."""
    own = None if source_ids is None else tuple(source_ids)
    counts = {"all": _count_plain(connection, own)}
    for mark in ("spam", "test"):
        wanted = LeadFilter(tab=mark, source_ids=own)
        source = source_of(connection, wanted)
        counts[mark] = len(source.newest(connection, wanted, NEWEST.received_at, COUNTED))
    if own is None:
        at = deliveries.c.created_at  # of all deliveries of a lead the same
        failed = select(at).distinct().where(FAILED).order_by(at.desc())
        counts["failed"] = _count(connection, failed.limit(COUNTED))
    return counts


def _count_plain(connection: Connection, source_ids: tuple[str, ...] | None) -> int:
    if source_ids is None:
        return _count(connection, _NEWEST.limit(COUNTED))
    counted = 0
    for one in source_ids:
        own = _PLAIN.where(of_capture(one)).order_by(*NEWEST_FIRST)
        counted += _count(connection, own.limit(COUNTED - counted))
    return counted


def _count(connection: Connection, rows: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(rows.subquery())).scalar() or 0
