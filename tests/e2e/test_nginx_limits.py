"""What nginx.conf limits: bodies, floods, crowds, and the time that slow clients are given."""

from __future__ import annotations

import asyncio
import json
import select
from asyncio import Transport
from collections.abc import AsyncIterator
from itertools import cycle
from typing import cast

import pytest
import pytest_asyncio

from collector.domain.errors import BodyTooLarge, TooManyRequests
from collector.web.bodies import FILES_BYTES, FORM_BYTES
from collector.web.public.touch import BODY_BYTES
from tests.nginx import (
    LEAKING,
    OWN_HOST,
    PUBLIC,
    QUICK,
    Answer,
    Echoing,
    close,
    echoing,
    request,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
shared = pytest_asyncio.fixture(scope="module", loop_scope="module")

DEADLINE_S = 8
A_PAGE = [("Accept", "text/html")]
FORM = "/f/01900000-0000-7000-8000-000000000001"


@shared
async def shipped() -> AsyncIterator[Echoing]:
    async with echoing() as running:
        yield running


@shared
async def quick() -> AsyncIterator[Echoing]:
    async with echoing(QUICK | LEAKING) as running:
        yield running


LIMITS = [
    *((host, f"{prefix}/t", BODY_BYTES) for host, prefix in PUBLIC),
    *((host, f"{prefix}{FORM}", FILES_BYTES) for host, prefix in PUBLIC),
    *((OWN_HOST, path, FORM_BYTES) for path in ("/v2/event", "/webhooks/events")),
]


@pytest.mark.parametrize(("host", "path", "limit"), LIMITS)
async def test_a_body_may_be_as_large_as_the_collector_takes_it(
    shipped: Echoing, host: str, path: str, limit: int
) -> None:
    answer = await shipped.nginx.ask(path, host=host, body=bytes(limit))
    assert json.loads(answer.body)["length"] == limit
    answer = await shipped.nginx.ask(path, host=host, body=bytes(limit + 1))
    assert answer.status == 413
    assert json.loads(answer.body)["code"] == BodyTooLarge.code
    answer = await shipped.nginx.ask(path, host=host, body=bytes(limit + 1), headers=A_PAGE)
    assert "That was too large" in answer.body.decode()
    assert "Das war zu groß" in answer.body.decode()


FLOODS = [
    *((host, f"{prefix}/t", b"{}", 600) for host, prefix in PUBLIC),
    *((host, f"{prefix}{FORM}", b"{}", 1200) for host, prefix in PUBLIC),
    *((host, f"{prefix}/t.js", None, 1000) for host, prefix in PUBLIC),
    *((host, f"{prefix}/t", None, 1000) for host, prefix in PUBLIC),
    *((host, f"{prefix}{FORM}/thanks", None, 1000) for host, prefix in PUBLIC),
]


@pytest.mark.parametrize(
    ("host", "path", "body", "burst", "source"),
    [(*flood, f"127.0.0.{number}") for number, flood in enumerate(FLOODS, 101)],
)
async def test_a_flood_is_refused_for_one_address_alone_whatever_it_says_about_itself(
    shipped: Echoing, host: str, path: str, body: bytes | None, burst: int, source: str
) -> None:
    spoofed = [("X-Forwarded-For", f"::{n}") for n in range(100)]
    flood = [
        request(path, host=host, body=body, headers=[one, *reader], last=one == spoofed[-1])
        for one, reader in zip(spoofed, cycle(([], A_PAGE)))
    ]
    answers: list[Answer] = []
    for _ in range(burst // 100 + 3):
        answers += await shipped.nginx.converse(b"".join(flood), host=host, source=source)
    refused = [answer for answer in answers if answer.status != 200]
    assert 0 < len(refused) <= len(answers) - burst
    assert {answer.status for answer in refused} == {429}
    assert {answer.headers["retry-after"] for answer in refused} == {"60"}
    told = {answer.headers.get_content_type(): answer.body.decode() for answer in refused}
    assert json.loads(told["application/json"])["code"] == TooManyRequests.code
    assert "That was too often" in told["text/html"]
    assert "Das war zu oft" in told["text/html"]
    assert (await shipped.nginx.ask(path, host=host, body=body)).status == 200


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_a_crowd_of_slow_senders_keeps_nobody_else_out(
    shipped: Echoing, host: str, prefix: str
) -> None:
    crowd, limit, source = 300, 256, f"127.0.0.2{len(prefix)}"
    head = request(f"{prefix}{FORM}", host=host, body=bytes(10))[:-9]
    connections = [await shipped.nginx.connect(host=host, source=source) for _ in range(crowd)]
    for _, writer in connections:
        writer.write(head)
    reading = {asyncio.create_task(reader.readline()) for reader, _ in connections}
    answered: list[bytes] = []
    async with asyncio.timeout(DEADLINE_S):
        while len(answered) < crowd - limit:
            done, reading = await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
            answered += [task.result() for task in done]
    assert set(answered) == {b"HTTP/1.1 429 Too Many Requests\r\n"}
    file = f"{prefix}/t.js"
    assert (await shipped.nginx.ask(file, host=host, source=source)).status == 429
    assert (await shipped.nginx.ask("/", source=source)).status == 200
    assert (await shipped.nginx.ask(file, host=host)).status == 200
    for task in reading:
        task.cancel()
    for _, writer in connections:
        await close(writer)


async def test_a_slow_head_is_cut_off_however_it_drips(quick: Echoing) -> None:
    reader, writer = await quick.nginx.connect()
    writer.write(b"GET /_lc/t.js HTTP/1.1\r\nX-Slow: ")
    async with asyncio.timeout(DEADLINE_S):
        ended = asyncio.create_task(reader.read())
        while not ended.done():
            writer.write(b"a")
            await asyncio.wait([ended], timeout=0.2)
            assert (await quick.nginx.ask("/_lc/t.js")).status == 200
    assert isinstance(ended.exception(), ConnectionResetError)
    await close(writer)


@pytest.mark.parametrize(
    ("header", "body"),
    [("Content-Length: 4", b"a=b"), ("Transfer-Encoding: chunked", b"3\r\na=b\r\n")],
    ids=["less than was announced", "chunks without end"],
)
@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_a_body_that_stops_is_cut_off(
    quick: Echoing, host: str, prefix: str, header: str, body: bytes
) -> None:
    head = f"POST {prefix}{FORM} HTTP/1.1\r\nHost: {host}\r\n{header}\r\n\r\n".encode()
    stopped = asyncio.create_task(quick.nginx.converse(head + body, host=host))
    async with asyncio.timeout(DEADLINE_S):
        assert (await quick.nginx.ask("/_lc/t.js")).status == 200
        assert await stopped == []
    assert FORM not in quick.echo.paths


async def test_an_answer_that_nobody_reads_is_cut_off(quick: Echoing) -> None:
    _, writer = await quick.nginx.connect()
    cast("Transport", writer.transport).pause_reading()
    writer.write(request(f"/_lc{FORM}/thanks?padding={20 * 1024 * 1024}"))
    watching = select.poll()
    watching.register(writer.get_extra_info("socket").fileno(), 0)  # errors alone: the reset
    reset = asyncio.create_task(asyncio.to_thread(watching.poll, DEADLINE_S * 1000))
    assert (await quick.nginx.ask("/_lc/t.js")).status == 200
    assert await reset
    await close(writer)
