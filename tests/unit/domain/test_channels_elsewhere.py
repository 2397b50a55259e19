"""What others publish about sources and channels, held against what we conclude."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.domain.channels import classify
from collector.domain.sites import split_url
from collector.domain.touch import PageView, touch_of
from tests.unit.domain import ga4_sources

CATEGORIES = [
    (ga4_sources.SEARCH, "Organic Search", "Paid Search"),
    (ga4_sources.SHOPPING, "Organic Shopping", "Paid Shopping"),
    (ga4_sources.VIDEO, "Organic Video", "Paid Video"),
    (ga4_sources.SOCIAL, "Organic Social", "Paid Social"),
]
WEBMAIL = {"email.seznam.cz", "mail.rambler.ru", "mail.yandex.ru"}
"""GA4 files them under search: a letter was opened there."""
SILENT = {"checkout.shopify.com", "checkout.stripe.com", "stripe.com", "id.twitch.tv"}
"""GA4 files them under shopping and video: people come back from there."""
NO_SHOP = {"s3.amazonaws.com"}
"""GA4 files it under shopping: anybody's pages lie in its subdomains."""


def sources() -> Iterator[tuple[str, str, str]]:
    for words, organic, paid in CATEGORIES:
        for word in words.split():
            source = word.replace("~", " ")
            if source not in WEBMAIL | SILENT | NO_SHOP:
                yield source, organic, paid


@pytest.mark.parametrize(("source", "organic", "paid"), [*sources()])
def test_a_source_has_the_category_that_ga4_gives_it(source: str, organic: str, paid: str) -> None:
    named = {"utm_source": source.upper()}
    assert classify(named | {"utm_medium": "anything"}).channel == organic
    assert classify(named | {"utm_medium": "cpc"}).channel == paid
    if split_url(f"https://{source}/") and "." in source:
        assert classify({}, f"https://www.{source}/page").channel == organic


@pytest.mark.parametrize("host", sorted(WEBMAIL))
def test_webmail_is_email(host: str) -> None:
    assert classify({}, f"https://{host}/").channel == "Email"


# Rows: parameters | referrer | channel. Numbers are those of the lists below.
# 1: https://github.com/plausible/analytics test/plausible/ingestion, 2: https://github.com/PostHog/
# posthog test_channel_type.py (clicks that were really made), 3: https://github.com/
# snowplow-referer-parser/referer-parser referer-tests.json, 4: GA4's rules for Google Ads traffic.
ELSEWHERE = """
1 | utm_campaign=cross-network | | Cross-network
1 | utm_campaign=shopping&utm_medium=paid | | Paid Shopping
1 | utm_medium=paid | https://shopify.com/ | Paid Shopping
1 | utm_medium=paid | https://duckduckgo.com/ | Paid Search
1 | gclid=1 | https://www.google.com/ | Paid Search
1 | gclid=1 | https://duckduckgo.com/ | Organic Search
1 | msclkid=1 | https://www.bing.com/ | Paid Search
1 | utm_source=google&utm_medium=paid | https://www.google.com/ | Paid Search
1 | utm_source=tiktok&utm_medium=paid | | Paid Social
1 | utm_medium=paid | https://www.youtube.com/ | Paid Video
1 | utm_medium=banner | | Display
1 | utm_medium=cpc | | Paid Other
1 | | https://walmart.com/ | Organic Shopping
1 | utm_campaign=shop | | Organic Shopping
1 | utm_source=twitter | https://x.com/ | Organic Social
1 | utm_medium=social | | Organic Social
1 | utm_medium=video | | Organic Video
1 | utm_medium=referral | | Referral
1 | utm_source=email | | Email
1 | utm_medium=affiliate | | Affiliates
1 | utm_medium=audio | | Audio
1 | utm_source=sms | | SMS
1 | utm_medium=app-push | | Mobile Push Notifications
1 | utm_medium=example-mobile | | Mobile Push Notifications
1 | | https://othersite.example/ | Referral
1 | utm_source=threads | | Organic Social
1 | utm_source=ig | | Organic Social
1 | utm_source=yt | | Organic Video
1 | utm_source=yt-ads | | Paid Video
1 | utm_source=fb | | Organic Social
1 | utm_source=fb-ads | | Paid Social
1 | utm_source=fbad | | Paid Social
1 | utm_source=fbads | | Paid Social
1 | utm_source=facebook-ads | | Paid Social
1 | utm_source=facebook_ad | | Paid Social
1 | utm_source=Reddit-ads | | Paid Social
1 | utm_source=google_ads | | Paid Search
1 | utm_source=Google-ads | https://www.google.com/ | Paid Search
1 | utm_source=google ads | | Paid Search
1 | utm_source=Adwords | | Paid Search
1 | utm_source=gads | | Paid Search
1 | utm_source=twitter-ads | | Paid Social
1 | utm_source=tiktokads | | Paid Social
1 | | https://www.perplexity.ai/ | AI Assistant
1 | | https://pplx.ai/ | AI Assistant
1 | | https://copilot.com/ | AI Assistant
1 | | https://phind.com/ | AI Assistant
1 | | https://gemini.google.com/ | AI Assistant
1 | | https://grok.com/ | AI Assistant
1 | utm_source=chatgpt.com | | AI Assistant
1 | | https://statics.teams.cdn.office.net/ | Organic Social
1 | | https://app.slack.com/ | Organic Social
1 | | https://en.m.wikipedia.org/ | Referral
1 | | https://search.brave.com/ | Organic Search
1 | | https://ptb.discord.com/ | Organic Social
1 | | https://webk.telegram.org/ | Organic Social
1 | | https://wap.sogou.com/ | Organic Search
1 | | https://ntp.msn.com/ | Organic Search
1 | | https://ya.ru/ | Organic Search
1 | utm_source=linktree | https://linktr.ee/shop | Referral
1 | | https://go.bsky.app/ | Organic Social
1 | | https://fosstodon.org/ | Organic Social
1 | | https://kagi.com/ | Organic Search
1 | | https://steamcommunity.com/ | Organic Social
1 | | https://temu.com/ | Organic Shopping
1 | | https://producthunt.com/ | Organic Social
1 | | https://cac-excel.officeapps.live.com/ | Referral
1 | | https://notofficeapps.live.com/ | Referral
1 | | https://notwikipedia.org/ | Referral
1 | utm_source=google&utm_medium=display&gclid=1 | | Display
1 | | android-app://com.reddit.frontpage/ | Organic Social
2 | | https://m.alibaba.com/ | Organic Shopping
2 | | https://yahoo.co.jp/ | Organic Search
2 | | https://old.reddit.com/ | Organic Social
2 | utm_medium=ppc | https://www.ebay.co.uk/ | Paid Shopping
2 | utm_source=ebay&utm_medium=ppc | | Paid Shopping
2 | utm_source=yahoo&utm_medium=ppc | | Paid Search
2 | utm_source=youtube.com&utm_medium=cpc | | Paid Video
2 | utm_source=bing&utm_medium=cpc&msclkid=98833ce81fa416f104e8599a17a48b7d | https://uk.search.yahoo.com/ | Paid Search
2 | gad_source=1&gclid=CjwKCAiA98WrBhAYEiwA2WvhOuiyZ | | Paid Search
2 | gad_source=1&utm_campaign=PMax&utm_medium=pmax&utm_source=google | | Paid Search
2 | utm_source=facebook&utm_medium=cpc&fbclid=IwAR30EpkagUJ3vLo7 | https://l.facebook.com/ | Paid Social
2 | utm_source=facebook&utm_medium=paid&fbclid=IwAR3KhttbYqH0GW | https://l.facebook.com/ | Paid Social
2 | fbclid=IwAR1ZEOUVr76FRjZWnIio | https://l.facebook.com/ | Organic Social
2 | utm_source=facebook&utm_medium=social&fbclid=PAAaZjO5b3RD96GR | https://shop.example/ | Organic Social
2 | utm_source=bing&utm_medium=cpc&msclkid=f72b49e2bf2719cb4ee22c91ac4963a7 | https://www.bing.com/ | Paid Search
2 | utm_source=bing&utm_medium=cpc&utm_campaign=8 - Shopping - Clothing | | Paid Shopping
2 | utm_source=bing&utm_medium=cpc&msclkid=0c97748ea8581c0fa51611f9afccba18 | https://duckduckgo.com/ | Paid Search
2 | | https://duckduckgo.com/ | Organic Search
2 | gclid=CjwKCAiAmsurBhBvEiwA6e | https://www.youtube.com/ | Paid Video
3 | | http://www.google.fr/imgres?q=Ogham | Organic Search
3 | | http://it.images.search.yahoo.com/images/view | Organic Search
3 | | http://isearch.avg.com/pages/images.aspx?q=tarot | Organic Search
3 | | http://www.bing.com/images/search?q=psychic | Organic Search
3 | | https://s3-us3.ixquick.com/do/search | Organic Search
3 | | http://aolsearch.aol.co.uk/aol/search?q=pendulums | Organic Search
3 | | http://www.aolsearch.com/search?query=x | Organic Search
3 | | http://uk.search-results.com/web?q=pendulums | Organic Search
3 | | http://go.mail.ru/search?q=Gothic | Organic Search
3 | | http://images.yandex.ru/yandsearch?text=Blue | Organic Search
3 | | http://search.tb.ask.com/search/GGmain.jhtml | Organic Search
3 | | http://search.ke.voila.fr/?kw=test | Organic Search
3 | | http://www.dalesearch.com/?q=lego | Organic Search
3 | | http://t.co/chrgFZDb | Organic Social
3 | | http://m.facebook.com/l.php?u=x | Organic Social
3 | | http://www.odnoklassniki.ru/dk?cmd=x | Organic Social
3 | | http://someone.tumblr.com/ | Organic Social
3 | | http://36ohk6dgmcd1n-c.c.yom.mail.yahoo.net/om/api | Email
3 | | http://co106w.col106.mail.live.com/default.aspx | Email
3 | | http://webmail1m.orange.fr/webmail/fr_FR/read.html | Email
4 | gclid=1 | https://tpc.googlesyndication.com/safeframe/ | Display
4 | gclid=1 | https://googleads.g.doubleclick.net/pagead/ads | Display
4 | utm_source=google&utm_medium=cpc&gclid=1 | https://www.youtube.com/ | Paid Video
4 | utm_source=youtube&utm_medium=demandgen&gclid=1 | | Paid Video
4 | utm_source=google&utm_medium=pmax&gclid=1 | | Paid Search
4 | utm_source=bing&utm_medium=audience&msclkid=1 | | Paid Search
4 | utm_source=partner&utm_medium=anything&gclid=1 | | Paid Other
4 | utm_source=newsletter&utm_medium=email&gclid=1 | | Email
4 | utm_source=tiktok&utm_medium=social&ttclid=1 | | Organic Social
4 | | https://googleads.g.doubleclick.net/pagead/ads | Referral
"""


@pytest.mark.parametrize(
    ("query", "referrer", "channel"),
    [[cell.strip() for cell in line.split("|")[1:]] for line in ELSEWHERE.strip().splitlines()],
)
def test_the_channel_is_the_one_that_others_found(query: str, referrer: str, channel: str) -> None:
    url = f"https://shop.example/?{query.replace(' ', '+')}"
    view = PageView(url=url, referrer=referrer, at=0, own_domains=frozenset())
    assert touch_of(view).classification().channel == channel
