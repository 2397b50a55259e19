from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from collector.cli import main
from collector.storage import schema


def test_migrate_creates_the_schema_and_says_where_it_stands(tmp_path: Path) -> None:
    env = {"COLLECTOR_DATA_DIR": str(tmp_path)}
    for _ in range(2):
        found = CliRunner().invoke(main, ["migrate"], env=env)
        assert (found.exit_code, found.stdout) == (0, f"the schema is at {schema.HEAD}\n")
    assert (tmp_path / "collector.db").exists()


def test_a_schema_of_a_newer_version_is_left_alone_and_named(tmp_path: Path) -> None:
    env = {"COLLECTOR_DATA_DIR": str(tmp_path)}
    assert CliRunner().invoke(main, ["migrate"], env=env).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "collector.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["migrate"], ["capture", "list"]):
        done = CliRunner().invoke(main, command, env=env)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith("Error: the database is at schema 9999")


def test_every_other_command_on_sqlite_migrates_by_itself(tmp_path: Path) -> None:
    env = {"COLLECTOR_DATA_DIR": str(tmp_path)}
    assert CliRunner().invoke(main, ["event", "list"], env=env).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "collector.db")) as database:
        found = database.execute("SELECT version_num FROM alembic_version").fetchall()
    assert found == [(schema.HEAD,)]
