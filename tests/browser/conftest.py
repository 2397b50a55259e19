"""One browser and one shop for all tests of a process; each test is a new visitor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.chromium import AGENT, driven_chromium
from tests.browser.marks import fresh, shared
from tests.browser.shop import Shop, open_shop
from tests.browser.visitor import Visitor


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run everything here in the one event loop that the browser belongs to."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@shared
async def open_for_all(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@shared
async def browser(open_for_all: Shop) -> AsyncIterator[Browser]:
    async with driven_chromium(open_for_all.certificate.key_hash) as browser:
        yield browser


@fresh
async def shop(open_for_all: Shop) -> Shop:
    await open_for_all.reset()
    return open_for_all


@fresh
async def visitor(shop: Shop, browser: Browser) -> AsyncIterator[Visitor]:
    context = await browser.new_context(user_agent=AGENT, locale="en-GB")
    context.set_default_timeout(15_000)
    yield Visitor(shop, context, await context.new_page())
    await context.close()
