"""GA4's default channel groups and the project's own additions, as an ordered table of rules.

Source: https://support.google.com/analytics/answer/9756891; definitions there ignore case. Added:
AI assistants and webmail by the project's host table; ads on other sites are Display, and a paid
click speaks where its medium says nothing, as GA4 has it for the clicks of Google Ads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

from collector.domain.hosts import SiteKind

RULES_VERSION = 2

DIRECT = "(direct)"
NONE = "(none)"
NOT_SET = "(not set)"
REFERRAL = "referral"

PAID_CHANNELS = frozenset(
    {
        "Cross-network",
        "Paid Shopping",
        "Paid Search",
        "Paid Social",
        "Paid Video",
        "Display",
        "Paid Other",
    }
)


class Traffic(msgspec.Struct, frozen=True):
    """What the channel rules look at: lower-case copies, and the kind of the source."""

    source: str
    medium: str
    campaign: str
    kind: SiteKind | None

    @property
    def paid(self) -> bool:
        """Whether the medium is one that money buys."""
        return _PAID_MEDIUM.fullmatch(self.medium) is not None

    @property
    def shopping(self) -> bool:
        """Whether the source is a shopping site or the campaign a shopping campaign."""
        return self.kind is SiteKind.SHOPPING or bool(_SHOPPING_CAMPAIGN.fullmatch(self.campaign))


class Rule(msgspec.Struct, frozen=True):
    """One row of the table: the first rule whose condition holds names the channel."""

    id: str
    channel: str
    holds: Callable[[Traffic], bool]


_PAID_MEDIUM = re.compile(r".*cp.*|ppc|retargeting|paid.*", re.DOTALL)
_SHOPPING_CAMPAIGN = re.compile(r".*(?:(?:[^a-df-z]|^)shop|shopping).*", re.DOTALL)
_EMAIL = re.compile(r"e[-_ ]?mail")
_DISPLAY = {"display", "banner", "expandable", "interstitial", "cpm"}
_CLICKED = "cpc"
_SOCIAL = {"social", "social-network", "social-media", "sm", "social network", "social media"}

RULES: tuple[Rule, ...] = (
    Rule("direct", "Direct", lambda t: t.source == DIRECT and t.medium in {NOT_SET, NONE}),
    Rule("cross-network", "Cross-network", lambda t: "cross-network" in t.campaign),
    Rule("paid-shopping", "Paid Shopping", lambda t: t.shopping and t.paid),
    Rule("paid-search", "Paid Search", lambda t: t.kind is SiteKind.SEARCH and t.paid),
    Rule("paid-social", "Paid Social", lambda t: t.kind is SiteKind.SOCIAL and t.paid),
    Rule("paid-video", "Paid Video", lambda t: t.kind is SiteKind.VIDEO and t.paid),
    Rule("display", "Display", lambda t: t.medium in _DISPLAY),
    Rule("display-site", "Display", lambda t: t.kind is SiteKind.ADS and t.paid),
    Rule("paid-other", "Paid Other", lambda t: t.paid),
    Rule("organic-shopping", "Organic Shopping", lambda t: t.shopping),
    Rule("social-site", "Organic Social", lambda t: t.kind is SiteKind.SOCIAL),
    Rule("social-medium", "Organic Social", lambda t: t.medium in _SOCIAL),
    Rule("video-site", "Organic Video", lambda t: t.kind is SiteKind.VIDEO),
    Rule("video-medium", "Organic Video", lambda t: "video" in t.medium),
    Rule("search-site", "Organic Search", lambda t: t.kind is SiteKind.SEARCH),
    Rule("organic-medium", "Organic Search", lambda t: t.medium == "organic"),
    Rule("ai-site", "AI Assistant", lambda t: t.kind is SiteKind.AI),
    Rule("ai-medium", "AI Assistant", lambda t: t.medium == "ai-assistant"),
    Rule("mail-site", "Email", lambda t: t.kind is SiteKind.MAIL),
    Rule("referral", "Referral", lambda t: t.medium in {REFERRAL, "app", "link"}),
    Rule("email", "Email", lambda t: bool(_EMAIL.search(t.source) or _EMAIL.search(t.medium))),
    Rule("affiliate", "Affiliates", lambda t: t.medium == "affiliate"),
    Rule("audio", "Audio", lambda t: t.medium == "audio"),
    Rule("sms", "SMS", lambda t: "sms" in {t.source, t.medium}),
    Rule("push", "Mobile Push Notifications", lambda t: t.medium.endswith("push")),
    Rule(
        "mobile",
        "Mobile Push Notifications",
        lambda t: "mobile" in t.medium or "notification" in t.medium or t.source == "firebase",
    ),
    Rule("unassigned", "Unassigned", lambda _: True),
)


CHANNELS = tuple(sorted({rule.channel for rule in RULES}))
"""Every channel there is."""


@lru_cache(maxsize=1024)
def channel_rule(
    source: str, medium: str, campaign: str, kind: SiteKind | None, *, clicked: bool = False
) -> Rule:
    """Find the first rule that holds; `clicked` says that the id of a paid click is known."""
    medium = medium.strip().lower()
    if clicked and _first(Traffic("", medium, "", None)) is RULES[-1]:
        medium = _CLICKED
    return _first(Traffic(source.strip().lower(), medium, campaign.strip().lower(), kind))


def _first(traffic: Traffic) -> Rule:
    return next(rule for rule in RULES if rule.holds(traffic))
