from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine

from collector.domain.times import SECOND
from collector.storage import migration, schema
from collector.storage.sessions import OpenSession
from collector.storage.sqlite import ServingLock
from collector.storage.store import open_store
from collector.storage.users import CreateUser
from tests.command_line import CommandLine
from tests.databases import sqlite_url
from tests.outbox import START, Clock, Outbox, open_outbox
from tests.people import new_user

ADA = "ada@example.com"
BOB = "bob@example.com"


class House(CommandLine):
    """An installation in a folder, and a backup of it that holds Ada and Bob."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "data")
        self.database = folder / "data" / "collector.db"
        self.backup = folder / "backup"

    def restore(self, *arguments: str, code: int = 0) -> Any:
        if code:
            return self.run("restore", str(self.backup), *arguments, code=code).stderr
        return self.json("restore", str(self.backup), *arguments)

    def add(self, email: str) -> None:
        """Let a lead come after the backup."""

        async def work() -> None:
            store = await open_store(sqlite_url(self.database.parent))
            outbox = Outbox(store, Clock(START + SECOND), Random(email))
            await outbox.add_event(fields={"email": email})
            await store.close()

        asyncio.run(work())

    def query(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self.database)) as opened, opened:
            return opened.execute(statement).fetchall()

    def emails(self) -> list[str]:
        return sorted(row["fields"]["email"] for row in self.json("event", "list"))

    def states(self) -> list[str]:
        return sorted(row["state"] for row in self.json("delivery", "list"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    async def work() -> None:
        async with open_outbox(sqlite_url(tmp_path / "data")) as outbox:
            await outbox.add_destination(url="https://hooks.example.com/in")
            for email in (ADA, BOB):
                await outbox.add_event(fields={"email": email})
            await outbox.store.write(CreateUser(user=new_user()))
            await outbox.store.write(OpenSession(digest="x", user_id="admin", now=START))

    (tmp_path / "data").mkdir()
    asyncio.run(work())
    made = House(tmp_path)
    made.run("backup", str(made.backup))
    return made


def test_on_a_new_machine_it_is_asked_who_was_erased_and_the_list_is_obeyed(
    house: House, tmp_path: Path
) -> None:
    house.run("event", "erase", "--email", ADA)
    erased = tmp_path / "erased.txt"
    erased.write_text(house.run("event", "erased").stdout)
    assert ADA not in erased.read_text()
    shutil.rmtree(house.database.parent)
    refused = house.restore(code=1)
    assert "--erasures" in refused
    assert "--no-erasures" in refused
    assert not house.database.exists()
    done = house.restore("--erasures", str(erased))
    assert (done["erased"], done["owed"], done["kept"]) == (1, 1, None)
    assert house.emails() == [BOB]
    assert house.states() == ["cancelled", "ready"]


def test_a_list_of_addresses_will_do(house: House, tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"{BOB}\n")
    house.database.unlink()
    assert house.restore("--erasures", str(tmp_path / "list"))["erased"] == 1
    assert house.emails() == [ADA]


def test_a_database_in_use_is_replaced_by_force_kept_and_asked_whom_it_erased(
    house: House,
) -> None:
    house.run("event", "erase", "--email", ADA)
    house.add("cy@example.com")
    assert "--force" in house.restore(code=1)
    assert house.emails() == [BOB, "cy@example.com"]
    done = house.restore("--force")
    assert (done["erased"], done["later"]) == (1, 1)
    assert house.emails() == [BOB]
    kept = Path(done["kept"])
    assert kept.parent == house.database.parent
    with closing(sqlite3.connect(kept)) as former:
        assert former.execute("SELECT count(*) FROM events").fetchone() == (3,)
    assert house.database.stat().st_mode & 0o777 == 0o600


def test_a_database_that_did_not_go_on_from_the_backup_cannot_know(house: House) -> None:
    house.query("DELETE FROM attempts")
    house.query("DELETE FROM deliveries")
    house.query("DELETE FROM events")
    assert "--no-erasures" in house.restore("--force", code=1)
    assert house.restore("--force", "--no-erasures")["erased"] == 0
    assert house.emails() == [ADA, BOB]


def test_a_damaged_database_is_replaced_and_kept(house: House) -> None:
    house.database.write_bytes(b"no database at all" * 1000)
    assert "--no-erasures" in house.restore("--force", code=1)
    done = house.restore("--force", "--no-erasures")
    assert Path(done["kept"]).read_bytes().startswith(b"no database")
    assert house.emails() == [ADA, BOB]


def test_an_empty_database_needs_no_force(house: House) -> None:
    house.database.unlink()
    house.run("capture", "list")
    assert house.restore("--no-erasures")["kept"] is None
    assert house.emails() == [ADA, BOB]


def test_it_waits_until_nobody_serves_or_works_with_the_database(house: House) -> None:
    lock = ServingLock(house.database)
    assert "stop it first" in house.restore("--force", code=1)
    lock.release()
    with closing(sqlite3.connect(house.database, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM events").fetchone()
        assert "wait until it ends" in house.restore("--force", code=1)
    assert house.restore("--force")["erased"] == 0


def test_an_older_backup_is_brought_to_this_version_and_a_newer_one_refused(house: House) -> None:
    house.backup.unlink()
    engine = create_engine(f"sqlite:///{house.backup}")
    with engine.begin() as connection:
        migration.upgrade(connection, "0017")
    engine.dispose()
    assert house.restore("--force", "--no-erasures")["schema"] == schema.HEAD
    assert house.query("SELECT version_num FROM alembic_version") == [(schema.HEAD,)]
    assert house.query("SELECT count(*) FROM backups") == [(0,)]
    with closing(sqlite3.connect(house.backup)) as opened, opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "made by a newer version" in house.restore("--force", code=1)


def spoil(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096 * 5)
        opened.write(b"\xff" * 4096 * 3)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def text(file: Path) -> None:
    file.write_text("leads, " * 1000)


def in_use(file: Path) -> None:
    Path(f"{file}-wal").write_text("log")


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (spoil, "damaged|malformed"),
        (empty, "no database of a collector"),
        (text, "no backup of SQLite"),
        (in_use, "a database in use"),
    ],
)
def test_what_is_no_whole_backup_changes_nothing(house: House, break_it: Any, said: str) -> None:
    break_it(house.backup)
    before = house.database.read_bytes()
    refused = house.restore("--force", "--no-erasures", code=1)
    assert any(word in refused for word in said.split("|")), refused
    assert house.database.read_bytes() == before
    assert not list(house.database.parent.glob("*.partial*"))


def test_everybody_is_signed_out(house: House) -> None:
    assert house.query("SELECT count(*) FROM sessions") == [(1,)]
    house.restore("--force")
    assert house.query("SELECT count(*) FROM sessions") == [(0,)]


def test_destinations_whose_keys_were_lost_are_named(house: House) -> None:
    assert house.restore("--force")["locked"] == ["webhook"]  # the keys of another installation
    (house.database.parent / "encryption_keys").unlink()
    shown = house.run("restore", str(house.backup), "--force")
    assert "no key opens the secrets of webhook: put the encryption keys back" in shown.stderr
