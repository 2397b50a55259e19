"""The shop once more, behind real nginx: one collector at all three places."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Route

from tests.browser.front import PARTNER, SITE
from tests.browser.matrix.wire import Wire
from tests.browser.shop import FOREIGN, SUBDOMAIN, Company, Shop
from tests.browser.site import Site
from tests.nginx import Behind, nginx, reserve_port
from tests.serving import bound_socket, listening


@dataclass(kw_only=True)
class Installed(Company):
    """The shop; `wire` sees what nginx passes on, `other_system` is another company's origin."""

    wire: Wire
    other_system: str

    async def reset(self) -> None:
        """Begin a visit."""
        await super().reset()
        self.wire.reset()


@asynccontextmanager
async def behind_nginx(shop: Shop) -> AsyncIterator[Installed]:
    """Stand nginx before the shop's collector and a site of the same name, on a port of its own."""
    site, partner = Site(), bound_socket()
    wire = Wire(site, shop.collector)
    certificate = shop.certificate
    tls = {"ssl_certfile": certificate.file, "ssl_keyfile": certificate.key_file}
    pages = Starlette(routes=[Route("/{path:path}", site.answer, methods=["GET", "POST"])])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(wire.open())
        await stack.enter_async_context(listening(pages, partner, **tls))
        behind = Behind(
            collector=await stack.enter_async_context(listening(wire.app, reserve_port())),
            site=await stack.enter_async_context(listening(pages, reserve_port())),
            site_host=SITE,
            own_host=f"{SUBDOMAIN.host} {FOREIGN.host}",
        )
        running = await stack.enter_async_context(nginx(behind, certificate=certificate))
        installed = Installed(
            site=site,
            wire=wire,
            servers=shop.servers,
            inbox=shop.inbox,
            certificate=certificate,
            ports={"https": running.port},
            account_address=shop.account_address,
            account_source_ids=shop.account_source_ids,
            other_system=f"https://{PARTNER}:{partner.getsockname()[1]}",
        )
        site.source_id = await installed.add_capture("Shop behind nginx")
        await installed.collector_knows(site.source_id)
        yield installed
