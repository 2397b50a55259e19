"""Verify: a live check, from the click on an ad to the destination's answer."""

from __future__ import annotations

import asyncio

from sse_starlette import ServerSentEvent

from collector.domain.capture import Capture
from collector.domain.check_link import CLICK_ID_BYTES, check_link, new_click_id, read_page
from collector.domain.check_report import Report
from collector.domain.errors import InputError, UnknownCapture, UnknownDestination, UnknownPath
from collector.storage.captures import destinations_of, get_capture, list_captures
from collector.storage.check_reports import AddReports, find_followed_check, source_of_check
from collector.storage.events import EventFilter, newest_events
from collector.web.answer import Answer
from collector.web.check_scenes import read_checked
from collector.web.console.destinations import destinations_seen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.live import LOOK_EVERY_S, REST_S
from collector.web.console.visit import Visit
from collector.web.qr import qr_code
from collector.web.streams import Events, Stream

_LOOKED_AT = 60
_MOST_PAGES = 12


class Verify(ConsoleEndpoint):
    """`/console/verify`: which capture, which landing page."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Ask for both; the pages that leads last came from are offered."""
        page = visit.asked("page")
        return await _form(visit, {"capture": visit.asked("capture"), "page": page})

    async def act(self, visit: Visit) -> Answer:
        """Begin a check. Raises UnknownCapture."""
        capture = await _capture(visit, visit.said("capture"))
        try:
            page = read_page(capture, visit.said("page"))
        except InputError as error:
            said = {name: visit.said(name) for name in ("capture", "page")}
            return await _form(visit, said, error)
        code = await _begin(visit, capture, page)
        return visit.redirect(f"/verify/{code}")


async def _form(visit: Visit, given: dict[str, str], error: InputError | None = None) -> Answer:
    captures = [
        one
        for one in await visit.services.store.read(list_captures)
        if visit.user.may_see(one.source_id) and one.origins and one.state != "archived"
    ]
    pages = await _landing_pages(visit, captures)
    filled = given | {"page": given["page"] or next(iter(pages), "")}
    return visit.page(
        "verify",
        status=422 if error else 200,
        captures={one.source_id: one.name for one in captures},
        given=filled if error is None else given,
        pages=pages,
        error=error,
    )


async def _landing_pages(visit: Visit, captures: list[Capture]) -> list[str]:
    """Name the pages that leads have landed on, the newest first, then the sites' first pages."""
    found: dict[str, None] = {}
    for capture in captures[:_MOST_PAGES]:
        wanted = EventFilter(source_id=capture.source_id)
        for event in await visit.services.store.read(newest_events, wanted, _LOOKED_AT):
            for touch in (event.attribution.get("last"), event.attribution.get("first")):
                page = str((touch or {}).get("landing_page") or "")
                found |= {page.partition("?")[0]: None} if "://" in page else {}
    for capture in captures[:_MOST_PAGES]:
        found |= {f"{origin}/": None for origin in capture.origins if "*" not in origin}
    return list(found)[:_MOST_PAGES]


async def _begin(visit: Visit, capture: Capture, page: str) -> str:
    """Note which page a new code is for; one that somebody has in this second is passed over."""
    codes, now = visit.services.intake.check_codes, visit.now
    code, expires_at = codes.make(capture.source_id, now)
    while await visit.services.store.read(source_of_check, code) is not None:
        code, expires_at = codes.make(capture.source_id, now := now - 1_000_000)
    click_id = new_click_id(visit.services.random(CLICK_ID_BYTES))
    found = {"page": page, "click_id": click_id, "expires_at": expires_at}
    write = AddReports(
        reports=[(code, capture.source_id, Report(visit.now, "begun", found))], now=visit.now
    )
    await visit.write(write, "check.begin", capture.source_id, page=page)
    return code


async def _capture(visit: Visit, source_id: str) -> Capture:
    if not visit.user.may_see(source_id):
        raise UnknownCapture(f"there is no capture {source_id}")
    return await visit.services.store.read(get_capture, source_id)


async def _capture_of(visit: Visit, code: str) -> Capture:
    """Find the capture of a check among those of the person. Raises UnknownPath."""
    source_id = await visit.services.store.read(source_of_check, code)
    if source_id is None or not visit.user.may_see(source_id):
        raise UnknownPath("there is no such check, or it is over a day old; begin a new one")
    return await visit.services.store.read(get_capture, source_id)


class VerifyCheck(ConsoleEndpoint):
    """`/console/verify/{code}`: the link and the checklist."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show how far it has come; the page follows by itself. Raises UnknownPath."""
        code = visit.path["code"]
        capture = await _capture_of(visit, code)
        checked = await read_checked(visit.services, capture, code, visit.public)
        begun = checked.reports[0].found
        page = begun.get("page") or f"{visit.public}/"
        link = check_link(page, begun.get("click_id", ""), code)
        linked = await visit.services.store.read(destinations_of, capture.source_id)
        return visit.page(
            "verify_check",
            capture=capture,
            code=code,
            link=link,
            qr=qr_code(link),
            expires_at=begun.get("expires_at", 0),
            items=checked.items,
            destinations=[one for one, _ in await destinations_seen(visit) if one.id in linked],
            wanted=checked.wanted,
            lead=checked.lead,
        )

    async def act(self, visit: Visit) -> Answer:
        """Say where the test is to go. Raises UnknownPath, UnknownDestination."""
        code = visit.path["code"]
        capture = await _capture_of(visit, code)
        wanted = visit.said("destination") or None
        known = {one.id for one, _ in await destinations_seen(visit)}
        if wanted and wanted not in known:
            raise UnknownDestination(f"there is no destination {wanted}")
        report = Report(visit.now, "deliver", {"destination": wanted})
        write = AddReports(reports=[(code, capture.source_id, report)], now=visit.now)
        if await visit.write(write, "check.deliver", capture.source_id, to=wanted):
            visit.services.intake.wake()
        return visit.redirect(f"/verify/{code}")


class VerifyStream(ConsoleEndpoint):
    """`/console/verify/{code}/stream`: says that something of the check has changed."""

    async def show(self, visit: Visit) -> Answer:
        """Follow it from now on. Raises UnknownPath."""
        code = visit.path["code"]
        capture = await _capture_of(visit, code)
        incoming = visit.exchange.incoming
        events = follow_check(visit, code, capture.source_id)
        return Stream(200, events=events, scope=incoming.scope, receive=incoming.receive)


async def follow_check(visit: Visit, code: str, source_id: str) -> Events:
    """Tell of each change, as long as the person is signed in and may see the capture."""
    store, clock, news = visit.services.store, visit.services.clock, visit.services.news
    digest = visit.session.digest if visit.session else ""
    _, seen = await store.read(find_followed_check, digest, clock(), code)
    yield ServerSentEvent(event="ready", data="{}", retry=2_000)
    while True:
        told = news.count
        session, mark = await store.read(find_followed_check, digest, clock(), code)
        if session is None or not session.user.may_see(source_id):
            yield ServerSentEvent(event="end", data="{}")
            return
        if mark != seen:
            seen = mark
            yield ServerSentEvent(event="arrival", data="{}")
        await asyncio.sleep(REST_S)
        await news.after(told, LOOK_EVERY_S)
