"""A touch: one campaign contact, as a page view tells it, and how it reads as JSON."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import TypedDict

import msgspec

from collector.domain.channels import Classification, classify
from collector.domain.hosts import sends_nobody
from collector.domain.parameters import CLICK_IDS, ReadQuery, impersonal_query, read_query
from collector.domain.sites import Url, registrable_domain, split_url
from collector.domain.times import render_time

MAX_REFERRER = 500
MAX_LANDING_PAGE = 2_000
_MAX_READ = 2_000
"""How much of a referrer is looked at: what is longer is kept without its query anyway."""
_HASH_BYTES = 6


class Touch(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """One campaign contact. `at` is microseconds UTC; `landing_hash` tells landing pages apart.

    What it stands for is not kept: `classification` concludes it by the table of the day.
    `dropped` names click ids that a token had no room for.
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

    @cached_property
    def click_ids(self) -> set[tuple[str, str]]:
        """The click ids as name and value."""
        return {(name, self.parameters[name]) for name in CLICK_IDS & self.parameters.keys()}

    @property
    def has_click_id(self) -> bool:
        """Whether it came from a click that has an id, kept or dropped."""
        return bool(self.dropped) or not CLICK_IDS.isdisjoint(self.parameters)

    @cached_property
    def classification(self) -> Classification:
        """Source, medium and channel by today's table; a dropped id still says whose it was."""
        parameters = self.parameters | dict.fromkeys(self.dropped, "")
        return classify(parameters, self.referrer, self.app)

    @property
    def reason(self) -> str:
        """What decided where it came from, and which click ids had to be dropped."""
        return _explained(self, self.classification)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page view as reported: URLs as the browser wrote them, `at` in microseconds UTC.

    `app` is the in-app browser it was seen in.
    """

    url: str
    referrer: str
    at: int
    own_domains: frozenset[str]
    app: str | None = None


def touch_of(view: PageView) -> Touch:
    """Read a page view as a touch: direct without parameters and without outside referrer."""
    url = split_url(view.url)
    referrer = _outside_referrer(view, url) if view.referrer else ""
    if url is None:
        return Touch(view.at, {}, referrer, "", landing_hash(None, _NOTHING), view.app)
    query = read_query(url) if url.query or url.fragment else _NOTHING
    return Touch(
        at=view.at,
        parameters=query.parameters,
        referrer=referrer,
        landing_page=_render_page(url, query.rest, MAX_LANDING_PAGE),
        landing_hash=landing_hash(url, query),
        app=view.app,
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


def render_touch(touch: Touch) -> ShownTouch:
    """Write a touch as the JSON object that answers, events and exports carry."""
    classified = touch.classification
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
    domain, referrer = _read_referrer(view.referrer[:_MAX_READ])
    inside = domain in view.own_domains or (page and domain == registrable_domain(page.host))
    return "" if inside else referrer


@lru_cache(maxsize=2048)
def _read_referrer(text: str) -> tuple[str, str]:
    """Find a referrer's registrable domain and how it is kept; nothing when it sends nobody."""
    url = split_url(text)
    if url is None or sends_nobody(url):
        return "", ""
    kept = _render_page(url, impersonal_query(url.query), MAX_REFERRER)
    return registrable_domain(url.host), kept


def _render_page(url: Url, query: str, limit: int) -> str:
    """Write a URL without its fragment; the query goes first when it is too long."""
    page = f"{url.scheme}://{url.authority}{url.path}"
    whole = f"{page}?{query}" if query else page
    return whole if len(whole) <= limit else page[:limit]
