"""A form that comes back to be sent again, and what it must carry to be the same event then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from collector.domain.consent import parse_consent
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.submission import Submission, is_reserved
from collector.domain.token import Rejected
from collector.intake import Circumstances
from collector.web.endpoint import Exchange


def to_send_again(exchange: Exchange, submission: Submission, how: Circumstances) -> Submission:
    """Add to the reserved values what the request said beside its body.

    The page has no origin (its sandbox), so that its own request brings no cookie and no Referer.
    Without an `_event_id` it gets one: sent twice, it is one event.
    """
    own_id = uuid7(exchange.now, exchange.services.random(RANDOM_BYTES))
    consent = parse_consent(submission.said("_consent") or "")
    beside = {} if consent and consent.denied else dict(_beside(exchange, submission, how))
    said = {name: value for name, value in submission.reserved.items() if value}
    carried = {"_event_id": own_id, "_page": how.referer, **said, **beside}
    return replace(submission, reserved=carried)


def _beside(
    exchange: Exchange, submission: Submission, how: Circumstances
) -> Iterator[tuple[str, str]]:
    """Give the cookies that count, under the names that a form says them by."""
    signer, now = exchange.services.signer, exchange.now
    sites = exchange.capture.own_domains if exchange.capture else frozenset()
    for token in how.tokens:
        if not isinstance(signer.open(token, now, sites), Rejected):
            yield "_token", token
            break
    for name, value in how.cookies:
        if is_reserved(name) and not submission.said(name):
            yield name, value
