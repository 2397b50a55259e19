from __future__ import annotations

import pytest

from collector.domain.channel_rules import PAID_CHANNELS, RULES, channel_rule
from collector.domain.hosts import SiteKind

SEARCH, SOCIAL, VIDEO = SiteKind.SEARCH, SiteKind.SOCIAL, SiteKind.VIDEO
SHOPPING, MAIL, AI = SiteKind.SHOPPING, SiteKind.MAIL, SiteKind.AI

GA4 = [  # https://support.google.com/analytics/answer/9756891
    ("1 direct", "(direct)", "(none)", "", None, "Direct"),
    ("1 direct, medium not set", "(direct)", "(not set)", "", None, "Direct"),
    ("1 not direct with a medium", "(direct)", "email", "", None, "Email"),
    ("2 cross-network", "google", "cpc", "Cross-network sale", SEARCH, "Cross-network"),
    ("3 shopping site paid", "amazon", "cpc", "", SHOPPING, "Paid Shopping"),
    ("3 shopping campaign paid", "google", "cpc", "DE Shopping", SEARCH, "Paid Shopping"),
    ("3 shop campaign paid", "google", "cpc", "shop-de", SEARCH, "Paid Shopping"),
    (
        "3 a workshop is no shop",
        "google",
        "cpc",
        "workshop",
        SEARCH,
        "Paid Search",
    ),
    ("3 an eshop is one", "google", "cpc", "eshop", SEARCH, "Paid Shopping"),
    ("4 search paid", "google", "cpc", "", SEARCH, "Paid Search"),
    ("4 search ppc", "bing", "ppc", "", SEARCH, "Paid Search"),
    ("4 search retargeting", "google", "retargeting", "", SEARCH, "Paid Search"),
    ("4 search paid-anything", "google", "paidsearch", "", SEARCH, "Paid Search"),
    ("4 any case", "Google", "CPC", "", SEARCH, "Paid Search"),
    ("5 social paid", "facebook", "paid_social", "", SOCIAL, "Paid Social"),
    ("5 social cpc", "linkedin", "cpc", "", SOCIAL, "Paid Social"),
    ("5 quirk: social cpm is paid", "facebook", "cpm", "", SOCIAL, "Paid Social"),
    ("6 video paid", "youtube", "cpv cpc", "", VIDEO, "Paid Video"),
    ("7 display", "partner", "display", "", None, "Display"),
    ("7 banner", "partner", "banner", "", None, "Display"),
    ("7 expandable", "partner", "expandable", "", None, "Display"),
    ("7 interstitial", "partner", "interstitial", "", None, "Display"),
    ("7 quirk: other cpm is display", "partner", "cpm", "", None, "Display"),
    ("7 google display is no search", "google", "display", "", SEARCH, "Display"),
    ("7 a network's ad on another site", "google", "cpc", "", SiteKind.ADS, "Display"),
    ("8 paid other", "newsletter", "cpc", "", None, "Paid Other"),
    ("8 paid other by prefix", "partner", "paid-anything", "", None, "Paid Other"),
    ("8 an assistant's ad", "chatgpt.com", "cpc", "", AI, "Paid Other"),
    ("9 shopping site", "amazon", "referral", "", SHOPPING, "Organic Shopping"),
    ("9 shopping campaign", "newsletter", "email", "shopping", None, "Organic Shopping"),
    ("10 social site", "facebook", "referral", "", SOCIAL, "Organic Social"),
    ("10 social", "community", "social", "", None, "Organic Social"),
    ("10 social-network", "community", "social-network", "", None, "Organic Social"),
    ("10 social-media", "community", "social-media", "", None, "Organic Social"),
    ("10 sm", "community", "sm", "", None, "Organic Social"),
    ("10 social network", "community", "social network", "", None, "Organic Social"),
    ("10 social media", "community", "Social Media", "", None, "Organic Social"),
    ("11 video site", "youtube", "referral", "", VIDEO, "Organic Video"),
    ("11 video medium", "partner", "prevideo-roll", "", None, "Organic Video"),
    ("12 search site", "google", "referral", "", SEARCH, "Organic Search"),
    ("12 organic medium", "unknown-engine", "organic", "", None, "Organic Search"),
    ("13 assistant medium", "newbot", "ai-assistant", "", None, "AI Assistant"),
    ("13 assistant site", "chatgpt.com", "referral", "", AI, "AI Assistant"),
    ("14 referral", "blog.example", "referral", "", None, "Referral"),
    ("14 app", "partner", "app", "", None, "Referral"),
    ("14 link", "partner", "link", "", None, "Referral"),
    ("15 email", "newsletter", "email", "", None, "Email"),
    ("15 e-mail", "newsletter", "e-mail", "", None, "Email"),
    ("15 e_mail", "newsletter", "e_mail", "", None, "Email"),
    ("15 e mail", "newsletter", "e mail", "", None, "Email"),
    ("15 by source", "email", "newsletter", "", None, "Email"),
    ("15 webmail is e-mail", "gmail", "referral", "", MAIL, "Email"),
    ("16 affiliate", "partner", "affiliate", "", None, "Affiliates"),
    ("17 audio", "podcast", "audio", "", None, "Audio"),
    ("18 sms by medium", "crm", "sms", "", None, "SMS"),
    ("18 sms by source", "sms", "text", "", None, "SMS"),
    ("19 push at the end", "crm", "webpush", "", None, "Mobile Push Notifications"),
    ("19 mobile", "crm", "mobile-x", "", None, "Mobile Push Notifications"),
    ("19 notification", "crm", "app notification", "", None, "Mobile Push Notifications"),
    ("19 firebase", "firebase", "x", "", None, "Mobile Push Notifications"),
    ("else", "newsletter", "(not set)", "", None, "Unassigned"),
    ("else: a medium of one's own", "partner", "flyer", "", None, "Unassigned"),
    ("else: line breaks hide nothing", "partner", "a\ncpc", "", None, "Paid Other"),
]


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "kind", "channel"),
    [pytest.param(*row[1:], id=row[0]) for row in GA4],
)
def test_the_default_channel_group_is_ga4s(
    source: str, medium: str, campaign: str, kind: SiteKind | None, channel: str
) -> None:
    assert channel_rule(source, medium, campaign, kind).channel == channel


@pytest.mark.parametrize(
    ("medium", "kind", "channel"),
    [  # GA4 takes the channel of a Google Ads click from the click; a medium it knows still wins here
        ("pmax", SEARCH, "Paid Search"),
        ("(not set)", SOCIAL, "Paid Social"),
        ("demandgen", VIDEO, "Paid Video"),
        ("anything", None, "Paid Other"),
        ("", SiteKind.ADS, "Display"),
        ("display", SEARCH, "Display"),
        ("organic", SEARCH, "Organic Search"),
        ("email", None, "Email"),
        ("social", SOCIAL, "Organic Social"),
        ("referral", SEARCH, "Organic Search"),
        ("affiliate", None, "Affiliates"),
    ],
)
def test_a_paid_click_speaks_where_the_medium_says_nothing(
    medium: str, kind: SiteKind | None, channel: str
) -> None:
    assert channel_rule("source", medium, "", kind, clicked=True).channel == channel


def test_every_rule_has_an_id_of_its_own_and_the_last_one_always_holds() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert RULES[-1].channel == "Unassigned"
    assert {rule.channel for rule in RULES} >= PAID_CHANNELS


def test_every_rule_decides_some_row_of_the_table() -> None:
    decided = {channel_rule(*row[1:5]).id for row in GA4}
    assert decided == {rule.id for rule in RULES}
