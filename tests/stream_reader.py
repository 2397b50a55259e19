"""Reads a stream of server-sent events beside a test."""

from __future__ import annotations

from typing import Any

import anyio

from tests.people import Person


class Reader:
    """Reads a stream as a browser does, beside the test."""

    def __init__(self, person: Person, path: str = "/live/stream", last: str = "") -> None:
        client = person.site.client
        self.said: list[str] = []
        self.ids: list[str] = []
        portal: Any = client.portal
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/console{path.partition('?')[0]}",
            "query_string": path.partition("?")[2].encode(),
            "headers": [
                (b"host", b"127.0.0.1:8000"),
                (b"cookie", f"__Host-lc_session={person.cookie}".encode()),
                *([(b"last-event-id", last.encode())] if last else []),
            ],
            "client": ("127.0.0.1", 50_000),
            "scheme": "http",
            "root_path": "",
            "state": client.app_state,
        }
        self._portal = portal
        self._task = portal.start_task_soon(self._run, client.app, scope)

    async def _run(self, app: Any, scope: Any) -> None:
        self._left = anyio.Event()
        self._news = anyio.Condition()

        async def receive() -> Any:
            await self._left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            text = message.get("body", b"").decode()
            async with self._news:
                for line in text.splitlines():
                    name, _, value = line.partition(": ")
                    if name == "event":
                        self.said.append(value)
                    if name == "id":
                        self.ids.append(value)
                self._news.notify_all()

        await app(scope, receive, send)

    def wait_for(self, count: int) -> list[str]:
        async def wait() -> None:
            with anyio.fail_after(10):
                async with self._news:
                    while len(self.said) < count:
                        await self._news.wait()

        self._portal.call(wait)
        return self.said

    def leave(self) -> None:
        self._portal.call(self._left.set)
        self._task.result(timeout=10)
