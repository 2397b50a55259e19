"""The demo site: a small company's website with the collector's script tag on every page."""

from __future__ import annotations

from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.demo.arrivals import ARRIVALS
from collector.demo.assets import route_file
from collector.demo.protocol import METADATA_KEYS
from collector.web.pages import open_pages

GA_CLIENT_ID: Final = "1483920571.1763200812"

_PAGES: Final = {
    "/": "demo/home.html",
    "/spring": "demo/spring.html",
    "/about": "demo/about.html",
    "/contact": "demo/contact.html",
    "/callback": "demo/callback.html",
    "/newsletter": "demo/newsletter.html",
}


def create_site(
    collector_base: str, source_id: str, second_source_id: str | None = None
) -> Starlette:
    """Make the site; `collector_base`, an origin or a path of this one, is where `t.js` stands.

    The second capture, if there is one, takes the callback form. The first page sets a `_ga`
    cookie in the place of Google Analytics, unless the visitor has one.
    """
    pages = open_pages()
    values = {
        "collector": collector_base.rstrip("/"),
        "source_id": source_id,
        "callback_source_id": second_source_id or source_id,
        "arrivals": ARRIVALS,
        "metadata_keys": METADATA_KEYS,
    }

    async def show(request: Request) -> Response:
        path = request.url.path
        response = _html(pages.render(_PAGES[path], "en", path=path, **values))
        if path == "/" and "_ga" not in request.cookies:
            response.set_cookie("_ga", f"GA1.1.{GA_CLIENT_ID}", max_age=63_072_000)
        return response

    async def subscribe(request: Request) -> Response:
        async with request.form() as form:
            received = [(name, str(value)) for name, value in form.multi_items()]
        name = "demo/newsletter_sent.html"
        return _html(pages.render(name, "en", path="/newsletter", received=received, **values))

    return Starlette(
        routes=[
            *(Route(path, show) for path in _PAGES),
            Route("/newsletter/sent", subscribe, methods=["POST"]),
            route_file("/site.css", "demo/site.css"),
            route_file("/callback.js", "demo/callback.js"),
        ]
    )


def _html(page: bytes) -> Response:
    return Response(page, media_type="text/html", headers={"Cache-Control": "no-cache"})
