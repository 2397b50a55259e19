"""Destinations that do what no destination should: each manner serves one connection."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Final

from tests.sink import Handler

DRIP_S: Final = 0.02
CHUNK: Final = b"x" * 16_384
OK: Final = b"HTTP/1.1 200 OK\r\n"
BOMB: Final = gzip.compress(bytes(50_000_000), 9)
"""50 MB in 50 KB."""

RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing resets the connection instead of ending it."""

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


def says(answer: bytes) -> Handler:
    """Read the request's head, say something, hang up."""

    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return serve


def drips(first: bytes, rest: Iterator[bytes], pause_s: float = DRIP_S) -> Handler:
    """Say `first`, then the rest piece by piece."""

    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        for piece in rest:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return serve


async def never_reads(_reader: Reader, _writer: Writer) -> None:
    """Take the connection and nothing else."""
    await asyncio.Event().wait()


async def never_answers(reader: Reader, _writer: Writer) -> None:
    """Take the whole request and say nothing."""
    while await reader.read(len(CHUNK)):
        pass


async def resets_mid_request(reader: Reader, writer: Writer) -> None:
    """Reset the connection after the request's first bytes."""
    await reader.readexactly(1)
    _reset(writer)


async def resets_mid_answer(reader: Reader, writer: Writer) -> None:
    """Reset the connection within the answer's body."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(OK + b'Content-Length: 13\r\n\r\n{"da')
    await writer.drain()
    await asyncio.sleep(DRIP_S)
    _reset(writer)


def _reset(writer: Writer) -> None:
    taken: socket.socket = writer.get_extra_info("socket")
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


def _sized(body: bytes, size: int | str, *headers: bytes) -> bytes:
    lines = (OK + b"Content-Length: " + str(size).encode(), *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


GOOD: Final = b'{"data":"ok"}'
answers_well: Final = says(_sized(GOOD, len(GOOD), b"Connection: close"))
MANNERS: Final[Mapping[str, Handler]] = {
    "never reads": never_reads,
    "never answers": never_answers,
    "resets the connection mid-request": resets_mid_request,
    "hangs up without an answer": says(b""),
    "headers that drip": drips(OK, repeat(b"X")),
    "endless headers": drips(OK, repeat(b"X: " + CHUNK + b"\r\n"), 0),
    "endless 100 Continue": drips(b"", repeat(b"HTTP/1.1 100 Continue\r\n\r\n")),
    "a body that drips": drips(OK + b"Content-Length: 9999\r\n\r\n", repeat(b"x")),
    "an endless body": drips(OK + b"\r\n", repeat(CHUNK), 0),
    "a truncated body": says(_sized(GOOD, 100)),
    "a truncated chunk": says(OK + b"Transfer-Encoding: chunked\r\n\r\n64\r\n" + GOOD),
    "a reset within the body": resets_mid_answer,
    "a Content-Length too short": says(_sized(GOOD + b"more", len(GOOD))),
    "a Content-Length of nonsense": says(_sized(GOOD, "many")),
    "a negative Content-Length": says(_sized(GOOD, -1)),
    "two Content-Lengths": says(_sized(GOOD, 3, b"Content-Length: 13")),
    "a length and chunks": says(_sized(GOOD, 13, b"Transfer-Encoding: chunked")),
    "a gzip bomb": says(_sized(BOMB, len(BOMB), b"Content-Encoding: gzip")),
    "a page that is not its own": says(_sized(b"<h1>Welcome</h1>", 16)),
    "an error told as success": says(_sized(b'{"error":"no"}', 14)),
    "no HTTP": says(b"220 mail.example.com ESMTP\r\n"),
    "HTTP of another age": says(b"HTTP/9.9 200 OK\r\n\r\n"),
}
"""Every manner by its name; without end are those that only a time or a size ends."""
