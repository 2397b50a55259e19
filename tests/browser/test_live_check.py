"""A live check in a real browser: from the click on its link to the destination's answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from collector.domain.check_code import CheckCodes
from collector.domain.check_link import CLICK_ID_BYTES, check_link, new_click_id
from collector.domain.check_report import Report
from collector.domain.live_check import checklist
from collector.domain.live_check_scene import Scene
from collector.domain.live_check_signs import SETTLED_MS
from collector.domain.user import User
from collector.storage.captures import get_capture
from collector.storage.check_reports import AddReports, read_check, read_reports, source_of_check
from collector.storage.users import CreateUser
from tests.browser.chromium import AGENT
from tests.browser.live_sites import FAULTY, HEALTHY, LiveSite
from tests.browser.marks import fresh, shared
from tests.browser.shop import SIGNING_KEY, Shop
from tests.browser.site import PAGES
from tests.browser.visitor import DOMAIN, GA_COOKIE
from tests.people import PASSWORD, new_user

ADA: User = new_user("admin", email="ada@shop.test")
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "img-src data:; require-trusted-types-for 'script'"
)
"""The strictest that a site with the script can have."""


@shared
async def admin(open_for_all: Shop) -> User:
    await open_for_all.inbox.store.write(CreateUser(user=ADA))
    return ADA


@asynccontextmanager
async def person(browser: Browser, shop: Shop, **looks: Any) -> AsyncIterator[BrowserContext]:
    """Somebody with the console open, and with Google Analytics' cookie from earlier."""
    options = {"user_agent": AGENT, "locale": "en-GB", **looks}
    async with await browser.new_context(**options) as context:
        context.set_default_timeout(15_000)
        await context.add_cookies(
            [{"name": "_ga", "value": GA_COOKIE, "domain": f".{DOMAIN}", "path": "/"}]
        )
        page = await context.new_page()
        await page.goto(f"{shop.collector.base}/console/sign-in")
        await page.locator("#email").fill(ADA.email)
        await page.locator("#password").fill(PASSWORD)
        await page.locator("main .btn.main").click()
        await page.wait_for_url("**/console/")
        yield context


async def begin(context: BrowserContext, shop: Shop, path: str = "/") -> tuple[Page, Page]:
    """Begin a check of a page of the shop, and click its link; gives the console and the page."""
    console = context.pages[0]
    await console.goto(f"{shop.collector.base}/console/verify?capture={shop.site.source_id}")
    await console.locator("#page").fill(shop.url(path))
    await console.locator("form .btn.main").click()
    async with context.expect_page() as opened:
        await console.locator("a.btn.main").click()
    return console, await opened.value


def step(console: Page, number: int) -> Locator:
    return console.locator("#checklist li").nth(number)


@fresh
async def strict(shop: Shop, admin: User) -> Shop:
    for path, page in PAGES.items():
        shop.site.pages[path] = replace(page, headers={"Content-Security-Policy": POLICY})
    return shop


async def test_from_the_click_to_the_destinations_answer_on_a_phone(
    strict: Shop, browser: Browser
) -> None:
    size: Any = {"width": 360, "height": 740}
    async with person(browser, strict, viewport=size) as context:
        console, site = await begin(context, strict)
        errors: list[str] = []
        site.on("console", lambda said: errors.append(said.text))
        overlay = site.get_by_role("region", name="Live check")
        await expect(overlay.get_by_role("button")).to_have_attribute("aria-expanded", "false")
        await overlay.get_by_role("button").click()
        await expect(overlay.get_by_role("listitem").first).to_contain_text("Script loaded: done")
        assert await unreachable(site, "lead-collector-check") == []

        await console.get_by_role("radio", name="driftrock").check()
        await console.get_by_role("button", name="Save").click()
        await overlay.get_by_role("button").click()
        await site.get_by_role("link", name="Contact").click()
        await expect(site.get_by_role("region", name="Live check")).to_contain_text("8 of 11")
        await site.get_by_label("email", exact=True).fill("ada@example.com")
        await site.get_by_role("button", name="Send").click()
        await expect(console.get_by_role("heading", name="11 of 11 steps done")).to_be_visible()
        assert await unreachable(console) == []
        assert errors == []
    lead = await strict.inbox.only()
    assert lead.metadata["gclid"].startswith("Cj0KCQ-TeSt_")
    assert lead.stored.marks == {"test": "check code"}


async def test_a_german_is_spoken_to_in_german(strict: Shop, browser: Browser) -> None:
    async with person(browser, strict, locale="de-DE") as context:
        console, site = await begin(context, strict, "/contact")
        overlay = site.get_by_role("region", name="Live-Prüfung")
        await expect(overlay).to_contain_text("Formular gefunden: erledigt")
        await expect(console.locator("h1")).to_have_text("Live-Prüfung")
        await expect(step(console, 0)).to_contain_text("Script geladen")
        await site.get_by_label("email", exact=True).fill("ada@example.com")
        await site.get_by_role("button", name="Send").click()
        await expect(step(console, 8)).to_have_class("ok")
        await expect(step(console, 9)).to_contain_text("Nicht gewünscht")
    assert [event.marks for event in await strict.inbox.stored()] == [{"test": "check code"}]
    assert strict.inbox.received_nothing()


async def test_where_the_policy_keeps_the_page_from_the_collector_the_overlay_says_so(
    shop: Shop, browser: Browser
) -> None:
    policy = "connect-src https://api.example.com"
    shop.site.pages["/offer"] = replace(
        PAGES["/contact"], headers={"Content-Security-Policy": policy}
    )
    _, link = await begin_without_console(shop)
    async with await browser.new_context(user_agent=AGENT, locale="de-DE") as context:
        page = await context.new_page()
        await page.goto(link)
        overlay = page.get_by_role("region", name="Live-Prüfung")
        await expect(overlay).to_contain_text("Die Seite erreicht den Collector nicht")
        await expect(overlay).to_contain_text(f"connect-src {shop.origin()}")


async def test_a_check_that_is_over_ends_in_the_tab_as_well(shop: Shop, browser: Browser) -> None:
    shop.site.pages["/offer"] = PAGES["/contact"]
    async with await browser.new_context(user_agent=AGENT) as context:
        page = await context.new_page()
        await page.goto(shop.url("/offer?_check=1-over"))
        overlay = page.get_by_role("region", name="Live check")
        await expect(overlay).to_contain_text("This check has ended")
        assert "_lc_c" not in await page.evaluate("({...sessionStorage})")


UNSAID = {"consent_open", "analytics_withheld"}
"""Said of a healthy site, too: what the visitor is to do next."""


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["form elsewhere", "consent late"], id="two"),
        pytest.param(list(FAULTY), id="all", marks=pytest.mark.long),
    ],
)
async def test_each_fault_is_named_and_nothing_else(
    shop: Shop, browser: Browser, names: list[str]
) -> None:
    wrong = []
    for name in names:
        wanted, broken = FAULTY[name]
        found = await faults_of(shop, browser, broken, wanted)
        beside = found - UNSAID - {wanted}
        right = wanted in found and not beside
        print(f"{name:34} {wanted:22} {'named' if right else 'WRONG'} {' '.join(sorted(beside))}")
        wrong += [] if right else [name]
    assert not wrong


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["plain"], id="one"),
        pytest.param(list(HEALTHY), id="all", marks=pytest.mark.long),
    ],
)
async def test_nothing_is_said_against_a_healthy_site(
    shop: Shop, browser: Browser, names: list[str]
) -> None:
    wrong = []
    for name in names:
        found = await faults_of(shop, browser, HEALTHY[name])
        right = found <= UNSAID
        print(f"{name:40} {'healthy' if right else 'WRONG'} {' '.join(sorted(found))}")
        wrong += [] if right else [name]
    assert not wrong


async def faults_of(shop: Shop, browser: Browser, site: LiveSite, wanted: str = "") -> set[str]:
    """Check a site live, until what is wanted is found or all that a page tells has been told."""
    await shop.reset()
    shop.use(site.place)
    shop.site.pages |= {"/offer": site.page, **site.more}
    code, link = await begin_without_console(shop)
    async with await browser.new_context(user_agent=AGENT) as context:
        if site.analytics:
            cookie: Any = {"name": "_ga", "value": GA_COOKIE, "domain": f".{DOMAIN}", "path": "/"}
            await context.add_cookies([cookie])
        page = await context.new_page()
        if site.again:
            await page.goto(shop.url("/offer"))
            await expect(page).to_have_title("ready")
        await page.goto(link)
        async with asyncio.timeout(20):
            while not await is_told(shop, code, wanted, settled=site.settles or not wanted):
                await shop.front.wait_for("/f", len(shop.front.posts("/f")) + 1)
    return await found_now(shop, code)


async def is_told(shop: Shop, code: str, wanted: str, *, settled: bool) -> bool:
    """Whether a page has told what it had to, and, if it must settle, so late that it has."""
    reports = await shop.inbox.store.read(read_reports, code)
    ages = [one.found["age"] for one in reports if one.kind == "page"]
    known = not wanted or wanted in await found_now(shop, code)
    return bool(ages) and (not settled or max(ages) >= SETTLED_MS) and known


async def begin_without_console(shop: Shop) -> tuple[str, str]:
    source_id = shop.site.source_id
    code, now = "", time.time_ns() // 1000
    while not code or await shop.inbox.store.read(source_of_check, code) is not None:
        code, _ = CheckCodes([SIGNING_KEY]).make(source_id, now)
        now -= 1_000_000
    click_id = new_click_id(code.encode()[-CLICK_ID_BYTES:])
    report = Report(now, "begun", {"click_id": click_id})
    await shop.inbox.store.write(AddReports(reports=[(code, source_id, report)], now=now))
    return code, check_link(shop.url("/offer"), click_id, code)


async def found_now(shop: Shop, code: str) -> set[str]:
    capture = await shop.inbox.store.read(get_capture, shop.site.source_id)
    state = await shop.inbox.store.read(read_check, code, capture.source_id)
    scene = Scene(capture=capture, base=shop.site.collector, reports=state.reports)
    return {one.code for item in checklist(scene) for one in item.found}


async def unreachable(page: Page, part: str | None = None) -> list[Any]:
    """What axe finds on a page or in a part of it, its shadow roots too, and what is too wide."""
    results = await Axe().run(page, context=part)
    faults = [
        (one["id"], [node["html"][:160] for node in one["nodes"]])
        for one in results.response["violations"]
    ]
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*faults, *([("too wide", wide)] if wide > 0 else [])]
