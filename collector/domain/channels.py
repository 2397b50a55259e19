"""Where a touch came from: source, medium and channel, each with the rule that decided."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from collector.domain.channel_rules import (
    DIRECT,
    NONE,
    NOT_SET,
    REFERRAL,
    RULES_VERSION,
    channel_rule,
)
from collector.domain.host_table import HOSTS_VERSION
from collector.domain.hosts import (
    LATER_KINDS,
    NAMELESS,
    SURFACES,
    Site,
    SiteKind,
    advertiser_of_source,
    site_of,
    site_of_source,
)
from collector.domain.parameters import SHIPPED, Parameter, ParameterTable
from collector.domain.sites import split_url

TABLE_VERSION = f"{RULES_VERSION}.{HOSTS_VERSION}"
"""Version of the rules and of the host table: kept with each conclusion drawn from them."""

SHARED_LINK = "shared link"

_PAID_MEDIUM = "cpc"
_AD_PLACES = frozenset({SiteKind.VIDEO, SiteKind.ADS})
"""Kinds of sites on which a network's ads are not its usual ones: they make another channel."""

_MEDIUM_OF_KIND = {SiteKind.SEARCH: "organic", SiteKind.AI: "ai-assistant"}


class Classification(msgspec.Struct, frozen=True):
    """Where a touch came from; `channel_rule` and `reason` say what decided."""

    source: str
    medium: str
    campaign: str | None
    term: str | None
    content: str | None
    channel: str
    channel_rule: str
    reason: str


class Origin(msgspec.Struct, frozen=True):
    """The source and medium that stand where UTMs are missing, and what they rest on.

    `network` is whose click it was, `paid` whether it cost money.
    """

    source: str
    medium: str
    kind: SiteKind | None
    reason: str
    network: str = ""
    paid: bool = False


class Referral(msgspec.Struct, frozen=True):
    """An outside referrer, concluded; `site` is None when the host table does not know it."""

    source: str
    medium: str
    site: Site | None

    def origin(self, reason: str) -> Origin:
        """Let the referrer stand for the touch."""
        return Origin(self.source, self.medium, self.site.kind if self.site else None, reason)


def classify(
    parameters: Mapping[str, str],
    referrer: str = "",
    app: str | None = None,
    table: ParameterTable = SHIPPED,
) -> Classification:
    """Conclude where a touch came from: explicit UTMs, else click ids, else the outside referrer.

    Each missing member is filled on its own. `app` is the in-app browser the page was seen in.
    Values stay as written; only copies are lowered.
    """
    origin = _origin_of(tuple(parameters), referrer, app, table)
    if "utm_source" in parameters:
        origin = _said_to_be(parameters["utm_source"], origin)
    source, medium = origin.source, parameters.get("utm_medium", origin.medium)
    campaign = parameters.get("utm_campaign")
    rule = channel_rule(source, medium, campaign or "", origin.kind, clicked=origin.paid)
    return Classification(
        source=source,
        medium=medium,
        campaign=campaign,
        term=parameters.get("utm_term"),
        content=parameters.get("utm_content"),
        channel=rule.channel,
        channel_rule=rule.id,
        reason=origin.reason,
    )


@lru_cache(maxsize=1024)
def _said_to_be(source: str, seen: Origin) -> Origin:
    """Take the source from `utm_source`, and from it the medium that nothing else tells."""
    lowered = source.strip().lower()
    site = site_of_source(lowered)
    advertiser = None if site else advertiser_of_source(lowered)
    site = site or advertiser
    medium = seen.medium
    if advertiser and not seen.paid:
        medium = _PAID_MEDIUM
    elif site and medium == NOT_SET:
        medium = _medium_of(site)
    kind = site.kind if site else None
    if site and seen.network in site.networks and seen.kind in _AD_PLACES:
        kind = seen.kind
    return Origin(source, medium, kind, seen.reason, seen.network, seen.paid)


@lru_cache(maxsize=2048)
def referral_of(referrer: str) -> Referral | None:
    """Conclude source and medium from an outside referrer; None when it is no URL."""
    url = split_url(referrer)
    if url is None:
        return None
    site = site_of(url)
    if site is None or site.kind in NAMELESS:
        return Referral(url.host.removeprefix("www."), REFERRAL, site)
    return Referral(site.name, _medium_of(site), site)


def _medium_of(site: Site) -> str:
    return _MEDIUM_OF_KIND.get(site.kind, REFERRAL)


@lru_cache(maxsize=2048)
def _origin_of(
    parameters: tuple[str, ...], referrer: str, app: str | None, table: ParameterTable
) -> Origin:
    """Conclude from the names of the parameters, in their order, and from what is around them."""
    referral = referral_of(referrer) if referrer else None
    implying = [table.implying[name] for name in parameters if name in table.implying]
    winner, shared = _winner(implying, referral, table)
    if winner:
        reason = SHARED_LINK if shared else _reason(parameters, winner)
        return _implied(winner, referral, app, reason)
    if referral:
        return referral.origin(SHARED_LINK if shared else _reason(parameters, None, "referrer"))
    if parameters:
        return Origin(NOT_SET, NOT_SET, None, _reason(parameters, None, parameters[0]))
    return Origin(DIRECT, NONE, None, "direct")


def _reason(
    parameters: tuple[str, ...], winner: Parameter | None, otherwise: str | None = None
) -> str:
    """Name what decided: a click id, else UTMs, else what is left."""
    if winner and winner.click_id:
        return winner.name
    if any(name.startswith("utm_") for name in parameters):
        return "utm"
    return otherwise or (winner.name if winner else "")


def _winner(
    implying: list[Parameter], referral: Referral | None, table: ParameterTable
) -> tuple[Parameter | None, bool]:
    """Pick the parameter that speaks for the touch, and say whether the link was shared.

    A link is shared when ids of two networks stand in it, or when it was followed on a search,
    social or AI site of another network: then the later network speaks, None for the referrer.
    """
    networked = [parameter for parameter in implying if parameter.network in SURFACES]
    site = referral.site if referral else None
    if site and site.kind in LATER_KINDS:
        own = [parameter for parameter in networked if parameter.network in site.networks]
        if len(own) < len(networked):
            return _most_telling(own, table), True
    elif len({parameter.network for parameter in networked}) > 1:
        return _latest(networked), True
    return _most_telling(implying, table), False


def _most_telling(parameters: list[Parameter], table: ParameterTable) -> Parameter | None:
    return min(parameters, key=lambda parameter: table.rank[parameter.name], default=None)


def _latest(parameters: list[Parameter]) -> Parameter:
    """Take the network that came last: one that marks every link, else the last click id."""
    unpaid = [parameter for parameter in parameters if not parameter.paid]
    click_ids = [parameter for parameter in parameters if parameter.click_id]
    return (unpaid or click_ids or parameters)[-1]


def _implied(winner: Parameter, referral: Referral | None, app: str | None, reason: str) -> Origin:
    """Say what a parameter implies; of an unpaid id the network's site that it was seen on."""
    site = site_of_source(winner.source)
    kind = site.kind if site else None
    for seen_on in (referral.site if referral else None, site_of_source(app or "")):
        if seen_on and winner.network in seen_on.networks:
            if winner.paid:
                kind = seen_on.kind if seen_on.kind in _AD_PLACES else kind
                break
            medium = winner.medium if seen_on.kind is kind else _medium_of(seen_on)
            return Origin(seen_on.name, medium, seen_on.kind, reason, winner.network)
    return Origin(winner.source, winner.medium, kind, reason, winner.network, winner.paid)
