"""Registered links: kept, listed with what they brought, counted where touches and leads are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

import msgspec
from sqlalchemy import Connection, delete, func, select, union
from sqlalchemy.dialects import postgresql, sqlite

from collector.domain.errors import InputError
from collector.domain.registered_link import RegisteredLink, keys_of
from collector.domain.tally import DECIDED, Spot
from collector.domain.times import render_day, render_time
from collector.storage.link_tables import link_counts, registered_links
from collector.storage.rows import send_rows

MOST: Final = 10_000
_AT_ONCE: Final = 1_000

Counts = Mapping[Spot, Mapping[str, int]]


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A link and what it brought; `elsewhere` are touches of its UTMs on pages of no such link."""

    link: RegisteredLink
    touches: int
    leads: int
    elsewhere: int
    last_day: int | None


class _Sum(NamedTuple):
    touches: int = 0
    leads: int = 0
    last_day: int | None = None


_SUMS: Final = select(
    link_counts.c.key,
    func.sum(link_counts.c.touches),  # PostgreSQL's is a Decimal
    func.sum(link_counts.c.leads),
    func.max(link_counts.c.day),
).group_by(link_counts.c.key)


def row_of(one: Brought) -> dict[str, Any]:
    """Write a link and what it brought as lists and files show it."""
    return {
        "id": one.link.id,
        "link": one.link.url,
        "name": one.link.name,
        "registered_at": render_time(one.link.created_at),
        "touches": one.touches,
        "leads": one.leads,
        "elsewhere": one.elsewhere,
        "last_day": render_day(one.last_day) if one.last_day else None,
    }


def list_links(connection: Connection) -> list[RegisteredLink]:
    """Read every link, the newest first."""
    table = registered_links
    rows = connection.execute(select(table).order_by(table.c.created_at.desc(), table.c.id.desc()))
    return [RegisteredLink(**row) for row in rows.mappings()]


def brought_by(
    connection: Connection, links: Sequence[RegisteredLink], source_ids: tuple[str, ...] | None
) -> list[Brought]:
    """Say what each link brought to some captures; None are all."""
    keys = {key for one in links for key in (one.key, one.site_key)}
    sums = _sums_of(connection, keys, source_ids)
    own: Counter[str] = Counter()
    for key, site_key in {(one.key, one.site_key) for one in links}:
        own[site_key] += sums[key].touches
    return [
        Brought(
            link=one,
            touches=sums[one.key].touches,
            leads=sums[one.key].leads,
            elsewhere=max(0, sums[one.site_key].touches - own[one.site_key]),
            last_day=sums[one.key].last_day,
        )
        for one in links
    ]


def _sums_of(
    connection: Connection, keys: set[str], source_ids: tuple[str, ...] | None
) -> defaultdict[str, _Sum]:
    ordered, table = sorted(keys), link_counts
    sums: defaultdict[str, _Sum] = defaultdict(_Sum)
    for start in range(0, len(ordered), _AT_ONCE):
        own = _SUMS.where(table.c.key.in_(ordered[start : start + _AT_ONCE]))
        seen = own if source_ids is None else own.where(table.c.source_id.in_(source_ids))
        for key, touches, leads, last_day in connection.execute(seen):
            sums[key] = _Sum(int(touches), int(leads), last_day)
    return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLinks:
    """Keep links; answers how many are new: one of the same address stays. Raises InputError."""

    links: Sequence[RegisteredLink]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Keep those of each."""
        return [write.keep(connection) for write in writes]

    def keep(self, connection: Connection) -> int:
        """Insert what is not there, unless there are too many."""
        before = _count(connection)
        send_rows(connection, _KEEP[connection.dialect.name], [_row(one) for one in self.links])
        kept = _count(connection)
        if kept > MOST:
            raise InputError("at most 10,000 links are registered: take some out", field="links")
        return kept - before


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetLink:
    """Take a link out of the register; answers whether it was there. Its counts stay."""

    id: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[bool]:
        """Forget each."""
        table = registered_links
        return [
            connection.execute(delete(table).where(table.c.id == write.id)).rowcount > 0
            for write in writes
        ]


def add_link_counts(connection: Connection, counts: Counts) -> None:
    """Add what came by registered links; in one order in every process, as all roll-ups."""
    masks = connection.execute(select(registered_links.c.mask).distinct()).scalars().all()
    sums: defaultdict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    for spot, added in counts.items():
        touches, leads = added.get("touches", 0), added.get(DECIDED, 0)
        if not (touches or leads):
            continue
        for key in {key for mask in masks for key in msgspec.structs.astuple(keys_of(spot, mask))}:
            sums[key, spot.place.source_id, spot.place.day].update(touches=touches, leads=leads)
    known = _known(connection, sorted({key for key, _, _ in sums}))
    rows = [
        {"key": key, "source_id": source_id, "day": day, **sums[key, source_id, day]}
        for key, source_id, day in sorted(sums)
        if key in known
    ]
    send_rows(connection, _ADD[connection.dialect.name], rows)


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Pick the keys that some link has."""
    found: set[str] = set()
    table = registered_links
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        pages = select(table.c.key).where(table.c.key.in_(part))
        sites = select(table.c.site_key).where(table.c.site_key.in_(part))
        found.update(connection.execute(union(pages, sites)).scalars())
    return found


def _count(connection: Connection) -> int:
    counted = select(func.count()).select_from(registered_links)
    return connection.execute(counted).scalar_one()


def _row(link: RegisteredLink) -> dict[str, Any]:
    return msgspec.structs.asdict(link)


def _keeping(dialect: Any) -> Any:
    return dialect.insert(registered_links).on_conflict_do_nothing(index_elements=["url"])


def _adding(dialect: Any) -> Any:
    insert, table = dialect.insert(link_counts), link_counts
    sums = {name: table.c[name] + insert.excluded[name] for name in ("touches", "leads")}
    return insert.on_conflict_do_update(
        index_elements=[table.c.key, table.c.source_id, table.c.day], set_=sums
    )


_DIALECTS: Final[Mapping[str, Any]] = {"sqlite": sqlite, "postgresql": postgresql}
_KEEP: Final = {name: _keeping(dialect) for name, dialect in _DIALECTS.items()}
_ADD: Final = {name: _adding(dialect) for name, dialect in _DIALECTS.items()}
