"""One browser, one nginx and one collector for all cells of a process."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tests.browser.marks import fresh, shared
from tests.browser.matrix.installed import Installed, behind_nginx
from tests.browser.shop import Shop


@shared
async def open_behind_nginx(open_for_all: Shop) -> AsyncIterator[Installed]:
    async with behind_nginx(open_for_all) as installed:
        yield installed


@fresh
async def installed(open_behind_nginx: Installed) -> Installed:
    await open_behind_nginx.reset()
    return open_behind_nginx
