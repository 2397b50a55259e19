from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from collector.delivery.lanes import ALL_SLOTS, FIRST_SLOTS
from collector.delivery.sender import Sender, open_sender
from collector.delivery.worker import Worker
from collector.destinations import Registry
from collector.domain.errors import DiskFull
from collector.domain.lane import PROBE_EVERY, Lane
from collector.domain.mapping import parse_mapping
from collector.domain.pace import LANE_SLOTS
from collector.domain.times import DAY, HOUR, MINUTE, SECOND
from collector.storage.claims import Claim, Turn
from collector.storage.deliveries import RATE_CLEAR, DeliveryFilter, RetryDeliveries
from collector.storage.destinations import ChangeLane
from collector.storage.leases import LEASE
from collector.storage.mappings import SaveMapping
from collector.storage.secrets import SecretBox
from collector.storage.tables import attempts, deliveries, destinations, events
from collector.storage.writer import Write
from tests.outbox import SOURCE_ID, START, Outbox
from tests.rows import SetColumns, refusing
from tests.sink import Reply, Sink
from tests.workers import working

PROVEN = Lane(first_success_at=START, last_success_at=START)
LANES_THAT_HANG = 20
API_KEY = "drift-key-0123456789"


async def work(outbox: Outbox, sender: Sender, sink: Sink, count: int) -> None:
    """Work until a sink has received so many more requests, and stop."""
    seen = len(sink.received)
    async with working(outbox, sender):
        await sink.wait_for(seen + count)


async def add_driftrock(outbox: Outbox, sink: Sink, lane: Lane = PROVEN) -> str:
    key = await outbox.add_destination(
        "driftrock", api_key=API_KEY, source_id="drift-1", url=sink.url
    )
    await outbox.set_lane(key, lane)
    return key


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


async def test_the_first_refusal_ever_holds_everything_until_a_person_resumes(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(422)) as sink:
        key = await add_driftrock(outbox, sink, Lane())
        await outbox.add_events(20)
        await work(outbox, sender, sink, 1)
        assert len(sink.received) <= LANE_SLOTS
        assert set(await outbox.states()) == {"ready"}
        lane = await outbox.lane(key)
        assert (lane.state, lane.reason, lane.resume_at) == ("held", "first_refused", None)

        outbox.clock.now += DAY
        seen = len(sink.received)
        async with working(outbox, sender):
            pass
        assert len(sink.received) == seen

        sink.otherwise = Reply()
        resumed = ChangeLane(destination_id=key, state="active", now=outbox.clock.now)
        await outbox.store.write(resumed)
        await work(outbox, sender, sink, 20)
    assert set(await outbox.states()) == {"delivered"}


async def test_a_wrong_key_holds_the_lane_and_a_later_probe_lets_it_flow(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(401)) as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.add_events(20)
        await work(outbox, sender, sink, 1)
        assert (await outbox.lane(key)).state == "held"
        assert {row["step"] for row in await outbox.rows()} == {0}

        outbox.clock.now += PROBE_EVERY
        seen = len(sink.received)
        await work(outbox, sender, sink, 1)
        assert len(sink.received) == seen + 1

        outbox.clock.now += PROBE_EVERY
        sink.otherwise = Reply()
        await work(outbox, sender, sink, 20)
    assert set(await outbox.states()) == {"delivered"}
    assert (await outbox.lane(key)).state == "active"


async def test_a_throttled_lane_is_silent_until_its_time_and_then_tries_one(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(429, {"Retry-After": "120"})) as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.add_events(20)
        await work(outbox, sender, sink, 1)
        seen = len(sink.received)
        assert seen <= LANE_SLOTS
        assert (await outbox.lane(key)).resume_at == START + 120 * SECOND

        outbox.clock.now += 119 * SECOND
        async with working(outbox, sender):
            pass
        assert len(sink.received) == seen

        outbox.clock.now += SECOND
        await work(outbox, sender, sink, 1)
        assert len(sink.received) == seen + 1

        outbox.clock.now += 120 * SECOND
        sink.otherwise = Reply()
        await work(outbox, sender, sink, 20)
    assert set(await outbox.states()) == {"delivered"}


async def test_a_dead_destination_gets_probes_only_and_loses_nothing(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(500)) as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.add_events(20)
        await work(outbox, sender, sink, LANE_SLOTS)
        probed = set()
        for _ in range(4):
            outbox.clock.now = (await outbox.lane(key)).resume_at or 0
            seen = len(sink.received)
            await work(outbox, sender, sink, 1)
            assert len(sink.received) == seen + 1
            probed.add(sink.received[-1].body)
        assert len(probed) == 4

        outbox.clock.now += DAY
        sink.otherwise = Reply()
        await work(outbox, sender, sink, 20)
    assert set(await outbox.states()) == {"delivered"}


async def test_a_paused_destination_gets_nothing_and_then_everything(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.store.write(ChangeLane(destination_id=key, state="paused", now=START))
        await outbox.add_events(3)
        async with working(outbox, sender):
            pass
        assert sink.received == []
        await outbox.store.write(ChangeLane(destination_id=key, state="active", now=START))
        await work(outbox, sender, sink, 3)
    assert await outbox.states() == ["delivered"] * 3


async def test_a_crash_between_claim_and_record_is_an_unknown_attempt_and_sent_again_alike(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        event = await outbox.add_event()
        destination = outbox.registry.open(await outbox.destination(key))
        claim = Claim(
            destination_id=key, changed_at=START, probe=False, limit=1, render=destination.render
        )
        crashed = await outbox.store.write(Turn(token="t1", now=START, claims=[claim]))
        body = crashed.claimed[0][0].body

        worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
        await worker.void_leases()
        assert await outbox.outcomes() == [("unknown", "interrupted")]
        outbox.clock.now += MINUTE
        await work(outbox, sender, sink, 1)
    assert [received.body for received in sink.received] == [body]
    assert msgspec.json.decode(body)["event_id"] == event.event_id
    assert await outbox.outcomes() == [("unknown", "interrupted"), ("ok", "ok")]


async def test_expired_leases_are_taken_back_while_the_worker_runs(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink, working(outbox, sender) as worker:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        lost = {"state": "leased", "lease_token": "gone", "lease_until": START + LEASE}
        tried = {"attempts": 1, "first_try_at": START}
        await outbox.store.write(SetColumns(deliveries, 1, lost | tried))
        await worker.tend()
        assert await outbox.states() == ["leased"]
        outbox.clock.now += LEASE
        await worker.tend()
        assert await outbox.states() == ["ready"]


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


async def test_a_hanging_destination_does_not_slow_another(outbox: Outbox, sender: Sender) -> None:
    hang = asyncio.Event()
    async with Sink(otherwise=Reply(until=hang)) as hanging, Sink() as quick:
        await add_driftrock(outbox, hanging)
        await add_driftrock(outbox, quick)
        await outbox.add_events(40)
        async with working(outbox, sender):
            await quick.wait_for(40)
            assert len(hanging.received) == LANE_SLOTS
            hang.set()


async def test_many_hanging_destinations_fill_no_more_than_the_house_and_leave_another_its_turns(
    outbox: Outbox, sender: Sender
) -> None:
    hang = asyncio.Event()
    async with AsyncExitStack() as stack, Sink() as quick:
        sinks = [Sink(otherwise=Reply(until=hang)) for _ in range(LANES_THAT_HANG)]
        for sink in [*sinks, quick]:
            await add_driftrock(outbox, await stack.enter_async_context(sink))
        await outbox.add_events(LANE_SLOTS)
        async with working(outbox, sender):
            await quick.wait_for(LANE_SLOTS)
            for sink in sinks:
                await sink.wait_for(1)
            held = [len(sink.received) for sink in sinks]
            assert ALL_SLOTS - FIRST_SLOTS - LANE_SLOTS < sum(held) <= ALL_SLOTS - FIRST_SLOTS
            assert max(held) - min(held) <= 1
            hang.set()
            for sink in sinks:
                await sink.wait_for(LANE_SLOTS)
    assert set(await outbox.states()) == {"delivered"}


async def test_an_event_that_cannot_be_written_dies_alone(outbox: Outbox, sender: Sender) -> None:
    async with Sink() as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        poison = await outbox.add_event()
        await outbox.store.write(SetColumns(events, poison.id, {"fields": "{not json"}))
        await outbox.add_event()
        await work(outbox, sender, sink, 2)
    assert await outbox.states() == ["delivered", "refused", "delivered"]


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


async def test_secrets_that_cannot_be_opened_hold_the_lane(outbox: Outbox, sender: Sender) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.add_event()
        right = outbox.registry
        outbox.registry = Registry(SecretBox(["A" * 43 + "="]))
        async with working(outbox, sender):
            await _until(outbox, key, "held")
        assert (await outbox.lane(key)).reason == "secrets"

        outbox.registry = right
        await outbox.store.write(ChangeLane(destination_id=key, state="active", now=START + 1))
        await work(outbox, sender, sink, 1)
    assert await outbox.states() == ["delivered"]


async def test_a_kind_that_this_version_does_not_know_holds_the_lane(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.store.write(SetColumns(destinations, key, {"kind": "carrier-pigeon"}))
        await outbox.add_event()
        async with working(outbox, sender):
            await _until(outbox, key, "held")
    assert (await outbox.lane(key)).reason == "kind"


async def _until(outbox: Outbox, key: str, state: str) -> None:
    async with asyncio.timeout(10):
        while (await outbox.lane(key)).state != state:
            await asyncio.sleep(0.01)


async def test_a_blocked_address_holds_the_lane_and_keeps_the_event(outbox: Outbox) -> None:
    async with Sink() as sink, open_sender([]) as strict:
        key = await add_driftrock(outbox, sink)
        await outbox.add_event()
        async with working(outbox, strict):
            await _until(outbox, key, "held")
        assert sink.received == []
    assert (await outbox.lane(key)).reason == "bad_url"
    assert await outbox.states() == ["ready"]


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


async def test_stopping_finishes_what_is_under_way_and_begins_nothing(
    outbox: Outbox, sender: Sender
) -> None:
    answer = asyncio.Event()
    async with Sink(otherwise=Reply(until=answer)) as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_events(LANE_SLOTS + 4)
        worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
        running = asyncio.create_task(worker.run())
        await sink.wait_for(LANE_SLOTS)
        worker.stop()
        answer.set()
        await running
    assert len(sink.received) == LANE_SLOTS
    states = await outbox.states()
    assert (states.count("delivered"), states.count("ready")) == (LANE_SLOTS, 4)


async def test_a_claim_that_comes_back_after_the_stop_is_released(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
        stopping = _StopAtClaim(outbox.store.database.transact, worker)
        outbox.store._writer._transact = stopping
        await worker.run()
        assert sink.received == []
    assert await outbox.rows(attempts) == []
    assert [(row["state"], row["attempts"]) for row in await outbox.rows()] == [("ready", 0)]


class _StopAtClaim:
    """Tells the worker to stop just as its claim is committed."""

    def __init__(self, transact: Any, worker: Worker) -> None:
        self._transact = transact
        self._worker = worker

    async def __call__(self, writes: Sequence[Write]) -> Sequence[Any]:
        found: Sequence[Any] = await self._transact(writes)
        if any(isinstance(write, Turn) for write in writes):
            self._worker.stop()
        return found


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


async def test_nothing_expires_while_its_lane_has_had_no_success_and_then_it_flows(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(500)) as sink:
        await add_driftrock(outbox, sink, Lane(first_success_at=START, last_success_at=START))
        outbox.clock.now += 1
        await outbox.add_event()
        await work(outbox, sender, sink, 1)
        for _ in range(30):
            outbox.clock.now += 8 * HOUR
            await work(outbox, sender, sink, 1)
        assert await outbox.states() == ["ready"]
        sink.otherwise = Reply()
        outbox.clock.now += 8 * HOUR
        await work(outbox, sender, sink, 1)
    assert await outbox.states() == ["delivered"]


PHONE = parse_mapping({"rules": [{"to": "phone", "from": "Telefon"}]})


async def test_a_mapping_that_fails_refuses_the_delivery_and_blames_no_lane(
    outbox: Outbox, sender: Sender
) -> None:
    """Also where the destination has never accepted anything: nothing was sent to it."""
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink, Lane())
        await outbox.store.write(SaveMapping(source_id=SOURCE_ID, mapping=PHONE))
        for _ in range(LANE_SLOTS + 1):
            await outbox.add_event(fields={"Telefon": "0171 1234567"})
        good = await outbox.add_event(fields={"Telefon": "+49 171 1234567"})
        await work(outbox, sender, sink, 1)
    assert await outbox.states() == ["refused"] * (LANE_SLOTS + 1) + ["delivered"]
    first = (await outbox.rows(attempts))[0]
    assert (first["outcome"], first["reason"]) == ("refused", "mapping")
    assert first["excerpt"].startswith("phone: This number needs the code of its country")
    assert await outbox.lane(key) == Lane(first_success_at=START, last_success_at=START)
    [received] = sink.received
    sent = msgspec.json.decode(received.body)
    assert (sent["event_id"], sent["fields"]) == (good.event_id, {"phone": "+491711234567"})


async def test_what_a_mapping_refused_is_replayed_once_it_is_mended(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.store.write(SaveMapping(source_id=SOURCE_ID, mapping=PHONE))
        await outbox.add_event(fields={"Telefon": "0171 1234567"})
        await outbox.add_event(fields={"Telefon": "+49 171 7654321"})
        async with working(outbox, sender):
            await sink.wait_for(1)
            assert (await outbox.states())[0] == "refused"
            mended = msgspec.structs.replace(PHONE, country="DE")
            await outbox.store.write(SaveMapping(source_id=SOURCE_ID, mapping=mended))
            wanted = DeliveryFilter(destination_id=key, states=("refused",))
            await outbox.store.write(RetryDeliveries(wanted=wanted, now=START))
            await sink.wait_for(2)
    row, _ = await outbox.rows()
    assert (row["state"], row["generation"]) == ("delivered", 2)
    assert msgspec.json.decode(sink.received[1].body)["fields"] == {"phone": "+491711234567"}
    event, _ = await outbox.rows(events)
    assert msgspec.json.decode(event["fields"]) == {"Telefon": "0171 1234567"}


async def test_each_destination_gets_its_own_mapping_and_a_change_counts_at_once(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as one, Sink() as other:
        for sink in (one, other):
            await add_driftrock(outbox, sink)
        first, second = [row["id"] for row in await outbox.rows(destinations)]
        for key, name in ((first, "Mail"), (second, "MAIL")):
            mapping = parse_mapping({"rules": [{"to": name, "from": "email"}], "unmapped": "drop"})
            await outbox.store.write(
                SaveMapping(source_id=SOURCE_ID, mapping=mapping, destination_id=key)
            )
        async with working(outbox, sender) as worker:
            await outbox.add_event()
            worker.wake()
            await one.wait_for(1)
            await other.wait_for(1)
            await outbox.store.write(
                SaveMapping(source_id=SOURCE_ID, mapping=None, destination_id=second)
            )
            await outbox.add_event()
            worker.wake()
            await one.wait_for(2)
            await other.wait_for(2)
    fields = [
        [msgspec.json.decode(received.body)["fields"] for received in sink.received]
        for sink in (one, other)
    ]
    mail = "ada@example.com"
    assert sorted(fields, key=str) == [
        [{"MAIL": mail}, {"email": mail, "answer": 42, "list": ["a", "b"]}],
        [{"Mail": mail}, {"Mail": mail}],
    ]
