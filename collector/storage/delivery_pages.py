"""Deliveries as the console lists them: newest first, a page at a time, by index.

Each state has its stream: what waits and what failed has a partial index of its own, and most of
the rest is delivered, so that the newest are looked through in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select

from collector.storage.leads import PAGE
from collector.storage.states import HELD, LEASED, READY, listed
from collector.storage.tables import attempts, deliveries, destinations, events
from collector.storage.undelivered import SET_ASIDE

TABS: Final = ("all", "undelivered", "ready", "held", "refused", "delivered", "expired")
NEWEST_ID: Final = 2**62
MOST: Final = 1_000
COUNTED: Final = 1_000
"""Counts stop here: nobody needs to know which number above it is."""

_AT_ONCE: Final = 100
_STUCK: Final[ColumnElement[bool]] = literal_column(
    "deliveries.state IN ('held', 'refused', 'expired')"
)
_LEASED: Final = deliveries.c.state == LEASED
_IN_ORDER = deliveries.c.id + 0
"""The order of ids, and no way to walk the whole table in it instead of the few leased ones."""

_LISTED = listed(events.c.fields, attempts.c.latency_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPageFilter:
    """Which deliveries; `source_ids` of None are those of every capture.

    The tab `undelivered` has what `find_undelivered` counts; `since` and `until` are times of
    their making.
    """

    source_ids: tuple[str, ...] | None = None
    tab: str = "all"
    destination_id: str | None = None
    since: int | None = None
    until: int | None = None

    def takes(self, row: dict[str, Any]) -> bool:
        """Judge what no index tells."""
        return (
            (self.source_ids is None or row["source_id"] in self.source_ids)
            and (self.destination_id in (None, row["destination_id"]))
            and (self.tab != "delivered" or row["state"] == "delivered")
            and (self.tab != "undelivered" or row["reason"] not in SET_ASIDE)
            and (self.since is None or row["created_at"] >= self.since)
            and (self.until is None or row["created_at"] < self.until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """One page; `after` is the id that the next one begins below, None when there is none."""

    deliveries: Sequence[dict[str, Any]]
    after: int | None
    stopped: bool = False


def find_deliveries(
    connection: Connection,
    wanted: DeliveryPageFilter,
    after: int = NEWEST_ID,
    limit: int = PAGE,
    most: int = MOST,
) -> DeliveryPage:
    """Read one page of the deliveries that match."""
    found: list[dict[str, Any]] = []
    for looked, row in enumerate(_candidates(connection, wanted, after), 1):
        if wanted.takes(row):
            if len(found) == limit:
                return DeliveryPage(deliveries=found, after=found[-1]["id"])
            found.append(row)
        if looked == most:
            return DeliveryPage(deliveries=found, after=row["id"], stopped=True)
    return DeliveryPage(deliveries=found, after=None)


def _candidates(
    connection: Connection, wanted: DeliveryPageFilter, after: int
) -> Iterator[dict[str, Any]]:
    conditions = _streams(connection, wanted)
    streams = [_stream(connection, one, after) for one in conditions]
    return merge(*streams, key=lambda row: int(row["id"]), reverse=True)


def _streams(
    connection: Connection, wanted: DeliveryPageFilter
) -> list[tuple[ColumnElement[bool], ...]]:
    """Say which rows a tab shows, each stream by an index of its own; none is every row."""
    if wanted.tab == "undelivered":
        own = [replace(wanted, tab=tab) for tab in ("ready", "held", "refused", "expired")]
        return [stream for one in own for stream in _streams(connection, one)]
    if wanted.tab in ("refused", "expired"):
        return [(_STUCK, deliveries.c.state == wanted.tab)]
    if wanted.tab == "held":
        return [(_STUCK, deliveries.c.state == HELD), *_ready(connection, wanted, active=False)]
    if wanted.tab == "ready":
        return [(_LEASED,), *_ready(connection, wanted, active=True)]
    return [()]


def _ready(
    connection: Connection, wanted: DeliveryPageFilter, *, active: bool
) -> list[tuple[ColumnElement[bool], ...]]:
    """Give the lanes that are open, or those that are not, each with what waits in it."""
    rows = connection.execute(select(destinations.c.id, destinations.c.state))
    lanes = [row.id for row in rows if (row.state == "active") is active]
    if wanted.destination_id:
        lanes = [one for one in lanes if one == wanted.destination_id]
    return [(deliveries.c.state == READY, deliveries.c.destination_id == one) for one in lanes]


def _stream(
    connection: Connection, conditions: tuple[ColumnElement[bool], ...], after: int
) -> Iterator[dict[str, Any]]:
    order = _order_of(conditions)
    while True:
        ids = select(deliveries.c.id).where(*conditions, order[-1] < after)
        ids = ids.order_by(*(one.desc() for one in order)).limit(_AT_ONCE)
        found = connection.execute(ids).scalars().all()
        if found:
            shown = _LISTED.where(deliveries.c.id.in_(found)).order_by(deliveries.c.id.desc())
            yield from map(dict, connection.execute(shown).mappings())
        if len(found) < _AT_ONCE:
            return
        after = found[-1]


def _order_of(conditions: tuple[ColumnElement[bool], ...]) -> list[ColumnElement[Any]]:
    """Order by id, as the index of a stream's condition has it."""
    if not conditions:
        return [deliveries.c.id]
    if conditions[0] is _STUCK:
        return [deliveries.c.state, deliveries.c.id]
    if conditions[0] is _LEASED:
        return [_IN_ORDER]
    return [deliveries.c.destination_id, deliveries.c.id]


def count_tabs(connection: Connection) -> dict[str, int]:
    """Count what waits and what failed, up to `COUNTED` of each."""
    every = {tab: DeliveryPageFilter(tab=tab) for tab in ("ready", "held", "refused", "expired")}
    return {
        tab: min(COUNTED, sum(_count(connection, one) for one in _streams(connection, wanted)))
        for tab, wanted in every.items()
    }


def _count(connection: Connection, conditions: tuple[ColumnElement[bool], ...]) -> int:
    rows: Select[Any] = select(deliveries.c.destination_id).where(*conditions).limit(COUNTED)
    return connection.execute(select(func.count()).select_from(rows.subquery())).scalar() or 0
