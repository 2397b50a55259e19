"""Style sheets and scripts of the demo, answered from memory."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.web.shipped import shipped

_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}


def route_file(path: str, name: str) -> Route:
    """Serve at `path` the file that stands at `name` below the templates folder."""
    file = shipped("templates") / name
    content = file.read_bytes()

    async def answer(_: Request) -> Response:
        return Response(content, media_type=_MEDIA_TYPES[file.suffix])

    return Route(path, answer)
