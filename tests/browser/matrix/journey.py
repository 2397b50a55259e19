"""A visit as a cell describes it, and what is found afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from urllib.parse import parse_qsl

from playwright.async_api import Browser, Response, expect

from collector.domain.consent import render_consent
from tests.browser.chromium import AGENT
from tests.browser.front import PARTNER, SITE
from tests.browser.matrix.cells import Cell
from tests.browser.matrix.installed import Installed
from tests.browser.matrix.outcome import (
    LANDING,
    LANDING_ON_FORM,
    OTHER_AD,
    TOKEN,
    TYPED,
    Lead,
    Outcome,
)
from tests.browser.matrix.pages import cached, pages
from tests.browser.matrix.wire import read_fetched, read_sent
from tests.browser.visitor import THANKS, Visitor, answers_view

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {value: true})"
SCRIPT_RUNS = "window.collector?.tags"
DECIDE = "(answer) => collector.consent(answer)"
STORED = """() => Object.fromEntries(["localStorage", "sessionStorage"].flatMap((area) =>
  Object.entries(window[area]).map(([key, value]) => [`${area} ${key}`, value])))"""

Act = Callable[[], Awaitable[object]]


@dataclass
class Journey:
    """One visitor's way through the pages of a cell."""

    installed: Installed
    cell: Cell
    visitor: Visitor

    async def go(self) -> Outcome:
        """Come by an ad, look around, send the form; then look what there is."""
        if self.cell.kind.has_script:
            await self.arrive(0, lambda: self._open(LANDING))
            await self.arrive(1, lambda: self._follow("About us"))
            await self.arrive(2, lambda: self._follow("Contact"))
        else:
            await self._open(LANDING_ON_FORM)
        await self.submit()
        return await self.found()

    async def arrive(self, number: int, go: Act) -> None:
        """Come to one of the three pages and wait until all of it is said and answered."""
        if self.cell.answer.decides is None:
            reports = self.cell.answer.allows or number == 0 or not self.cell.kind.is_single
            await self._answered(int(reports), go)
        else:
            await go()
            await self._be_asked(number, self.cell.answer.decides)
        if self.cell.answer.allows and self.installed.wire.posts("/t"):
            await self.visitor.known()

    async def _be_asked(self, number: int, decision: str) -> None:
        """Decide on each document, on a single one beside the form; until then nothing is kept."""
        single, page = self.cell.kind.is_single, self.visitor.page
        await page.wait_for_function(SCRIPT_RUNS)
        if number == 0 or single:
            assert await self._has_kept_nothing()
        if number == 2 or not single:
            views = 3 if single and self.cell.answer.allows else 1
            await self._answered(views, lambda: page.evaluate(DECIDE, decision))

    async def submit(self) -> None:
        """Type, wait for what a person never outruns, and send."""
        page, form = self.visitor.page, self.cell.form
        await self.visitor.fill(**TYPED)
        if self.cell.kind.has_script:
            await self.installed.wire.fetched(r"/t-\w+\.js")
            await page.evaluate("(url) => import(url).then(() => 0)", self._second_file())
        if form.name == "fill" and self.cell.answer.allows:
            await page.wait_for_function("document.forms[0].ga_client_id.value")
        await page.get_by_role("button", name="Send").click()
        match form.name:
            case "to collector":
                await page.wait_for_url(THANKS)
            case "fill":
                await page.wait_for_url("**/order")
            case "JSON":
                answered = await page.wait_for_function("window.answered")
                assert (await answered.json_value())["ok"] is True
            case "copy":
                await self.installed.wire.wait_for("/f", 1)
                sink = page.frame(name="sink")
                assert sink is not None
                await sink.wait_for_url("**/order")
                await page.wait_for_function("!sessionStorage._lc_f")

    async def found(self) -> Outcome:
        """Wait for the lead, then read the wire, and both kinds of storage at every origin."""
        installed, source_id = self.installed, self.installed.site.source_id
        lead = await self._lead() if self.cell.form.makes_lead else None
        asked = list(installed.wire.asked)
        storage = await self._storage()
        cookies = await self.visitor.context.cookies()
        orders = [
            dict(parse_qsl(one.decode(), keep_blank_values=True)) for one in installed.site.orders
        ]
        assert len(orders) <= 1
        assert len(await installed.inbox.stored()) == (lead is not None)
        return Outcome(
            lead=lead,
            order=orders[0] if orders else None,
            cookies={one["name"]: one["domain"] for one in cookies},
            storage=storage,
            sent=read_sent(asked, installed.origin(), source_id),
            fetched=read_fetched(asked, source_id),
        )

    async def _lead(self) -> Lead:
        lead = await self.installed.inbox.only()
        return Lead(
            fields=lead.body["fields"],
            metadata=lead.metadata,
            consent=render_consent(lead.stored.consent),
        )

    async def _storage(self) -> dict[str, str]:
        """Read all that lies in this tab and this browser, for scripts of every origin of the visit."""
        found, installed, page = {}, self.installed, self.visitor.page
        origins = {SITE: installed.origin(), PARTNER: installed.other_system}
        if host := self.cell.place.topology.host:
            origins[host] = installed.origin(host)
        for host, origin in origins.items():
            await page.goto(f"{origin}/{'t.js' if host not in (SITE, PARTNER) else 'nothing'}")
            for key, value in (await page.evaluate(STORED)).items():
                found[f"{host} {key}"] = TOKEN if key.endswith(" _lc") and value else value
        return found

    async def _has_kept_nothing(self) -> bool:
        return await self.visitor.cookie() is None and await self.visitor.storage() == {}

    async def _answered(self, views: int, act: Act) -> None:
        """Act, and wait until so many page views are answered."""
        if not views:
            await act()
            return
        answers = count(1)

        def is_last(response: Response) -> bool:
            return answers_view(response) and next(answers) == views

        async with self.visitor.page.expect_response(is_last):
            await act()

    async def _open(self, path: str) -> None:
        await self.visitor.page.goto(self.installed.url(path))

    async def _follow(self, label: str) -> None:
        await self.visitor.page.get_by_role("link", name=label).click()
        await expect(self.visitor.page.get_by_role("heading", level=1)).to_have_text(label)

    def _second_file(self) -> str:
        (path,) = {one.path for one in self.installed.wire.asked if one.path.startswith("/t-")}
        return f"{self.installed.site.collector}{path}"


async def visit(installed: Installed, browser: Browser, cell: Cell) -> Outcome:
    """Send a new visitor through a cell."""
    installed.use(cell.place.topology)
    installed.site.pages = pages(cell, installed.other_system)
    if cell.kind.is_cached:
        await _fill_cache(installed, browser, cell)
    async with _visitor(installed, browser, cell) as visitor:
        await visitor.have_analytics()
        return await Journey(installed, cell, visitor).go()


async def _fill_cache(installed: Installed, browser: Browser, cell: Cell) -> None:
    """Let another visitor, who agrees, look at the form; what the browser shows is what is kept."""
    context = await browser.new_context(user_agent=AGENT)
    async with context:
        other = Visitor(installed, context, await context.new_page())
        await other.page.goto(installed.url(f"/contact?{OTHER_AD}"))
        await other.page.wait_for_function(SCRIPT_RUNS)
        await other.page.evaluate(DECIDE, "granted")
        await other.known()
        await other.fill(**TYPED)
        await installed.wire.fetched(r"/t-\w+\.js")
        if cell.form.name == "fill":
            await other.page.wait_for_function("document.forms[0].gclid.value")
        installed.site.pages["/contact"] = cached(await other.page.content())
    installed.wire.reset()


@asynccontextmanager
async def _visitor(installed: Installed, browser: Browser, cell: Cell) -> AsyncIterator[Visitor]:
    context = await browser.new_context(
        user_agent=AGENT,
        locale="en-GB",
        java_script_enabled=cell.kind.has_script,
        extra_http_headers={"Sec-GPC": "1"} if cell.answer.has_signal else {},
    )
    context.set_default_timeout(15_000)
    if cell.answer.has_signal:
        await context.add_init_script(GPC)
    async with context:
        yield Visitor(installed, context, await context.new_page())
