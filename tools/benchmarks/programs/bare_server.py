"""The plainest Starlette servers that do the same input and output: what ours is measured against.

python bare_server.py ok                    reads the body, answers `ok`
python bare_server.py same < ANSWER         reads the body, sends the answer on stdin, head and all
python bare_server.py file < CONTENT        sends these bytes
"""

from __future__ import annotations

import sys
from socket import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def _app(kind: str, given: bytes) -> Starlette:
    head, _, body = given.partition(b"\r\n\r\n")
    pairs = [line.split(b": ", 1) for line in head.split(b"\r\n")[1:]]
    headers = [(name.lower(), value) for name, value in pairs]

    async def same(request: Request) -> Response:
        await request.body()
        response = Response(body)
        response.raw_headers = list(headers)
        return response

    async def ok(request: Request) -> Response:
        await request.body()
        return Response(b"ok", media_type="text/plain")

    async def file(_request: Request) -> Response:
        return Response(given, media_type="text/javascript")

    answer = {"ok": ok, "same": same, "file": file}[kind]
    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


class Server(uvicorn.Server):
    """Says where it listens."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"bare listens on http://127.0.0.1:{port}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    kind = sys.argv[1]
    given = b"" if kind == "ok" else sys.stdin.buffer.read()
    config = uvicorn.Config(
        _app(kind, given),
        port=0,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
    )
    Server(config).run()
