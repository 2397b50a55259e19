"""Check a site: where an ad's click gets lost, followed in the background."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from sse_starlette import ServerSentEvent

from collector.domain.errors import InputError, TooManyRequests, UnknownCheck
from collector.domain.sites import split_url
from collector.site_check.check import Expected, SiteReport, parse_report
from collector.site_check.hops import bare
from collector.site_check.pastes import paste_of
from collector.site_check.survivors import survivors
from collector.storage.captures import get_capture
from collector.storage.sessions import find_session
from collector.storage.site_checks import (
    SiteCheck,
    StartSiteCheck,
    find_site_check,
    newest_site_checks,
)
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import captures_seen
from collector.web.console.visit import Visit
from collector.web.streams import Events, Stream

SHOWN: Final = 10
LONGEST_URL: Final = 4_000
LOOK_EVERY_S: Final = 0.5


class CheckSite(ConsoleEndpoint):
    """`/console/check-site`: asks for a link, and lists the checks of the last day."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show the form and the newest checks."""
        given = {"url": visit.asked("url"), "capture": visit.asked("capture")}
        return await _page(visit, given)

    async def act(self, visit: Visit) -> Answer:
        """Start a check, and go to where its report will stand."""
        given = {"url": visit.said("url").strip(), "capture": visit.said("capture")}
        try:
            check_id = await _start(visit, given)
        except TooManyRequests as error:
            return await _page(visit, given, status=429, error=error)
        except InputError as error:
            return await _page(visit, given, status=422, error=error)
        return visit.redirect(f"/check-site/{check_id}")


async def _page(visit: Visit, given: dict[str, str], status: int = 200, **more: Any) -> Answer:
    newest = await visit.services.store.read(newest_site_checks, 10 * SHOWN)
    rows = [(one, _read(one)) for one in newest if _may_see(visit, one)]
    return visit.page(
        "check_site",
        status=status,
        captures=await captures_seen(visit),
        given=given,
        rows=rows[:SHOWN],
        **{"error": None, **more},
    )


async def _start(visit: Visit, given: dict[str, str]) -> str:
    """Begin a check. Raises InputError, TooManyRequests."""
    url = split_url(given["url"]) if len(given["url"]) <= LONGEST_URL else None
    if url is None or url.scheme not in {"http", "https"}:
        raise InputError("this is no whole address; begin with https://", field="url")
    expected = await _expected(visit, given["capture"])
    checks = visit.services.console.site_checks
    checks.make_sure_of_room()
    check = SiteCheck(
        id=visit.new_id(),
        user_id=visit.user.id,
        source_id=expected.capture,
        url=given["url"],
        started_at=visit.now,
    )
    write = StartSiteCheck(check=check)
    await visit.write(write, "site.check", check.id, url=bare(check.url))
    checks.start(check.id, check.url, expected)
    return check.id


async def _expected(visit: Visit, source_id: str) -> Expected:
    """Say what the page should be by its capture. Raises InputError."""
    if not source_id:
        return Expected()
    if not visit.user.may_see(source_id) or source_id not in await captures_seen(visit):
        raise InputError("this is not one of the choices", field="capture")
    capture = await visit.services.store.read(get_capture, source_id)
    return Expected(source_id, capture.own_domains)


def _may_see(visit: Visit, one: SiteCheck) -> bool:
    """Whether a check is the person's own, or of a capture of theirs."""
    everything = visit.user.source_ids is None
    theirs = one.source_id is not None and visit.user.may_see(one.source_id)
    return everything or theirs or one.user_id == visit.user.id


def _read(one: SiteCheck) -> SiteReport | None:
    """Read a report; of one that another version wrote nothing is left, it is kept for a day."""
    try:
        return parse_report(one.report) if one.report else None
    except msgspec.ValidationError:
        return None


async def _find(visit: Visit) -> SiteCheck:
    """Find the check that an address names. Raises UnknownCheck."""
    found = await visit.services.store.read(find_site_check, visit.path["check"])
    if found is None or not _may_see(visit, found):
        raise UnknownCheck("there is no such check; each is kept for a day")
    return found


class SiteCheckPage(ConsoleEndpoint):
    """`/console/check-site/{check}`: the report, or that it is still to come."""

    async def show(self, visit: Visit) -> Answer:
        """Show what was found. Raises UnknownCheck."""
        check = await _find(visit)
        report = _read(check)
        hops = report.hops if report else ()
        findings = [
            (one, paste_of(one.code, one.why.values, visit.public))
            for one in (report.findings if report else ())
        ]
        return visit.page(
            "site_check",
            check=check,
            capture=(await captures_seen(visit)).get(check.source_id or ""),
            under_way=check.is_under_way(visit.now),
            report=report,
            findings=findings,
            hops=list(zip(hops, survivors([hop.url for hop in hops]), strict=True)),
            bare=bare,
        )


class SiteCheckStream(ConsoleEndpoint):
    """`/console/check-site/{check}/stream`: says when the report is there."""

    async def show(self, visit: Visit) -> Answer:
        """Follow the check. Raises UnknownCheck."""
        check = await _find(visit)
        incoming = visit.exchange.incoming
        events = _follow(visit, check.id)
        return Stream(200, events=events, scope=incoming.scope, receive=incoming.receive)


async def _follow(visit: Visit, check_id: str) -> Events:
    """End when the check ends, or the session does."""
    store, clock = visit.services.store, visit.services.clock
    digest = visit.session.digest if visit.session else ""
    yield ServerSentEvent(event="ready", data="{}", retry=2_000)
    while True:
        check = await store.read(find_site_check, check_id)
        signed_in = await store.read(find_session, digest, clock())
        if check is None or signed_in is None or not check.is_under_way(clock()):
            yield ServerSentEvent(event="end", data="{}")
            return
        await asyncio.sleep(LOOK_EVERY_S)
