"""Whatever a destination does, an attempt ends in time, and only its own success counts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random

import pytest

from collector.delivery.sender import Sender
from collector.delivery.worker import Worker
from collector.domain.lane import Lane
from collector.domain.times import HOUR, SECOND
from tests.contract.attempts import (
    FINE,
    NOW,
    TOTAL_S,
    attempt,
    destination,
    meaning,
    open_hasty,
)
from tests.outbox import START, Outbox
from tests.sink import Reply, Sink, serving
from tools.faults.hostile import MANNERS, answers_well

TIMEOUT = ("unknown", "timeout")
BROKEN = ("unknown", "broken_answer")
GONE = ("unknown", "disconnected")
TRUNCATED = ("unknown", "truncated")
FOREIGN = ("unknown", "unexpected_answer")

OUTCOMES: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    # manner: what it means to a webhook, and to Driftrock, which knows its own words of success
    "never reads": (TIMEOUT, TIMEOUT),
    "never answers": (TIMEOUT, TIMEOUT),
    "resets the connection mid-request": (GONE, GONE),
    "hangs up without an answer": (GONE, GONE),
    "headers that drip": (TIMEOUT, TIMEOUT),
    "endless headers": (BROKEN, BROKEN),
    "endless 100 Continue": (TIMEOUT, TIMEOUT),
    "a body that drips": (TRUNCATED, TRUNCATED),
    "an endless body": (FINE, FOREIGN),
    "a truncated body": (TRUNCATED, TRUNCATED),
    "a truncated chunk": (TRUNCATED, TRUNCATED),
    "a reset within the body": (TRUNCATED, TRUNCATED),
    "a Content-Length too short": (BROKEN, BROKEN),
    "a Content-Length of nonsense": (BROKEN, BROKEN),
    "a negative Content-Length": (BROKEN, BROKEN),
    "two Content-Lengths": (BROKEN, BROKEN),
    "a length and chunks": (BROKEN, BROKEN),
    "a gzip bomb": (FINE, FOREIGN),
    "a page that is not its own": (FINE, FOREIGN),
    "an error told as success": (FINE, FOREIGN),
    "no HTTP": (BROKEN, BROKEN),
    "HTTP of another age": (BROKEN, BROKEN),
}
KINDS = ("webhook", "driftrock")


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with open_hasty() as opened:
        yield opened


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("manner", MANNERS)
async def test_a_hostile_answer_ends_in_time_and_means_what_it_says_and_no_more(
    sender: Sender, manner: str, kind: str
) -> None:
    async with serving(MANNERS[manner]) as port, asyncio.timeout(10 * TOTAL_S):
        outcome = await attempt(destination(kind, f"http://127.0.0.1:{port}/"), sender)
    assert meaning(outcome) == OUTCOMES[manner][KINDS.index(kind)]
    assert len(outcome.excerpt) <= 4096


async def test_a_redirect_to_a_metadata_service_is_not_followed(sender: Sender) -> None:
    reply = Reply(307, {"Location": "http://169.254.169.254/latest/meta-data/"})
    async with Sink(reply) as sink:
        outcome = await attempt(destination("webhook", sink.url), sender)
    assert meaning(outcome) == ("auth", "redirect")


def in_an_hour() -> str:
    later = datetime.fromtimestamp((NOW + HOUR) / SECOND, UTC)
    return format_datetime(later, usegmt=True)


@pytest.mark.parametrize(
    ("status", "headers", "expected", "wait_s"),
    [
        (429, {"Retry-After": "3600"}, ("throttled", "throttled"), 3600),
        (429, {"Retry-After": in_an_hour()}, ("throttled", "throttled"), 3600),
        (429, {"Retry-After": "10", "retry-after": "20"}, ("throttled", "throttled"), 20),
        (429, {"Retry-After": "soon"}, ("throttled", "throttled"), None),
        (429, {}, ("throttled", "throttled"), None),
        (503, {"Retry-After": in_an_hour()}, ("throttled", "throttled"), 3600),
        (408, {}, ("retryable", "busy"), None),
        (425, {}, ("retryable", "busy"), None),
        (500, {}, ("retryable", "server_error"), None),
        (413, {}, ("refused", "rejected"), None),
    ],
)
async def test_a_destination_that_asks_for_patience_is_given_it(
    sender: Sender,
    status: int,
    headers: dict[str, str],
    expected: tuple[str, str],
    wait_s: float | None,
) -> None:
    async with Sink(Reply(status, headers)) as sink:
        outcome = await attempt(destination("webhook", sink.url), sender)
    assert meaning(outcome) == expected
    assert outcome.retry_after_s == wait_s


async def test_a_destination_with_every_bad_manner_is_owed_its_events_until_it_behaves(
    outbox: Outbox, sender: Sender
) -> None:
    """Each attempt meets another manner; none counts as delivered but by a whole answer."""
    left = [name for name, outcomes in OUTCOMES.items() if outcomes[1] != FINE]
    bad = len(left)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (MANNERS[left.pop()] if left else answers_well)(reader, writer)

    async with serving(serve) as port, asyncio.timeout(60):
        key = await outbox.add_destination(
            "driftrock", api_key="k", source_id="s", url=f"http://127.0.0.1:{port}/"
        )
        await outbox.set_lane(key, Lane(first_success_at=START, last_success_at=START))
        await outbox.add_events(5)
        worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
        running = asyncio.create_task(worker.run())
        while set(await outbox.states()) != {"delivered"}:
            outbox.clock.now += HOUR
            worker.wake()
            await asyncio.sleep(0.02)
        worker.stop()
        await running
    outcomes = Counter(kind for kind, _ in await outbox.outcomes())
    assert outcomes == {"unknown": bad, "ok": 5}
