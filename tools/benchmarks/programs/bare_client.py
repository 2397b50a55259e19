"""The plainest aiohttp client: posts the body on stdin again and again, so many at once.

python bare_client.py URL CONCURRENCY < BODY
"""

from __future__ import annotations

import asyncio
import sys

import aiohttp
import uvloop

HEADERS = {
    "Content-Type": "application/json",
    "webhook-id": "019ab1c2-0000-7000-8000-000000000001",
    "webhook-timestamp": "1763950500",
}


async def post(url: str, concurrency: int, body: bytes) -> None:
    """Post until killed."""

    async def keep_posting(session: aiohttp.ClientSession) -> None:
        while True:
            async with session.post(url, data=body, headers=HEADERS) as response:
                await response.read()

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        print("bare aiohttp delivers", file=sys.stderr, flush=True)
        await asyncio.gather(*(keep_posting(session) for _ in range(concurrency)))


if __name__ == "__main__":
    _, url, concurrency = sys.argv
    uvloop.run(post(url, int(concurrency), sys.stdin.buffer.read()))
