"""Saved views of the console's lists: filters under a name, a person's own or for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import Connection, delete, func, insert, or_, select

from collector.domain.errors import InputError, UnknownView
from collector.storage.list_tables import saved_views

MOST: Final = 30
"""How many views a person keeps of one list, and how many everybody shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """`query` is the query of the list's address; `user_id` of None is everybody's."""

    id: str
    list: str
    name: str
    query: str
    user_id: str | None
    created_at: int


def views_of(connection: Connection, user_id: str, list_name: str) -> list[SavedView]:
    """Read a person's views of one list and everybody's, by name."""
    table = saved_views
    theirs = or_(table.c.user_id == user_id, table.c.user_id.is_(None))
    found = select(table).where(theirs, table.c.list == list_name)
    rows = connection.execute(found.order_by(table.c.name, table.c.id)).mappings()
    return [SavedView(**row) for row in rows]


def get_view(connection: Connection, view_id: str) -> SavedView:
    """Read one view. Raises UnknownView."""
    found = connection.execute(select(saved_views).where(saved_views.c.id == view_id))
    row = found.mappings().first()
    if row is None:
        raise UnknownView(f"there is no view {view_id}")
    return SavedView(**row)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveView:
    """Keep a view; it replaces the one of the same name. Raises InputError."""

    view: SavedView

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Keep each."""
        for write in writes:
            write.keep(connection)
        return [None] * len(writes)

    def keep(self, connection: Connection) -> None:
        """Insert the row, unless there are too many."""
        one, table = self.view, saved_views
        beside = (table.c.user_id.is_not_distinct_from(one.user_id), table.c.list == one.list)
        connection.execute(delete(table).where(*beside, table.c.name == one.name))
        kept = select(func.count()).select_from(table).where(*beside)
        if connection.execute(kept).scalar_one() >= MOST:
            raise InputError(f"at most {MOST} views are kept of one list: delete one first")
        values = {name: getattr(one, name) for name in SavedView.__dataclass_fields__}
        connection.execute(insert(table).values(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteView:
    """Forget a view; one that is gone already is fine."""

    id: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Forget each."""
        ids = [write.id for write in writes]
        connection.execute(delete(saved_views).where(saved_views.c.id.in_(ids)))
        return [None] * len(writes)
