"""An answer as ASGI takes it: a status, ready header bytes, a body."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.types import Send

Headers = Sequence[tuple[bytes, bytes]]

NO_STORE = (b"cache-control", b"no-store")
NO_SNIFF = (b"x-content-type-options", b"nosniff")
JSON = (b"content-type", b"application/json")
HTML = (b"content-type", b"text/html; charset=utf-8")


class Answer(msgspec.Struct, frozen=True):
    """What goes back."""

    status: int
    body: bytes = b""
    headers: Headers = ()

    def adding(self, headers: Headers) -> Answer:
        """Copy the answer with more headers."""
        return Answer(self.status, self.body, (*self.headers, *headers))

    async def send(self, send: Send) -> None:
        """Write it out."""
        headers = [
            (b"content-length", b"%d" % len(self.body)),
            NO_SNIFF,
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


_encode = msgspec.json.Encoder().encode


def json_answer(status: int, value: object, headers: Headers = ()) -> Answer:
    """Answer with JSON that nobody caches."""
    return Answer(status, _encode(value), (JSON, NO_STORE, *headers))
