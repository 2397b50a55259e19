"""The main job at full size: real nginx, PostgreSQL, two servers that deliver nothing, two workers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.routing import Route

from collector.demo.driftrock import create_driftrock
from collector.storage.store import open_store
from tests.browser.chromium import AGENT
from tests.browser.front import PREFIX, SITE
from tests.browser.marks import fresh, shared
from tests.browser.shop import (
    AD,
    API_KEY,
    FORM,
    SIGNING_KEY,
    SUBDOMAIN,
    Company,
    Inbox,
    Shop,
)
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.nginx import Behind, nginx, reserve_port
from tests.postgres import Cluster
from tests.serving import Collector, listening, serving, working


def installation(folder: Path, postgres: Cluster) -> dict[str, str]:
    """Make a database, and the settings that all processes of an installation share."""
    postgres.sql("CREATE DATABASE full_size")
    return {
        "database_url": postgres.url("full_size"),
        "base_url": f"https://{SUBDOMAIN.host}",
        "secret_keys": SIGNING_KEY,
        "encryption_keys": Fernet.generate_key().decode(),
        "rate_limit": "0",
    }


@shared
async def open_at_full_size(
    tmp_path_factory: pytest.TempPathFactory, open_for_all: Shop, postgres: Cluster
) -> AsyncIterator[Company]:
    folder = tmp_path_factory.mktemp("full-size")
    settings = installation(folder, postgres)
    await Collector(data_dir=folder, settings=settings).cli("migrate")
    source_ids: set[str] = set()
    driftrock = create_driftrock(API_KEY, source_ids, now=lambda: datetime.now(UTC))
    site = Site()
    pages = Starlette(routes=[Route("/{path:path}", site.answer)])
    async with AsyncExitStack() as stack:
        account_address = await stack.enter_async_context(listening(driftrock))
        servers = [
            await stack.enter_async_context(serving(folder, "--no-worker", **settings))
            for _ in range(2)
        ]
        await stack.enter_async_context(working(servers[0], 2))
        behind = Behind(
            collector=servers[0].base,
            more=(servers[1].base,),
            site=await stack.enter_async_context(listening(pages, reserve_port())),
            site_host=SITE,
            own_host=SUBDOMAIN.host,
        )
        running = await stack.enter_async_context(
            nginx(behind, certificate=open_for_all.certificate)
        )
        store = await open_store(settings["database_url"])
        stack.push_async_callback(store.close)
        company = Company(
            site=site,
            servers=servers,
            inbox=Inbox(driftrock.state.account, store),
            certificate=open_for_all.certificate,
            ports={"https": running.port},
            account_address=account_address,
            account_source_ids=source_ids,
        )
        site.source_id = await company.add_capture("Shop")
        await company.collector_knows(site.source_id)
        yield company


@fresh
async def company(open_at_full_size: Company) -> Company:
    await open_at_full_size.reset()
    return open_at_full_size


async def counted(server: Collector) -> float:
    """Read how many page views and events a server has answered for."""
    async with aiohttp.ClientSession() as client, client.get(f"{server.base}/metrics") as answer:
        text = await answer.text()
    counters = re.findall(r"^collector_(?:touches|events)_total\S* (\S+)$", text, re.MULTILINE)
    return sum(map(float, counters))


@pytest.mark.long
async def test_an_ad_click_two_pages_ago_reaches_driftrock_byte_for_byte(
    company: Company, browser: Browser
) -> None:
    before = [await counted(server) for server in company.servers]
    context = await browser.new_context(user_agent=AGENT)
    async with context:
        visitor = Visitor(company, context, await context.new_page())
        await visitor.have_analytics()
        await visitor.land(f"/?{AD}")
        await visitor.follow("About us")
        await visitor.follow("Contact")
        await visitor.submit(**FORM)
        await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Thank you")
        thanks = company.url(f"{PREFIX}/f/{company.site.source_id}/thanks")
        assert visitor.page.url == thanks
        cookie = await visitor.cookie()
    assert cookie is not None
    assert (cookie["domain"], cookie["path"], cookie["secure"]) == (SITE, PREFIX, True)
    lead = await company.inbox.only()
    assert lead.authorization == f"Bearer {API_KEY}"
    assert lead.raw == company.documented_body(lead, FORM | {"message": "Two rooms,\r\nplease"})
    after = [await counted(server) for server in company.servers]
    assert all(now > then for then, now in zip(before, after, strict=True)), "one did all the work"
