"""Between a collector and PostgreSQL: a socket that cuts the connection at a COMMIT when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT;\0"
READ_BYTES = 65_536


class Cut(Enum):
    """When the connection is cut: the server never hears of the COMMIT, or nobody its answer."""

    BEFORE = "before the server hears of it"
    AFTER = "after the server has done it"


class CommitProxy:
    """Passes bytes on, until `cut` is set and a COMMIT comes by."""

    def __init__(self, upstream: Path) -> None:
        self._upstream = upstream / SOCKET
        self.cut: Cut | None = None
        self.cuts = 0

    @asynccontextmanager
    async def listening(self, folder: Path) -> AsyncIterator[None]:
        """Listen in a folder, as PostgreSQL itself would."""
        self._passing: set[asyncio.Task[None]] = set()
        server = await asyncio.start_unix_server(self._accept, folder / SOCKET)
        try:
            yield
        finally:
            server.close()
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)
            await server.wait_closed()

    async def _accept(
        self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        from_server, to_server = await asyncio.open_unix_connection(self._upstream)
        answering = asyncio.create_task(_pass_on(from_server, to_client))
        try:
            with suppress(asyncio.CancelledError, ConnectionError):
                if await self._ask(from_client, to_server, answering) is Cut.AFTER:
                    await from_server.read(READ_BYTES)  # it is done, and nobody is told
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
            for end in (to_client, to_server):
                end.close()
            self._passing.discard(task)

    async def _ask(
        self,
        from_client: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        answering: asyncio.Task[None],
    ) -> Cut | None:
        """Pass the client's bytes on until it is gone, or cut off: then says how."""
        while asked := await from_client.read(READ_BYTES):
            cut = self.cut if COMMIT in asked else None
            if cut is not None:
                self.cut = None
                self.cuts += 1
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)
            if cut is not Cut.BEFORE:
                to_server.write(asked)
                await to_server.drain()
            if cut is not None:
                return cut
        return None


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(READ_BYTES):
        writer.write(data)
        await writer.drain()
    writer.close()
