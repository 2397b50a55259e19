"""A backup of PostgreSQL, made with its own programs beside what writes, and put back."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from collector.domain.errors import BackupFailed, SchemaOutdated
from collector.storage import schema
from collector.storage.postgresql_backup import dump_postgresql, run_program
from collector.storage.postgresql_restore import load_dump, revision_of_dump
from collector.storage.store import open_store
from tests.databases import Reused
from tests.outbox import open_outbox
from tests.postgres import Cluster
from tests.serving import Collector


def house(folder: Path, url: str) -> Collector:
    """An installation on a database of the cluster."""
    key = Fernet.generate_key().decode()
    settings = {"database_url": url, "secret_keys": "k" * 32, "encryption_keys": key}
    return Collector(data_dir=folder, settings=settings)


async def test_postgresql_is_copied_whole_and_read_again(reused: Reused, tmp_path: Path) -> None:
    url = reused.emptied()
    copy = tmp_path / "copy"
    async with open_outbox(url) as outbox:
        event = await outbox.add_event()
        dump_postgresql(url, copy)
    rows = run_program(
        "pg_restore", "--data-only", "--table=events", "--file=-", str(copy), url=url
    )
    assert rows.decode().count(event.id) == 2


async def test_a_dump_goes_into_an_empty_database_and_is_settled_before_it_counts(
    reused: Reused, postgres: Cluster, tmp_path: Path
) -> None:
    url = reused.emptied()
    async with open_outbox(url) as outbox:
        await outbox.add_destination(url="https://hooks.example.com/in")
        ada, _ = await outbox.add_events(2)
    copy, erased = tmp_path / "copy", tmp_path / "erased"
    erased.write_text(f"{ada.id}\n")
    postgres.sql("CREATE DATABASE put_back")
    old, new = (house(tmp_path, one) for one in (url, postgres.url("put_back")))
    await old.cli("backup", str(copy))
    await old.cli("restore", str(copy), "--no-erasures", code=1)
    assert "is not empty" in old.said
    await new.cli("restore", str(copy), code=1)
    assert "--no-erasures" in new.said
    done = await new.json("restore", str(copy), "--erasures", str(erased))
    assert (done["erased"], done["owed"], done["locked"]) == (1, 1, ["webhook"])
    assert [row["id"] for row in await new.json("event", "erased")] == [ada.id]
    states = [row["state"] for row in await new.json("delivery", "list")]
    assert sorted(states) == ["cancelled", "ready"]


async def test_until_its_revision_is_written_nobody_works_with_it(
    reused: Reused, postgres: Cluster, tmp_path: Path
) -> None:
    url, copy = reused.emptied(), tmp_path / "copy"
    dump_postgresql(url, copy)
    postgres.sql("CREATE DATABASE half")
    half = postgres.url("half")
    assert revision_of_dump(copy, url) == schema.HEAD
    load_dump(copy, half)
    with pytest.raises(SchemaOutdated):
        await open_store(half)


async def test_what_is_no_dump_is_said_to_be_none(reused: Reused, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("leads, " * 1000)
    with pytest.raises(BackupFailed, match="archive"):
        revision_of_dump(tmp_path / "text", reused.emptied())
