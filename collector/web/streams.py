"""An answer that goes on: server-sent events, ended with the server or by whoever reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from collector.web.answer import Answer, Headers

Events = AsyncIterator[ServerSentEvent]
PING_S = 15
"""So often something is sent, so that no proxy takes the connection for dead."""


class Stream(Answer, frozen=True, kw_only=True):
    """Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

    events: Events
    scope: Scope
    receive: Receive

    def adding(self, headers: Headers) -> Stream:
        """Copy the answer with more headers."""
        return Stream(
            self.status,
            headers=(*self.headers, *headers),
            events=self.events,
            scope=self.scope,
            receive=self.receive,
        )

    async def send(self, send: Send) -> None:
        """Send events until there are no more, the reader leaves or the server stops."""
        response = EventSourceResponse(self.events, ping=PING_S)
        own = {name for name, _ in response.raw_headers}
        response.raw_headers.extend(pair for pair in self.headers if pair[0] not in own)
        await response(self.scope, self.receive, send)
