"""What the worker tells in the log: attempts, and what they did to lanes; never personal data."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from collector.delivery.lanes import OpenLane
from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.times import render_time
from collector.storage.lanes import LaneChange
from collector.storage.leases import Claimed

log = structlog.get_logger()


def tell_attempt(lane: OpenLane, one: Claimed, outcome: Outcome, *, recorded: bool) -> None:
    """Tell of an attempt; one that did not deliver is a warning."""
    fine = outcome.kind is OutcomeKind.OK and recorded
    tell = log.info if fine else log.warning
    tell(
        "attempt",
        delivery=one.delivery_id,
        for_event=one.event,
        destination=one.destination_id,
        kind=lane.destination.kind.name,
        number=one.number,
        generation=one.generation,
        outcome=outcome.kind.value,
        reason=outcome.reason,
        http_status=outcome.http_status,
        latency_ms=outcome.latency_ms,
        recorded=recorded,
    )


def tell_changes(changes: Iterable[LaneChange]) -> None:
    """Tell of lanes that closed, opened, were given up, or have failed for long."""
    for key, before, after in changes:
        if after.is_disabled and not before.is_disabled:
            log.error("destination disabled", destination=key, reason=after.reason)
        elif after.waits and not before.waits:
            log.warning("destination waits", destination=key, reason=after.reason)
        elif before.waits and not after.waits:
            log.info("destination works again", destination=key)
        if after.warned > before.warned and after.failing_since is not None:
            since = render_time(after.failing_since)
            log.warning("destination fails for long", destination=key, failing_since=since)


def place_of(error: BaseException) -> str:
    """Name an error's class and where it arose, without its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} in {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
