"""What every database must tell of itself."""

from __future__ import annotations

from collector.storage.backups import Backup, last_backup
from collector.storage.schema import HEAD
from collector.storage.status import read_status
from collector.storage.store import Store


async def test_a_database_tells_its_kind_its_migration_and_its_size(
    store: Store, database_url: str
) -> None:
    found = await store.read(read_status)
    assert found.kind == store.database.dialect
    assert found.name in database_url
    assert found.revision == HEAD
    assert found.size > 64 * 1024


async def test_of_backups_the_last_one_is_remembered(store: Store) -> None:
    assert await store.read(last_backup) is None
    for made_at in (1, 2):
        await store.write(Backup(made_at, f"/backups/{made_at}", 3))
    assert await store.read(last_backup) == Backup(2, "/backups/2", 3)
