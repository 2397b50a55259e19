"""Many visitors at the same moment: each gets the cookie that its own answer speaks of."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from tests.installation import CHROME
from tests.serving import serving

SITE = "https://www.example.com"
VISITORS = 200


async def test_two_hundred_first_visits_at_once_get_as_many_cookies(tmp_path: Path) -> None:
    async with serving(tmp_path, rate_limit="0") as collector:
        source_id = await collector.create_capture(SITE)
        await collector.stop()
        await collector.start()  # the capture is known from the first moment
        headers = {"origin": SITE, "sec-fetch-site": "same-site", "user-agent": CHROME}
        connector = aiohttp.TCPConnector(limit=VISITORS)
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(
            headers=headers, connector=connector, cookie_jar=jar
        ) as browser:

            async def visit(number: int) -> str:
                view = {"source_id": source_id, "url": f"{SITE}/?gclid=Cj0-{number}"}
                async with browser.post(f"{collector.base}/t", json=view) as answer:
                    said = await answer.json()
                    assert said["metadata"]["gclid"] == f"Cj0-{number}"
                    assert answer.cookies["_lc"].value == said["token"]
                    token: str = said["token"]
                    return token

            tokens = await asyncio.gather(*map(visit, range(VISITORS)))
        assert len(set(tokens)) == VISITORS
