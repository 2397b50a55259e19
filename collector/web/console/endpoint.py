"""The base of everything below `/console/`: who may call it, and errors as pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar, Final
from urllib.parse import quote

from collector.domain.errors import CollectorError, MethodRefused, NotSignedIn, UnknownPath
from collector.domain.user import Role
from collector.web.accepted import prefers
from collector.web.answer import Answer, Headers
from collector.web.console.security import SECURITY, read_choices, refuse_cross_site
from collector.web.console.visit import Visit, open_visit
from collector.web.endpoint import Endpoint, Exchange
from collector.web.errors import headers_of, refuse_as_json, status_of
from collector.web.incoming import Incoming

_PAGE_TO_JSON: Final = ("text/html", "application/json")


class ConsoleEndpoint(Endpoint):
    """One address of the console; `sees` and `acts` name the least role, None means anybody.

    `upload_bytes` is how large a form with a file may be; 0 takes none.
    """

    methods: ClassVar[tuple[str, ...]] = ("GET", "HEAD")
    sees: ClassVar[Role | None] = "viewer"
    acts: ClassVar[Role | None] = "editor"
    upload_bytes: ClassVar[int] = 0

    async def show(self, _visit: Visit) -> Answer:
        """Answer GET."""
        raise MethodRefused(self.methods)

    async def act(self, _visit: Visit) -> Answer:
        """Answer POST."""
        raise MethodRefused(self.methods)

    async def answer(self, exchange: Exchange) -> Answer:
        """Let those in who may come, and no request that another site's page sent."""
        changes = exchange.incoming.method == "POST"
        if changes:
            refuse_cross_site(exchange.incoming, exchange.client)
        visit = await open_visit(exchange, self.upload_bytes)
        role = self.acts if changes else self.sees
        if role is not None:
            visit.require(role)
        return await (self.act(visit) if changes else self.show(visit))

    async def refuse(self, exchange: Exchange, error: CollectorError) -> Answer:
        """Answer an error as a page, or as JSON where that was asked for.

        Who must sign in first comes back afterwards to where they were going.
        """
        incoming = exchange.incoming
        if incoming.query("format") == "json":
            return refuse_as_json(error)
        base = f"{exchange.client.prefix}/console"
        if isinstance(error, NotSignedIn):
            return Answer(HTTPStatus.SEE_OTHER, headers=((b"location", _sign_in(base, incoming)),))
        visit = Visit(exchange=exchange, cookies=read_choices(incoming), session=None, query=())
        code = int(status_of(error))
        return visit.page("error", status=code, headers=headers_of(error), code=code, error=error)

    def headers(self, _exchange: Exchange) -> Headers:
        """Give the headers that every answer of the console carries."""
        return SECURITY


def _sign_in(base: str, incoming: Incoming) -> bytes:
    """Name the sign-in page, and where to go on from there when that was a page."""
    if incoming.method != "GET":
        return f"{base}/sign-in".encode()
    path = incoming.scope["path"].removeprefix("/console")
    query = incoming.scope["query_string"].decode("latin-1")
    wanted = quote(f"{path}{'?' if query else ''}{query}", safe="/")
    return f"{base}/sign-in?next={wanted}".encode()


class NoPage(ConsoleEndpoint):
    """Whatever else somebody asks for below `/console/`."""

    methods = ("GET", "HEAD", "POST")
    sees = None
    acts = None

    async def show(self, _visit: Visit) -> Answer:
        """Say that there is nothing. Raises UnknownPath."""
        raise UnknownPath("nothing lives at this address")

    act = show


class FrontDoor(NoPage):
    """`/`, where nothing lives: somebody with a browser is shown where the console is."""

    async def refuse(self, exchange: Exchange, error: CollectorError) -> Answer:
        """Answer 404 to everything: a page where one is preferred, else JSON."""
        incoming, lost = exchange.incoming, UnknownPath("nothing lives at this address")
        accept = incoming.header(b"accept")
        if not isinstance(error, UnknownPath) or not prefers(accept, *_PAGE_TO_JSON):
            return refuse_as_json(lost)
        visit = Visit(exchange=exchange, cookies=read_choices(incoming), session=None, query=())
        return visit.page("front_door", status=int(status_of(lost)))


class Entrance(ConsoleEndpoint):
    """`/console`, as people type it."""

    sees = None

    async def show(self, visit: Visit) -> Answer:
        """Send on to the first page."""
        return visit.redirect("/")
