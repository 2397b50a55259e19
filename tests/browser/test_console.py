"""The console in a real browser: its main paths, for everybody, and with hostile leads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from collector.domain.times import parse_time
from tests.browser.house import FAIR, VISITOR, House, open_house, sign_in
from tests.browser.marks import fresh, shared
from tests.browser.payloads import PAYLOADS

NOW = parse_time("2026-11-24T11:00:00Z")
FORMS = [
    {
        "name": text,
        "email": text,
        "message": text,
        text: "value",
        "_page": f"https://www.example.com/{n}?utm_campaign={n}&utm_source=x",
    }
    for n, text in enumerate(PAYLOADS)
]
WIDTHS = {360: 780, 1280: 900}


@shared
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("house"), NOW) as opened:
        yield opened


@fresh
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    async with await browser.new_context(locale="en-GB") as opened:
        opened.set_default_timeout(15_000)
        yield opened


@fresh
async def page(context: BrowserContext, house: House) -> Page:
    opened = await context.new_page()
    await sign_in(opened, house)
    return opened


async def test_from_the_overview_to_a_lead_and_what_became_of_it(page: Page, house: House) -> None:
    campaigns = page.get_by_role("region", name="Campaigns").get_by_role("row")
    await campaigns.get_by_role("link").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Leads")
    await expect(page.get_by_role("group", name="Filters")).to_contain_text("spring-brochure")
    await page.get_by_label("Search").first.fill("ada@example")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("row").get_by_role("link").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ada Morgenstern")
    await expect(page.get_by_role("region", name="Why this channel")).to_contain_text("Paid")
    await page.get_by_role("button", name="Mark as spam").click()
    await page.get_by_role("button", name="Not spam: deliver").click()
    await expect(page.get_by_role("button", name="Mark as spam")).to_be_visible()
    await page.get_by_text("Raw", exact=True).click()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()


async def test_a_refused_delivery_is_read_and_tried_again(page: Page, house: House) -> None:
    await page.goto(f"{house.base}/deliveries?tab=refused")
    await page.get_by_role("row").get_by_role("link").first.click()
    drawer = page.locator("#delivery")
    await expect(drawer).to_contain_text("email: not an address")
    await drawer.get_by_role("button", name="Try again now").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Deliveries")


async def test_every_lead_of_a_page_is_chosen_at_once(page: Page, house: House) -> None:
    await page.goto(f"{house.base}/leads?tab=spam")
    every = page.get_by_label("All on this page")
    await every.check()
    rows = page.get_by_role("table").get_by_role("checkbox")
    await expect(rows.last).to_be_checked()
    await rows.first.uncheck()
    await expect(every).not_to_be_checked()
    await every.check()
    await page.get_by_role("button", name="Spam", exact=True).click()
    count = await rows.count()
    await expect(page.get_by_role("status")).to_contain_text(f"{count} of {count} done")


async def test_a_destination_is_resumed_and_paused(page: Page, house: House) -> None:
    await page.goto(f"{house.base}/destinations")
    await page.get_by_role("link", name="Driftrock").click()
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("status")).to_contain_text("Paused")
    await page.get_by_role("button", name="Resume").click()
    await expect(page.get_by_role("status")).to_contain_text("Resumed")


async def test_a_capture_is_made_connected_mapped_and_given_destinations(
    page: Page, house: House
) -> None:
    """The wizard from end to end; the spinner becomes a success without a reload."""
    await page.goto(f"{house.base}/captures/new")
    await page.get_by_label("Name").fill("Test drives")
    await page.get_by_label("Allowed origins").fill("https://www.example.com")
    await page.get_by_role("button", name="Create, and connect it").click()
    await expect(page.get_by_role("heading", name="Waiting for the first lead")).to_be_visible()
    await page.evaluate("window.same = true")
    form = (await page.locator("#form-tag").text_content() or "").split('"')[3]
    sent: Any = {"E-Mail": " Ada@Example.com", "Vorname": "Ada"}
    posted = await page.request.post(form, form=sent, headers=VISITOR, max_redirects=0)
    assert posted.status == 303
    await expect(page.get_by_role("heading", name="A lead has arrived")).to_be_visible()
    await expect(page.locator("#arrival")).to_contain_text("Ada@Example.com")
    assert await page.evaluate("window.same")
    await page.get_by_role("link", name="Continue to mapping").click()
    await page.get_by_role("button", name="Suggest rules").click()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Saved")
    await page.get_by_role("button", name="Save and continue").click()
    await page.get_by_label("Driftrock").check()
    await page.get_by_role("button", name="Finish").click()
    await expect(page.get_by_role("region", name="Where its leads go")).to_contain_text("2 rules")
    await expect(page.get_by_role("link", name="Driftrock")).to_be_visible()


async def test_new_leads_wait_while_the_list_is_paused(page: Page, house: House) -> None:
    await page.goto(f"{house.base}/live")
    await expect(page.get_by_text("Follows")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    address = f"{house.base.removesuffix('/console')}/f/{FAIR}"
    await page.request.post(address, form={"name": "Zoe Live"}, headers=VISITOR, max_redirects=0)
    await page.get_by_role("button", name="Show what is new").wait_for()
    await expect(page.get_by_role("link", name="Zoe Live")).to_have_count(0)
    await page.get_by_role("button", name="Show what is new").click()
    await expect(page.get_by_role("link", name="Zoe Live")).to_be_visible()


async def test_a_page_view_is_inspected_and_its_site_checked(page: Page, house: House) -> None:
    """From the worked example to a report; the progress becomes the report without a hand."""
    await page.goto(f"{house.base}/inspect")
    await expect(page.get_by_role("region", name="This page view")).to_contain_text("Paid Search")
    await page.get_by_label("Address of the page").fill("https://www.example.com/?fbclid=Ab")
    await page.get_by_role("main").get_by_role("button", name="Inspect").click()
    await expect(page.get_by_role("region", name="What is captured")).to_contain_text("fbclid")
    await page.get_by_role("link", name="Check a site").click()
    await page.get_by_label("Link of an ad").last.fill("http://127.0.0.1:9/offer")
    await page.get_by_role("button", name="Check").click()
    await expect(page.get_by_role("region", name="Findings")).to_contain_text("private")


async def test_keys_search_move_and_go(page: Page, house: House) -> None:
    await page.goto(f"{house.base}/leads")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    focused = page.locator("tbody tr").nth(1).locator("th a")
    await expect(focused).to_be_focused()
    await page.keyboard.press("/")
    await expect(page.get_by_label("Search").first).to_be_focused()
    await page.keyboard.type("?")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_label("Search").first.blur()
    await page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    await expect(sheet).to_contain_text("goes to the search")
    assert await problems(page, "keys") == {}
    await page.keyboard.press("j")
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await page.keyboard.press("g")
    await page.keyboard.press("d")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Deliveries")


async def test_everything_works_without_a_script(browser: Browser, house: House) -> None:
    async with await browser.new_context(java_script_enabled=False, locale="de-DE") as plain:
        page = await plain.new_page()
        await sign_in(page, house)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Übersicht")
        await page.goto(f"{house.base}/account")
        await page.get_by_role("button", name="English").click()
        await page.get_by_role("button", name="Dark").click()
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize(
    ("width", "looks"),
    [
        pytest.param(360, [("de", "light")], id="a phone"),
        pytest.param(1280, [("en", "dark")], id="a desk", marks=pytest.mark.long),
        *(
            pytest.param(
                width,
                [*product(("en", "de"), ("light", "dark"))],
                id=f"all at {width}",
                marks=pytest.mark.long,
            )
            for width in WIDTHS
        ),
    ],
)
async def test_no_page_keeps_anybody_out(
    browser: Browser, house: House, width: int, looks: list[tuple[str, str]]
) -> None:
    """On every page axe finds nothing, and no page is wider than the screen."""
    found: dict[str, Any] = {}
    size: Any = {"width": width, "height": WIDTHS[width]}
    async with await browser.new_context(viewport=size, locale="en-GB") as context:
        page = await context.new_page()
        for name, path in {"sign-in": "/sign-in"}.items():
            await page.goto(house.base + path)
            found |= await problems(page, name)
        await sign_in(page, house)
        for (language, theme), (name, path) in product(looks, house.pages().items()):
            cookies = {"lc_language": language, "lc_theme": theme}
            await context.add_cookies(
                [{"name": n, "value": v, "url": house.base} for n, v in cookies.items()]
            )
            await page.goto(house.base + path)
            found |= await problems(page, f"{name} {language} {theme}")
    assert found == {}


async def problems(page: Page, name: str) -> dict[str, Any]:
    results = await Axe().run(page)
    faults = [
        (one["id"], [node["html"][:160] for node in one["nodes"]])
        for one in results.response["violations"]
    ]
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        faults.append(("too wide", [str(wide)]))
    return {name: faults} if faults else {}


LONG_NAME = """
  for (const one of document.querySelectorAll(".cards tbody :is(th, td) > [translate=no]"))
    one.textContent = "DE_2026-11_Waermepumpe_Foerderung_Eigenheimbesitzer".repeat(9);
"""
SQUEEZED = """
  [...document.querySelectorAll("table:not(.cards), tbody th, tbody td, dd")].filter((cell) => {
    const { right } = cell.parentElement.getBoundingClientRect();
    if (cell.matches("table") && cell.getBoundingClientRect().right > right + 1) return true;
    const text = document.createRange();
    text.selectNodeContents(cell);
    const { width, height } = text.getBoundingClientRect();
    const torn = height > 3 * width || cell.scrollWidth > cell.clientWidth + 1;
    return torn && cell.innerText.trim();
  }).map((cell) => cell.textContent.trim().slice(0, 40))
"""


async def test_no_column_is_squeezed_between_phone_and_desk(
    browser: Browser, house: House
) -> None:
    """German has the longer words: no cell is a tower of letters, none runs into the next.

    Names of campaigns are as long as they like, and no page gets wider by one.
    """
    found: dict[str, Any] = {}
    async with await browser.new_context(locale="de-DE") as context:
        page = await context.new_page()
        await sign_in(page, house)
        for name, path in house.pages().items():
            await page.goto(house.base + path)
            for width in (720, 1280):
                await page.set_viewport_size({"width": width, "height": 900})
                if cells := await page.evaluate(SQUEEZED):
                    found[f"{name} at {width}"] = cells
            await page.evaluate(LONG_NAME)
            if (wide := await page.evaluate("document.documentElement.scrollWidth")) > 1280:
                found[f"{name} with long names"] = wide
    assert found == {}


async def test_what_visitors_write_is_text_on_every_page(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    said: list[str] = []
    async with (
        open_house(tmp_path_factory.mktemp("hostile"), NOW, FORMS, leads=0) as house,
        await browser.new_context(locale="en-GB") as context,
    ):
        page = await context.new_page()
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("console", lambda message: said.append(f"{message.type} {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        await sign_in(page, house)
        for name, path in house.pages().items():
            if name == "missing":
                continue
            await page.goto(house.base + path)
            await page.evaluate(
                "for (const one of document.querySelectorAll('details')) one.open = true"
            )
        ids = [
            row["id"]
            for row in await (await page.request.get(f"{house.base}/leads?format=json")).json()
        ]
        assert len(ids) == len(FORMS)
        for text in PAYLOADS[:12]:
            await page.goto(
                f"{house.base}/leads?search=x&channel={text}&capture={text}".replace("#", "%23")
            )
        for one in ids[:: max(1, len(ids) // 25)]:
            await page.goto(f"{house.base}/leads/{one}")
    assert said == []
