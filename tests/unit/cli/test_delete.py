from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.command_line import CommandLine
from tests.databases import sqlite_url
from tests.outbox import SOURCE_ID, open_outbox


def destination(folder: Path, events: int) -> str:
    """A destination that is owed so many events."""

    async def work() -> str:
        async with open_outbox(sqlite_url(folder)) as outbox:
            key = await outbox.add_destination(url="https://hooks.example.com/in")
            await outbox.add_events(events)
            return key

    return asyncio.run(work())


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def test_a_destination_that_is_owed_nothing_is_deleted_and_gone_for_every_command(
    line: CommandLine, tmp_path: Path
) -> None:
    key = destination(tmp_path, events=0)
    assert "0 deliveries are cancelled" in line.run("destination", "delete", key).stdout
    assert line.json("destination", "list") == []
    for gone in (
        ("delete", key),
        ("pause", key),
        ("resume", key),
        ("test", key),
        ("set", key, "--rate", "5/s"),
        ("link", key, "--capture", SOURCE_ID),
        ("backfill", key),
    ):
        said = line.run("destination", *gone, code=1).output
        assert f"there is no destination {key}" in said


def test_one_that_is_owed_something_is_deleted_only_on_the_word_that_cancels(
    line: CommandLine, tmp_path: Path
) -> None:
    key = destination(tmp_path, events=2)
    said = line.run("destination", "delete", key, code=1).output
    assert f"{key} is still owed 2 deliveries, 0 of them under way" in said
    assert "--cancel" in said
    assert [row["id"] for row in line.json("destination", "list")] == [key]

    told = line.json("destination", "delete", key, "--cancel")
    assert told == {"id": key, "cancelled": 2, "under_way": 0}
    rows = line.json("delivery", "list")
    assert [(row["destination"], row["state"], row["reason"]) for row in rows] == [
        ("webhook", "cancelled", "deleted")
    ] * 2
    assert len(line.json("event", "list")) == 2
    assert "was deleted" in line.run("delivery", "retry", str(rows[0]["id"]), code=1).output
