"""A backup of PostgreSQL, made with its own programs beside what writes."""

from __future__ import annotations

from pathlib import Path

from collector.storage.postgresql_backup import dump_postgresql, run_program
from tests.databases import Reused
from tests.outbox import open_outbox


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
