from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from collector.delivery.sender import Sender
from collector.domain.errors import DiskFull
from collector.domain.lane import Lane
from collector.domain.times import MINUTE, SECOND
from collector.storage.claims import Turn
from collector.storage.deliveries import RATE_CLEAR
from collector.storage.tables import attempts, deliveries, destinations
from collector.storage.writer import Write
from tests.outbox import START, Outbox
from tests.rows import SetColumns, refusing
from tests.sink import Reply, Sink
from tests.workers import API_KEY, add_driftrock, work, working


async def test_an_event_is_delivered_once_with_all_it_says(outbox: Outbox, sender: Sender) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink, Lane())
        event = await outbox.add_event()
        await work(outbox, sender, sink, 1)
        async with working(outbox, sender):
            pass
    [received] = sink.received
    assert received.headers["authorization"] == f"Bearer {API_KEY}"
    assert msgspec.json.decode(received.body)["event_id"] == event.event_id
    assert await outbox.states() == ["delivered"]
    assert await outbox.outcomes() == [("ok", "ok")]
    assert await outbox.lane(key) == Lane(first_success_at=START, last_success_at=START)


async def test_what_is_stored_while_the_worker_runs_goes_at_once(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink, working(outbox, sender) as worker:
        await add_driftrock(outbox, sink)
        for number in range(1, 4):
            await outbox.add_event()
            worker.wake()
            await sink.wait_for(number)


async def test_a_worker_that_was_not_told_finds_what_is_due_by_itself(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink, working(outbox, sender):
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        await sink.wait_for(1)


async def test_a_refused_event_is_kept_with_what_the_destination_said(
    outbox: Outbox, sender: Sender
) -> None:
    said = f'{{"error":"source_id is wrong for {API_KEY}"}}'.encode()
    async with Sink(Reply(400, body=said)) as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        await work(outbox, sender, sink, 1)
    [row] = await outbox.rows()
    assert (row["state"], row["reason"]) == ("refused", "rejected")
    [tried] = await outbox.rows(attempts)
    assert tried["http_status"] == 400
    assert tried["excerpt"] == '{"error":"source_id is wrong for ***"}'


async def test_a_fault_of_the_destination_is_tried_again_on_schedule_with_the_same_bytes(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(Reply(500), Reply(503)) as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        await work(outbox, sender, sink, 1)
        [row] = await outbox.rows()
        assert (row["state"], row["reason"], row["step"]) == ("ready", "server_error", 1)
        assert 8 * SECOND <= row["next_at"] - START <= 12 * SECOND

        outbox.clock.now = row["next_at"] - 1
        async with working(outbox, sender):
            pass
        assert len(sink.received) == 1
        for _ in range(2):
            outbox.clock.now += 2 * MINUTE
            await work(outbox, sender, sink, 1)
    assert await outbox.outcomes() == [
        ("retryable", "server_error"),
        ("retryable", "server_error"),
        ("ok", "ok"),
    ]
    assert len({received.body for received in sink.received}) == 1


async def test_what_a_rate_limit_withheld_goes_by_itself(outbox: Outbox, sender: Sender) -> None:
    async with Sink() as sink, working(outbox, sender) as worker:
        await add_driftrock(outbox, sink)
        marks = {"rate": "over the rate limit"}
        await outbox.add_event(reason="rate", rate_key="a", marks=marks)
        await worker.tend()
        assert await outbox.states() == ["held"]
        outbox.clock.now += RATE_CLEAR
        await worker.tend()
        await sink.wait_for(1)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(raw=b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"data"'), "truncated"),
        (Reply(body=b"<html>Welcome</html>"), "unexpected_answer"),
        (Reply(body=b""), "unexpected_answer"),
        (Reply(raw=b""), "disconnected"),
    ],
    ids=["truncated", "a page", "empty", "no answer"],
)
async def test_a_success_that_driftrock_did_not_say_is_no_success(
    outbox: Outbox, sender: Sender, reply: Reply, reason: str
) -> None:
    async with Sink(reply) as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        await work(outbox, sender, sink, 1)
        assert await outbox.outcomes() == [("unknown", reason)]
        outbox.clock.now += MINUTE
        await work(outbox, sender, sink, 1)
    assert await outbox.states() == ["delivered"]


async def test_a_fault_of_our_own_in_one_delivery_is_recorded_and_stops_nothing(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        broken = await add_driftrock(outbox, sink)
        sealed = outbox.registry.box.seal({})
        await outbox.store.write(SetColumns(destinations, broken, {"secrets": sealed}))
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        await work(outbox, sender, sink, 1)
    assert sorted(await outbox.states()) == ["delivered", "ready"]
    excerpts = {row["reason"]: row["excerpt"] for row in await outbox.rows(attempts)}
    assert set(excerpts) == {"ok", "internal"}
    assert excerpts["internal"].startswith("KeyError in address_request")


async def test_an_outcome_that_cannot_be_written_is_written_later(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        full = _FullOnce(outbox.store.database.transact)
        outbox.store._writer._transact = full  # the disk, not our code, is what fails
        await work(outbox, sender, sink, 1)
        assert full.refused == 1
    assert len(sink.received) == 1
    assert await outbox.states() == ["delivered"]


class _FullOnce:
    """A disk that has no room for the first outcome."""

    def __init__(self, transact: Any) -> None:
        self._transact = transact
        self.refused = 0

    async def __call__(self, writes: Sequence[Write]) -> Sequence[Any]:
        if not self.refused and any(isinstance(write, Turn) and write.ended for write in writes):
            self.refused += 1
            raise DiskFull("the disk has no room for another event")
        found: Sequence[Any] = await self._transact(writes)
        return found


async def test_a_row_that_the_database_refuses_costs_the_others_of_its_turn_nothing(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_events(3)
        async with refusing(outbox.store, deliveries, id=2, state="delivered"):
            await work(outbox, sender, sink, 3)
    assert await outbox.states() == ["delivered", "leased", "delivered"]
    assert len(sink.received) == 3


async def test_each_attempt_is_one_line_that_says_all_but_what_a_person_sent(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(Reply(500, body=b"ada@example.com is broken")) as sink:
        key = await add_driftrock(outbox, sink)
        event = await outbox.add_event()
        with capture_logs() as logs:
            await work(outbox, sender, sink, 1)
    [line] = [line for line in logs if line["event"] == "attempt"]
    assert line.pop("latency_ms") >= 0
    assert line == {
        "event": "attempt",
        "log_level": "warning",
        "delivery": 1,
        "for_event": event.id,
        "destination": key,
        "kind": "driftrock",
        "number": 1,
        "generation": 1,
        "outcome": "retryable",
        "reason": "server_error",
        "http_status": 500,
        "recorded": True,
    }
    assert "ada@example.com" not in str(logs)
    assert API_KEY not in str(logs)
