"""Whose event is whose; the same on every database: tests/contract/test_persons.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete

from collector.storage.persons import keys_of_person, link_persons
from collector.storage.sqlite import create_sqlite_engine
from collector.storage.tables import metadata, person_links


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_sqlite_engine(tmp_path / "persons.db")
    with engine.connect() as opened:
        metadata.create_all(opened)
        yield opened
    engine.dispose()


def test_who_is_linked_to_nobody_is_one_person(connection: Connection) -> None:
    link_persons(connection, [])
    assert keys_of_person(connection, "e") == ["e"]


def test_a_chain_of_links_is_one_person_seen_from_every_end(connection: Connection) -> None:
    for pair in (("e1", "p1"), ("e2", "p2"), ("e3", "p1"), ("e1", "p2")):
        link_persons(connection, [pair])
    assert keys_of_person(connection, "e3") == ["p2", "e1", "e2", "e3", "p1"]
    for key in ("e1", "e2", "p1", "p2"):
        assert keys_of_person(connection, key) == keys_of_person(connection, "e3")
    assert keys_of_person(connection, "e4") == ["e4"]


keys = st.integers(0, 9).map(str)
pairs = st.lists(st.tuples(keys, keys), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(pairs, max_size=4))
def test_links_in_any_order_and_batches_join_exactly_those_they_connect(
    connection: Connection, batches: list[list[tuple[str, str]]]
) -> None:
    connection.execute(delete(person_links))
    groups = {str(n): {str(n)} for n in range(10)}
    for batch in batches:
        link_persons(connection, batch)
        for one, other in batch:
            joined = groups[one] | groups[other]
            groups.update(dict.fromkeys(joined, joined))
    for key, group in groups.items():
        found = keys_of_person(connection, key)
        assert len(found) == len(group)
        assert set(found) == group
