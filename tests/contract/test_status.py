"""What every database must tell of itself."""

from __future__ import annotations

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
