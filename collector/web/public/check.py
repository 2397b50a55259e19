"""`POST /f/check`: what the overlay on a page tells of a live check, and what it shows of it."""

from __future__ import annotations

from typing import Any

import msgspec

from collector.domain.check_report import read_findings
from collector.domain.errors import InputError, Refused, TooManyRequests
from collector.domain.json_values import clean_json, decode_json
from collector.web.answer import JSON, NO_STORE, Answer
from collector.web.check_scenes import read_checked
from collector.web.client import bare_host
from collector.web.endpoint import BrowserEndpoint, Exchange
from collector.web.limits import Pace
from collector.web.pages import choose_language

BODY_BYTES = 64 * 1024


class CheckedPage(msgspec.Struct, frozen=True):
    """A page with a check code in its tab; `found` is what it has found in itself, if news."""

    code: str
    lang: str = "en"
    found: dict[str, Any] | None = None


class ShownFault(msgspec.Struct, frozen=True):
    """One thing that is wrong, and what to paste where."""

    title: str
    why: str
    cure: str
    paste: str


class ShownItem(msgspec.Struct, frozen=True):
    """One step: `verdict` is a word, the rest is in the visitor's language."""

    verdict: str
    title: str
    said: str
    hint: str
    found: list[ShownFault]


class ShownCheck(msgspec.Struct, frozen=True):
    """The checklist as the overlay shows it."""

    lang: str
    title: str
    summary: str
    why: str
    cure: str
    items: list[ShownItem]


class CheckPage(BrowserEndpoint):
    """Takes a page's findings, and answers the checklist without what is the console's alone."""

    async def answer(self, exchange: Exchange) -> Answer:
        """Limit, read, note, show."""
        services = exchange.services
        if services.touch_limit.count(exchange.client.rate_key, exchange.now) is not Pace.WITHIN:
            raise TooManyRequests("too many requests from this address; slow down")
        asked = _read(await exchange.incoming.body(BODY_BYTES))
        source_id = services.check_notes.source_of(asked.code, exchange.now)
        capture = services.captures.get(source_id) if source_id else None
        if capture is None:
            raise Refused("this check has ended; begin a new one", field="code")
        exchange.capture = capture
        if asked.found is not None:
            services.check_notes.note(asked.code, exchange.now, "page", _findings(asked.found))
        checked = await read_checked(services, capture, asked.code, _address(exchange))
        language = choose_language(asked.lang, exchange.incoming.header(b"accept-language"))
        body = services.pages.render("public/check.json", language, items=checked.items)
        return Answer(200, body, (JSON, NO_STORE))


def _read(body: bytes) -> CheckedPage:
    try:
        return msgspec.convert(clean_json(decode_json(body)), CheckedPage)
    except msgspec.ValidationError as error:
        raise InputError(f"the check cannot be read: {error}") from error


def _findings(found: dict[str, Any]) -> dict[str, Any]:
    try:
        return read_findings(found)
    except ValueError as error:
        raise InputError(f"what the page found cannot be read: {error}", field="found") from error


def _address(exchange: Exchange) -> str:
    """Name the collector as this page reached it."""
    client, incoming = exchange.client, exchange.incoming
    named = (incoming.header(name) for name in (b"x-forwarded-host", b"host"))
    host = next((one for one in named if bare_host(one) == client.host), client.host)
    return f"{client.scheme}://{host}{client.prefix}"
