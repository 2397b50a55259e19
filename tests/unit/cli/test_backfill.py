from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.command_line import CommandLine
from tests.databases import sqlite_url
from tests.outbox import open_outbox


@pytest.fixture
def late(tmp_path: Path) -> str:
    """A destination that was added when three events had come."""

    async def work() -> str:
        async with open_outbox(sqlite_url(tmp_path)) as outbox:
            await outbox.add_events(2)
            await outbox.add_event(marks={"spam": "honeypot"})
            return await outbox.add_destination(url="https://hooks.example.com/in")

    return asyncio.run(work())


def test_a_preview_counts_and_changes_nothing(tmp_path: Path, late: str) -> None:
    line = CommandLine(tmp_path)
    counted = line.json("destination", "backfill", late, "--dry-run")
    assert counted == {"events": 3, "withheld": 1, "dry_run": True}
    assert line.json("delivery", "list") == []


def test_past_events_are_owed_once(tmp_path: Path, late: str) -> None:
    line = CommandLine(tmp_path)
    told = line.run("destination", "backfill", late).stdout
    assert told.startswith("3 events are owed")
    assert line.json("destination", "backfill", late)["events"] == 0
    assert sorted(row["state"] for row in line.json("delivery", "list")) == [
        "held",
        "ready",
        "ready",
    ]


def test_an_unknown_destination_fails(tmp_path: Path, late: str) -> None:
    refused = CommandLine(tmp_path).run("destination", "backfill", f"{late}x", code=1)
    assert "there is no destination" in refused.output
