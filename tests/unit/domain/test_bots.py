from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.bots import bot_reason, device_of, in_app, prefetch_reason, warm

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/146.0.7680.31 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
SPIDER = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible;"

APPS = [  # in-app browsers of real ad clickers are people
    (f"{ANDROID} MetaIAB Facebook", "facebook"),
    (
        (
            f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/465.0.0.41.109;FBBV/600000000;FBDV/iPhone14,5;"
            "FBMD/iPhone;FBSN/iOS;FBSV/17.5;FBSS/3;FBID/phone;FBLC/de_DE;FBOP/80]"
        ),
        "facebook",
    ),
    (f"{ANDROID} [FB_IAB/FB4A;FBAV/440.0.0.0.1;]", "facebook"),
    (
        (
            f"{IPHONE} Mobile/15E148 Instagram 325.0.3.34.90 (iPhone13,2; iOS 17_4; de_DE; de; "
            "scale=3.00; 1170x2532; 580000000)"
        ),
        "instagram",
    ),
    (f"{ANDROID} Instagram 325.0.0.0 Android", "instagram"),
    (
        (
            f"{ANDROID} musical_ly_2023303040 JsSdk/1.0 NetType/WIFI Channel/googleplay "
            "AppName/musical_ly app_version/33.3.4 BytedanceWebview/d8a21c6"
        ),
        "tiktok",
    ),
    (f"{IPHONE} Mobile/15E148 trill_330304 BytedanceWebview/d8a21c6", "tiktok"),
    (f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.29.7474", "linkedin"),
    (f"{IPHONE} Mobile/15E148 [Pinterest/iOS]", "pinterest"),
    (f"{IPHONE} Version/17.0 Mobile/15E148 Safari/604.1 Snapchat/12.60.0.28", "snapchat"),
    (f"{IPHONE} Mobile/15E148 Twitter for iPhone/10.30", "twitter"),
    (f"{IPHONE} Mobile/15E148 Reddit/Version 2024.10", "reddit"),
    (f"{ANDROID} MMWEBID/3200 MicroMessenger/8.0.42 WeChat/arm64 Weixin", "wechat"),
    (f"{IPHONE} Mobile/15E148 Safari Line/14.1.0", "line"),
    (f"{ANDROID};KAKAOTALK 2410400", "kakao"),
    (f"{IPHONE} GSA/310.0.620 Mobile/15E148 Safari/604.1", "google"),
    (f"{IPHONE} Mobile/15E148 Barcelona 289.0.0.20.109 (iPhone14,5; iOS 17_5)", "threads"),
    (f"{IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/465.0.0.41.109;]", "messenger"),
    (f"{ANDROID} [FB_IAB/Orca-Android;FBAV/440.0.0.0.1;]", "messenger"),
    (f"{ANDROID} [FBAN/EMA;FBLC/de_DE;FBAV/401.0.0.15.100;]", "facebook"),
    (f"{IPHONE} Mobile/15E148 NAVER(inapp; search; 2000; 12.6.1; 14PRO)", "naver"),
    (
        (
            f"{ANDROID} Instagram 406.0.0.58.159 Android (35/15; 480dpi; 1080x2400; OPPO; "
            "CPH2557; OP573DL1; mt6833; en_MY; 822918295; IABMV/1) NV/1"
        ),
        "instagram",
    ),
]


@pytest.mark.parametrize(("agent", "app"), APPS)
def test_the_browser_inside_an_app_is_a_person(agent: str, app: str) -> None:
    assert in_app(agent) == app
    assert bot_reason(agent) is None
    assert device_of(agent)["class"] == "mobile"


PEOPLE = [
    f"{WINDOWS} Chrome/146.0.0.0 Safari/537.36",
    f"{WINDOWS} Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.4; rv:140.0) Gecko/20100101 Firefox/140.0",
    f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.45 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120 Mobile DuckDuckGo/5 Safari/537.36",
    "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/6.5.27510/34.1624; U; en) Presto/2.8.119 Version/11.10",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Embedded Web Browser from: http://bsalsa.com/)",
    "Mozilla/5.0 (compatible; Konqueror/4.5; FreeBSD) KHTML/4.5.4 (like Gecko)",
    f"{IPHONE} Version/17.4.1 Mobile/15E148 Safari/604.1 (Ecosia ios@9.2.3.1367)",
    f"{IPHONE} Mobile/14A403 baiduboxapp/11.0.0.12 (Baidu; P2 10.0.1)",
    f"{IPHONE} Mobile/15G77 AliApp(AP/10.1.30.300) AlipayClient/10.1.30.300",
    "Mozilla/5.0 (Linux; Android 6.0; B BOT 550 Build/MRA58K; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/53.0.2785.124 Mobile Safari/537.36",
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36 WebAppManager",
    "Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "Mozilla/5.0 (X11; CrOS x86_64 13904.66.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0.4472.114 Safari/537.36",
    "Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.3.2.2639 Mobile Safari/537.10+",
]


@pytest.mark.parametrize("agent", PEOPLE)
def test_an_ordinary_browser_is_a_person(agent: str) -> None:
    assert bot_reason(agent) is None
    assert in_app(agent) is None


BOTS = [  # as their operators publish them
    ("", "no agent"),
    (" \t", "no agent"),
    ("Mozilla/5.0", "odd agent"),
    ("x" * 65, "odd agent"),
    (f"{WINDOWS} " + "a1" * 40, "odd agent"),
    (f"{LINUX} HeadlessChrome/146.0.0.0 Safari/537.36", "headless"),
    (
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 PhantomJS/2.1.1 Safari/538.1",
        "headless",
    ),
    ("Playwright/1.45 (x64; ubuntu)", "headless"),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "preview"),
    ("Meta-ExternalHit/1.1", "preview"),
    ("meta-externalads/1.1 (+https://developers.facebook.com/docs/sharing)", "preview"),
    ("meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing)", "preview"),
    ("meta-externalfetcher/1.1", "preview"),
    ("Slack-ImgProxy (+https://api.slack.com/robots)", "preview"),
    (f"{SPIDER} Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)", "preview"),
    (f"{SPIDER} ChatGPT-User/1.0; +https://openai.com/bot", "preview"),
    (f"{SPIDER} Claude-User/1.0; +Claude-User@anthropic.com)", "preview"),
    ("LinkChecker/10.2 (+https://linkchecker.github.io/)", "link checker"),
    ("Mozilla/5.0 (Windows NT 10.0) Barracuda Sentinel (EE)", "link checker"),
    ("meta-webindexer/1.1 (+https://developers.facebook.com/docs/sharing)", "crawler"),
    ("facebookcatalog/1.0", "crawler"),
    ("FacebookBot/1.0", "crawler"),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "crawler"),
    ("Twitterbot/1.0", "crawler"),
    ("LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)", "crawler"),
    ("WhatsApp/2.23.20.0 A", "crawler"),
    ("TelegramBot (like TwitterBot)", "crawler"),
    ("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "crawler"),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", "crawler"),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ BingPreview/1.0b", "crawler"),
    ("AdsBot-Google (+http://www.google.com/adsbot.html)", "crawler"),
    (
        f"{ANDROID} (compatible; AdsBot-Google-Mobile; +http://www.google.com/mobile/adsbot.html)",
        "crawler",
    ),
    ("Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)", "crawler"),
    (
        f"{LINUX} Chrome/104.0 Safari/537.36 (compatible; Google-Read-Aloud; +https://support.google.com)",
        "crawler",
    ),
    (f"{SPIDER} GPTBot/1.1; +https://openai.com/gptbot", "crawler"),
    ("Mozilla/5.0 (compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)", "crawler"),
    (f"{SPIDER} PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)", "crawler"),
    ("Mozilla/5.0 (compatible; Claude-Web/1.0)", "crawler"),
    ("Claude-SearchBot", "crawler"),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
    ("W3C_Validator/1.3", "crawler"),
    ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "crawler"),
    ("curl/8.5.0", "crawler"),
    ("python-requests/2.31", "crawler"),
    ("Go-http-client/1.1", "crawler"),
    ("Java/17.0.1", "crawler"),
    (f"{LINUX} Chrome/120 Safari/537.36 Chrome-Lighthouse", "crawler"),
    # https://github.com/monperrus/crawler-user-agents; what says where it comes from
    (f"{WINDOWS} Chrome/78.0 Safari/537.36 +https://www.mirrorweb.com", "crawler"),
    (f"{IPHONE} Mobile/11A465 Twitter for iPhone BrandVerity/1.0 (http://x.example)", "crawler"),
    (f"{WINDOWS} Chrome/110.0 Safari/537.36 nyt_scraping/scraping@nytimes.com", "crawler"),
    ("Mozilla/5.0 (compatible; upday/1.0; +upday)", "crawler"),
    ("Mozilla/5.0 (compatible; centuryb; +centuryb.o.t9)", "crawler"),
    # what says `compatible;` where browsers no longer do
    ("Mozilla/5.0 (compatible; Google-NotebookLM; +https://notebooklm.google.com/)", "crawler"),
    (f"{SPIDER} GoogleAgent-Mariner) Chrome/142.0.7444.162 Safari/537.36", "crawler"),
    ("Mozilla/5.0 (compatible; RSiteAuditor)", "crawler"),
    # what says what it does
    (f"{LINUX} Chrome/100.0 Safari/537.36 NewRelicSynthetics/1.0", "crawler"),
    (f"{WINDOWS} Chrome/131.0 Safari/537.36 CookieHubScan/3.0", "crawler"),
    (f"{WINDOWS} Chrome/83.0 Safari/537.36 (Dotcom-Monitor)", "crawler"),
    ("ClickUpLinkUnfurler/1.0 (+https://clickup.com)", "preview"),
    # a name alone
    ("Viber", "crawler"),
    ("anthropic-ai", "crawler"),
    ("colly/2.1.0", "crawler"),
    ("Chrome Privacy Preserving Prefetch Proxy", "crawler"),
    ("Salesforce.com", "crawler"),
    ("okhttp/4.10.0", "crawler"),
    ("node-fetch/3.3.1", "crawler"),
    ("Apache-HttpClient/4.5.14 (Java/17.0.1)", "crawler"),
    # https://github.com/PostHog/posthog bot_ua_fixtures.py
    (
        "Mozlila/5.0 (Linux; Android 7.0; SM-G892A Bulid/NRD90M; wv) Moblie Safari/537.36",
        "odd agent",
    ),
    (f"{WINDOWS} Chrome/114.0.0.0 Safari/537.36 Selenium", "headless"),
    ("Mozilla/5.0 (compatible; MistralAI-User/1.0; +https://mistral.ai/x)", "preview"),
    (
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "crawler",
    ),
    ("Iframely/1.3.1 (+https://iframely.com/docs/about)", "crawler"),
]


@pytest.mark.parametrize(("agent", "reason"), BOTS)
def test_a_bot_is_known_and_named(agent: str, reason: str) -> None:
    assert bot_reason(agent) == reason
    assert device_of(agent)["class"] == "bot"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (f"{WINDOWS} Chrome/146.0.0.0 Safari/537.36", ("desktop", "Chrome", "Windows")),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.4; rv:140.0) Gecko/20100101 Firefox/140.0",
            ("desktop", "Firefox", "Mac OS X"),
        ),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", ("mobile", "Mobile Safari", "iOS")),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
            ("tablet", "Mobile Safari", "iOS"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36",
            ("tablet", "Chrome", "Android"),
        ),
        (
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/6.0 TV Safari/537.36",
            ("other", "Safari", "Tizen"),
        ),
        ("Something/1.0 (unheard of)", ("other", None, None)),
        ("", ("bot", None, None)),
        ("x" * 5000, ("bot", None, None)),
    ],
)
def test_a_device_has_a_class_a_browser_and_a_system(
    agent: str, device: tuple[str, str | None, str | None]
) -> None:
    assert device_of(agent) == dict(zip(("class", "browser", "os"), device, strict=True))


@pytest.mark.parametrize(
    ("agent", "device_class"),
    [
        (f"{LINUX} Chrome/30.0.1599.114 Safari/537.36 Puffin/4.8.0IT", "tablet"),
        (f"{LINUX} Chrome/30.0.1599.114 Safari/537.36 Puffin/5.2.2IP", "mobile"),
        (f"{LINUX} Chrome/50.0.2623.0 Safari/537.36 Puffin/4.8.0.2965AP", "mobile"),
        (f"{LINUX} Silk/56.2.4 like Chrome/56.0.2924.87 Safari/537.36", "tablet"),
        (
            "Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0; en-US) AppleWebKit/536.2+ (KHTML, like Gecko) Version/7.2 Safari/536.2+",
            "tablet",
        ),
        (
            "Mozilla/5.0 (Linux; Android 17) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/153.0.0.0 Mobile DuckDuckGo/5 Safari/537.36",
            "mobile",
        ),
        ("Mozilla/5.0 (PlayStation Vita 3.65) AppleWebKit/537.73 (KHTML, like Gecko)", "mobile"),
        ("Mozilla/5.0 (Mobile; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.0", "mobile"),
        ("MobileSafari/602.1 CFNetwork/808.0.2 Darwin/16.0.0", "mobile"),
        ("Safari/11601.2.7.2 CFNetwork/760.1.2 Darwin/15.0.0 (x86_64)", "desktop"),
    ],
)
def test_a_device_that_browser_and_system_do_not_tell_has_its_class(
    agent: str, device_class: str
) -> None:
    assert device_of(agent)["class"] == device_class


def test_a_described_device_may_be_changed_by_who_asked() -> None:
    agent = f"{WINDOWS} Chrome/146.0.0.0 Safari/537.36"
    device_of(agent)["class"] = "changed"
    assert device_of(agent)["class"] == "desktop"


@pytest.mark.parametrize(
    ("sec_purpose", "purpose", "reason"),
    [
        pytest.param("", "", None, id="a visit"),
        pytest.param("prefetch", "", "prefetch", id="Sec-Purpose: prefetch"),
        pytest.param("prefetch;prerender", "", "prerender", id="Sec-Purpose: prerender"),
        pytest.param("prefetch;prerender=?1", "", "prerender", id="RFC 9651: true, written out"),
        pytest.param("prefetch;prerender=?0", "", "prefetch", id="RFC 9651: false"),
        pytest.param("prefetch; prerender", "", "prerender", id="Sec-Purpose: with a space"),
        pytest.param(
            "prefetch;anonymous-client-ip",
            "",
            "prefetch",
            id="Sec-Purpose: a parameter",
        ),
        pytest.param("prefetch;anonymous-client-ip;prerender", "", "prerender", id="two"),
        pytest.param("other, prefetch", "", "prefetch", id="one of a list"),
        pytest.param("prerender", "", "prerender", id="prerender alone"),
        pytest.param(" prefetch ", "", "prefetch", id="white space"),
        pytest.param("prefetched", "", None, id="another token"),
        pytest.param("x;prefetch", "", None, id="a parameter is no token"),
        pytest.param("Prefetch", "", None, id="tokens have one case"),
        pytest.param('"prefetch"', "", None, id="a string is no token"),
        pytest.param('"a, prefetch, b"', "", None, id="nor is what stands in one"),
        pytest.param('x;y=";,prefetch,"', "", None, id="nor in a parameter's"),
        pytest.param('"unclosed, prefetch', "", None, id="nor in one that does not end"),
        pytest.param("", "prefetch", "prefetch", id="the older header"),
        pytest.param("", "Prefetch", "prefetch", id="the older header, any case"),
        pytest.param("", "preview", None, id="the older header, another word"),
    ],
)
def test_what_was_fetched_ahead_is_no_visit(
    sec_purpose: str, purpose: str, reason: str | None
) -> None:
    assert prefetch_reason(sec_purpose, purpose) == reason


def test_only_the_first_characters_of_an_agent_count() -> None:
    agent = f"{WINDOWS} Chrome/146.0.0.0 Safari/537.36".ljust(256)
    assert bot_reason(agent + "Googlebot/2.1") is None


def test_warming_answers_nothing() -> None:
    assert warm() is None  # type: ignore[func-returns-value]


@given(st.text(max_size=600))
def test_no_agent_raises(agent: str) -> None:
    bot_reason(agent)
    in_app(agent)
    assert set(device_of(agent)) == {"class", "browser", "os"}


@given(st.text(alphabet='prefetch;, "\\=erndx'), st.text(max_size=20))
def test_no_purpose_raises(sec_purpose: str, purpose: str) -> None:
    prefetch_reason(sec_purpose, purpose)
