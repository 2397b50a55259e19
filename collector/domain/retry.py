"""When a delivery is tried again: the schedule, and what each answer of a destination means.

Sources: RFC 9110 for statuses and `Retry-After`; Standard Webhooks for 3xx, 410 and throttling
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from msgspec import Struct

from collector.domain.delivery import OutcomeKind
from collector.domain.times import SECOND

SCHEDULE_S: Final = (10, 60, 300, 900, 1800, 3600, 7200, 14_400, *([21_600] * 10))
"""How long to wait after each failed try. The waits are the 72 hours that a delivery has: time
spent on a rate limit, an open breaker or a hold uses up none of them, nor does a clock that jumps.
"""

JITTER: Final = 0.2
"""Each wait is up to this share shorter or longer, so that failures do not come back together."""

RETRY_AFTER_S: Final = (1, 86_400)
"""The shortest and the longest wait that a `Retry-After` can ask for."""


class Verdict(NamedTuple):
    """What an answer means; `reason` is a stable word, see `explain`."""

    kind: OutcomeKind
    reason: str
    retry_after_s: float | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What came back: an HTTP answer, or the `failure` that stood in its way.

    `body` is at most what the sender reads; `complete` says that the answer ended there.
    """

    status: int | None = None
    retry_after: Sequence[str] = ()
    body: bytes = b""
    complete: bool = True
    failure: Verdict | None = None
    latency_ms: int = 0


_OK: Final = Verdict(OutcomeKind.OK, "ok")
_TRUNCATED: Final = Verdict(OutcomeKind.UNKNOWN, "truncated")
_BUSY: Final = Verdict(OutcomeKind.RETRYABLE, "busy")
_AUTH: Final = Verdict(OutcomeKind.AUTH, "auth")
_MISSING: Final = Verdict(OutcomeKind.AUTH, "missing")
_UNSUPPORTED: Final = Verdict(OutcomeKind.AUTH, "unsupported")

_BY_STATUS: Final = {
    401: _AUTH,
    403: _AUTH,
    404: _MISSING,
    405: _MISSING,
    407: _AUTH,
    408: _BUSY,
    409: Verdict(OutcomeKind.REFUSED, "conflict"),
    410: Verdict(OutcomeKind.AUTH, "gone"),
    423: _BUSY,
    424: _BUSY,
    425: _BUSY,
    429: Verdict(OutcomeKind.THROTTLED, "throttled"),
    501: _UNSUPPORTED,
    505: _UNSUPPORTED,
}
_BY_CLASS: Final = {
    2: _OK,
    3: Verdict(OutcomeKind.AUTH, "redirect"),
    4: Verdict(OutcomeKind.REFUSED, "rejected"),
    5: Verdict(OutcomeKind.RETRYABLE, "server_error"),
}
_ODD: Final = Verdict(OutcomeKind.RETRYABLE, "odd_status")


def judge(answer: Answer, now: int) -> Verdict:
    """Say what an answer means where its destination's kind does not know better.

    A success that broke off is none: what failed behind the first bytes may be the taking itself.
    """
    if answer.failure is not None or answer.status is None:
        return answer.failure or _ODD
    verdict = _BY_STATUS.get(answer.status) or _BY_CLASS.get(answer.status // 100, _ODD)
    if verdict is _OK and not answer.complete:
        return _TRUNCATED
    if verdict.kind not in (OutcomeKind.THROTTLED, OutcomeKind.RETRYABLE):
        return verdict
    wait_s = parse_retry_after(answer.retry_after, now)
    if wait_s is None:
        return verdict
    return Verdict(OutcomeKind.THROTTLED, "throttled", wait_s)


def parse_retry_after(values: Sequence[str], now: int) -> float | None:
    """Read `Retry-After` in seconds or as an HTTP date; of several the longest counts.

    None when none can be read. RFC 9110, section 10.2.3.
    """
    shortest, longest = RETRY_AFTER_S
    waits = [wait for value in values if (wait := _wait_s(value.strip(), now)) is not None]
    return min(max(*waits, shortest), longest) if waits else None


def _wait_s(value: str, now: int) -> float | None:
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return parsedate_to_datetime(value).timestamp() - now / SECOND
    except (ValueError, OverflowError):
        return None


def wait_s(step: int, jitter: float) -> float:
    """How long to wait after the `step`-th failure, in seconds; `jitter` lies in 0 to 1.

    Where the schedule is over, its last wait repeats.
    """
    planned = SCHEDULE_S[min(step, len(SCHEDULE_S)) - 1]
    return planned * (1 - JITTER + 2 * JITTER * jitter)


def is_over(step: int) -> bool:
    """Whether `step` failures have used up the schedule: the deadline."""
    return step > len(SCHEDULE_S)
