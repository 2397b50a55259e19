"""What a self-test finds from outside, through whatever stands before the collector."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Self

import aiohttp
import msgspec

from collector.cli.finding import Finding, Findings, bad, ok, warn
from collector.cli.front_replies import (
    NGINX,
    Reply,
    find_fault,
    judge_clock,
    judge_cookie,
    judge_health,
    judge_metrics,
)
from collector.config import Settings
from collector.delivery.guard import AddressPolicy
from collector.delivery.sender import guarded_session
from collector.domain.capture import Capture
from collector.domain.sites import Url, split_url
from collector.site_check.cookie_prospects import prospect_of
from collector.site_check.names import Resolver
from collector.web.client import is_loopback

ABOUT = "public address"
TOTAL_S = 10.0
READ_BYTES = 65_536
EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
"""The operator's own address may be a private one."""


_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    # the first that fits counts
    (aiohttp.ClientConnectorCertificateError, "its certificate is not valid for it"),
    (aiohttp.ClientConnectorSSLError, "it speaks no https"),
    (aiohttp.ClientConnectorDNSError, "its name leads nowhere"),
    (aiohttp.ClientConnectorError, "nobody takes a connection there"),
    (TimeoutError, "no answer came in time"),
)


class Front:
    """Asks the public address as a browser would; needs a running loop."""

    def __init__(self, base: str, **connector: Any) -> None:
        self.base = base
        self._session = guarded_session(
            AddressPolicy(allow=EVERYWHERE),
            {"User-Agent": "lead-collector-doctor", "Accept-Encoding": "identity"},
            aiohttp.ClientTimeout(total=TOTAL_S),
            **connector,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_how: object) -> None:
        await self._session.close()

    async def ask(self, path: str, *, method: str = "GET", **sent: Any) -> Reply:
        """Ask for one path, following nothing."""
        try:
            async with self._session.request(
                method, self.base + path, allow_redirects=False, **sent
            ) as response:
                body = await response.content.read(READ_BYTES)
                return Reply(response.status, response.headers.copy(), body)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return Reply(failure=_explain(error))


def _explain(error: Exception) -> str:
    known = (said for kind, said in _FAILURES if isinstance(error, kind))
    return next(known, f"the answer broke off ({type(error).__name__})")


def look_at_base(settings: Settings) -> Iterator[Finding]:
    """Look at the address itself; what it needs to be tried is found where nothing is said."""
    base = settings.base_url
    url = split_url(base) if base else None
    if url is None:
        said = "COLLECTOR_BASE_URL is not set, so that nothing was tried from outside"
        yield warn(ABOUT, said, "set it to the address of the script without /t.js")
    elif url.scheme == "http" and not is_loopback(url.host):
        said = "it is http: cookies go in the clear, and the console signs nobody in"
        yield bad(ABOUT, said, f"let the web server before it speak https ({NGINX})")


async def look_at_front(
    front: Front, settings: Settings, captures: list[Capture], now: int
) -> list[Finding]:
    """Ask for the script, for health, and for a cookie to end: each shows what a proxy keeps."""
    script = await front.ask("/t.js")
    if fault := find_fault(script):
        return [bad(ABOUT, f"{front.base}/t.js {fault}", f"is the collector there? {NGINX}")]
    found = [
        ok(ABOUT, f"{front.base}/t.js is the script"),
        *judge_clock(script, now),
        *judge_health(await front.ask("/readyz")),
        *judge_metrics(await front.ask("/metrics"), front.base),
    ]
    active = [one for one in captures if one.state == "active" and one.origins]
    if not active:
        return [*found, warn("captures", "there is none to try", "collector capture create")]
    reply = await _end_cookie(front, active[0], settings.cookie_name)
    return [*found, judge_cookie(reply, front.base, settings.cookie_name)]


async def _end_cookie(front: Front, capture: Capture, cookie: str) -> Reply:
    """Refuse consent for nobody: the collector keeps nothing, and ends the cookie it is sent."""
    origin = capture.origins[0].replace("*.", "www.")
    view = {
        "source_id": capture.source_id,
        "url": f"{origin}/",
        "consent": {"state": "denied", "by": "api"},
    }
    headers = {"Cookie": f"{cookie}=x", "Origin": origin, "Content-Type": "text/plain"}
    body = msgspec.json.encode(view)
    return await front.ask("/t", method="POST", data=body, headers=headers)


async def look_at_cookies(base: str, captures: list[Capture], resolve: Resolver) -> Findings:
    """Say how long cookies will live on each origin, with the script from the public address."""
    collector = split_url(f"{base}/t.js")
    origins = {one for capture in captures for one in capture.origins if "*" not in one}
    for origin in sorted(origins):
        page = split_url(f"{origin}/")
        if page and collector:
            yield await _prospect(origin, page, collector, resolve)


async def _prospect(origin: str, page: Url, collector: Url, resolve: Resolver) -> Finding:
    prospect = prospect_of(
        page, collector, await resolve(page.host), await resolve(collector.host)
    )
    about, cure = f"cookies on {origin}", "let the site's own web server pass /_lc/ on"
    if prospect.topology == "foreign":
        said = "third-party, which browsers block: the page keeps the token itself"
        return warn(about, said, f"{cure} ({NGINX})")
    if prospect.capped:
        return warn(about, f"7 days in Safari: {prospect.capped}", f"{cure} ({NGINX})")
    return ok(about, "first-party, for as long as COLLECTOR_COOKIE_DAYS says")
