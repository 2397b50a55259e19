"""What is said of one page view in words: each thing with the rule that decided, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import msgspec

from collector.domain.attribution import (
    Attribution,
    Merged,
    choose_touch,
    metadata_of,
    new_attribution,
)
from collector.domain.bots import bot_reason, in_app
from collector.domain.browser_cookies import NO_IDS
from collector.domain.capture import AttributionModel
from collector.domain.channel_rules import Traffic
from collector.domain.channels import SHARED_LINK, referral_of
from collector.domain.consent import NOT_ASKED
from collector.domain.errors import InputError
from collector.domain.hosts import NO_TOUCH, Site, site_of, site_of_source
from collector.domain.inspection_texts import SAID, said
from collector.domain.lead_attribution import Rules
from collector.domain.parameters import Parameter, known_parameter
from collector.domain.percent import percent_decode
from collector.domain.said import Said
from collector.domain.sites import Url, registrable_domain, split_url
from collector.domain.tables import Tables
from collector.domain.token import Rejected, TokenSigner
from collector.domain.touch import PageView, Touch, touch_of
from collector.domain.url_parameters import written_pairs
from collector.domain.visit import visit

_DECIDED = frozenset({SHARED_LINK, "utm", "referrer", "direct"})


class Line(msgspec.Struct, frozen=True):
    """One thing: its name, its value, the stable word of the rule that decided, and why.

    `channel` is that of a touch whose source and medium are the value.
    """

    name: str
    value: str = ""
    rule: str = ""
    why: tuple[Said, ...] = ()
    channel: str = ""


class ModelLine(msgspec.Struct, frozen=True):
    """The metadata of a lead sent now under one attribution model; `used` is the capture's."""

    model: str
    used: bool
    reason: str
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is looked at: an address, and what a browser would tell beside it."""

    url: str
    referrer: str = ""
    cookie: str = ""
    agent: str = ""
    at: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """One page view, the rules it was judged by, and what it came to.

    `rejected` says why a cookie that came is not used; `agent` is who looks, where that was told.
    """

    view: PageView
    page: Url
    rules: Rules
    visited: Merged
    rejected: str | None
    agent: str = ""

    def parameters(self) -> Iterator[Line]:
        """Say of each name in the URL what becomes of it; the touch says what was kept."""
        table, seen = self.rules.tables.parameters, set[str]()
        touch = touch_of(self.view)
        for written, value in written_pairs(self.page, table):
            parameter = known_parameter(written, table)
            if parameter is None:
                yield Line(written, why=(said("not known"),))
                continue
            kept = touch.parameters.get(parameter.name)
            if kept is None or parameter.name in seen:
                yield Line(parameter.name, why=(said(_why_dropped(parameter, value, kept)),))
            elif value:
                seen.add(parameter.name)
                yield Line(parameter.name, kept, why=tuple(_explained(parameter, value, kept)))
            else:
                yield Line(parameter.name, why=(said("empty"),))

    def referrer(self) -> Line:
        """Say whether the referrer counts."""
        return Line(self.view.referrer or "-", why=self._referrer(touch_of(self.view)))

    def _referrer(self, touch: Touch) -> tuple[Said, ...]:
        url = split_url(self.view.referrer)
        if url is None:
            return (said("no address" if self.view.referrer else "no referrer"),)
        site = site_of(url)
        if touch.referrer:
            return _outside(site, touch.referrer)
        if site and site.kind in NO_TOUCH:
            return (said(f"silent {site.kind}", name=site.name),)
        inside = registrable_domain(url.host) in {
            *self.view.own_domains,
            registrable_domain(self.page.host),
        }
        return (said("own domain" if inside else "silent"),)

    def touch(self) -> Iterator[Line]:
        """Say what the view is as a touch, and how it joins what was known."""
        touch, tables = touch_of(self.view), self.rules.tables
        found = touch.classification(tables)
        if registrable_domain(self.page.host) not in self.rules.own_domains:
            yield Line("page", self.page.authority, why=(said("elsewhere"),))
        if self.agent:
            yield Line("agent", why=(_agent(self.agent),))
        decided = tuple(_why(found.reason, touch, tables))
        yield Line("source / medium", f"{found.source} / {found.medium}", found.reason, decided)
        yield Line("campaign", found.campaign or "-")
        traffic = tuple(_traffic(found.source, found.medium, found.campaign))
        yield Line("channel", found.channel, found.channel_rule, traffic)
        yield Line("landing page", touch.landing_page)
        yield Line("merged as", self.visited.reason, why=_joined(self.visited.reason))
        yield Line("tables", tables.version)

    def visitor(self) -> Iterator[Line]:
        """Say what is known of the visitor after the view."""
        attribution = self.visited.attribution
        if self.rejected:
            yield Line("cookie", why=(said("rejected", reason=self.rejected),))
        yield Line("touches", str(attribution.count))
        ends = (("first", attribution.first), ("last", attribution.last))
        for name, touch in ((name, touch) for name, touch in ends if touch):
            found = touch.classification(self.rules.tables)
            origin = f"{found.source} / {found.medium}"
            yield Line(name, origin, found.reason, channel=found.channel)

    def models(self) -> Iterator[ModelLine]:
        """Give the metadata of a lead sent now, by attribution model."""
        attribution, rules = self.visited.attribution, self.rules
        for model in get_args(AttributionModel):
            touch, reason = choose_touch(attribution, model, rules.tables)
            metadata = metadata_of(
                touch,
                attribution.ga_client_id,
                rules.utm_keyword_from,
                derive_utm=rules.derive_utm,
                tables=rules.tables,
            )
            yield ModelLine(model, model == rules.attribution_model, reason, metadata)


def read_page(url: str) -> Url:
    """Read the address of a page view. Raises InputError where it is no whole one."""
    page = split_url(url)
    if page is None:
        raise InputError("this is no whole address; begin with https://", field="url")
    return page


def own_rules(page: Url, tables: Tables) -> Rules:
    """Give the rules where no capture is named: the page's own domain, and what is default."""
    return Rules(own_domains=frozenset({registrable_domain(page.host)}), tables=tables)


def inspect_view(looked: Looked, rules: Rules, signer: TokenSigner, visitor: str) -> Inspection:
    """Make of a view what `POST /t` would make of it; `visitor` is the id of a new one.

    Raises InputError where the address is no whole one.
    """
    page = read_page(looked.url)
    view = PageView(
        url=looked.url,
        referrer=looked.referrer,
        at=looked.at,
        own_domains=rules.own_domains,
        app=in_app(looked.agent),
        tables=rules.tables,
    )
    nobody = new_attribution(site=registrable_domain(page.host), visitor=visitor, at=view.at)
    before, rejected = _came(signer, view, looked.cookie, nobody)
    visited = visit(before, view, NO_IDS, NOT_ASKED)
    return Inspection(view, page, rules, visited, rejected, looked.agent)


def _came(
    signer: TokenSigner, view: PageView, cookie: str, nobody: Attribution
) -> tuple[Attribution, str | None]:
    """Open the cookie; else begin anew, and say why it is no good if there was one."""
    if not cookie:
        return nobody, None
    opened = signer.open(cookie, view.at, view.own_domains)
    return (nobody, opened.reason) if isinstance(opened, Rejected) else (opened, None)


def _joined(reason: str) -> tuple[Said, ...]:
    word = "merged direct" if reason == "direct" else reason
    return (said(word),) if word in SAID else ()


def _outside(site: Site | None, referrer: str) -> tuple[Said, ...]:
    outside = said(f"outside {site.kind}", name=site.name) if site else said("outside")
    found = referral_of(referrer)
    itself = said("by itself", source=found.source, medium=found.medium) if found else None
    return (outside, itself) if itself else (outside,)


def _agent(agent: str) -> Said:
    if reason := bot_reason(agent):
        return said("bot", reason=reason)
    app = in_app(agent)
    return said("app", name=app) if app else said("browser")


def _why(reason: str, touch: Touch, tables: Tables) -> Iterator[Said]:
    """Explain the reason of a touch, and which UTMs stand as they were written."""
    if reason in _DECIDED:
        yield said(reason)
    else:
        yield said("implied" if reason in tables.parameters.implying else "alone", name=reason)
    explicit = [name for name in ("utm_source", "utm_medium") if name in touch.parameters]
    if explicit and reason != "utm":
        yield said("both written") if len(explicit) > 1 else said("written", name=explicit[0])


def _why_dropped(parameter: Parameter, value: str, kept: str | None) -> str:
    if parameter.names_person:
        return "person"
    if not value:
        return "empty"
    return "unusable" if kept is None else "repeated"


def _explained(parameter: Parameter, value: str, kept: str) -> Iterator[Said]:
    if parameter.click_id and parameter.network:
        yield said("click id of", network=parameter.network)
    elif parameter.click_id:
        yield said("click id")
    if parameter.source:
        yield said("implies", source=parameter.source, medium=str(parameter.medium))
    decoded = percent_decode(value if parameter.click_id else value.replace("+", " "))
    if decoded != kept:
        yield said("cleaned")


def _traffic(source: str, medium: str, campaign: str | None) -> Iterator[Said]:
    """Name what the channel rules looked at."""
    site = site_of_source(source.strip().lower())
    traffic = Traffic(source.lower(), medium.lower(), (campaign or "").lower(), None)
    yield said(f"known {site.kind}" if site else "no known site", source=source)
    yield said("paid" if traffic.paid else "not paid", medium=medium)
