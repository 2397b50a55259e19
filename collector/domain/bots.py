"""Who is behind a user agent: a bot, an in-app browser, which device; and who only looks ahead."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

import ua_parser
import user_agents
from crawlerdetect import CrawlerDetect

_LONGEST_AGENT = 256
"""Both libraries slow down with length; what tells agents apart stands in the first characters."""

_ODD = re.compile(r"[\w-]{65,}|Mozilla/\d\.\d\s*$|Mozlila/")
"""A word that no browser has (crawlerdetect is quadratic in it), or a browser's name alone."""

_OWN_RULES = (
    ("headless", re.compile(r"(?i)headless|phantomjs|slimerjs|puppeteer|playwright|selenium")),
    ("preview", re.compile(r"(?i)facebookexternalhit|meta-external|-imgproxy|-user/\d|unfurl")),
    ("link checker", re.compile(r"(?i)link.?check|safelinks|proofpoint|mimecast|barracuda")),
    ("crawler", re.compile(r"(?i)https?://(?!(?:www\.)?bsalsa\.com)|\w@\w+\.[a-z]{2,}\b")),
    ("crawler", re.compile(r"\+[a-z]{2}[\w-]*\.[a-z]{2,}")),
    (
        "crawler",
        re.compile(r"Mozilla/5\.0 .*\bcompatible;(?![^)]*(?:MSIE|Konq|Browse|NT |Linux|U;))"),
    ),
    (
        "crawler",
        re.compile(
            r"(?i)(?:synthetics?|scan(?:ner|ning)?|scraping|webhooks?|monitor|watcher"
            r"|daumoa|silktide)\b"
        ),
    ),
    ("crawler", re.compile(r"\A[\w .!-]{1,40}(?:/v?[\w.-]{0,20})?\s*\Z")),
)
"""What the libraries miss, or would have to be asked twice for.

Crawlers leave an address, or say `compatible;` where only browsers of the past did, or have a name
alone: a browser says on which system it runs.
"""

_IN_APP = (
    ("threads", re.compile(r"\bBarcelona[ /]\d")),
    ("messenger", re.compile(r"\bFBAN/Messenger|\bOrca-Android")),
    ("instagram", re.compile(r"\bInstagram[ /]\d")),
    ("facebook", re.compile(r"\bFBA[NV]/|\bFB_IAB/|\bMetaIAB\b")),
    ("tiktok", re.compile(r"\bmusical_ly|BytedanceWebview|\bTikTok\b|\btrill_")),
    ("linkedin", re.compile(r"\bLinkedInApp\b")),
    ("pinterest", re.compile(r"\[Pinterest/")),
    ("snapchat", re.compile(r"\bSnapchat/\d")),
    ("twitter", re.compile(r"\bTwitter for |\bTwitterAndroid\b")),
    ("reddit", re.compile(r"\bReddit/(?:Version|\d)")),
    ("wechat", re.compile(r"\bMicroMessenger/")),
    ("line", re.compile(r"\bLine/\d")),
    ("kakao", re.compile(r"\bKAKAOTALK\b")),
    ("naver", re.compile(r"\bNAVER\(")),
    ("google", re.compile(r"\bGSA/\d")),
)
"""Browsers inside apps, by the host table's short names: people who tapped an ad or a link."""

_DEVICES = (
    ("iPad", re.compile(r"\biPad|\bPuffin/[\d.]+IT\b")),
    ("Kindle", re.compile(r"\bKindle\b|\bSilk/|\bKF[A-Z]{2,5} Build\b")),
    ("BlackBerry Playbook", re.compile(r"(?i)\bplaybook\b.*RIM Tablet OS")),
    ("iPhone", re.compile(r"\biP(?:hone|od)|\bCFNetwork/(?!.*x86)|\bPuffin/[\d.]+IP\b")),
    (
        "Generic Smartphone",
        re.compile(r"\bAndroid\b.*\bMobile\b|\bPuffin/[\d.]+AP\b|PlayStation Vita|Windows CE"),
    ),
    ("Generic Feature Phone", re.compile(r"(?i)wap[ -]browser|\bOpera Mini/|\bKAIOS/")),
)
"""Devices where browser and system do not tell a phone from a tablet, by the names that
`user_agents` knows; the first that fits. The library's own table of devices is not read: it has
hundreds of models, takes 14 MB, and tells no more of what is asked here.
"""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_PRERENDER = frozenset({"prerender", "prerender=?1"})
_SAMPLE = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_NO_FAMILY = "Other"


def bot_reason(agent: str) -> str | None:
    """Say why a user agent is no person, None when it is one.

    Words: `no agent`, `odd agent`, `headless`, `preview`, `link checker`, `crawler`.
    """
    return _bot_reason(agent[:_LONGEST_AGENT])


def in_app(agent: str) -> str | None:
    """Name the app whose built-in browser this is, by the short name of its site."""
    return _in_app(agent[:_LONGEST_AGENT])


def device_of(agent: str) -> dict[str, str | None]:
    """Describe a device: `class` (mobile, tablet, desktop, bot, other), `browser` and `os`."""
    return dict(_device_of(agent[:_LONGEST_AGENT]))


def prefetch_reason(sec_purpose: str, purpose: str = "") -> str | None:
    """Say that a page was fetched ahead of any visit: `prefetch`, `prerender` or None.

    `Sec-Purpose` is a structured-field list of tokens with parameters (RFC 9651); `Purpose` is the
    older header of a single word.
    """
    if not sec_purpose and not purpose:
        return None
    for item in _QUOTED.sub('""', sec_purpose).split(","):
        words = [word.strip() for word in item.split(";")]
        if words[0] in ("prefetch", "prerender"):
            return "prefetch" if _PRERENDER.isdisjoint(words) else "prerender"
    return "prefetch" if purpose.strip().lower() == "prefetch" else None


def warm() -> None:
    """Compile the tables of both libraries, which they would do on first use: 150 ms and more."""
    bot_reason(_SAMPLE)
    device_of(_SAMPLE)


@lru_cache(maxsize=4096)
def _bot_reason(agent: str) -> str | None:
    if not agent.strip():
        return "no agent"
    if _ODD.search(agent):
        return "odd agent"
    for reason, pattern in _OWN_RULES:
        if pattern.search(agent):
            return reason
    if _in_app(agent) is None and _crawler_detect().is_crawler(agent):
        return "crawler"
    return None


@cache
def _crawler_detect() -> CrawlerDetect:
    return CrawlerDetect()


@lru_cache(maxsize=4096)
def _in_app(agent: str) -> str | None:
    return next((name for name, pattern in _IN_APP if pattern.search(agent)), None)


@lru_cache(maxsize=4096)
def _device_of(agent: str) -> tuple[tuple[str, str | None], ...]:
    bot = _bot_reason(agent)
    if bot == "odd agent":
        return (("class", "bot"), ("browser", None), ("os", None))
    parsed = _Agent(agent)
    return (
        ("class", "bot" if bot else _class_of(parsed)),
        ("browser", _named(parsed.browser.family)),
        ("os", _named(parsed.os.family)),
    )


class _Agent(user_agents.parsers.UserAgent):  # type: ignore[misc]  # the library has no types
    """What the library tells of an agent, from fewer tables."""

    def __init__(self, agent: str) -> None:
        found = _parser()(agent, ua_parser.Domain.USER_AGENT | ua_parser.Domain.OS)
        browser = found.user_agent or ua_parser.UserAgent(_NO_FAMILY)
        system = found.os or ua_parser.OS(_NO_FAMILY)
        fits = (name for name, pattern in _DEVICES if pattern.search(agent))
        self.ua_string = agent
        self.browser = user_agents.parsers.parse_browser(browser.family, *_version(browser))
        self.os = user_agents.parsers.parse_operating_system(system.family, *_version(system))
        self.device = user_agents.parsers.parse_device(next(fits, _NO_FAMILY), None, None)


def _version(found: ua_parser.UserAgent | ua_parser.OS) -> tuple[str | None, ...]:
    return found.major, found.minor, found.patch, found.patch_minor


@cache
def _parser() -> ua_parser.Parser:
    browsers, systems, _ = ua_parser.load_lazy_builtins()
    return ua_parser.Parser.from_matchers((browsers, systems, []))


_CLASSES: tuple[tuple[str, Callable[[user_agents.parsers.UserAgent], bool]], ...] = (
    ("mobile", lambda parsed: parsed.is_mobile),
    ("tablet", lambda parsed: parsed.is_tablet),
    ("desktop", lambda parsed: parsed.is_pc),
)


def _class_of(parsed: user_agents.parsers.UserAgent) -> str:
    return next((name for name, holds in _CLASSES if holds(parsed)), "other")


def _named(family: str) -> str | None:
    return None if family == _NO_FAMILY else family
