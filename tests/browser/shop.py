"""A shop that advertises: its site, the collector behind it, and its Driftrock account."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from collector.demo.driftrock import Account, Received, create_driftrock
from collector.domain.event import Event
from collector.storage.events import EventFilter, newest_events
from collector.storage.store import Store, open_store
from tests.browser.certificate import Certificate, make_certificate
from tests.browser.front import PREFIX, SITE, Front
from tests.browser.site import WAIT_S, Site
from tests.serving import Collector, bound_socket, listening

API_KEY = "key-of-the-account"
SIGNING_KEY = "a signing key of the tests: not secret"
GA_CLIENT_ID = "1483920571.1763200812"
GCLID = "Cj0KCQiA+P6PBhDmARIsAPWMq6lx-Z_t.4~nEALw_wcB"
"""With a plus sign and all that may stand in a query as it is: no byte may change."""

AD = f"utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid={GCLID}"
AD_METADATA = {
    "gclid": GCLID,
    "utm_campaign": "spring",
    "utm_medium": "cpc",
    "utm_source": "google",
}
FULL_METADATA = {"ga_client_id": GA_CLIENT_ID, **AD_METADATA}
FORM = {"name": "Ada Löwe", "email": "ada@example.com", "message": "Two rooms,\nplease"}


@dataclass(frozen=True, kw_only=True)
class Topology:
    """Where the collector stands, seen from the shop's pages: on a host, or below a path."""

    scheme: str = "https"
    host: str = ""


PATH = Topology()
SUBDOMAIN = Topology(host="leads.shop.test")
FOREIGN = Topology(host="collector.agency.test")


@dataclass(frozen=True, kw_only=True)
class Lead:
    """What Driftrock accepted, beside what the collector has stored of it."""

    authorization: str
    raw: bytes
    body: dict[str, Any]
    stored: Event

    @property
    def metadata(self) -> dict[str, str]:
        """Its marketing attributes."""
        found: dict[str, str] = self.body["metadata"]
        return found


def read_lead(received: Received, events: list[Event]) -> Lead:
    """Find the event that a request was made from."""
    body = msgspec.json.decode(received.request.body)
    stored = next(
        event
        for event in events
        if event.event_id == body["event_id"] and event.fields == body["fields"]
    )
    return Lead(
        authorization=received.request.headers["authorization"],
        raw=received.request.body,
        body=body,
        stored=stored,
    )


@dataclass
class Inbox:
    """What reached the account since the test began."""

    account: Account
    store: Store
    _seen: int = 0
    _known: frozenset[str] = frozenset()

    async def reset(self) -> None:
        """Begin a test: what is here now is not its business."""
        self._seen = len(self.account.received)
        self._known = frozenset(event.id for event in await self._all())

    async def stored(self) -> list[Event]:
        """Read the events of this test, oldest first."""
        return [event for event in await self._all() if event.id not in self._known]

    async def only(self) -> Lead:
        """Wait for the one lead of this test."""
        (lead,) = await self.exactly(1)
        return lead

    async def exactly(self, count: int) -> list[Lead]:
        """Wait for so many leads, all accepted, and make sure that no more are to come."""
        async with asyncio.timeout(WAIT_S):
            await self.account.wait_for(self._seen + count)
        received = self.account.received[self._seen :]
        events = await self.stored()
        assert [one.status for one in received] == [200] * count, received
        assert len(events) == count
        return [read_lead(one, events) for one in received]

    def received_nothing(self) -> bool:
        """Whether no request has come. Read `stored()` first: what is withheld never comes."""
        return len(self.account.received) == self._seen

    async def _all(self) -> list[Event]:
        newest_first = await self.store.read(newest_events, EventFilter(), 10_000)
        return newest_first[::-1]


@dataclass(kw_only=True)
class Company:
    """Everything but the browser, whatever stands in front."""

    site: Site
    servers: Sequence[Collector]
    inbox: Inbox
    certificate: Certificate
    ports: dict[str, int]
    account_address: str
    account_source_ids: set[str]
    scheme: str = "https"

    @property
    def collector(self) -> Collector:
        """The collector, or the first of its servers."""
        return self.servers[0]

    async def reset(self) -> None:
        """Begin a test."""
        self.site.reset()
        self.use(PATH)
        await self.inbox.reset()

    def use(self, topology: Topology) -> None:
        """Put the collector where the topology has it."""
        self.scheme = topology.scheme
        self.site.collector = self.origin(topology.host) if topology.host else PREFIX

    def origin(self, host: str = SITE) -> str:
        """Write the origin of a host name."""
        return f"{self.scheme}://{host}:{self.ports[self.scheme]}"

    def url(self, path: str) -> str:
        """Write the address of a page of the shop."""
        return self.origin() + path

    async def add_capture(self, name: str) -> str:
        """Create a capture of the shop, with a Driftrock capture of the same id behind it."""
        origins = [f"{scheme}://{SITE}:{port}" for scheme, port in self.ports.items()]
        source_id = await self.collector.create_capture(*origins, name=name)
        self.account_source_ids.add(source_id)
        await self.collector.add_driftrock(source_id, self.account_address, API_KEY)
        return source_id

    async def collector_knows(self, source_id: str) -> None:
        """Wait until page views of a new capture are taken everywhere: at most a second."""
        view = {"source_id": source_id, "url": self.origin()}
        async with aiohttp.ClientSession() as client, asyncio.timeout(WAIT_S):
            for server in self.servers:
                status = 404
                while status == 404:
                    async with client.post(f"{server.base}/t", json=view) as answer:
                        status = answer.status

    def documented_body(self, lead: Lead, fields: dict[str, str]) -> bytes:
        """Write the body as Driftrock documents it, from what the visitor did and when it came."""
        at = datetime.fromtimestamp(lead.stored.created_at // 1000 / 1000, UTC)
        body = {
            "event_type": "lead",
            "event_name": "Lead",
            "source_id": self.site.source_id,
            "fields": fields,
            "metadata": FULL_METADATA,
            "event_id": lead.stored.event_id,
            "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(kw_only=True)
class Shop(Company):
    """A company whose front tests can look into, and keep answers back in."""

    front: Front

    async def reset(self) -> None:
        """Begin a test."""
        await super().reset()
        self.front.reset()


@asynccontextmanager
async def open_shop(folder: Path) -> AsyncIterator[Shop]:
    """A shop that is open for visitors, on http and https."""
    sockets = {"http": bound_socket(), "https": bound_socket()}
    ports = {scheme: sock.getsockname()[1] for scheme, sock in sockets.items()}
    base_url = f"https://{FOREIGN.host}:{ports['https']}"
    collector = Collector(
        data_dir=folder / "data",
        settings={"base_url": base_url, "secret_keys": SIGNING_KEY, "rate_limit": "0"},
    )
    certificate = make_certificate(folder, SITE, SUBDOMAIN.host, FOREIGN.host)
    tls = {"ssl_certfile": certificate.file, "ssl_keyfile": certificate.key_file}
    source_ids: set[str] = set()
    driftrock = create_driftrock(API_KEY, source_ids, now=lambda: datetime.now(UTC))
    front = Front(Site(), collector)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(listening(driftrock))
        await stack.enter_async_context(front.open())
        await stack.enter_async_context(listening(front.app, sockets["http"]))
        await stack.enter_async_context(listening(front.app, sockets["https"], **tls))
        store = await open_store(f"sqlite:///{collector.data_dir}/collector.db")
        stack.push_async_callback(store.close)
        shop = Shop(
            site=front.site,
            front=front,
            servers=[collector],
            inbox=Inbox(driftrock.state.account, store),
            certificate=certificate,
            ports=ports,
            account_address=address,
            account_source_ids=source_ids,
        )
        front.site.source_id = await shop.add_capture("Shop")
        await collector.start()
        stack.push_async_callback(collector.stop)
        yield shop
