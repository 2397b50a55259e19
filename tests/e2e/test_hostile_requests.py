"""Requests that no browser sends: an error that says so or a closed line, never a 5xx, no harm."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.serving import Collector, serving

HOST = b"Host: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
MULTIPART = b"Content-Type: multipart/form-data; boundary=B\r\n"
PART = b'--B\r\nContent-Disposition: form-data; name="a"\r\n'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def collector(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Collector]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    async with serving(folder, rate_limit="0") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def form(collector: Collector) -> bytes:
    source_id = await collector.create_capture("https://www.example.com")
    return f"/f/{source_id}".encode()


def length(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


COLLIDING = json.dumps({f"k{n}": n for n in range(900)} | {"x": "y" * 200_000}).encode()
HOSTILE = {
    "chunks without end": b"Transfer-Encoding: chunked\r\n\r\n5\r\na=123\r\n",
    "a length and chunks": b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 3\r\nContent-Length: 5\r\n\r\na=1bb",
    "a length that is none": b"Content-Length: x\r\n\r\na=1",
    "a body cut short": b"Content-Length: 900\r\n\r\na=1",
    "headers of 64 kB": b"X-Long: " + b"y" * 65_536 + b"\r\n" + length(b"a=1"),
    "a thousand cookies": b"Cookie: "
    + b"; ".join(b"_lc=%d" % n for n in range(1000))
    + b"\r\n"
    + length(b"a=1"),
    "a gzip bomb": b"Content-Encoding: gzip\r\n"
    + length(gzip.compress(b"a=" + b"0" * 10_000_000)),
    "a method of its own": length(b"a=1"),
    "a huge number": length(b'{"n": ' + b"9" * 5000 + b"}"),
    "many keys and a long text": length(COLLIDING),
    "nested multipart": length(
        PART
        + b"Content-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--C--\r\n--B--\r\n"
    ),
    "20,000 part headers": length(PART + b"X: y\r\n" * 20_000 + b"\r\nv\r\n--B--\r\n"),
    "10,000 parts": length((PART + b"\r\nv\r\n") * 10_000 + b"--B--\r\n"),
    "an epilogue of 500 kB": length(PART + b"\r\nv\r\n--B--\r\n" + b"z" * 500_000),
}
TYPES = {
    "a huge number": b"Content-Type: application/json\r\n",
    "many keys and a long text": b"Content-Type: application/json\r\n",
}
MULTIPARTS = {"nested multipart", "20,000 part headers", "10,000 parts", "an epilogue of 500 kB"}


async def exchange(collector: Collector, sent: bytes) -> bytes:
    """Send bytes, end the line, read what comes back."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", int(collector.base.rpartition(":")[2])
    )
    try:
        writer.write(sent)
        await writer.drain()
        writer.write_eof()
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_hostile_request_is_no_5xx_and_harms_nobody(
    collector: Collector, form: bytes, name: str
) -> None:
    kind = MULTIPART if name in MULTIPARTS else TYPES.get(name, FORM)
    method = b"BREW" if name == "a method of its own" else b"POST"
    line = method + b" " + form + b" HTTP/1.1\r\n"
    answer = await exchange(collector, line + HOST + kind + HOSTILE[name])
    assert not answer.startswith(b"HTTP/1.1 5"), answer[:200]
    healthy = await exchange(
        collector, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    )
    assert healthy.startswith(b"HTTP/1.1 200")
    assert collector.process is not None
    assert collector.process.returncode is None
