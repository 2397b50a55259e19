"""Lanes and attempts, as the rules of delivery are asked about them."""

from __future__ import annotations

from typing import Any

from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.lane import Lane, Try
from collector.domain.times import DAY, MINUTE, SECOND, parse_time

NOW = parse_time("2026-11-24T02:15:00Z")
EARLIER = NOW - DAY
PROVEN = Lane(first_success_at=EARLIER, last_success_at=EARLIER)
NEW = Lane()
HELD = Lane(state="held", reason="auth", held_at=NOW - MINUTE, resume_at=NOW - SECOND)
KINDS = {
    "ok": "ok",
    "rejected": "refused",
    "mapping": "refused",
    "auth": "auth",
    "missing": "auth",
    "gone": "auth",
    "redirect": "auth",
    "blocked": "blocked",
    "throttled": "throttled",
    "timeout": "unknown",
    "server_error": "retryable",
}


def attempt(reason: str, **told: Any) -> Try:
    """Make an attempt that ended so; `retry_after_s` and `http_status` are its answer's."""
    answer = {name: told.pop(name, None) for name in ("retry_after_s", "http_status")}
    outcome = Outcome(kind=OutcomeKind(KINDS[reason]), reason=reason, **answer)
    return Try(outcome=outcome, **{"started_at": NOW, "now": NOW, "first_try_at": NOW, **told})
