"""`collector demo`, followed step by step as its printed guide says."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import AGENT
from tests.browser.visitor import THANKS, answers_view
from tests.serving import START_S, environment

STEP = re.compile(r"^(\d)\. (.+)\n   (http://127\.0\.0\.1:\d+/\S*)$", re.MULTILINE)
GOOGLE = {
    "ga_client_id": "1483920571.1763200812",
    "gclid": "Cj0KCQiAxsynBhDWARIsAP2P4k_R3tq-Y7",
    "utm_campaign": "spring",
    "utm_content": "headline-a",
    "utm_medium": "cpc",
    "utm_source": "google",
    "utm_term": "heat pump",
}
FACEBOOK = {
    "fbclid": "IwZXh0bgNhZW0BMABhZGlkAasXkV9",
    "ga_client_id": "1483920571.1763200812",
    "utm_campaign": "spring",
    "utm_medium": "paid_social",
    "utm_source": "facebook",
}


@asynccontextmanager
async def running_demo(folder: Path) -> AsyncIterator[str]:
    """The demo as a person starts it; gives what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", "demo", "--port", "0"),
        env=environment(folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_S):
            yield (await process.stdout.readuntil(b"Ctrl+C stops the demo")).decode()
    finally:
        process.terminate()
        await process.communicate()


@dataclass
class Reader:
    """A person who reads the guide and does what it says."""

    page: Page
    addresses: list[str]

    async def arrive(self, step: int) -> None:
        """Open what a step says, and let the script do its work."""
        async with self.page.expect_response(answers_view):
            await self.page.goto(self.addresses[step - 1])

    async def received(self, count: int) -> list[dict[str, Any]]:
        """Look at the account's own page until so many have come; gives them, oldest first."""
        account = self.addresses[3]
        await self.page.goto(account)
        await expect(self.page.get_by_role("heading", level=2)).to_have_count(count)
        await expect(self.page.get_by_text("Accepted")).to_have_count(count)
        answer = await self.page.request.get(f"{account}events.json")
        received: list[dict[str, Any]] = (await answer.json())["received"]
        return received[::-1]

    async def subscribe(self, email: str) -> dict[str, str]:
        """Send the newsletter's form; gives what its system received beside the address."""
        await self.page.get_by_label("E-mail").fill(email)
        await self.page.get_by_role("button", name="Subscribe").click()
        await self.page.wait_for_url("**/newsletter/sent")
        names = await self.page.locator("dt").all_text_contents()
        values = [text.strip() for text in await self.page.locator("dd").all_text_contents()]
        received = {
            name: value for name, value in zip(names, values, strict=True) if value != "(empty)"
        }
        assert received.pop("email") == email
        return received


@asynccontextmanager
async def reading(browser: Browser, folder: Path) -> AsyncIterator[Reader]:
    """A person with a new browser before a running demo."""
    async with (
        running_demo(folder) as guide,
        await browser.new_context(user_agent=AGENT, locale="en-GB") as context,
    ):
        steps = STEP.findall(guide)
        assert [number for number, _, _ in steps] == list("123456789")
        yield Reader(await context.new_page(), [address for _, _, address in steps])


async def test_the_guide_leads_from_the_ads_to_what_driftrock_received(
    browser: Browser, tmp_path: Path
) -> None:
    async with reading(browser, tmp_path) as reader:
        page = reader.page
        await reader.arrive(1)
        await reader.arrive(2)
        await reader.arrive(3)
        await page.get_by_label("Name").fill("Ada Löwe")
        await page.get_by_label("E-mail").fill("ada@example.com")
        await page.get_by_role("button", name="Send").click()
        await page.wait_for_url(THANKS)
        (lead,) = await reader.received(1)
        assert lead["event"]["metadata"] == GOOGLE
        assert lead["event"]["fields"]["email"] == "ada@example.com"
        for value in GOOGLE.values():
            await expect(page.get_by_text(value, exact=True).first).to_be_visible()

        await reader.arrive(5)
        await reader.arrive(6)
        await page.get_by_label("Name").fill("Grace Hopper")
        await page.get_by_label("Phone").fill("01632 960 214")
        await page.get_by_role("button", name="Ring me").click()
        await expect(page.get_by_role("status")).to_have_text("Thank you. We will ring you soon.")
        _, callback = await reader.received(2)
        assert callback["event"]["metadata"] == FACEBOOK
        assert callback["event"]["fields"]["phone"] == "01632 960 214"

        await reader.arrive(7)
        assert await reader.subscribe("grace@example.com") == FACEBOOK
        await sees_the_lead_in_the_console(reader)


async def sees_the_lead_in_the_console(reader: Reader) -> None:
    page = reader.page
    await page.goto(reader.addresses[7])
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    await page.goto(reader.addresses[8])
    await page.get_by_role("link", name="Ada Löwe").click()
    why = page.get_by_role("region", name="Why this channel")
    await expect(why).to_contain_text("Paid Search")
