"""Why a delivery or its lane stands where it does: stable words, each with a text for people."""

from __future__ import annotations

from typing import Final

REASONS: Final = {
    "auth": "The destination does not accept the key or password. Put the right one in.",
    "bad_url": "The address of the destination cannot be used. Correct it.",
    "blocked": (
        "The destination's name leads to an address that is private or reserved. "
        "If it is yours, name its range in COLLECTOR_ALLOW_DESTINATIONS."
    ),
    "broken_answer": "The destination answered something that is not HTTP.",
    "busy": "The destination asked to try again later.",
    "certificate": "The destination's TLS certificate is not valid for it.",
    "conflict": "The destination says that this conflicts with what it has.",
    "connect": "No connection to the destination could be made.",
    "connect_timeout": "The destination did not accept a connection in time.",
    "deleted": "The destination was deleted.",
    "disconnected": "The connection ended before an answer came; it may have arrived.",
    "dns": "The destination's name could not be resolved.",
    "erased": "The event was erased.",
    "failing": (
        "Nothing but failures for five days, so that it was given up. "
        "Mend it, then resume it: nothing was lost."
    ),
    "first_refused": (
        "The destination refused the first event it was ever sent. Check its settings, "
        "then resume it: nothing was lost."
    ),
    "gone": "The destination says that it is gone for good. Put a new address in.",
    "incomplete": "The lead lacks what its capture requires, and its sender was told so.",
    "internal": "The collector failed on this delivery; the log has the details.",
    "interrupted": "The collector stopped in the middle of an attempt; it may have arrived.",
    "kind": "This version does not know this kind of destination.",
    "mapping": (
        "The event could not be written in the destination's form. "
        "Mend the mapping, then retry the delivery: nothing was lost."
    ),
    "mapping_drift": "The destination refused several events in a row. Check the mapping.",
    "missing": "Nothing at the destination's address takes events. Check the address.",
    "odd_status": "The destination answered with a status that has no meaning here.",
    "ok": "The destination accepted it.",
    "origin": "The form stands on a page that its capture does not allow.",
    "paused": "Paused by a person.",
    "rate": "The sender's address is over the rate limit.",
    "redirect": "The destination answered with a redirect, which is never followed.",
    "rejected": "The destination does not accept this event.",
    "secrets": "The destination's secrets cannot be decrypted with COLLECTOR_ENCRYPTION_KEYS.",
    "server_error": "The destination reported a fault of its own.",
    "spam": "The event is marked as spam.",
    "test": "The event is a test.",
    "throttled": "The destination asked for fewer requests.",
    "timeout": "The destination did not answer in time; it may have arrived.",
    "tls": "No secure connection to the destination could be made.",
    "truncated": "The destination's answer broke off; it may have arrived.",
    "unknown": (
        "It may have arrived, and by now the destination would count it twice. "
        "Look there, then retry it by its ID or leave it."
    ),
    "unsure": "Not sent: it may have arrived, and would by now be counted twice.",
    "unexpected_answer": "The destination answered with success, but not in its own form.",
    "unsupported": "The destination does not support this kind of request.",
}


def explain(reason: str | None) -> str:
    """Give the text for people; a word without one stands for itself."""
    return REASONS.get(reason or "", reason or "")
