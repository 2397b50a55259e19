"""A new user of the demo, who knows what the pages say: from signing in to a delivered lead."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.browser.test_demo import Reader, reading
from tests.serving import listening

PAGE = """<!doctype html><html lang="en"><title>Test drives</title>{script}
<h1>Test drives</h1>{form}
<label>E-mail <input name="email" type="email"></label>
<label>First name <input name="first_name"></label>
<button>Book</button></form></html>"""


class Business:
    """A user's own website, whose form is the console's tags, and own system, which takes leads."""

    def __init__(self) -> None:
        self.address = ""
        self.page = ""
        self.received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def show(self, request: Request) -> Response:
        return HTMLResponse(self.page)

    async def take(self, request: Request) -> Response:
        await self.received.put(json.loads(await request.body()))
        return Response()


@asynccontextmanager
async def running_business() -> AsyncIterator[Business]:
    business = Business()
    routes = [Route("/", business.show), Route("/leads", business.take, methods=["POST"])]
    async with listening(Starlette(routes=routes)) as business.address:
        yield business


async def test_a_new_user_comes_to_a_delivered_lead_by_what_the_pages_say(
    browser: Browser, tmp_path: Path
) -> None:
    async with reading(browser, tmp_path) as reader, running_business() as business:
        page = reader.page
        await signs_in_and_finds_the_way(reader)
        await makes_a_capture(page, business)
        await sends_a_test_lead(page)
        await maps_what_came(page)
        await adds_a_destination(page, business)
        await a_visitor_books(await page.context.new_page(), business)
        assert (await business.received.get())["data"]["fields"]["email"] == "ada@example.com"
        await sees_it_delivered(page)


async def signs_in_and_finds_the_way(reader: Reader) -> None:
    page = reader.page
    await page.goto(reader.addresses[7])
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Connect a capture").click()
    await page.get_by_role("link", name="New capture").click()


async def makes_a_capture(page: Page, business: Business) -> None:
    await page.get_by_label("Name").fill("Test drives")
    await page.get_by_label("Allowed origins").fill(business.address)
    await page.get_by_role("button", name="Create, and connect it").click()
    script = await page.get_by_label("Script tag", exact=True).inner_text()
    form = await page.get_by_label("Form tag", exact=True).inner_text()
    business.page = PAGE.format(script=script, form=form)


async def sends_a_test_lead(page: Page) -> None:
    arrival = page.get_by_role("region", name="First lead").get_by_role("status")
    await expect(arrival).to_contain_text("Waiting for the first lead")
    await page.get_by_role("button", name="Send a test lead").click()
    await expect(arrival).to_contain_text("A lead has arrived")
    await expect(arrival).to_contain_text("goes to no destination")
    await page.get_by_role("link", name="Continue to mapping").click()


async def maps_what_came(page: Page) -> None:
    """Take what is suggested; Enter in a field tries it out, and forgets nothing."""
    await page.get_by_role("button", name="Suggest rules").click()
    changes = page.get_by_label("Changed by").first
    await changes.fill("trim; case:upper")
    await changes.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Tried out")
    becomes = page.get_by_role("region", name="What becomes of the last lead")
    await expect(becomes).to_contain_text("TEST@example.com")
    await changes.fill("trim; case:lower")
    await page.get_by_role("button", name="Save and continue").click()


async def adds_a_destination(page: Page, business: Business) -> None:
    await page.get_by_role("link", name="Add a destination").click()
    await page.get_by_role("link", name="Choose Webhook").click()
    await page.get_by_label("Name").fill("Sales")
    await page.get_by_label("Address").fill(f"{business.address}/leads")
    await page.get_by_role("button", name="Create the destination").click()
    await expect(page.get_by_role("status")).to_contain_text("Created, and chosen")
    await expect(page.get_by_label("Sales")).to_be_checked()
    await page.get_by_role("button", name="Finish").click()
    await expect(page.get_by_role("status")).to_contain_text(
        "Real leads are delivered from now on"
    )
    goes = page.get_by_role("region", name="Where its leads go")
    await expect(goes).to_contain_text("3 rules")
    await expect(goes.get_by_role("link", name="Sales")).to_be_visible()


async def a_visitor_books(page: Page, business: Business) -> None:
    await page.goto(f"{business.address}/?utm_source=google&utm_medium=cpc&gclid=TeSt-42")
    await page.get_by_label("E-mail").fill("Ada@Example.com")
    await page.get_by_label("First name").fill("Ada")
    await page.get_by_role("button", name="Book").click()
    await page.wait_for_url("**/thanks")


async def sees_it_delivered(page: Page) -> None:
    await page.get_by_role("link", name="See its leads").click()
    await page.get_by_role("link", name="Ada", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
    attempt = page.get_by_role("region", name="Attempts").get_by_role("row", name="Sales")
    async with asyncio.timeout(15):
        while not await attempt.count():
            await page.reload()
    await expect(attempt).to_contain_text("Delivered")
    await expect(page.get_by_role("region", name="Why this channel")).to_contain_text("Paid")
