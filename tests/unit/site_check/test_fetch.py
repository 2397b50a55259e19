from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from collector.delivery.guard import AddressPolicy
from collector.site_check.check import Expected, check_site
from collector.site_check.cookie_prospects import Resolved
from collector.site_check.fetch import READ_BYTES, Fetcher
from tests.serving import listening

LOOPBACK = AddressPolicy(allow=(ip_network("127.0.0.0/8"),))
STRICT = AddressPolicy()
SEEN: list[Request] = []

NOWHERE = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://①②⑦.⓪.⓪.①/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/",
    "http://[fd00:ec2::254]/",
    "http://a@127.0.0.1/",
    "http://user:secret@example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "ftp://example.com/",
    "javascript:alert(1)",
    "http://example.com:22/",
    "http://example.com:6379/",
    "http://example.com\\@127.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
]


class Leading(AbstractResolver):
    """Leads a name wherever a test wants, each time to the next address."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
async def base() -> AsyncIterator[str]:
    async def tell(request: Request) -> Response:
        SEEN.append(request)
        return Response("ok", headers={"set-cookie": "a=b"}, media_type="text/html")

    async def long(request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            for _ in range(3 * READ_BYTES // 65_536):
                yield b"x" * 65_536

        return StreamingResponse(body(), media_type="text/html")

    async def bomb(request: Request) -> Response:
        return Response(
            gzip.compress(b"x" * (4 * READ_BYTES)), headers={"content-encoding": "gzip"}
        )

    async def never(request: Request) -> Response:
        await asyncio.Event().wait()
        return Response()

    async def onward(request: Request) -> Response:
        SEEN.append(request)
        return Response(status_code=302, headers={"location": f"/on/{len(SEEN)}"})

    routes = [Route("/long", long), Route("/bomb", bomb), Route("/never", never)]
    routes += [Route("/on/{more}", onward), Route("/{path:path}", tell)]
    SEEN.clear()
    async with listening(Starlette(routes=routes)) as address:
        yield address


@pytest.mark.parametrize("address", NOWHERE)
async def test_nothing_private_and_no_other_protocol_is_asked(address: str) -> None:
    async with Fetcher(STRICT) as fetcher:
        fetched = await fetcher.fetch(address)
    assert fetched.failure
    assert (fetched.status, fetched.body) == (0, "")


async def test_a_name_that_leads_inside_is_not_followed_there(base: str) -> None:
    port = base.rpartition(":")[2]
    async with Fetcher(STRICT, resolver=Leading("127.0.0.1")) as fetcher:
        fetched = await fetcher.fetch(f"http://www.example.com:{port}/")
    assert fetched.blocked
    assert not SEEN


async def test_each_connection_is_checked_anew(base: str) -> None:
    port = base.rpartition(":")[2]
    resolver = Leading("127.0.0.1", "10.0.0.1")
    async with Fetcher(LOOPBACK, resolver=resolver) as fetcher:
        assert (await fetcher.fetch(f"http://www.example.com:{port}/")).status == 200
        # the connector remembers names for some seconds: another host stands for "later"
        assert (await fetcher.fetch(f"http://later.example.com:{port}/")).blocked


async def test_a_query_is_asked_for_to_the_byte_without_cookies(base: str) -> None:
    query = "gclid=a%2Bb+c%2fd&x={y}|%C3%A9&e=%zz"
    async with Fetcher(LOOPBACK) as fetcher:
        await fetcher.fetch(f"{base}/?{query}#part")
        await fetcher.fetch(f"{base}/?again")
    assert SEEN[0].scope["query_string"] == query.replace("{", "%7B").replace("}", "%7D").replace(
        "|", "%7C"
    ).encode().replace(b"%zz", b"%zz")
    assert "cookie" not in SEEN[1].headers
    assert "authorization" not in SEEN[1].headers


@pytest.mark.parametrize("path", ["/long", "/bomb"])
async def test_a_page_that_is_too_long_is_cut(base: str, path: str) -> None:
    async with Fetcher(LOOPBACK) as fetcher:
        fetched = await fetcher.fetch(base + path)
    assert 0 < len(fetched.body) <= READ_BYTES


async def test_a_server_that_never_answers_is_left(base: str) -> None:
    async with Fetcher(LOOPBACK, total_s=0.2) as fetcher:
        assert (await fetcher.fetch(f"{base}/never")).failure


async def test_one_check_asks_a_dozen_times_at_most(base: str) -> None:
    async def resolve(_host: str) -> Resolved:
        return Resolved()

    async with Fetcher(LOOPBACK) as fetcher:
        report = await check_site(f"{base}/on/a", fetcher, resolve, Expected())
    assert "too_many_redirects" in [one.code for one in report.findings]
    assert len(SEEN) == 11
