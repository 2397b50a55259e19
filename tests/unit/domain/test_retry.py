from __future__ import annotations

from itertools import groupby

import pytest

from collector.domain.delivery import OutcomeKind
from collector.domain.reasons import REASONS
from collector.domain.retry import (
    JITTER,
    SCHEDULE_S,
    Answer,
    Verdict,
    is_over,
    judge,
    parse_retry_after,
    wait_s,
)
from collector.domain.times import HOUR, SECOND, parse_time

NOW = parse_time("2026-11-24T02:15:00Z")

POLICY = [
    ((100, 199), "retryable", "odd_status"),
    ((200, 299), "ok", "ok"),
    ((300, 399), "auth", "redirect"),
    ((400, 400), "refused", "rejected"),
    ((401, 401), "auth", "auth"),
    ((402, 402), "refused", "rejected"),
    ((403, 403), "auth", "auth"),
    ((404, 405), "auth", "missing"),
    ((406, 406), "refused", "rejected"),
    ((407, 407), "auth", "auth"),
    ((408, 408), "retryable", "busy"),
    ((409, 409), "refused", "conflict"),
    ((410, 410), "auth", "gone"),
    ((411, 422), "refused", "rejected"),
    ((423, 425), "retryable", "busy"),
    ((426, 428), "refused", "rejected"),
    ((429, 429), "throttled", "throttled"),
    ((430, 499), "refused", "rejected"),
    ((500, 500), "retryable", "server_error"),
    ((501, 501), "auth", "unsupported"),
    ((502, 504), "retryable", "server_error"),
    ((505, 505), "auth", "unsupported"),
    ((506, 599), "retryable", "server_error"),
]


def test_every_status_from_100_to_599_means_what_the_policy_says() -> None:
    verdicts = [(status, judge(Answer(status=status), NOW)) for status in range(100, 600)]
    found = []
    for (kind, reason), group in groupby(
        verdicts, lambda pair: (pair[1].kind.value, pair[1].reason)
    ):
        statuses = [status for status, _ in group]
        found.append(((statuses[0], statuses[-1]), kind, reason))
    assert found == POLICY


def test_every_reason_of_the_policy_has_a_text_for_people() -> None:
    assert {judge(Answer(status=status), NOW).reason for status in range(100, 600)} <= set(REASONS)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_temporary_failure_with_retry_after_throttles_its_lane(status: int) -> None:
    verdict = judge(Answer(status=status, retry_after=["120"]), NOW)
    assert verdict == Verdict(OutcomeKind.THROTTLED, "throttled", 120.0)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 410])
def test_retry_after_beside_any_other_status_means_nothing(status: int) -> None:
    assert judge(Answer(status=status, retry_after=["120"]), NOW) == judge(
        Answer(status=status), NOW
    )


def test_a_success_that_broke_off_may_have_arrived_and_any_other_answer_says_enough() -> None:
    assert judge(Answer(status=200, complete=False), NOW).reason == "truncated"
    assert judge(Answer(status=200, complete=False), NOW).kind is OutcomeKind.UNKNOWN
    assert judge(Answer(status=422, complete=False), NOW).kind is OutcomeKind.REFUSED


def test_a_failure_before_any_answer_is_what_the_sender_said() -> None:
    failure = Verdict(OutcomeKind.RETRYABLE, "dns")
    assert judge(Answer(failure=failure), NOW) is failure


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["0"], 1.0),
        (["1"], 1.0),
        (["120"], 120.0),
        ([" 120 "], 120.0),
        (["999999"], 86_400.0),
        (["9" * 400], 86_400.0),
        (["-5"], None),
        (["1.5"], None),
        (["abc"], None),
        (["١٢٠"], None),
        ([""], None),
        ([], None),
        (["Tue, 24 Nov 2026 02:25:00 GMT"], 600.0),
        (["Tuesday, 24-Nov-26 02:25:00 GMT"], 600.0),
        (["Tue Nov 24 02:25:00 2026"], 600.0),
        (["Tue, 24 Nov 2026 02:00:00 GMT"], 1.0),
        (["Wed, 24 Nov 2027 02:15:00 GMT"], 86_400.0),
        (["Tue, 99 Nov 2026 02:25:00 GMT"], None),
        (["30", "120"], 120.0),
        (["abc", "30"], 30.0),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(
    values: list[str], expected: float | None
) -> None:
    assert parse_retry_after(values, NOW) == expected


def test_the_schedule_is_the_published_one() -> None:
    first = [wait_s(step, 0.5) for step in range(1, 10)]
    assert first == [10, 60, 300, 900, 1800, 3600, 7200, 14_400, 21_600]
    assert {wait_s(step, 0.5) for step in range(9, 19)} == {21_600}


def test_the_schedule_waits_as_long_as_72_hours_allow_and_not_a_wait_longer() -> None:
    assert sum(SCHEDULE_S) * SECOND <= 72 * HOUR < (sum(SCHEDULE_S) + 21_600) * SECOND


@pytest.mark.parametrize(("jitter", "share"), [(0.0, 1 - JITTER), (0.5, 1.0), (1.0, 1 + JITTER)])
def test_jitter_moves_a_wait_by_a_fifth_at_most(jitter: float, share: float) -> None:
    assert wait_s(2, jitter) == pytest.approx(60 * share)


def test_the_schedule_is_over_after_its_last_wait_and_then_repeats_it() -> None:
    assert not is_over(len(SCHEDULE_S))
    assert is_over(len(SCHEDULE_S) + 1)
    assert wait_s(1000, 0.5) == 21_600
