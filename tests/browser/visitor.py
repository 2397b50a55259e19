"""A visitor: one person with one browser, and what a person does with it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Cookie, Page, Response, expect

from tests.browser.front import PREFIX, SITE
from tests.browser.shop import GA_CLIENT_ID, Company
from tests.browser.site import WAIT_S

THANKS = re.compile(r"/f/[0-9a-f-]{36}/thanks$")
GA_COOKIE = f"GA1.1.{GA_CLIENT_ID}"
DOMAIN = SITE.removeprefix("www.")
READY = """() => new Promise((done) =>
  (window.collector = window.collector || []).push(["ready", done]))"""
"""The documented stub, whether the script has arrived or not."""


async def _script_s(protocol: CDPSession) -> float:
    metrics = (await protocol.send("Performance.getMetrics"))["metrics"]
    spent: float = next(one["value"] for one in metrics if one["name"] == "ScriptDuration")
    return spent


def answers_view(response: Response) -> bool:
    """Whether this answers a page view."""
    return response.url.partition("?")[0].endswith("/t")


@dataclass
class Visitor:
    """Acts on one page, in a browser of its own."""

    shop: Company
    context: BrowserContext
    page: Page

    async def land(self, path: str) -> None:
        """Open a page of the shop and wait until the collector has answered for it."""
        await self.page.goto(self.shop.url(path))
        await self.known()

    async def known(self) -> dict[str, Any]:
        """Wait until the page has an answer of the collector; gives it."""
        async with asyncio.timeout(WAIT_S):
            answer: dict[str, Any] = await self.page.evaluate(READY)
        return answer

    async def follow(self, label: str) -> None:
        """Click a link and wait until the collector has answered for the next page."""
        await self.page.get_by_role("link", name=label).click()
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(label)
        await self.known()

    async def fill(self, **values: str) -> None:
        """Type into the form's fields."""
        for name, value in values.items():
            await self.page.get_by_label(name, exact=True).fill(value)

    async def send(self) -> None:
        """Press the form's button and stand on the thank-you page."""
        await self.page.get_by_role("button", name="Send").click()
        await self.page.wait_for_url(THANKS)

    async def submit(self, **values: str) -> None:
        """Fill in the form and send it."""
        await self.fill(**(values or {"email": "ada@example.com"}))
        await self.send()

    async def busy_ms(self, script: str, argument: object = None) -> float:
        """Run a script; answers for how long it and its listeners kept the page, in milliseconds.

        It is the time of the page's thread: what other tests take of the processor is no delay.
        """
        protocol = await self.context.new_cdp_session(self.page)
        await protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = await _script_s(protocol)
        await self.page.evaluate(script, argument)
        return 1000 * (await _script_s(protocol) - before)

    async def have_analytics(self) -> None:
        """Come with the cookie that Google Analytics has set for the whole domain."""
        await self.context.add_cookies(
            [{"name": "_ga", "value": GA_COOKIE, "domain": f".{DOMAIN}", "path": "/"}]
        )

    async def have_cookie(self, value: str) -> None:
        """Come with a visitor cookie, good or bad."""
        await self.context.add_cookies(
            [{"name": "_lc", "value": value, "domain": SITE, "path": PREFIX, "httpOnly": True}]
        )

    async def cookie(self) -> Cookie | None:
        """Take the visitor cookie out of the jar to look at it."""
        return next((one for one in await self.context.cookies() if one["name"] == "_lc"), None)

    async def storage(self) -> dict[str, str]:
        """Read what pages have put into both storages of the shop's origin."""
        kept: dict[str, str] = await self.page.evaluate("({...localStorage, ...sessionStorage})")
        return kept
