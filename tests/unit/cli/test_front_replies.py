from __future__ import annotations

from collections.abc import Iterable

import pytest

from collector.cli.finding import Finding
from collector.cli.front_replies import (
    Reply,
    find_fault,
    judge_clock,
    judge_cookie,
    judge_health,
    judge_metrics,
)
from collector.domain.times import parse_time

HTTPS = "https://leads.example.com"
PATH = "https://www.example.com/_lc"
SCRIPT = {"Content-Type": "text/javascript; charset=utf-8"}
NOW = parse_time("2026-11-24T02:15:00Z")


def cookie(*parts: str) -> Reply:
    return Reply(200, {"Set-Cookie": "; ".join(("_lc=", "Max-Age=0", *parts))})


@pytest.mark.parametrize(
    ("reply", "base", "said"),
    [
        (cookie("Path=/", "HttpOnly", "Secure"), HTTPS, None),
        (cookie("Path=/_lc", "Secure"), PATH, None),
        (cookie("Path=/"), "http://127.0.0.1:8000", None),
        (cookie("Path=/"), HTTPS, "X-Forwarded-Proto"),
        (cookie("Path=/", "Secure"), PATH, "X-Forwarded-Prefix"),
        (cookie("Path=/_lc", "Secure"), HTTPS, "X-Forwarded-Prefix"),
        (Reply(200), HTTPS, "Set-Cookie is dropped"),
        (Reply(200, {"Set-Cookie": "other=1; Path=/; Secure"}), HTTPS, "Set-Cookie is dropped"),
        (Reply(403), HTTPS, "POST https://leads.example.com/t answers 403"),
        (Reply(failure="ConnectorDNSError"), HTTPS, "ConnectorDNSError"),
    ],
)
def test_a_cookie_tells_what_a_proxy_keeps(reply: Reply, base: str, said: str | None) -> None:
    found = judge_cookie(reply, base, "_lc")
    assert found.state == ("bad" if said else "ok")
    assert (said or "") in found.said
    assert bool(found.cure) == bool(said)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(200, SCRIPT), None),
        (Reply(404, SCRIPT), "answers 404"),
        (Reply(200, {"Content-Type": "text/html"}), "is no script"),
        (Reply(failure="TimeoutError"), "cannot be reached: TimeoutError"),
    ],
)
def test_the_script_is_told_from_what_else_may_answer(reply: Reply, said: str | None) -> None:
    found = find_fault(reply)
    assert (found is None) == (said is None)
    assert said is None or said in str(found)


REASONS = b'{"ready":false,"reasons":["the disk is nearly full"]}'


@pytest.mark.parametrize(
    ("judged", "states"),
    [
        (judge_health(Reply(200)), ["ok"]),
        (judge_health(Reply(404)), []),
        (judge_health(Reply(503, {}, REASONS)), ["bad"]),
        (judge_metrics(Reply(200), HTTPS), ["bad"]),
        (judge_metrics(Reply(401), HTTPS), []),
        (judge_metrics(Reply(200), "http://127.0.0.1:8000"), []),
        (judge_clock(Reply(200, {"Date": "Tue, 24 Nov 2026 02:15:30 GMT"}), NOW), []),
        (judge_clock(Reply(200, {"Date": "Tue, 24 Nov 2026 02:30:00 GMT"}), NOW), ["warn"]),
        (judge_clock(Reply(200, {"Date": "yesterday"}), NOW), []),
        (judge_clock(Reply(200), NOW), []),
    ],
)
def test_health_metrics_and_time_speak_only_where_they_can(
    judged: Iterable[Finding], states: list[str]
) -> None:
    found = list(judged)
    assert [one.state for one in found] == states
    assert all(one.cure for one in found if one.state != "ok")
