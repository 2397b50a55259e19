"""The whole path without a browser: page view, form, disk, delivery; real processes throughout."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from collector.demo.driftrock import Account, create_driftrock
from tests.installation import CHROME, SITE
from tests.serving import Collector, listening

API_KEY = "key-of-the-account"
GCLID = "Cj0KCQiA+P6PBhDmARIsAPWMq6lx-Z_t.4~nEALw_wcB"
LANDING = f"{SITE}/?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid={GCLID}"
FIELDS = {"email": "ada@example.com", "name": "Ada Löwe"}
WAIT_S = 20


@dataclass
class MainJob:
    """A collector that is set up for one site, and the account at the other end."""

    collector: Collector
    account: Account
    source_id: str

    async def land(self) -> str:
        """Report the landing page as the script does; gives the cookie."""
        view = {"source_id": self.source_id, "url": LANDING, "cookies": {"_ga": "GA1.1.123.456"}}
        async with self._browser() as browser, browser.post("/t", json=view) as answer:
            assert answer.status == 200, await answer.text()
            return answer.cookies["_lc"].value

    async def submit(self, token: str) -> str:
        """Post the plain form from another page; gives where the browser goes."""
        headers = {"cookie": f"_lc={token}", "referer": f"{SITE}/contact", "accept": "text/html"}
        async with (
            self._browser() as browser,
            browser.post(
                f"/f/{self.source_id}", data=FIELDS, headers=headers, allow_redirects=False
            ) as answer,
        ):
            assert answer.status == 303, await answer.text()
            return answer.headers["location"]

    async def delivered(self, count: int) -> list[bytes]:
        """Wait for so many accepted requests; gives their bodies."""
        async with asyncio.timeout(WAIT_S):
            await self.account.wait_for(count)
        received = self.account.received
        assert [one.status for one in received] == [200] * count
        return [one.request.body for one in received]

    def _browser(self) -> aiohttp.ClientSession:
        headers = {"origin": SITE, "sec-fetch-site": "same-site", "user-agent": CHROME}
        return aiohttp.ClientSession(
            self.collector.base, headers=headers, cookie_jar=aiohttp.DummyCookieJar()
        )


@asynccontextmanager
async def open_path(folder: Path, *arguments: str) -> AsyncIterator[MainJob]:
    source_ids: set[str] = set()
    driftrock = create_driftrock(API_KEY, source_ids, now=lambda: datetime.now(UTC))
    collector = Collector(data_dir=folder)
    async with listening(driftrock) as address:
        source_id = await collector.create_capture(SITE)
        source_ids.add(source_id)
        await collector.add_driftrock(source_id, address, API_KEY)
        await collector.start(*arguments)
        try:
            yield MainJob(collector, driftrock.state.account, source_id)
        finally:
            await collector.kill()


def expected(source_id: str, event_id: str, created_at: str) -> bytes:
    text = (
        f'{{"event_type":"lead","event_name":"Lead","source_id":"{source_id}",'
        '"fields":{"email":"ada@example.com","name":"Ada Löwe"},'
        f'"metadata":{{"ga_client_id":"123.456","gclid":"{GCLID}","utm_campaign":"spring",'
        '"utm_medium":"cpc","utm_source":"google"},'
        f'"event_id":"{event_id}","created_at":"{created_at}"}}'
    )
    return text.encode()


@pytest.mark.parametrize(
    "arguments", [(), ("--no-worker",)], ids=["delivered at once", "delivered by a later start"]
)
async def test_a_page_view_and_a_form_become_one_documented_request(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    async with open_path(tmp_path, *arguments) as path:
        location = await path.submit(await path.land())
        assert location == f"{path.source_id}/thanks"
        (event,) = await path.collector.json("event", "list")
        if arguments:
            assert path.account.received == []
            await path.collector.restart()
        (body,) = await path.delivered(1)
        assert body == expected(path.source_id, event["event_id"], event["created_at"])
        assert event["event_id"] == event["id"]


@pytest.mark.long
async def test_a_lead_that_was_answered_survives_a_power_cut_and_arrives_once(
    tmp_path: Path,
) -> None:
    async with open_path(tmp_path, "--no-worker") as path:
        await path.submit(await path.land())
        await path.collector.kill()
        await path.collector.start()
        await path.delivered(1)
        (delivery,) = await path.collector.json("delivery", "list", "--state", "delivered")
        assert delivery["attempts"] == 1
