"""Every page of the console, and how SQLite carries out what it asks: no big table is walked.

What PostgreSQL makes of the same queries is asked query by query (`test_console.py`): its plans
depend on how much there is.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Engine, event

from collector.domain.api_key import digest_of
from collector.domain.times import parse_time
from collector.storage.sessions import OpenSession
from collector.storage.store import open_store
from collector.web.console.security import COOKIE
from tests.browser.house import open_house
from tests.databases import sqlite_url
from tests.people import new_user

NOW = parse_time("2026-11-24T02:15:00Z")
SECRET = "a session"
BIG = ("events", "deliveries", "attempts", "event_words", "person_links", "audit")
BIG_ROLL_UPS = ("value_counts", "daily_counts", "daily_measures")
WAITING = r"USING (?:COVERING )?INDEX ix_deliveries_waiting"
"""Destinations tell how much waits: that index holds nothing else."""
WALKED = re.compile(rf"SCAN (?:{'|'.join((*BIG, *BIG_ROLL_UPS))})\b(?! {WAITING})")
MORE = (
    *(f"/leads?tab={tab}" for tab in ("failed", "test")),
    *("/leads?campaign=x&channel=y&page=z&click=gclid", "/leads?search=ada&tab=failed"),
    *(
        f"/deliveries?tab={tab}"
        for tab in ("undelivered", "ready", "held", "refused", "delivered", "expired")
    ),
    *("/?range=90d", "/reports?by=term&from=2025-11-25&to=2026-11-24"),
)
Asked = dict[str, Any]


@contextmanager
def noted() -> Iterator[Asked]:
    """Note what is asked of any database, with the values of one time."""
    asked: Asked = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked[statement] = values

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def walks(connection: sqlite3.Connection, statement: str, values: Any) -> list[str]:
    """Say which big tables a statement goes through from end to end: one with a limit stops."""
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    limited = " LIMIT " in statement.replace("\n", " ")
    return [row[3] for row in rows if WALKED.search(row[3]) and not limited]


async def test_no_page_walks_through_a_big_table(tmp_path: Path) -> None:
    async with open_house(tmp_path, NOW, leads=12) as house:
        store = await open_store(sqlite_url(tmp_path))
        begun = OpenSession(digest=digest_of(SECRET), user_id=new_user().id, now=NOW)
        await store.write(begun)
        await store.close()
        looked = 0
        found: dict[str, list[str]] = {}
        with sqlite3.connect(tmp_path / "collector.db") as connection:
            for page in (*house.pages().values(), *MORE):
                with noted() as asked:
                    await read(house.base + page)
                looked += len(asked)
                for statement, values in asked.items():
                    if walked := walks(connection, statement, values):
                        found[f"{page}: {statement}"] = walked
        connection.close()
        assert looked > 3 * len(house.pages())
        assert found == {}


async def read(url: str) -> None:
    async with (
        aiohttp.ClientSession(headers={"cookie": f"{COOKIE}={SECRET}"}) as browser,
        browser.get(url, allow_redirects=False) as answer,
    ):
        assert answer.status in (200, 404), url
