"""No page view and no cookie of any kind raises, and the work grows no faster than the text."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any

import msgspec
import pytest

from collector.domain.attribution import Attribution, choose_touch, metadata_of, new_attribution
from collector.domain.browser_cookies import read_cookies
from collector.domain.consent import NOT_ASKED
from collector.domain.lead_attribution import Evidence, Rules, conclude
from collector.domain.parameters import CLICK_IDS, MAX_VALUE
from collector.domain.tables import SHIPPED_TABLES
from collector.domain.times import MINUTE, SECOND, parse_time
from collector.domain.token import MAX_BYTES, TokenSigner
from collector.domain.touch import MAX_LANDING_PAGE, MAX_REFERRER, PageView, Touch, read_again
from collector.domain.visit import render_visit, visit
from collector.web.cookies import read_known_cookies, read_tokens
from tests.fuzzer import HOSTILE_COOKIES, HOSTILE_URLS, Fuzzer, Grown

START = parse_time("2026-11-24T02:15:00Z")
OWN = frozenset({"example.com"})
RULES = Rules(own_domains=OWN)
SIGNER = TokenSigner(["k" * 32], "_lc", 90 * 86_400)
NOBODY = new_attribution(site="example.com", visitor="abcdefghijkl", at=START)
EVERY_TOKEN = 8
"""One of so many views is signed and opened, and made a lead of: these cost most."""


def look(fuzzer: Fuzzer, known: Attribution, number: int) -> Attribution:
    """Report one random page view; answers what is known of the visitor then."""
    url = fuzzer.campaign_url() if number % 2 else fuzzer.url()
    header = fuzzer.cookies()
    now = START + number * MINUTE
    view = PageView(url=url, referrer=fuzzer.url(), at=now, own_domains=OWN)
    ids = read_cookies(read_known_cookies(header), "www.example.com")
    visited = visit(known, view, ids, NOT_ASKED)
    if visited.attribution.last:
        check(visited.attribution.last)
    if number % EVERY_TOKEN == 0:
        check_token(visited.attribution, now, header)
        hidden = {"gclid": header[:40], "utm_source": url[:40], "_gcl_aw": header[-40:]}
        evidence = Evidence(at=now, page=url, referrer=view.referrer, cookies=ids, hidden=hidden)
        msgspec.json.encode(conclude(evidence, RULES))
        msgspec.json.encode(render_visit(visited, RULES, token="", keep=False))
    return NOBODY if number % 10 == 0 else visited.attribution


def check(touch: Touch) -> None:
    for name, value in touch.parameters.items():
        assert 0 < len(value) <= MAX_VALUE, name
        assert not any(char < " " or "\ud800" <= char <= "\udfff" for char in value), name
    assert len(touch.landing_page) <= MAX_LANDING_PAGE
    assert len(touch.referrer) <= MAX_REFERRER
    assert read_again(touch, SHIPPED_TABLES) is touch, "a kept page holds nothing more to read"


def check_token(attribution: Attribution, now: int, header: str) -> None:
    token = SIGNER.sign(attribution)
    assert len(token) + len("_lc") <= MAX_BYTES
    opened = SIGNER.open(token, max(now, attribution.issued_at), OWN)
    assert isinstance(opened, Attribution)
    for tampered in read_tokens(header, "_lc"):
        assert not isinstance(SIGNER.open(tampered, now, OWN), Attribution)
    for model in ("last_campaign", "last_paid"):
        touch, _ = choose_touch(opened, model)
        if touch:
            found = metadata_of(touch, None)
            kept = {name: touch.parameters[name] for name in CLICK_IDS & found.keys()}
            assert found | kept == found, "a click id comes out as it went in"


def run(seed: int, count: int) -> None:
    fuzzer, known = Fuzzer(Random(seed)), NOBODY
    for number in range(count):
        try:
            known = look(fuzzer, known, number)
        except Exception as error:
            error.add_note(f"seed {seed}, view {number}")
            raise


def test_no_page_view_and_no_cookie_raises() -> None:
    run(seed=0, count=3_000)


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", range(1, 5))
def test_a_million_page_views_and_cookies_raise_nothing(seed: int) -> None:
    run(seed, count=250_000)


# ---- work grows with the length, no faster --------------------------------------------------


def see(url: str) -> None:
    view = PageView(url=url, referrer=url, at=START + SECOND, own_domains=OWN)
    visited = visit(NOBODY, view, read_cookies({}, ""), NOT_ASKED)
    SIGNER.sign(visited.attribution)


def read_header(header: str) -> None:
    read_tokens(header, "_lc")
    read_cookies(read_known_cookies(header), "www.example.com")


HOSTILE: dict[str, tuple[Callable[[str], None], Grown]] = {
    **{f"URL: {name}": (see, grown) for name, grown in HOSTILE_URLS.items()},
    **{f"cookie: {name}": (read_header, grown) for name, grown in HOSTILE_COOKIES.items()},
}


def calls(work: Callable[[str], None], text: str) -> int:
    """Count the calls of functions, Python's and C's, that a piece of work takes."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        work(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(("work", "grown"), HOSTILE.values(), ids=HOSTILE)
def test_ten_times_the_text_takes_about_ten_times_the_calls(
    work: Callable[[str], None], grown: Grown
) -> None:
    work(grown(400))  # what is computed once is computed now
    small, large = calls(work, grown(1_000)), calls(work, grown(10_000))
    assert large <= 12 * small + 200


def cpu_s(work: Callable[[str], None], text: str, rounds: int) -> float:
    """The least CPU time of several rounds: what the work takes when nothing disturbs it."""
    least = float("inf")
    for _ in range(rounds):
        before = time.process_time()
        work(text)
        least = min(least, time.process_time() - before)
    return least


@pytest.mark.long
@pytest.mark.parametrize(("work", "grown"), HOSTILE.values(), ids=HOSTILE)
def test_ten_times_the_text_takes_about_ten_times_the_cpu(
    work: Callable[[str], None], grown: Grown
) -> None:
    """A quadratic step takes a hundred times as long; thirty leaves room for caches."""
    small, large = grown(10_000), grown(100_000)
    work(small)
    assert cpu_s(work, large, 5) <= 30 * cpu_s(work, small, 20) + 0.001
