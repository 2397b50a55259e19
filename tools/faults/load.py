"""A load of leads from senders that never give up, and a line for each that was acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import aiohttp

SENDERS: Final = 8
PAUSE_S: Final = 0.01
AGAIN_S: Final = 0.1
ANSWER_S: Final = 15
STRIDE: Final = 7919
"""A prime: from lead to lead the length of the text jumps."""

UNAVAILABLE: Final = (503, 507)
"""All that a collector may answer to a good lead beside success."""


@dataclass(kw_only=True)
class Load:
    """Senders of leads. Each lead has one `_event_id` and goes out until it is acknowledged.

    `record` gets a line for each acknowledgement; `odd` counts answers that nobody should get.
    With `longest` leads hold a text of any length below that.
    """

    record: Path
    addresses: list[str] = field(default_factory=list)
    pause_s: float = PAUSE_S
    longest: int = 0
    acknowledged: int = 0
    odd: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._numbers = count()
        self._stopping = False
        self._acknowledgement = asyncio.Condition()

    @asynccontextmanager
    async def running(self, senders: int = SENDERS) -> AsyncIterator[None]:
        """Send until the block ends; then each sender sees its last lead acknowledged."""
        async with self._session() as session:
            sending = [asyncio.create_task(self._send(session)) for _ in range(senders)]
            try:
                yield
                self._stopping = True
                await asyncio.gather(*sending)
            finally:
                self._stopping = False
                for sender in sending:
                    sender.cancel()
                await asyncio.gather(*sending, return_exceptions=True)

    async def send(self, leads: int) -> None:
        """Send so many leads at once, each until it is acknowledged."""
        async with self._session() as session:
            await asyncio.gather(*[self._insist(session) for _ in range(leads)])

    async def more(self, leads: int) -> None:
        """Wait until so many more leads were acknowledged."""
        wanted = self.acknowledged + leads
        async with self._acknowledgement:
            await self._acknowledgement.wait_for(lambda: self.acknowledged >= wanted)

    def _session(self) -> aiohttp.ClientSession:
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        return aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())

    async def _send(self, session: aiohttp.ClientSession) -> None:
        while not self._stopping:
            await self._insist(session)
            await asyncio.sleep(self.pause_s)

    async def _insist(self, session: aiohttp.ClientSession) -> None:
        number = next(self._numbers)
        lead = {"_event_id": str(uuid4()), "email": f"person{number}@example.com"}
        if self.longest:
            lead["text"] = "x" * (number * STRIDE % self.longest)
        for turn in count(number):
            address = self.addresses[turn % len(self.addresses)]
            answer = await self._post(session, address, lead)
            if answer is not None:
                await self._note(lead["_event_id"], answer)
                return
            await asyncio.sleep(AGAIN_S)

    async def _post(
        self, session: aiohttp.ClientSession, address: str, lead: dict[str, str]
    ) -> dict[str, Any] | None:
        """Post once; answers what was acknowledged."""
        try:
            async with session.post(address, json=lead) as response:
                answer: dict[str, Any] = await response.json()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.refused[type(error).__name__] += 1
            return None
        if response.ok:
            return answer
        self.refused[str(response.status)] += 1
        if response.status not in UNAVAILABLE:
            self.odd[f"{response.status} {answer}"] += 1
        return None

    async def _note(self, event_id: str, answer: dict[str, Any]) -> None:
        with self.record.open("a") as file:
            file.write(f"{json.dumps({'event_id': event_id, 'id': answer['id']})}\n")
        async with self._acknowledgement:
            self.acknowledged += 1
            self._acknowledgement.notify_all()
