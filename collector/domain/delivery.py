"""Words of delivery: what a send returned, and the states a delivery goes through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    READY = "ready"
    LEASED = "leased"
    DELIVERED = "delivered"
    HELD = "held"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class OutcomeKind(StrEnum):
    """What a send returned."""

    OK = "ok"
    RETRYABLE = "retryable"
    THROTTLED = "throttled"
    REFUSED = "refused"
    AUTH = "auth"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One attempt's result; `excerpt` is at most 4 KiB of the answer, scrubbed of secrets."""

    kind: OutcomeKind
    reason: str
    http_status: int | None = None
    retry_after_s: float | None = None
    excerpt: str = ""
    latency_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a destination wants sent: `body` is kept and sent byte for byte by every attempt."""

    url: str
    headers: dict[str, str]
    body: bytes
