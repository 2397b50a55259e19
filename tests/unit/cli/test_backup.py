from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from collector.storage import schema
from tests.command_line import CommandLine
from tests.installation import installation


@pytest.fixture
def command(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "data")


def test_a_copy_is_made_beside_a_running_collector_and_noted(
    command: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    with installation(tmp_path / "data") as site:
        site.post({"email": "ada@example.com"})
        made = command.json("backup", str(file))
    assert made == {"file": str(file), "size": file.stat().st_size, "noted": True}
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT count(*) FROM events").fetchone() == (1,)
    with closing(sqlite3.connect(tmp_path / "data" / "collector.db")) as database:
        noted = database.execute("SELECT file, size FROM backups").fetchall()
    assert noted == [(str(file), made["size"])]


def test_the_keys_are_named_and_not_in_it(command: CommandLine, tmp_path: Path) -> None:
    command.run("capture", "list")
    said = command.run("backup", str(tmp_path / "copy.db")).stderr
    for name in ("secret_keys", "encryption_keys"):
        file = tmp_path / "data" / name
        assert str(file) in said
        assert file.read_text().strip() not in said
        assert file.read_bytes().strip() not in (tmp_path / "copy.db").read_bytes()


def test_a_file_that_is_there_is_written_over_only_when_told(
    command: CommandLine, tmp_path: Path
) -> None:
    command.run("capture", "list")
    file = tmp_path / "copy.db"
    file.write_text("something else")
    assert "--replace" in command.run("backup", str(file), code=1).stderr
    assert file.read_text() == "something else"
    command.run("backup", str(file), "--replace")
    assert file.read_bytes().startswith(b"SQLite format 3")


def test_the_database_itself_is_never_written_over(command: CommandLine, tmp_path: Path) -> None:
    command.run("capture", "list")
    database = tmp_path / "data" / "collector.db"
    refused = command.run("backup", str(database), "--replace", code=1)
    assert "is the database itself" in refused.stderr
    command.run("capture", "list")


def test_what_cannot_be_made_leaves_nothing(command: CommandLine, tmp_path: Path) -> None:
    refused = command.run("backup", str(tmp_path / "copy.db"), code=1)
    assert "there is no database yet" in refused.stderr
    command.run("capture", "list")
    refused = command.run("backup", str(tmp_path / "missing" / "copy.db"), code=1)
    assert "cannot be written: No such file" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_before_an_upgrade_the_database_is_copied_and_left_as_it_is(
    command: CommandLine, tmp_path: Path
) -> None:
    command.run("capture", "list")
    database = tmp_path / "data" / "collector.db"
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("DROP TABLE backups")
        opened.execute("UPDATE alembic_version SET version_num = ?", (schema.KNOWN[-2],))
    said = command.run("backup", str(tmp_path / "copy.db")).stderr
    assert "not noted" in said
    with closing(sqlite3.connect(database)) as opened:
        found = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    assert found == (schema.KNOWN[-2],)
