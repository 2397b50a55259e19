"""What stands between nginx and the collector: it notes what came, and passes it on as it came."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from tests.browser.front import Asked, Front
from tests.browser.matrix.outcome import EVENT_ID, HASH, TOKEN, Sent
from tests.browser.site import WAIT_S

_VARYING = ("age_s",)
_STAND_INS = {"token": TOKEN, "_token": TOKEN, "_event_id": EVENT_ID}


@dataclass
class Wire(Front):
    """Between nginx and the collector. `queries` are all that stood behind a `?`."""

    queries: set[str] = field(default_factory=set)

    def reset(self) -> None:
        """Forget what a test has sent."""
        super().reset()
        self.queries = set()

    async def fetched(self, pattern: str) -> None:
        """Wait until a file was asked for."""
        async with asyncio.timeout(WAIT_S), self._arrival:
            await self._arrival.wait_for(
                lambda: any(re.fullmatch(pattern, one.path) for one in self.asked)
            )

    async def _answer(self, request: Request) -> Response:
        if request.url.query:
            self.queries.add(request.url.query)
        prefix = request.headers.get("x-forwarded-prefix", "")
        return await self._ask(request, request.scope["raw_path"].decode(), prefix)


def read_sent(asked: Iterable[Asked], site: str, source_id: str) -> tuple[Sent, ...]:
    """Read the posts, without what differs each time. `site` is the site's origin.

    A post must name the capture; a form's own fields are the destination's business.
    """
    return tuple(_read(one, site, source_id) for one in asked if one.method == "POST")


def _read(one: Asked, site: str, source_id: str) -> Sent:
    if one.path == "/t":
        said = json.loads(one.body)
        assert said.pop("source_id") == source_id
        to = "/t"
    else:
        assert one.path == f"/f/{source_id}"
        said, to = read_entries(one), "/f"
    return Sent(
        to=to,
        said={
            name: _STAND_INS.get(name, _without(site, value))
            for name, value in said.items()
            if value not in ("", None, False, {}) and name not in _VARYING
        }
        | ({"url": ""} if to == "/t" and said["url"] == site else {}),
        cookies=frozenset(SimpleCookie(one.headers.get("cookie", ""))),
    )


def _without(site: str, value: object) -> object:
    return value.removeprefix(site) if isinstance(value, str) else value


def read_entries(one: Asked) -> dict[str, str]:
    """Read the names of a form that are the collector's."""
    kind = one.headers["content-type"]
    if kind.startswith("multipart/form-data"):
        pairs = re.findall(r'name="([^"]+)"\r\n\r\n(.*?)\r\n--', one.body.decode(), re.DOTALL)
    else:
        pairs = parse_qsl(one.body.decode(), keep_blank_values=True)
    return {name: value for name, value in pairs if name.startswith("_")}


def read_fetched(asked: Iterable[Asked], source_id: str) -> frozenset[str]:
    """Read what else was asked: each must be a GET, or it stands here with its method."""
    return frozenset(
        re.sub(r"^/t-\w+\.js$", f"/t-{HASH}.js", one.path.replace(f"/{source_id}", ""))
        if one.method == "GET"
        else f"{one.method} {one.path}"
        for one in asked
        if one.method != "POST"
    )
