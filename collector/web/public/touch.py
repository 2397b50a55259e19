"""`POST /t`: one page view that may be a touch. No database is asked."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import msgspec

from collector.domain.attribution import (
    RELOAD_WITHIN,
    Attribution,
    new_attribution,
    without_analytics,
)
from collector.domain.bots import bot_reason, in_app, prefetch_reason
from collector.domain.browser_cookies import (
    NO_IDS,
    BrowserIds,
    allowed_cookies,
    read_cookies,
    refuses_analytics,
)
from collector.domain.capture import Capture
from collector.domain.consent import NOT_ASKED, Consent
from collector.domain.errors import (
    InputError,
    OriginRefused,
    PageRefused,
    TooManyRequests,
    UnknownCapture,
)
from collector.domain.ids import parse_uuid
from collector.domain.json_values import clean_json, decode_json
from collector.domain.secret_names import without_secrets
from collector.domain.sites import Url, registrable_domain, split_url
from collector.domain.times import SECOND
from collector.domain.token import Rejected
from collector.domain.touch import PageView
from collector.domain.visit import render_visit, visit
from collector.intake import rules_of
from collector.web.answer import Answer, Headers, json_answer
from collector.web.cookies import read_known_cookies, read_tokens, set_cookie
from collector.web.endpoint import BrowserEndpoint, Exchange
from collector.web.limits import Pace
from collector.web.public.check_watch import watched

BODY_BYTES = 128 * 1024
MAX_AGE_S = RELOAD_WITHIN // SECOND
"""A landing may come late for as long as a reload is one: merging relies on it."""
_VISITOR_BYTES = 9


class View(msgspec.Struct, frozen=True):
    """What the script reports of one page view."""

    url: str
    source_id: str | None = None
    referrer: str = ""
    token: str | None = None
    cookies: dict[str, Any] = {}
    consent: Consent | None = None
    check: str | None = None
    age_s: float = 0
    framed: bool = False


class Ignored(msgspec.Struct, frozen=True):
    """Nothing was kept of the view, and why: consent, a prefetch, a bot."""

    ignored: str


_decode_view = msgspec.json.Decoder(View).decode


def read_view(body: bytes) -> View:
    """Read the body. Raises InputError naming the member at fault, NotJson, TooComplex."""
    try:
        view = _decode_view(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        view = _read_odd_view(body)
    if not 0 <= view.age_s <= MAX_AGE_S:
        raise InputError(f"age_s must be 0 to {MAX_AGE_S} seconds", field="age_s")
    return view


def _read_odd_view(body: bytes) -> View:
    """Read what a strict parser refuses: lone surrogates and NUL are replaced, not refused."""
    try:
        return msgspec.convert(clean_json(decode_json(body)), View)
    except msgspec.ValidationError as error:
        raise InputError(f"the page view cannot be read: {error}") from error


class Touch(BrowserEndpoint):
    """Merges a page view into the visitor's attribution and answers what is known."""

    async def answer(self, exchange: Exchange) -> Answer:
        """Decode, limit, judge, merge, answer; what comes with a check code is noted."""
        incoming, services = exchange.incoming, exchange.services
        if services.touch_limit.count(exchange.client.rate_key, exchange.now) is not Pace.WITHIN:
            raise TooManyRequests("too many page views from this address; slow down")
        view = read_view(await incoming.body(BODY_BYTES))
        if view.check is None:
            return _judge(exchange, view)
        return watched(exchange, view.check, view, lambda: _judge(exchange, view))


def _judge(exchange: Exchange, view: View) -> Answer:
    incoming = exchange.incoming
    exchange.capture = capture = find_capture(exchange, view)
    url = own_page(capture, incoming.origin, view.url)
    consent = view.consent or NOT_ASKED
    if consent.denied:
        return _ignore(exchange, "consent", end_cookie=True)
    not_a_visit = prefetch_reason(
        incoming.header(b"sec-purpose"), incoming.header(b"purpose")
    ) or bot_reason(incoming.header(b"user-agent"))
    if not_a_visit:
        return _ignore(exchange, not_a_visit)
    return _merge(exchange, capture, view, url)


def find_capture(exchange: Exchange, view: View) -> Capture:
    """Find the capture a view belongs to: by its source_id, else any that allows the origin.

    Raises UnknownCapture, or InputError when the view names neither.
    """
    captures = exchange.services.captures
    if view.source_id:
        found = captures.get(view.source_id) or captures.get(parse_uuid(view.source_id) or "")
        if found is None or found.state == "archived":
            raise UnknownCapture(f"there is no capture {view.source_id[:64]}", field="source_id")
        return found
    origin = exchange.incoming.origin
    if origin is None:
        raise InputError("name the capture by source_id", field="source_id")
    allowing = captures.allowing(origin)
    if allowing is None:
        raise OriginRefused(f"no capture allows the origin {origin[:200]}", field="Origin")
    return allowing


def own_page(capture: Capture, origin: str | None, page: str) -> Url:
    """Make sure that a page may report to a capture. Raises OriginRefused, PageRefused."""
    if origin is not None and not capture.allows_origin(origin):
        raise OriginRefused(
            f"the capture does not allow the origin {origin[:200]}; add it with --origin",
            field="Origin",
        )
    url = split_url(page)
    if url is None or not capture.owns_host(url.host):
        raise PageRefused("url is not on one of the capture's own domains", field="url")
    return url


def _ignore(exchange: Exchange, why: str, *, end_cookie: bool = False) -> Answer:
    exchange.services.metrics.touch("ignored")
    headers: Headers = ()
    name = exchange.services.cookie.name
    if end_cookie and name in exchange.incoming.header(b"cookie"):
        headers = (set_cookie(name, "", 0, exchange.client),)
    return json_answer(200, Ignored(why), headers)


def _merge(exchange: Exchange, capture: Capture, view: View, url: Url) -> Answer:
    """Merge the view into what came in; a cookie goes back only if that added something."""
    services, consent = exchange.services, view.consent or NOT_ASKED
    foreign = view.framed or _is_foreign(exchange, url)
    token, before = _came(exchange, capture, view) or ("", _nobody(exchange, url))
    seen = PageView(
        url=without_secrets(view.url),
        referrer=without_secrets(view.referrer),
        at=exchange.now - round(view.age_s * SECOND),
        own_domains=capture.own_domains,
        app=in_app(exchange.incoming.header(b"user-agent")),
        tables=services.tables,
    )
    services.touch_counts.look_at(capture.source_id, seen, exchange.now)
    said = {name: value for name, value in view.cookies.items() if isinstance(value, str)}
    known = without_analytics(before) if refuses_analytics(said) else before
    visited = visit(known, seen, _ids(exchange, said, url, foreign=foreign), consent)
    if visited.attribution.count > before.count:
        services.touch_counts.count(
            capture.source_id, visited.attribution.touches[-1], exchange.now
        )
    added = visited.attribution is not before or not services.signer.signed_by_newest(token)
    if added:
        token = services.signer.sign(visited.attribution)
    services.metrics.touch(visited.reason.partition(":")[0])
    stays = not foreign and not consent.pending
    cookie = services.cookie
    headers: Headers = ()
    if added and stays:
        headers = (set_cookie(cookie.name, token, cookie.max_age_s, exchange.client),)
    keep = foreign and not consent.pending
    rules = rules_of(capture, services.tables)
    return json_answer(200, render_visit(visited, rules, token=token, keep=keep), headers)


def _is_foreign(exchange: Exchange, url: Url) -> bool:
    client = exchange.client
    return exchange.incoming.is_cross_site(url.scheme, url.host, client.scheme, client.host)


def _came(exchange: Exchange, capture: Capture, view: View) -> tuple[str, Attribution] | None:
    """Open the first token that verifies: the visitor cookies, then the page's own."""
    services = exchange.services
    cookies = read_tokens(exchange.incoming.header(b"cookie"), services.cookie.name)
    for token in filter(None, (*cookies, view.token)):
        opened = services.signer.open(token, exchange.now, capture.own_domains)
        if not isinstance(opened, Rejected):
            return token, opened
        services.metrics.rejected_token(opened.reason)
    return None


def _nobody(exchange: Exchange, url: Url) -> Attribution:
    """Begin the attribution of a visitor who brought none, on the site of the page."""
    origin = split_url(exchange.incoming.origin or "") or url
    visitor = urlsafe_b64encode(exchange.services.random(_VISITOR_BYTES)).decode()
    return new_attribution(site=registrable_domain(origin.host), visitor=visitor, at=exchange.now)


def _ids(exchange: Exchange, said: dict[str, str], url: Url, *, foreign: bool) -> BrowserIds:
    """Read what other scripts' cookies say: as the page saw them, then as they came with us."""
    came = [] if foreign else read_known_cookies(exchange.incoming.header(b"cookie"))
    seen = allowed_cookies(said, came)
    return read_cookies(seen, url.host) if seen else NO_IDS
