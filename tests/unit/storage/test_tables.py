from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Connection, Integer, Table, Text
from sqlalchemy.exc import IntegrityError

from collector.storage.backup_tables import backups
from collector.storage.check_tables import check_reports
from collector.storage.link_tables import link_counts, link_rules, link_templates, registered_links
from collector.storage.list_tables import event_words, saved_views
from collector.storage.sqlite import create_sqlite_engine
from collector.storage.tables import (
    api_keys,
    attempts,
    audit,
    capture_destinations,
    captures,
    deliveries,
    destinations,
    events,
    fields,
    lead_types,
    link_mappings,
    metadata,
    person_links,
    sessions,
    sign_in_links,
    users,
)
from collector.storage.tally_tables import (
    daily_counts,
    daily_measures,
    landing_faults,
    value_counts,
)
from collector.storage.tool_tables import site_checks

ROW_TABLES = (
    *(fields, lead_types, captures, destinations, capture_destinations, link_mappings),
    *(events, deliveries, attempts, api_keys, person_links),
    *(users, sessions, sign_in_links, audit, daily_counts, daily_measures, value_counts),
    landing_faults,
    *(event_words, saved_views, check_reports, site_checks, backups),
    *(link_rules, link_templates, registered_links, link_counts),
)
"""In an order in which each finds what it points to."""


COUNTED = {deliveries.c.id, audit.c.id, check_reports.c.id}


def least(table: Table, **changes: Any) -> dict[str, Any]:
    """The least that a table takes: `x` for every text, keys included, and 1 for every number."""
    needed = [
        column
        for column in table.columns
        if not (column.nullable or column.server_default or column in COUNTED)
    ]
    row: dict[str, Any] = {
        column.name: "x" if isinstance(column.type, Text) else 1 for column in needed
    }
    return row | changes


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_sqlite_engine(tmp_path / "tables.db")
    with engine.connect() as opened:
        metadata.create_all(opened)
        for table in ROW_TABLES:
            opened.execute(table.insert().values(least(table)))
        yield opened
    engine.dispose()


def test_every_table_is_tried_here() -> None:
    assert set(ROW_TABLES) == set(metadata.tables.values())


BROKEN: dict[str, tuple[Table, dict[str, Any]]] = {
    "an event of an unknown capture": (events, {"id": "2", "repeat_key": "2", "source_id": "?"}),
    "an exact repeat of an event": (events, {"id": "2"}),
    "two events of one id": (events, {"repeat_key": "2"}),
    "a second debt of one event to one destination": (deliveries, {}),
    "two keys of one value": (api_keys, {"id": "2"}),
    "a key of an unknown capture": (api_keys, {"id": "2", "digest": "2", "source_id": "?"}),
    "two roots of one person": (person_links, {"person": "y"}),
    "a debt of an unknown event": (deliveries, {"event": "?"}),
    "a debt to an unknown destination": (deliveries, {"destination_id": "?"}),
    "a second attempt of one number": (attempts, {}),
    "an attempt at an unknown delivery": (attempts, {"delivery_id": 9}),
    "a link twice": (capture_destinations, {}),
    "a link to an unknown destination": (capture_destinations, {"destination_id": "?"}),
    "a second capture of one source_id": (captures, {}),
    "two mappings of one link": (link_mappings, {}),
    "a mapping to an unknown destination": (link_mappings, {"destination_id": "?"}),
    "two users of one address": (users, {"id": "2"}),
    "a session of an unknown user": (sessions, {"digest": "2", "user_id": "?"}),
    "a link for an unknown user": (sign_in_links, {"digest": "2", "user_id": "?"}),
    "two sums of one place": (daily_counts, {}),
    "two sums of one measure": (daily_measures, {}),
    "two sums of one value": (value_counts, {}),
    "two sums of one fault": (landing_faults, {}),
    "a link registered twice": (registered_links, {"id": "2"}),
    "two sums of one link": (link_counts, {}),
    "two fields of one name": (fields, {}),
    "two lead types of one name": (lead_types, {}),
}


@pytest.mark.parametrize(("table", "changes"), BROKEN.values(), ids=BROKEN)
def test_the_database_itself_refuses(
    connection: Connection, table: Table, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError):
        connection.execute(table.insert().values(least(table, **changes)))


@pytest.mark.parametrize(
    "table", [captures, destinations, events], ids=lambda table: str(table.name)
)
def test_nothing_disappears_while_something_points_to_it(
    connection: Connection, table: Table
) -> None:
    with pytest.raises(IntegrityError):
        connection.execute(table.delete())


def test_deliveries_count_by_themselves_and_begin_without_a_try(connection: Connection) -> None:
    connection.execute(events.insert().values(least(events, id="2", repeat_key="2")))
    connection.execute(deliveries.insert().values(least(deliveries, event="2")))
    rows = connection.execute(deliveries.select().order_by(deliveries.c.id)).mappings().all()
    assert [row["id"] for row in rows] == [1, 2]
    assert [(row["attempts"], row["step"], row["generation"]) for row in rows] == [(0, 0, 1)] * 2


@pytest.mark.parametrize(
    "column",
    [column for table in metadata.tables.values() for column in table.columns],
    ids=str,
)
def test_rows_pass_no_conversion_on_their_way(column: Column[Any]) -> None:
    assert type(column.type) in (Text, BigInteger, Integer)
    if column.name.endswith("_at"):
        assert type(column.type) is BigInteger
