from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from collector.storage.tables import deliveries
from tests.command_line import CommandLine
from tests.databases import sqlite_url
from tests.outbox import open_outbox
from tests.rows import SetColumns


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """Two events of Ada, one of them delivered, and one of somebody else."""

    async def work() -> None:
        async with open_outbox(sqlite_url(tmp_path)) as outbox:
            await outbox.add_destination(url="https://hooks.example.com/in")
            await outbox.add_events(2)
            await outbox.add_event(fields={"email": "bob@example.com"})
            await outbox.store.write(SetColumns(deliveries, 1, {"state": "delivered"}))

    asyncio.run(work())
    return CommandLine(tmp_path)


def test_every_event_of_an_address_goes_and_it_is_said_where_it_was_sent(
    line: CommandLine,
) -> None:
    told = line.json("event", "erase", "--email", "ada@example.com")
    sent = [{"destination": "webhook", "delivered": 1, "under_way": 0}]
    assert told == {"events": 2, "dry_run": False, "sent": sent}
    [left] = line.json("event", "list")
    assert left["fields"] == {"email": "bob@example.com"}
    states = [row["state"] for row in line.json("delivery", "list")]
    assert states == ["ready", "cancelled", "delivered"]


def test_a_preview_erases_nothing(line: CommandLine) -> None:
    told = line.run("event", "erase", "--email", "ada@example.com", "--dry-run").stdout
    assert told.startswith("2 events would be erased\n  webhook: 1 delivered")
    assert len(line.json("event", "list")) == 3


def test_half_an_address_is_wrong_use(line: CommandLine) -> None:
    assert "whole" in line.run("event", "erase", "--email", "ada", code=2).output


def test_what_was_erased_is_listed_without_personal_data(line: CommandLine) -> None:
    assert line.json("event", "erased") == []
    line.run("event", "erase", "--email", "ada@example.com")
    rows = line.json("event", "erased")
    assert [set(row) for row in rows] == [{"id", "erased_at"}] * 2
    lines = [f"{row['id']}  {row['erased_at']}" for row in rows]
    assert line.run("event", "erased").stdout.splitlines() == lines
