from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.storage.tables import deliveries
from tests.databases import sqlite_url
from tests.outbox import Outbox, open_outbox
from tests.rows import SetColumns

URL = "https://hooks.example.com/in"


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    env = {"COLLECTOR_DATA_DIR": str(folder)}
    result = CliRunner().invoke(main, ["delivery", *arguments], env=env)
    assert result.exit_code == code, result.output
    return result.output if code else result.stdout


def listed(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run(folder, "list", *arguments, "--json"))
    return rows


def prepare(folder: Path, fill: Callable[[Outbox], Awaitable[None]]) -> None:
    async def work() -> None:
        async with open_outbox(sqlite_url(folder)) as outbox:
            await fill(outbox)

    asyncio.run(work())


async def two_refused_one_spam(outbox: Outbox) -> None:
    await outbox.add_destination(url=URL)
    await outbox.add_events(2)
    await outbox.add_event(reason="spam")
    for delivery_id in (1, 2):
        columns = {"state": "refused", "reason": "rejected", "body": "old"}
        await outbox.store.write(SetColumns(deliveries, delivery_id, columns))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare(tmp_path, two_refused_one_spam)
    return tmp_path


def states(folder: Path) -> list[str]:
    return [row["state"] for row in reversed(listed(folder))]


def test_deliveries_are_listed_with_what_their_reason_means(folder: Path) -> None:
    newest, *_ = listed(folder)
    assert (newest["id"], newest["state"], newest["reason"]) == (3, "held", "spam")
    assert newest["explanation"] == "The event is marked as spam."
    assert newest["created_at"] == "2026-11-24T02:15:00.000Z"
    assert newest["delivered_at"] is None
    assert "rejected" in run(folder, "list")


def test_a_listing_is_narrowed_by_state_destination_and_number(folder: Path) -> None:
    assert [row["id"] for row in listed(folder, "--state", "refused")] == [2, 1]
    assert listed(folder, "--destination", "nowhere") == []
    assert [row["id"] for row in listed(folder, "--limit", "1")] == [3]


def test_one_delivery_is_retried_by_its_id_whatever_withholds_it(folder: Path) -> None:
    assert "1 deliveries are due again" in run(folder, "retry", "3")
    assert states(folder) == ["refused", "refused", "ready"]


def test_many_are_retried_by_what_they_have_in_common(folder: Path) -> None:
    answer = run(folder, "retry", "--since", "2026-11-24T00:00:00Z", "--json")
    assert json.loads(answer) == {"retried": 2}
    assert states(folder) == ["ready", "ready", "held"]


def test_nothing_is_retried_of_another_time_state_or_destination(folder: Path) -> None:
    for which in (
        ("--since", "2026-11-25"),
        ("--state", "expired"),
        ("--destination", "nowhere"),
    ):
        assert json.loads(run(folder, "retry", *which, "--json")) == {"retried": 0}


def test_a_retry_writes_the_body_anew(folder: Path) -> None:
    run(folder, "retry", "1")
    assert [row["generation"] for row in listed(folder)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "name a delivery's ID"),
        (("--since", "yesterday"), 2, "write a time such as"),
        (("--state", "delivered"), 2, "is not one of"),
        (("99",), 1, "there is no delivery 99"),
    ],
)
def test_what_cannot_be_retried_is_said(
    folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in run(folder, "retry", *arguments, code=code)
