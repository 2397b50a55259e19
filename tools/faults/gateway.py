"""A network address before PostgreSQL: cut, silent, or answering from another server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.postgres import Cluster
from tests.sink import serving
from tools.faults.proxy import READ_BYTES, SOCKET


class Gateway:
    """Passes bytes on to a cluster; `move` makes another one answer.

    A connection belongs to the server that it was made to, as behind a name whose address changed.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster: Cluster | None = cluster
        self._alive = asyncio.Event()
        self._alive.set()
        self._passing: set[asyncio.Task[None]] = set()
        self._port = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen until the block ends."""
        async with serving(self._accept) as self._port:
            yield

    def url(self, database: str) -> str:
        """Write the address by which the collector knows the database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def silence(self) -> None:
        """Lose every connection without a word, as when a machine loses its power."""
        self._alive.clear()
        self._alive = asyncio.Event()
        self._alive.set()

    def cut(self) -> None:
        """Reset every connection."""
        for task in self._passing:
            task.cancel()

    def move(self, cluster: Cluster | None) -> None:
        """Let another server answer whoever connects from now on; None answers nobody."""
        self._cluster = cluster

    async def _accept(
        self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        if self._cluster is None or task is None:
            return
        alive = self._alive
        path = self._cluster.folder / SOCKET
        from_server, to_server = await asyncio.open_unix_connection(path)
        answering = asyncio.create_task(_pass_on(from_server, to_client, alive))
        self._passing.add(task)
        try:
            await _pass_on(from_client, to_server, alive)
        finally:
            self._passing.discard(task)
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
            to_server.close()


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, alive: asyncio.Event
) -> None:
    while data := await reader.read(READ_BYTES):
        if alive.is_set():
            writer.write(data)
            await writer.drain()
    if alive.is_set():
        writer.close()
