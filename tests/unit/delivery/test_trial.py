from __future__ import annotations

from ipaddress import ip_network

import msgspec
import pytest

from collector.delivery.sender import open_sender
from collector.delivery.trial import Trial, make_event
from collector.domain.delivery import Outcome
from collector.domain.errors import UnknownDestination
from collector.domain.lane import Lane
from tests.outbox import START, Outbox
from tests.sink import Reply, Sink


async def attempt(outbox: Outbox, key: str, *allow: str) -> Outcome:
    async with open_sender(map(ip_network, allow)) as sender:
        trial = Trial(
            store=outbox.store,
            registry=outbox.registry,
            sender=sender,
            clock=outbox.clock,
            random=outbox.random.randbytes,
        )
        return await trial.run(key)


PASSED = Lane(first_success_at=START, last_success_at=START, ramp=1)


async def add_driftrock(outbox: Outbox, sink: Sink) -> str:
    return await outbox.add_destination("driftrock", api_key="k" * 20, source_id="s", url=sink.url)


async def test_a_trial_sends_a_marked_event_of_its_own(outbox: Outbox) -> None:
    async with Sink() as sink:
        outcome = await attempt(outbox, await add_driftrock(outbox, sink), "127.0.0.0/8")
    assert (outcome.kind, outcome.http_status) == ("ok", 200)
    body = msgspec.json.decode(sink.received[0].body)
    assert (body["event_name"], body["source_id"]) == ("Test event from lead-collector", "s")
    assert body["event_id"].startswith("test-")
    assert await outbox.rows() == []


async def test_one_that_passes_proves_the_lane_and_ends_its_hold(outbox: Outbox) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.set_lane(key, Lane(state="held", reason="first_refused", held_at=START))
        await attempt(outbox, key, "127.0.0.0/8")
    assert await outbox.lane(key) == PASSED


async def test_one_that_fails_changes_nothing_and_shows_the_answer(outbox: Outbox) -> None:
    async with Sink(Reply(400, body=b'{"error":"no such source_id"}')) as sink:
        key = await add_driftrock(outbox, sink)
        outcome = await attempt(outbox, key, "127.0.0.0/8")
    assert (outcome.kind, outcome.reason) == ("refused", "rejected")
    assert outcome.excerpt == '{"error":"no such source_id"}'
    assert await outbox.lane(key) == Lane()


async def test_a_private_address_is_blocked_here_too(outbox: Outbox) -> None:
    async with Sink() as sink:
        outcome = await attempt(outbox, await add_driftrock(outbox, sink))
        assert sink.received == []
    assert (outcome.kind, outcome.excerpt) == ("blocked", "")


async def test_an_unknown_destination_is_an_error(outbox: Outbox) -> None:
    with pytest.raises(UnknownDestination):
        await attempt(outbox, "nowhere")


def test_a_test_event_is_marked_as_one() -> None:
    event = make_event(START, bytes(10))
    assert event.marks == {"test": "destination test"}
    assert event.event_id == f"test-{event.id}"
