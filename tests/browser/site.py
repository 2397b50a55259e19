"""The site that the tests' visitors come to: its pages as a test wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

FORM = """
<form method="post" action="{collector}/f/{source_id}">
  <input name="name" aria-label="name"> <input name="email" aria-label="email">
  <textarea name="message" aria-label="message"></textarea>
  <button>Send</button>
</form>
"""

TAG = '<script async src="{collector}/t.js" data-source="{source_id}" {attributes}></script>'

SELF_DRIVEN = """<script>
  window.collector = [];
  const known = new Promise((done) => collector.push(["ready", done]));
  const loaded = new Promise((done) => addEventListener("load", () => setTimeout(done)));
  const report = (text) => fetch("/report", {method: "POST", body: text});
  const send = () => {
    document.forms[0].elements.email.value = "ada@example.com";
    document.forms[0].requestSubmit();
  };
</script>"""
"""What pages need that drive themselves, in a browser without a driver."""

WAIT_S = 10


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one address answers. `attributes` go on the script tag; no `tag`, no script."""

    body: str
    head: str = ""
    tag: str = TAG
    attributes: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def render(self, collector: str, source_id: str) -> str:
        """Write the page; `{collector}` and `{source_id}` stand for the real ones anywhere."""
        text = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Garden rooms</title>'
            f'<link rel="icon" href="data:,">{self.head}{self.tag}</head><body>{self.body}</body>'
        )
        values = {"collector": collector, "source_id": source_id, "attributes": self.attributes}
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text


PAGES = {
    "/": Page(
        body='<h1>Garden rooms</h1><a href="/about">About us</a> <a href="/contact">Contact</a>'
    ),
    "/about": Page(body='<h1>About us</h1><a href="/contact">Contact</a>'),
    "/contact": Page(body=f"<h1>Contact</h1>{FORM}"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request for a page of the site, or to what stands behind its forms."""

    method: str
    url: str
    """Path and query."""
    media_type: str
    body: object
    """A form's entries in order, of a file what the collector keeps of it; else the bytes."""


FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


async def read(request: Request) -> Asked:
    """Read a request so that two of them can be compared."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    body: object = await request.body()
    if media_type in FORM_TYPES:
        async with request.form() as form:
            body = [(name, _value(it)) for name, it in form.multi_items()]
    url = f"{request.url.path}?{request.url.query}"
    return Asked(method=request.method, url=url, media_type=media_type, body=body)


def _value(entry: UploadFile | str) -> object:
    if isinstance(entry, str):
        return entry
    kept = {"name": entry.filename, "type": entry.content_type, "size": entry.size}
    return {**kept, "content": "not kept"} if entry.filename else ""


@dataclass
class Site:
    """Pages by path. A page tells what it saw by `POST /report` and waits by `/go`; `/order` is
    the form of another system. `other` is shown at all other addresses."""

    collector: str = "/_lc"
    source_id: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    reports: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    orders: list[bytes] = field(default_factory=list)
    other: Page | None = None
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._arrival = asyncio.Condition()

    def reset(self) -> None:
        """Forget what a test has put here."""
        self.pages = dict(PAGES)
        self.reports = asyncio.Queue()
        self.go = asyncio.Event()
        self.orders = []
        self.other = None
        self.asked = []

    async def next_report(self) -> str:
        """Wait for what a page tells next."""
        async with asyncio.timeout(WAIT_S):
            return await self.reports.get()

    async def wait_for(self, count: int) -> list[Asked]:
        """Wait until so many requests have come."""
        async with asyncio.timeout(WAIT_S), self._arrival:
            await self._arrival.wait_for(lambda: len(self.asked) >= count)
        return self.asked

    async def answer(self, request: Request) -> Response:
        """Show a page, or take what a page sends."""
        async with self._arrival:
            self.asked.append(await read(request))
            self._arrival.notify_all()
        path = request.url.path
        if path == "/report":
            self.reports.put_nowait((await request.body()).decode())
            return Response(status_code=204)
        if path == "/go":
            await self.go.wait()
            return Response(status_code=204)
        if path == "/order":
            self.orders.append(await request.body())
            return HTMLResponse("<h1>Ordered</h1>")
        page = self.pages.get(path, self.other)
        if page is None:
            return HTMLResponse("<h1>No such page</h1>", 404)
        return HTMLResponse(page.render(self.collector, self.source_id), headers=page.headers)
