from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain import host_table, search_hosts, silent_hosts, social_hosts, spam_hosts
from collector.domain.hosts import (
    _SITES,
    LATER_KINDS,
    NO_TOUCH,
    SURFACES,
    SiteKind,
    advertiser_of_source,
    sends_nobody,
    site_of,
    site_of_source,
)
from collector.domain.sites import split_url

KNOWN = [
    ("https://www.google.com/", "google", SiteKind.SEARCH),
    ("https://www.google.co.uk/url?q=x", "google", SiteKind.SEARCH),
    ("https://google.com.br/", "google", SiteKind.SEARCH),
    ("https://news.google.com/", "google", SiteKind.SEARCH),
    ("android-app://com.google.android.googlequicksearchbox/", "google", SiteKind.SEARCH),
    ("https://www.bing.com/", "bing", SiteKind.SEARCH),
    ("https://cn.bing.com/search", "bing", SiteKind.SEARCH),
    ("https://duckduckgo.com/", "duckduckgo", SiteKind.SEARCH),
    ("https://uk.search.yahoo.com/", "yahoo", SiteKind.SEARCH),
    ("https://yandex.com.tr/", "yandex", SiteKind.SEARCH),
    ("https://www.ecosia.org/", "ecosia", SiteKind.SEARCH),
    ("https://m.baidu.com/", "baidu", SiteKind.SEARCH),
    ("https://search.naver.com/", "naver", SiteKind.SEARCH),
    ("https://search.seznam.cz/", "seznam", SiteKind.SEARCH),
    ("https://search.brave.com/", "brave", SiteKind.SEARCH),
    ("https://chatgpt.com/", "chatgpt.com", SiteKind.AI),
    ("https://chat.openai.com/", "chatgpt.com", SiteKind.AI),
    ("https://labs.openai.com/", "chatgpt.com", SiteKind.AI),
    ("https://claude.ai/chat/1", "claude.ai", SiteKind.AI),
    ("https://copilot.microsoft.com/", "copilot.microsoft.com", SiteKind.AI),
    ("https://gemini.google.com/", "gemini.google.com", SiteKind.AI),
    ("https://bard.google.com/", "gemini.google.com", SiteKind.AI),
    ("https://grok.com/", "grok.com", SiteKind.AI),
    ("https://x.com/i/grok?conversation=1", "grok.com", SiteKind.AI),
    ("https://chat.deepseek.com/", "chat.deepseek.com", SiteKind.AI),
    ("https://www.perplexity.ai/", "perplexity.ai", SiteKind.AI),
    ("https://www.meta.ai/", "meta.ai", SiteKind.AI),
    ("https://chat.mistral.ai/", "chat.mistral.ai", SiteKind.AI),
    ("https://notebooklm.google.com/", "notebooklm.google.com", SiteKind.AI),
    ("https://duck.ai/", "duck.ai", SiteKind.AI),
    ("https://you.com/", "you.com", SiteKind.AI),
    ("https://iask.ai/", "iask.ai", SiteKind.AI),
    ("https://chat.qwen.ai/", "chat.qwen.ai", SiteKind.AI),
    ("https://chatglm.cn/", "chatglm.cn", SiteKind.AI),
    ("https://www.bing.com/chat", "copilot.microsoft.com", SiteKind.AI),
    ("https://huggingface.co/chat/", "huggingface.co", SiteKind.AI),
    ("https://l.facebook.com/l.php?u=x", "facebook", SiteKind.SOCIAL),
    ("https://m.facebook.com/", "facebook", SiteKind.SOCIAL),
    ("https://l.instagram.com/", "instagram", SiteKind.SOCIAL),
    ("https://www.threads.net/", "threads", SiteKind.SOCIAL),
    ("https://t.co/abc", "twitter", SiteKind.SOCIAL),
    ("https://x.com/i/web", "twitter", SiteKind.SOCIAL),
    ("https://lnkd.in/abc", "linkedin", SiteKind.SOCIAL),
    ("https://www.pinterest.de/", "pinterest", SiteKind.SOCIAL),
    ("https://out.reddit.com/", "reddit", SiteKind.SOCIAL),
    ("https://t.me/channel", "telegram", SiteKind.SOCIAL),
    ("android-app://com.linkedin.android/", "linkedin", SiteKind.SOCIAL),
    ("https://news.ycombinator.com/item", "hackernews", SiteKind.SOCIAL),
    ("https://lm.facebook.com/", "facebook", SiteKind.SOCIAL),
    ("https://app.slack.com/", "slack", SiteKind.SOCIAL),
    ("https://statics.teams.cdn.office.net/", "teams", SiteKind.SOCIAL),
    ("https://sites.google.com/view/x", "sites.google.com", SiteKind.SOCIAL),
    ("https://hachyderm.io/", "mastodon", SiteKind.SOCIAL),
    ("android-app://com.Slack/", "slack", SiteKind.SOCIAL),
    ("android-app://com.reddit.frontpage/", "reddit", SiteKind.SOCIAL),
    ("android-app://org.telegram.messenger/", "telegram", SiteKind.SOCIAL),
    ("android-app://com.twitter.android/", "twitter", SiteKind.SOCIAL),
    ("android-app://com.facebook.katana/", "facebook", SiteKind.SOCIAL),
    ("android-app://com.instagram.android/", "instagram", SiteKind.SOCIAL),
    ("android-app://com.google.android.youtube/", "youtube", SiteKind.VIDEO),
    ("android-app://com.openai.chatgpt/", "chatgpt.com", SiteKind.AI),
    ("https://copilot.com/", "copilot.microsoft.com", SiteKind.AI),
    ("https://pplx.ai/", "perplexity.ai", SiteKind.AI),
    ("https://kagi.com/assistant", "kagi-assistant", SiteKind.AI),
    ("https://kagi.com/search", "kagi", SiteKind.SEARCH),
    ("https://lumo.proton.me/", "lumo.proton.me", SiteKind.AI),
    ("https://play.google.com/store/apps", "google-play", SiteKind.SEARCH),
    ("https://www.google.com.tn/", "google", SiteKind.SEARCH),
    ("https://search.earthlink.net/", "search.earthlink.net", SiteKind.SEARCH),
    ("https://yom.mail.yahoo.net/", "yahoomail", SiteKind.MAIL),
    ("https://orange.fr/webmail/x", "orange", SiteKind.MAIL),
    ("https://co106w.col106.mail.live.com/", "outlook", SiteKind.MAIL),
    ("https://googleads.g.doubleclick.net/", "doubleclick", SiteKind.ADS),
    ("https://x.safeframe.googlesyndication.com/", "googlesyndication", SiteKind.ADS),
    ("https://away.vk.com/", "vk", SiteKind.SOCIAL),
    ("https://m.youtube.com/watch", "youtube", SiteKind.VIDEO),
    ("https://youtu.be/abc", "youtube", SiteKind.VIDEO),
    ("https://player.vimeo.com/", "vimeo", SiteKind.VIDEO),
    ("https://www.twitch.tv/", "twitch", SiteKind.VIDEO),
    ("https://www.amazon.de/dp/1", "amazon", SiteKind.SHOPPING),
    ("https://www.ebay.co.uk/", "ebay", SiteKind.SHOPPING),
    ("https://shopping.google.com/", "google", SiteKind.SHOPPING),
    ("https://www.idealo.de/", "idealo", SiteKind.SHOPPING),
    ("https://mail.google.com/", "gmail", SiteKind.MAIL),
    ("android-app://com.google.android.gm/", "gmail", SiteKind.MAIL),
    ("https://outlook.live.com/", "outlook", SiteKind.MAIL),
    ("https://eur02.safelinks.protection.outlook.com/", "outlook", SiteKind.MAIL),
    ("https://www.paypal.com/checkout", "paypal", SiteKind.PAYMENT),
    ("https://checkout.stripe.com/", "stripe", SiteKind.PAYMENT),
    ("https://pay.google.com/", "google", SiteKind.PAYMENT),
    ("https://accounts.google.com/", "google", SiteKind.SIGN_IN),
    ("https://login.microsoftonline.com/", "microsoft", SiteKind.SIGN_IN),
    ("https://tenant.eu.auth0.com/", "auth0", SiteKind.SIGN_IN),
    ("https://www.facebook.com/dialog/oauth", "facebook", SiteKind.SIGN_IN),
    ("https://appleid.apple.com/", "apple", SiteKind.SIGN_IN),
    ("https://semalt.com/", "semalt.com", SiteKind.SPAM),
    ("https://docs.google.com/document", "google", SiteKind.PLAIN),
    ("https://www.google.com/maps/place", "google", SiteKind.PLAIN),
    ("https://www.google.de/maps", "google", SiteKind.PLAIN),
    ("https://finance.yahoo.com/", "yahoo", SiteKind.PLAIN),
    ("https://eurosport.yahoo.com/", "yahoo", SiteKind.PLAIN),
    ("https://maps.yandex.ru/", "yandex", SiteKind.PLAIN),
    ("https://maps.google.de/", "google", SiteKind.PLAIN),
    ("https://euc-excel.officeapps.live.com/", "msn", SiteKind.PLAIN),
    ("https://buttons-for-website.com/", "buttons-for-website.com", SiteKind.SPAM),
    ("http://forum.darodar.com/", "darodar.com", SiteKind.SPAM),
    ("http://4.best-seo-offer.com/", "best-seo-offer.com", SiteKind.SPAM),
    ("http://cookie-law-enforcement-zz.xyz/", "cookie-law-enforcement-zz.xyz", SiteKind.SPAM),
    ("http://7-best-seo.com/", "7-best-seo.com", SiteKind.SPAM),
]


@pytest.mark.parametrize(("referrer", "name", "kind"), KNOWN)
def test_a_known_site_is_found_by_host_or_path(referrer: str, name: str, kind: SiteKind) -> None:
    url = split_url(referrer)
    assert url is not None
    site = site_of(url)
    assert site is not None
    assert (site.name, site.kind) == (name, kind)
    assert sends_nobody(url) is (kind in NO_TOUCH)


@pytest.mark.parametrize(
    "referrer",
    [
        "https://notgoogle.com/",
        "https://google.com.evil.test/",
        "https://facebook.com.de/",
        "https://blog.example.com/",
        "https://www.com/",
        "https://localhost/",
        "android-app://com.example.app/",
        "android-app://google.com/",
        "https://x.example.com/i/grok",
    ],
)
def test_a_host_counts_only_on_label_boundaries(referrer: str) -> None:
    url = split_url(referrer)
    assert url is not None
    assert site_of(url) is None
    assert not sends_nobody(url)


@pytest.mark.parametrize(
    ("referrer", "kind"),
    [
        ("https://www.google.com/mapsearch", SiteKind.SEARCH),
        ("https://x.com/i/grokking", SiteKind.SOCIAL),
        ("https://x.com/", SiteKind.SOCIAL),
        ("https://www.google.com/search/maps", SiteKind.SEARCH),
    ],
)
def test_a_path_counts_only_by_whole_parts(referrer: str, kind: SiteKind) -> None:
    url = split_url(referrer)
    assert url is not None
    site = site_of(url)
    assert site is not None
    assert site.kind is kind


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("google", "google"),
        ("fb", "facebook"),
        ("ig", "instagram"),
        ("m.facebook.com", "facebook"),
        ("https://www.facebook.com/", "facebook"),
        ("x.com/i/grok", "grok.com"),
        ("chatgpt.com", "chatgpt.com"),
        ("chatgpt", "chatgpt.com"),
        ("perplexity", "perplexity.ai"),
        ("google shopping", "google"),
        ("com.reddit.frontpage", "reddit"),
        ("stripe", "stripe"),
        ("doubleclick", None),
        ("newsletter", None),
        ("paypal.com", None),
        ("paypal", None),
        ("google.com/maps", None),
        ("unknown.example", None),
        ("", None),
        (".", None),
    ],
)
def test_a_utm_source_names_a_site_by_name_host_or_url(source: str, name: str | None) -> None:
    site = site_of_source(source)
    assert (site.name if site else None) == name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("adwords", "google"),
        ("gads", "google"),
        ("googleads", "google"),
        ("google ads", "google"),
        ("google_ad", "google"),
        ("fbad", "facebook"),
        ("fb-ads", "facebook"),
        ("bing.ads", "bing"),
        ("yt-ads", "youtube"),
        ("google", None),
        ("threads", None),
        ("leads", None),
        ("downloads", None),
        ("ads", None),
        ("-ads", None),
        ("paypal ads", None),
        ("", None),
    ],
)
def test_a_utm_source_may_name_a_sites_ads(source: str, name: str | None) -> None:
    site = advertiser_of_source(source)
    assert (site.name if site else None) == name


def test_the_table_holds_at_least_six_hundred_hosts() -> None:
    hosts = [entry for entry, _ in _SITES.items() if "." in entry and "/" not in entry]
    assert len(hosts) >= 600


def test_every_entry_is_written_so_that_it_can_match() -> None:
    for entry, site in _SITES.items():
        assert entry == entry.lower() or entry.startswith("app:"), entry
        assert site.name, entry
        if "/" in entry:
            assert entry.partition("/")[0] in {other.name for _, other in _SITES.items()}, entry


def test_apps_are_written_as_referrers_name_them() -> None:
    for entry in _SITES:
        if entry.startswith("app:"):
            url = split_url(f"android-app://{entry.removeprefix('app:')}/")
            assert url is not None
            assert site_of(url) is not None, entry


def test_every_path_entry_is_reachable_through_a_host_of_its_site() -> None:
    names = {site.name for entry, site in _SITES.items() if "." in entry and "/" not in entry}
    assert {entry.partition("/")[0] for entry, _ in _SITES.items() if "/" in entry} <= names


def test_no_host_stands_in_two_kinds_of_the_table() -> None:
    seen: dict[str, str] = {}
    for table, kind in TABLES:
        text = re.sub(r"\S*\{[^}]*\}\S*", "", getattr(table, kind))
        for word in {word for line in text.strip().splitlines() for word in line.split()[2:]}:
            assert seen.setdefault(word, kind) == kind, word


TABLES = [
    *((host_table, kind) for kind in ("AI", "VIDEO", "SHOPPING", "MAIL", "PLAIN", "ADS")),
    *((silent_hosts, kind) for kind in ("PAYMENT", "SIGN_IN")),
    (search_hosts, "SEARCH"),
    (social_hosts, "SOCIAL"),
    (spam_hosts, "SPAM"),
]


def test_only_networks_with_sites_of_their_own_can_share_a_link() -> None:
    assert {"google", "microsoft", "meta", "tiktok", "linkedin", "openai", "yandex"} <= SURFACES
    assert not {"impact", "mailchimp", "", "-"} & SURFACES
    assert SiteKind.VIDEO not in LATER_KINDS


@given(st.text(max_size=300))
def test_no_source_raises(source: str) -> None:
    site_of_source(source)


@given(st.lists(st.sampled_from(["google", "x", "com", "co", "uk", "www", "i", "grok", ""])))
def test_no_host_made_of_known_words_raises(words: list[str]) -> None:
    site_of_source(".".join(words) + "/" + "/".join(words))
