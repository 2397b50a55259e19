"""Checks of sites in the database, so that every process can show them; kept for a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import Connection, delete, func, insert, select, update

from collector.domain.errors import TooManyRequests
from collector.domain.times import DAY, MINUTE
from collector.storage.tool_tables import site_checks

KEPT: Final = DAY
WITHIN: Final = 10 * MINUTE
MOST_WITHIN: Final = 10
"""How many checks one person may start in ten minutes: each asks strangers a dozen times."""

BROKEN_OFF_AFTER: Final = 10 * MINUTE
"""A check takes a minute at most, and waits for few others: later its process is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCheck:
    """One check; `report` is the JSON of what was found, None while there is none."""

    id: str
    user_id: str
    source_id: str | None
    url: str
    started_at: int
    ended_at: int | None = None
    report: str | None = None

    def is_under_way(self, now: int) -> bool:
        """Whether a report is still to come."""
        return self.ended_at is None and now - self.started_at < BROKEN_OFF_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSiteCheck:
    """Note a check that begins; old ones go. Raises TooManyRequests."""

    check: SiteCheck

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Note each."""
        for write in writes:
            write.note(connection)
        return [None] * len(writes)

    def note(self, connection: Connection) -> None:
        """Insert the row, unless its person has started too many lately."""
        one, table = self.check, site_checks
        recent = select(func.count()).where(
            table.c.user_id == one.user_id, table.c.started_at > one.started_at - WITHIN
        )
        if connection.execute(recent).scalar_one() >= MOST_WITHIN:
            raise TooManyRequests(f"at most {MOST_WITHIN} checks in ten minutes; wait a little")
        connection.execute(delete(table).where(table.c.started_at < one.started_at - KEPT))
        connection.execute(
            insert(table).values(
                id=one.id,
                user_id=one.user_id,
                source_id=one.source_id,
                url=one.url,
                started_at=one.started_at,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSiteCheck:
    """Keep what a check found; without a report it broke off."""

    id: str
    now: int
    report: str | None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Keep each."""
        for write in writes:
            values = {"ended_at": write.now, "report": write.report}
            connection.execute(
                update(site_checks).where(site_checks.c.id == write.id).values(values)
            )
        return [None] * len(writes)


def find_site_check(connection: Connection, check_id: str) -> SiteCheck | None:
    """Find a check by its id."""
    found = connection.execute(select(site_checks).where(site_checks.c.id == check_id))
    row = found.mappings().first()
    return SiteCheck(**row) if row else None


def newest_site_checks(connection: Connection, limit: int) -> list[SiteCheck]:
    """Read the newest checks, newest first."""
    newest = select(site_checks).order_by(site_checks.c.started_at.desc(), site_checks.c.id.desc())
    return [SiteCheck(**row) for row in connection.execute(newest.limit(limit)).mappings()]
