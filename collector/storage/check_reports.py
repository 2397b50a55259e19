"""What live checks have seen, by check code; a test that is to be delivered is let go here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from collector.domain.check_report import KEPT_FOR, MOST, Report
from collector.domain.event import Event
from collector.domain.json_values import encode_json
from collector.storage.attempts import deliveries_of
from collector.storage.check_tables import check_reports
from collector.storage.events import event_of
from collector.storage.sessions import Session, find_session
from collector.storage.tables import capture_destinations, deliveries, destinations, events


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReports:
    """Keep evidence, each with its code and the capture that the code is for.

    Old evidence goes, and tests whose delivery was asked for are let go; answers how many.
    """

    is_news: ClassVar[bool] = True

    reports: Sequence[tuple[str, str, Report]]
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Do it for each."""
        return [write.add(connection) for write in writes]

    def add(self, connection: Connection) -> int:
        """Add what there is room for."""
        old = check_reports.c.at < self.now - KEPT_FOR
        connection.execute(delete(check_reports).where(old))
        codes = sorted({code for code, _, _ in self.reports})
        kept = Counter({code: _count(connection, code) for code in codes})
        rows = []
        for code, source_id, report in self.reports:
            kept[code] += 1
            if kept[code] <= MOST:
                rows.append(_row(code, source_id, report))
        if rows:
            connection.execute(insert(check_reports), rows)
        return sum(_let_go(connection, code, self.now) for code in codes)


def _row(code: str, source_id: str, report: Report) -> dict[str, Any]:
    return {
        "code": code,
        "source_id": source_id,
        "at": report.at,
        "kind": report.kind,
        "found": encode_json(report.found),
    }


def _count(connection: Connection, code: str) -> int:
    statement = select(func.count()).where(check_reports.c.code == code)
    found: int = connection.execute(statement).scalar_one()
    return found


def _let_go(connection: Connection, code: str, now: int) -> int:
    """Release the tests of a code to the destination that was asked for."""
    reports = read_reports(connection, code)
    destination, leads = wanted_destination(reports), _leads(reports)
    if destination is None or not leads:
        return 0
    released = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.event.in_(leads),
            deliveries.c.destination_id == destination,
            deliveries.c.state == "held",
            deliveries.c.reason == "test",
        )
        .values(state="ready", reason=None, next_at=now)
    )
    return released.rowcount


def wanted_destination(reports: Sequence[Report]) -> str | None:
    """Name the destination that a check's tests are to go to, as it was said last."""
    said = [one.found.get("destination") for one in reports if one.kind == "deliver"]
    return str(said[-1]) if said and said[-1] else None


def _leads(reports: Sequence[Report]) -> list[str]:
    return [str(one.found["event"]) for one in reports if one.kind == "lead"]


def read_reports(connection: Connection, code: str) -> list[Report]:
    """Read the evidence of one code, in the order in which it came."""
    statement = (
        select(check_reports.c.at, check_reports.c.kind, check_reports.c.found)
        .where(check_reports.c.code == code)
        .order_by(check_reports.c.id)
    )
    rows = connection.execute(statement).all()
    return [Report(row.at, row.kind, msgspec.json.decode(row.found)) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """A check as it stands: its evidence, its newest lead, and what is owed for that."""

    reports: Sequence[Report]
    lead: Event | None
    delivery: dict[str, Any] | None
    destination: str | None
    linked: bool


def read_check(connection: Connection, code: str, source_id: str) -> CheckState:
    """Read all that a checklist is made from."""
    reports = read_reports(connection, code)
    wanted, leads = wanted_destination(reports), _leads(reports)
    row = None
    if leads:
        newest = select(events).where(events.c.id == leads[-1], events.c.erased_at.is_(None))
        row = connection.execute(newest).mappings().first()
    owed = deliveries_of(connection, row["id"]) if row and wanted else []
    named = select(destinations.c.name).where(destinations.c.id == wanted)
    link = capture_destinations.c
    linked = select(link.source_id).where(
        link.source_id == source_id, link.destination_id == wanted
    )
    return CheckState(
        reports=reports,
        lead=event_of(row) if row else None,
        delivery=next((one for one in owed if one["destination_id"] == wanted), None),
        destination=connection.execute(named).scalar() if wanted else None,
        linked=wanted is None or connection.execute(linked).first() is not None,
    )


def find_followed_check(
    connection: Connection, digest: str, now: int, code: str
) -> tuple[Session | None, tuple[Any, ...]]:
    """Read whether who follows a check is still signed in, and what changes when it does."""
    newest = select(func.max(check_reports.c.id)).where(check_reports.c.code == code)
    leads = _leads(read_reports(connection, code))
    columns = (deliveries.c.id, deliveries.c.state, deliveries.c.attempts, deliveries.c.reason)
    owed = select(*columns).where(deliveries.c.event.in_(leads)).order_by(deliveries.c.id)
    rows = connection.execute(owed).all() if leads else []
    mark = (connection.execute(newest).scalar(), *(tuple(row) for row in rows))
    return find_session(connection, digest, now), mark


def source_of_check(connection: Connection, code: str) -> str | None:
    """Name the capture of a check that was begun in the console; None where there is none."""
    statement = select(check_reports.c.source_id).where(
        check_reports.c.code == code, check_reports.c.kind == "begun"
    )
    found: str | None = connection.execute(statement.limit(1)).scalar()
    return found
