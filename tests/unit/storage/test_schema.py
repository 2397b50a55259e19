from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from collector.domain.errors import SchemaOutdated
from collector.storage import migration, schema
from collector.storage.captures import list_captures
from collector.storage.saved_views import views_of
from collector.storage.sqlite import SqliteDatabase, create_sqlite_engine
from collector.storage.store import open_store
from collector.storage.tables import metadata


async def migrate(path: Path) -> None:
    database = SqliteDatabase(path)
    await database.transact([schema.Upgrade()])
    await database.close()


async def test_migrating_gives_the_tables_as_they_are_declared(tmp_path: Path) -> None:
    path = tmp_path / "collector.db"
    await migrate(path)
    engine = create_sqlite_engine(path)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert schema.current_revision(connection) == schema.HEAD
    engine.dispose()


def test_the_files_name_the_revisions_in_the_order_in_which_they_are_applied() -> None:
    scripts = ScriptDirectory.from_config(migration.config())
    assert scripts.get_heads() == [schema.HEAD]
    assert [one.revision for one in scripts.walk_revisions()] == schema.KNOWN[::-1]


async def test_a_command_on_a_file_of_this_version_loads_no_more_than_it_needs(
    tmp_path: Path,
) -> None:
    await migrate(tmp_path / "collector.db")
    program = (
        "import sys; from collector.cli import main; "
        "main(['capture', 'list', '--json'], standalone_mode=False); "
        "print(sorted({'alembic', 'asyncpg', 'aiohttp', 'starlette'} & set(sys.modules)))"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        env={**os.environ, "COLLECTOR_DATA_DIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    shown, _ = await process.communicate()
    assert shown.decode().splitlines() == ["[]", "[]"]


async def test_several_processes_at_once_create_one_schema(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'collector.db'}"
    script = f"import asyncio; from collector.storage.store import open_store; asyncio.run((lambda: open_store({url!r}))())"
    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", script, stderr=-1)
        for _ in range(3)
    ]
    ends = [await process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], ends


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "collector.db"
    await migrate(path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SchemaOutdated, match="9999"):
        await open_store(f"sqlite:///{path}")


async def test_a_database_of_the_first_version_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "collector.db"
    engine = create_sqlite_engine(path)
    with engine.begin() as connection:
        migration.upgrade(connection, "0001")
        values = "'s', 'Web', 'form', 'active', '[]', 'lead', 'Lead', 'last_campaign', 0, 0, 1, 1"
        names = (
            "source_id, name, kind, state, origins, event_type, event_name, attribution_model, "
            "derive_utm, refuse_other_origins, created_at, changed_at"
        )
        connection.execute(text(f"INSERT INTO captures ({names}) VALUES ({values})"))
    engine.dispose()
    store = await open_store(f"sqlite:///{path}")
    [found] = await store.read(list_captures)
    await store.close()
    assert (found.name, found.mapping, found.lead_type, found.store_only) == (
        "Web",
        None,
        None,
        False,
    )


def test_statistics_that_do_not_know_a_new_index_are_taken_anew(tmp_path: Path) -> None:
    engine = create_sqlite_engine(tmp_path / "collector.db")
    with engine.begin() as connection:
        migration.upgrade(connection, "0018")
        connection.exec_driver_sql("ANALYZE")
        known = ("deliveries", "ix_deliveries_ready", "200000 200000 1")
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", known)
    with engine.begin() as connection:
        migration.upgrade(connection, "0019")
    engine.dispose()
    next_in_lane = (
        "EXPLAIN QUERY PLAN SELECT id FROM deliveries"
        " WHERE state = 'ready' AND destination_id = 'd' ORDER BY next_at LIMIT 9"
    )
    with engine.begin() as connection:
        plan = str(connection.exec_driver_sql(next_in_lane).all())
    engine.dispose()
    assert "ix_deliveries_ready" in plan
    assert "TEMP B-TREE" not in plan


async def test_searches_go_from_views_that_were_saved_with_them(tmp_path: Path) -> None:
    path = tmp_path / "collector.db"
    engine = create_sqlite_engine(path)
    with engine.begin() as connection:
        migration.upgrade(connection, "0014")
        for key, query in (
            ("a", "tab=spam&search=ada%40example.com&range=7d"),
            ("b", "search=ada"),
            ("c", "tab=spam&campaign=%C3%BC+%26"),
        ):
            values = {"key": key, "query": query}
            add = "INSERT INTO saved_views VALUES (:key, 'leads', :key, :query, NULL, 1)"
            connection.execute(text(add), values)
    engine.dispose()
    store = await open_store(f"sqlite:///{path}")
    found = await store.read(views_of, "nobody", "leads")
    await store.close()
    assert {one.id: one.query for one in found} == {
        "a": "tab=spam&range=7d",
        "c": "tab=spam&campaign=%C3%BC+%26",
    }
