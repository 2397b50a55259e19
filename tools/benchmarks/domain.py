"""What the domain costs without any server: the bot check, and one touch; CPU in microseconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import count
from statistics import median

from collector.domain.attribution import new_attribution
from collector.domain.bots import bot_reason, warm
from collector.domain.browser_cookies import NO_IDS
from collector.domain.consent import NOT_ASKED
from collector.domain.link_lint import lint_link
from collector.domain.link_rules import LinkRules
from collector.domain.times import SECOND
from collector.domain.token import TokenSigner
from collector.domain.touch import PageView
from collector.domain.visit import visit
from tools.benchmarks.processes import Effort
from tools.benchmarks.requests import CAMPAIGN, SITE

BROWSERS = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.{number}.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.{number}.0"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:{number}.0) Gecko/20100101 Firefox/{number}.0",
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/26.{number} Safari/605.1.15"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{number} like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.{number}.0 Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
        "SamsungBrowser/28.{number} Chrome/130.0.0.0 Mobile Safari/537.36"
    ),
)
"""Today's browsers, each with a version that nobody has seen yet."""

_WORD = "a" * 57
TEXTS = (
    " ".join(["{number}", *[_WORD] * 5]),
    " ".join(["{number}", *["ab-" * 20] * 5]),
    "{number} " + "the quick brown fox jumps over the lazy dog " * 6,
    "{number} " + "Mozilla/5.0 (compatible; " * 11,
    "{number}" + "(" * 300,
    "{number}" + "1.2.3.4/" * 40,
    "{number} " + "a b " * 80,
    "{number} " + "http://x.example/" * 20,
    "{number} "
    + "\N{GREEK SMALL LETTER ALPHA}" * 60
    + " "
    + "\N{CJK UNIFIED IDEOGRAPH-4E2D} " * 100,
    "{number} " + "Build/ABC; wv) " * 20,
)
"""Texts that are no browser's, and hard on the patterns: long words, near misses, no letters."""

REPEATS, TOUCHES, LINKS = 15, 2_000, 100_000
_SOURCES, _MEDIUMS = ("google", "Google", "news letter", "bing"), ("cpc", "email", "odd")
_numbers = count(1000)


def browsers_us(_effort: Effort) -> float:
    """Measure the browser that takes longest."""
    return _slowest(BROWSERS)


def any_text_us(_effort: Effort) -> float:
    """Measure the text that takes longest."""
    return _slowest(TEXTS)


def _slowest(agents: tuple[str, ...]) -> float:
    warm()
    return max(
        median(_cpu_us(partial(_check_unknown, agent)) for _ in range(REPEATS)) for agent in agents
    )


def _check_unknown(agent: str) -> None:
    """Check an agent as nobody has sent it yet: one that is known costs nothing."""
    bot_reason(agent.replace("{number}", str(next(_numbers))))


def linted_s(_effort: Effort) -> float:
    """Measure a list of links as people have it, nine in ten with findings, in CPU seconds."""
    rules = LinkRules()
    links = [
        f"{SITE}/offer/{number}?utm_source={_SOURCES[number % len(_SOURCES)]}"
        f"&utm_medium={_MEDIUMS[number % len(_MEDIUMS)]}&utm_campaign=Spring+{number}"
        for number in range(LINKS)
    ]
    return _cpu_us(lambda: [lint_link(link, rules) for link in links]) / 1_000_000


def touch_us(effort: Effort) -> float:
    """Measure one touch of a known visitor: parse, classify, merge, sign."""
    signer = TokenSigner(["a signing key of the benchmark"], "_lc", 90 * 86_400)
    began = 1_763_950_500 * SECOND
    known = new_attribution(site="example.com", visitor="visitor", at=began)
    for hour in range(1, 3):
        known = visit(known, _view(began + hour * 3600 * SECOND), NO_IDS, NOT_ASKED).attribution
    later = began + 86_400 * SECOND

    def touch() -> None:
        signer.sign(visit(known, _view(later), NO_IDS, NOT_ASKED).attribution)

    def many() -> None:
        for _ in range(TOUCHES):
            touch()

    many()
    return median(_cpu_us(many) / TOUCHES for _ in range(effort.rounds * 2 + 1))


def _view(at: int) -> PageView:
    return PageView(
        url=f"{SITE}/?{CAMPAIGN}&gclid=Cj0KCQiA{next(_numbers):012}",
        referrer="https://www.google.com/",
        at=at,
        own_domains=frozenset({"example.com"}),
    )


def _cpu_us(act: Callable[[], object]) -> float:
    before = time.thread_time_ns()
    act()
    return (time.thread_time_ns() - before) / 1000
