from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite

from collector.storage.rows import send_rows

notes = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("text", Text),
    Column("state", Text),
)


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as opened:
        notes.create(opened)
        yield opened
    engine.dispose()


def rows(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(select(notes).order_by(notes.c.id))]


NASTY = ["'; DROP TABLE notes; --", "é 🙂", ":text", "%s ? %(x)s", None, ""]


def test_each_row_is_sent_as_it_is_whatever_the_order_of_its_names(connection: Connection) -> None:
    sent = [{"text": text, "state": "new", "id": n} for n, text in enumerate(NASTY)]
    send_rows(connection, insert(notes), sent)
    assert rows(connection) == [(n, text, "new") for n, text in enumerate(NASTY)]


def test_names_the_statement_does_not_take_are_left_out(connection: Connection) -> None:
    row = {"id": 1, "text": "a", "state": "new", "elsewhere": 5}
    send_rows(connection, insert(notes), [row])
    assert rows(connection) == [(1, "a", "new")]


def test_a_row_that_lacks_a_name_is_an_error_and_nothing_is_sent(connection: Connection) -> None:
    with pytest.raises(KeyError, match="state"):
        send_rows(
            connection,
            insert(notes),
            [{"id": 1, "text": "a", "state": "new"}, {"id": 2, "text": "b"}],
        )
    assert rows(connection) == []


def test_values_that_stand_in_the_statement_need_not_be_in_the_rows(
    connection: Connection,
) -> None:
    send_rows(connection, insert(notes), [{"id": n, "text": "a", "state": "new"} for n in (1, 2)])
    statement = update(notes).where(notes.c.id == bindparam("key")).values(state="done")
    send_rows(connection, statement, [{"key": 2}])
    assert rows(connection) == [(1, "a", "new"), (2, "a", "done")]


def test_a_statement_of_one_parameter_takes_rows_of_one_name(connection: Connection) -> None:
    send_rows(connection, insert(notes), [{"id": n, "text": "a", "state": "new"} for n in (1, 2)])
    send_rows(connection, notes.delete().where(notes.c.id == bindparam("key")), [{"key": 1}])
    assert [row[0] for row in rows(connection)] == [2]


def test_a_conflict_is_left_alone_where_the_statement_says_so(connection: Connection) -> None:
    statement = sqlite.insert(notes).on_conflict_do_nothing(index_elements=["id"])
    sent = [{"id": 1, "text": text, "state": "new"} for text in ("first", "second")]
    send_rows(connection, statement, sent)
    assert rows(connection) == [(1, "first", "new")]


def test_no_rows_are_no_statement(connection: Connection) -> None:
    connection.close()
    send_rows(connection, insert(notes), [])
