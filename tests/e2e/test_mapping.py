"""From an empty database to mapped leads, by commands beside a running server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from collector.demo.driftrock import Account, create_driftrock
from tests.installation import CHROME, SITE, SOURCE
from tests.serving import Collector, listening, serving

API_KEY = "key-of-the-account"
GCLID = "Cj0KCQiA+P6PBhDmARIsAPWMq6lx-Z_t.4~nEALw_wcB"
WAIT_S = 20

SETUP = f"""
[destinations.driftrock]
kind = "driftrock"
settings = {{ api_key = {{ file = "key" }}, source_id = "drift-1", url = "ADDRESS/v2/event" }}

[captures.website]
source_id = "{SOURCE}"
origins = ["{SITE}"]
destinations = ["driftrock"]
"""


async def submit(base: str, telephone: str) -> None:
    headers = {"origin": SITE, "user-agent": CHROME, "referer": f"{SITE}/?gclid={GCLID}"}
    form = {"Vorname": "Ada", "Telefon": telephone}
    async with (
        aiohttp.ClientSession(base, headers=headers) as browser,
        browser.post(f"/f/{SOURCE}", data=form, allow_redirects=False) as answer,
    ):
        assert answer.status == 303, await answer.text()


async def accepted(account: Account, count: int) -> list[dict[str, Any]]:
    """Wait for so many accepted requests; gives their bodies."""
    async with asyncio.timeout(WAIT_S):
        await account.wait_for(count)
    assert [one.status for one in account.received] == [200] * count
    return [json.loads(one.request.body) for one in account.received]


@asynccontextmanager
async def applied(folder: Path) -> AsyncIterator[tuple[Collector, Account]]:
    """A server that runs, and a file that was applied beside it."""
    driftrock = create_driftrock(API_KEY, {"drift-1"}, now=lambda: datetime.now(UTC))
    file = folder / "setup.toml"
    (folder / "key").write_text(API_KEY)
    async with listening(driftrock) as address, serving(folder / "data") as collector:
        file.write_text(SETUP.replace("ADDRESS", address))
        assert API_KEY not in await collector.cli("apply", str(file), "--yes")
        yield collector, driftrock.state.account


async def test_a_running_server_follows_every_change_of_a_mapping_and_loses_nothing(
    tmp_path: Path,
) -> None:
    async with applied(tmp_path) as (collector, account):
        await submit(collector.base, "0171 1234567")
        [first] = await accepted(account, 1)
        assert first["fields"] == {"Vorname": "Ada", "Telefon": "0171 1234567"}

        await collector.cli("mapping", "suggest", SOURCE, "--save")
        await collector.cli("mapping", "add", SOURCE, "phone", "--from", "Telefon")
        preview = await collector.json("mapping", "preview", SOURCE)
        assert list(preview["destinations"][0]["after"]["errors"]) == ["phone"]

        await submit(collector.base, "0171 7654321")
        await submit(collector.base, "+49 171 9999999")
        _, second = await accepted(account, 2)
        assert second["fields"] == {"first_name": "Ada", "phone": "+491719999999"}
        [refused] = await collector.json("delivery", "list", "--state", "refused")
        assert (refused["reason"], refused["excerpt"].split(":")[0]) == ("mapping", "phone")

        await collector.cli("mapping", "options", SOURCE, "--country", "DE")
        await collector.cli("delivery", "retry", "--state", "refused")
        third = (await accepted(account, 3))[2]
        assert third["fields"] == {"first_name": "Ada", "phone": "+491717654321"}
        assert (third["event_id"], third["metadata"]) == (refused["event_id"], {"gclid": GCLID})
