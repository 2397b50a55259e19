"""A touch: one campaign contact, as a page view tells it, and how it reads as JSON."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypedDict

import msgspec

from collector.domain.channels import Classification, classify
from collector.domain.hosts import sends_nobody
from collector.domain.sites import Url, registrable_domain, split_url
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.times import render_time
from collector.domain.url_parameters import ReadQuery, impersonal_query, read_query

MAX_REFERRER = 500
MAX_LANDING_PAGE = 2_000
_MAX_READ = 2_000
"""How much of a referrer is looked at: what is longer is kept without its query anyway."""
_HASH_BYTES = 6


class Touch(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """One campaign contact. `at` is microseconds UTC; `landing_hash` tells landing pages apart.

    What it stands for is not kept: `classification` concludes it by the table of the day.
    `dropped` names click ids that could not be kept, or that a token had no room for.
    """

    at: int
    parameters: dict[str, str]
    referrer: str
    landing_page: str
    landing_hash: str
    app: str | None = None
    dropped: tuple[str, ...] = ()

    @property
    def is_direct(self) -> bool:
        """Whether nothing says where the visitor came from."""
        return not (self.parameters or self.referrer or self.dropped)

    def click_ids(self, tables: Tables = SHIPPED_TABLES) -> set[tuple[str, str]]:
        """Pick the click ids, as name and value."""
        names = tables.parameters.click_ids & self.parameters.keys()
        return {(name, self.parameters[name]) for name in names}

    def has_click_id(self, tables: Tables = SHIPPED_TABLES) -> bool:
        """Whether it came from a click that has an id, kept or dropped."""
        return bool(self.dropped) or not tables.parameters.click_ids.isdisjoint(self.parameters)

    def classification(self, tables: Tables = SHIPPED_TABLES) -> Classification:
        """Conclude source, medium and channel, once; a dropped id still says whose it was."""
        kept: dict[str, Any] = self.__dict__
        if kept.get("tables") is not tables:
            parameters = self.parameters | dict.fromkeys(self.dropped, "")
            classified = classify(parameters, self.referrer, self.app, tables.parameters)
            kept.update(tables=tables, classified=classified)
        classification: Classification = kept["classified"]
        return classification

    def reason(self, tables: Tables = SHIPPED_TABLES) -> str:
        """Say what decided where it came from, and which click ids had to be dropped."""
        return _explained(self, self.classification(tables))


class PageView(msgspec.Struct, frozen=True, kw_only=True):
    """A page view as reported: URLs as the browser wrote them, `at` in microseconds UTC.

    `app` is the in-app browser it was seen in, `tables` are those it is read by.
    """

    url: str
    referrer: str
    at: int
    own_domains: frozenset[str]
    app: str | None = None
    tables: Tables = SHIPPED_TABLES


def touch_of(view: PageView) -> Touch:
    """Read a page view as a touch: direct without parameters and without outside referrer."""
    url = split_url(view.url)
    referrer = _outside_referrer(view, url) if view.referrer else ""
    if url is None:
        return Touch(view.at, {}, referrer, "", landing_hash(None, _NOTHING), view.app)
    table = view.tables.parameters
    query = read_query(url, table) if url.query or url.fragment else _NOTHING
    return Touch(
        at=view.at,
        parameters=query.parameters,
        referrer=referrer,
        landing_page=_render_page(url, query.rest, MAX_LANDING_PAGE),
        landing_hash=landing_hash(url, query),
        app=view.app,
        dropped=query.dropped,
    )


def read_again(touch: Touch, tables: Tables) -> Touch:
    """Read a kept touch by other tables: further parameters, hosts that send nobody by now."""
    page = split_url(touch.landing_page)
    spoke = bool(touch.parameters or touch.dropped)
    query = read_query(page, tables.parameters, named_pages=not spoke) if page else _NOTHING
    referrer = split_url(touch.referrer)
    silent = referrer is not None and sends_nobody(referrer, tables.silent_hosts)
    if not (query.parameters or query.dropped or silent):
        return touch
    return msgspec.structs.replace(
        touch,
        parameters=touch.parameters | query.parameters,
        referrer="" if silent else touch.referrer,
        landing_page=_render_page(page, query.rest, MAX_LANDING_PAGE) if page else "",
        dropped=touch.dropped + query.dropped,
    )


class ShownTouch(TypedDict):
    """A touch in JSON, here and everywhere."""

    at: str
    source: str
    medium: str
    campaign: str | None
    term: str | None
    content: str | None
    channel: str
    channel_rule: str
    parameters: dict[str, str]
    referrer: str | None
    landing_page: str
    reason: str


def render_touch(touch: Touch, tables: Tables = SHIPPED_TABLES) -> ShownTouch:
    """Write a touch as the JSON object that answers, events and exports carry."""
    classified = touch.classification(tables)
    return {
        "at": render_time(touch.at),
        "source": classified.source,
        "medium": classified.medium,
        "campaign": classified.campaign,
        "term": classified.term,
        "content": classified.content,
        "channel": classified.channel,
        "channel_rule": classified.channel_rule,
        "parameters": touch.parameters,
        "referrer": touch.referrer or None,
        "landing_page": touch.landing_page,
        "reason": _explained(touch, classified),
    }


def _explained(touch: Touch, classified: Classification) -> str:
    dropped = f"; dropped: {', '.join(touch.dropped)}" if touch.dropped else ""
    return classified.reason + dropped


_NOTHING = ReadQuery({}, "")


def landing_hash(url: Url | None, query: ReadQuery) -> str:
    """Fingerprint a landing page by host, path, query and captured parameters, without anchor."""
    place = f"{url.authority}\n{url.path or '/'}" if url else ""
    named = "&".join(f"{name}={value}" for name, value in query.parameters.items())
    digest = sha256(f"{place}\n{query.rest}\n{named}".encode()).digest()
    return urlsafe_b64encode(digest[:_HASH_BYTES]).decode()


def _outside_referrer(view: PageView, page: Url | None) -> str:
    """Render the referrer, or nothing when it is on an own domain or sends nobody."""
    domain, referrer = _read_referrer(view.referrer[:_MAX_READ], view.tables)
    inside = domain in view.own_domains or (page and domain == registrable_domain(page.host))
    return "" if inside else referrer


@lru_cache(maxsize=2048)
def _read_referrer(text: str, tables: Tables) -> tuple[str, str]:
    """Find a referrer's registrable domain and how it is kept; nothing when it sends nobody."""
    url = split_url(text)
    if url is None or sends_nobody(url, tables.silent_hosts):
        return "", ""
    query = impersonal_query(url.query, tables.parameters)
    kept = _render_page(url, query, MAX_REFERRER)
    return registrable_domain(url.host), kept


def _render_page(url: Url, query: str, limit: int) -> str:
    """Write a URL without its fragment; the query goes first when it is too long."""
    page = f"{url.scheme}://{url.authority}{url.path}"
    whole = f"{page}?{query}" if query else page
    return whole if len(whole) <= limit else page[:limit]
