"""Live pages of several processes on one PostgreSQL: each sees what another one stored."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from collector.app import create, system_clock
from collector.config import load
from collector.domain.api_key import digest_of
from collector.storage.sessions import OpenSession
from collector.storage.store import open_store
from collector.storage.users import CreateUser
from collector.web.console import live
from tests.e2e.test_postgresql import install
from tests.people import new_user
from tests.postgres import Cluster
from tests.serving import listening

WITHIN_S = 30
NEVER_S = 3_600


async def sign_in(url: str) -> dict[str, str]:
    """Make a person who is signed in; answers the headers of their browser."""
    store = await open_store(url)
    person = new_user()
    await store.write(CreateUser(user=person))
    begun = OpenSession(digest=digest_of("secret"), user_id=person.id, now=system_clock())
    await store.write(begun)
    await store.close()
    return {"cookie": "__Host-lc_session=secret"}


async def events_of(stream: Any) -> Any:
    """Give the names of the events of a stream as they come."""
    async for line in stream.content:
        name, _, value = line.decode().strip().partition(": ")
        if name == "event":
            yield value


async def test_a_lead_that_another_process_stored_is_told_without_a_look(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process never looks by itself, so that only the other one's word can wake it."""
    monkeypatch.setattr(live, "LOOK_EVERY_S", NEVER_S)
    collector = await install(postgres, tmp_path)
    source_id = await collector.create_capture("https://www.example.com")
    person = await sign_in(collector.settings["database_url"])
    named = {f"COLLECTOR_{name.upper()}": value for name, value in collector.settings.items()}
    here = create(load(named | {"COLLECTOR_DATA_DIR": str(tmp_path)}), with_worker=False)
    await collector.start()
    try:
        async with (
            listening(here, lifespan="on", timeout_graceful_shutdown=1) as base,
            aiohttp.ClientSession() as browser,
            browser.get(f"{base}/console/live/stream", headers=person) as stream,
            asyncio.timeout(WITHIN_S),
        ):
            told = events_of(stream)
            assert await anext(told) == "ready"
            for number in range(3):
                async with browser.post(
                    f"{collector.base}/f/{source_id}", json={"n": number}
                ) as sent:
                    assert sent.status == 200
                assert await anext(told) == "arrival"
    finally:
        await collector.stop()
