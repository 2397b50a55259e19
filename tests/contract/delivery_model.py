"""Delivery as a state machine: what may happen, in any order, and what must hold after each step.

Time is a value and destinations are scripted; the database and the worker are real.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collector.delivery.sender import Sender
from collector.delivery.worker import Worker
from collector.domain.delivery import OutcomeKind, Request
from collector.domain.event import Event
from collector.domain.retry import Answer, Verdict
from collector.domain.times import DAY, HOUR, MINUTE, SECOND
from collector.storage.backfill import Backfill, missing_events
from collector.storage.claims import Claim, Turn
from collector.storage.deliveries import DeliveryFilter, RetryDeliveries
from collector.storage.destinations import ChangeLane
from collector.storage.erasure import EraseEvents
from collector.storage.events import EventFilter, StoreEvent, event_row
from collector.storage.leases import LEASE, Claimed, Ended
from collector.storage.tables import attempts, deliveries, events
from tests.outbox import Outbox, open_outbox
from tests.unit.domain.tries import attempt

LOST = Answer(failure=Verdict(OutcomeKind.UNKNOWN, "timeout"))
ANSWERS = {
    "ok": Answer(status=200),
    "server_error": Answer(status=500),
    "busy": Answer(status=429, retry_after=("30",)),
    "refused": Answer(status=400),
    "auth": Answer(status=401),
    "gone": Answer(status=410),
    "lost": LOST,  # it arrived, and nobody heard that it did
}
FINAL = ("delivered", "refused", "expired", "cancelled")
REAPER = 5 * SECOND
LOOKS = 40
"""A worker is let go once nothing changed between two looks, and after so many in any case."""


class Destinations:
    """What stands at every address: it answers as told, and keeps what arrived."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = defaultdict(lambda: "ok")
        self.arrived: list[tuple[str, str, bytes]] = []

    async def send(self, request: Request) -> Answer:
        """Take a request the way a sender would."""
        answer = self.answers[request.url]
        if answer in {"ok", "lost"}:
            self.arrived.append((request.url, request.headers["webhook-id"], request.body))
        return ANSWERS[answer]


class DeliveryModel(RuleBasedStateMachine):
    """`open_url` gives the address of an empty database."""

    open_url: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = Destinations()
        self.acknowledged: dict[str, Event] = {}
        self.erased: set[str] = set()
        self.routes: set[tuple[str, str]] = set()
        self.urls: dict[str, str] = {}
        self.crashed: list[Claimed] = []
        self.may_repeat = 0
        self.turns = 0

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        self.opening = open_outbox(type(self).open_url())
        self.outbox: Outbox = self.do(self.opening.__aenter__())
        self.sender = cast("Sender", self.world)
        self.add_destination(fill=False)

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.do(self.opening.__aexit__(None, None, None))
        self.runner.close()

    # ---- what may happen ---------------------------------------------------------------------

    @rule(count=st.integers(1, 3))
    def submit(self, count: int) -> None:
        for event in self.do(self.outbox.add_events(count)):
            self.acknowledged[event.id] = event
            self.routes |= {(event.id, key) for key in self.urls}

    @precondition(lambda self: self.acknowledged)
    @rule(data=st.data())
    def submit_once_more(self, data: st.DataObject) -> None:
        event = self.acknowledged[data.draw(st.sampled_from(sorted(self.acknowledged)))]
        row = event_row(event, "{}") | {"id": self.outbox.new_id()}
        stored = self.do(self._write(StoreEvent(row=row, may_repeat=True)))
        assert (stored.id, stored.repeat) == (event.id, True)

    @precondition(lambda self: len(self.urls) < 3)
    @rule(fill=st.booleans())
    def add_destination(self, fill: bool) -> None:
        url = f"https://d{len(self.urls)}.example.com/"
        key = self.do(self.outbox.add_destination(url=url))
        self.urls[key] = url
        if fill:
            found = self.do(self.outbox.store.read(missing_events, key, EventFilter(), (0, "")))
            for _ in range(2):  # twice does no harm
                self.do(self._write(Backfill(destination_id=key, missing=found, now=self.now)))
            self.routes |= {(one.event, key) for one in found}

    @rule(data=st.data(), answer=st.sampled_from(sorted(ANSWERS)))
    def answer_so(self, data: st.DataObject, answer: str) -> None:
        self.world.answers[self.urls[self._any_destination(data)]] = answer

    @rule(passed=st.sampled_from([SECOND, 20 * SECOND, MINUTE, 20 * MINUTE, 7 * HOUR, DAY]))
    def let_time_pass(self, passed: int) -> None:
        self.outbox.clock.now += passed

    @rule()
    def work(self) -> None:
        lost = [url for url, answer in self.world.answers.items() if answer == "lost"]
        before = len(self.world.arrived)
        self.do(self._work())
        self.may_repeat += sum(url in lost for url, _, _ in self.world.arrived[before:])

    @rule(data=st.data(), sent=st.booleans())
    def crash(self, data: st.DataObject, sent: bool) -> None:
        """Claim, perhaps send, and die."""
        key = self._any_destination(data)
        claimed = self.do(self._claim(key))
        self.crashed += claimed
        for one in claimed if sent else ():
            self.world.arrived.append((self.urls[key], one.event, one.body))
            self.may_repeat += 1

    @rule(which=st.integers(0, 9), overtaken=st.booleans())
    def come_back_late(self, which: int, overtaken: bool) -> None:
        """A process that was frozen records what it held, whoever holds it now."""
        if overtaken:
            self.let_time_pass(LEASE)
            self.work()
        if not self.crashed:
            return
        one = self.crashed.pop(which % len(self.crashed))
        before = self.do(self._delivery(one.delivery_id))
        told = attempt("ok", started_at=self.now, now=self.now, first_try_at=one.first_try_at)
        late = Ended(claimed=one, attempt=told)
        [kept] = self.do(self._write(Turn(token="-", now=self.now, ended=[late]))).kept
        assert kept is (before["lease_token"] == one.token)
        if not kept:
            assert self.do(self._delivery(one.delivery_id)) == before

    @rule(data=st.data(), state=st.sampled_from(["active", "paused"]))
    def decide(self, data: st.DataObject, state: str) -> None:
        key = self._any_destination(data)
        self.do(self._write(ChangeLane(destination_id=key, state=state, now=self.now)))

    @rule(data=st.data())
    def retry_all(self, data: st.DataObject) -> None:
        """A person asks for it: what is sent again now may be a repeat."""
        wanted = DeliveryFilter(destination_id=self._any_destination(data))
        self.may_repeat += self.do(self._write(RetryDeliveries(wanted=wanted, now=self.now)))

    @precondition(lambda self: self.acknowledged)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from(sorted(self.acknowledged)))
        self.do(self._write(EraseEvents(ids=[event], now=self.now)))
        self.erased.add(event)

    # ---- what must hold ----------------------------------------------------------------------

    @invariant()
    def acknowledged_is_stored(self) -> None:
        """I1."""
        if hasattr(self, "outbox"):
            stored = {row["id"]: row["erased_at"] for row in self.do(self.outbox.rows(events))}
            assert set(stored) == set(self.acknowledged)
            assert {key for key, at in stored.items() if at is not None} == self.erased

    @invariant()
    def nothing_vanishes(self) -> None:
        """I2, I3, I6."""
        if not hasattr(self, "outbox"):
            return
        rows = self.do(self.outbox.rows(deliveries))
        assert {(row["event"], row["destination_id"]) for row in rows} == self.routes
        tried: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for one in self.do(self.outbox.rows(attempts)):
            tried[one["delivery_id"]].append(one)
        for row in rows:
            self._stands_rightly(row, tried[row["id"]])

    def _stands_rightly(self, row: dict[str, Any], tried: list[dict[str, Any]]) -> None:
        leased = row["state"] == "leased"
        assert leased is (row["lease_token"] is not None)
        if row["event"] in self.erased:
            assert (row["state"] in {"delivered", "cancelled"}, row["body"], tried) == (
                True,
                None,
                [],
            )
            return
        assert [one["number"] for one in tried] == list(range(1, row["attempts"] + 1))
        if row["state"] in {"held", "refused", "expired"}:
            assert row["reason"]
        if row["state"] == "delivered":
            assert tried[-1]["outcome"] == "ok"
        if leased:
            assert tried[-1]["outcome"] is None
            assert row["lease_until"] <= self.now + LEASE

    @invariant()
    def repeats_are_alike_and_few(self) -> None:
        """I4, I5."""
        bodies: dict[tuple[str, str], set[bytes]] = defaultdict(set)
        for url, event, body in self.world.arrived:
            bodies[url, event].add(body)
        assert len(self.world.arrived) - len(bodies) <= self.may_repeat
        assert all(len(found) == 1 for found in bodies.values())

    # ---- by what means -----------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.outbox.clock.now

    def _any_destination(self, data: st.DataObject) -> str:
        key: str = data.draw(st.sampled_from(sorted(self.urls)))
        return key

    async def _write(self, write: Any) -> Any:
        return await self.outbox.store.write(write)

    async def _delivery(self, delivery_id: int) -> dict[str, Any]:
        rows = await self.outbox.rows(deliveries)
        return next(row for row in rows if row["id"] == delivery_id)

    async def _claim(self, key: str) -> list[Claimed]:
        stored = await self.outbox.destination(key)
        self.turns += 1
        wish = Claim(
            destination_id=key,
            changed_at=stored.changed_at,
            probe=stored.lane.resume_at is not None,
            limit=2,
            render=self.outbox.registry.open(stored).render,
        )
        turn = Turn(token=f"crash-{self.turns}", now=self.now, claims=[wish])
        claimed: list[Claimed] = (await self.outbox.store.write(turn)).claimed[0]
        return claimed

    async def _work(self) -> None:
        """Let a worker do what there is to do now, its reaper included."""
        self.turns += 1
        worker = Worker(
            self.outbox.store,
            self.outbox.registry,
            self.sender,
            self.outbox.clock,
            Random(self.turns),  # tokens are never used again
        )
        await worker.tend()
        running = asyncio.create_task(worker.run())
        before: Any = None
        for _ in range(LOOKS):
            await asyncio.sleep(0.002)
            seen = await self.outbox.rows(deliveries), len(self.world.arrived)
            if seen == before:
                break
            before = seen
            worker.wake()
        worker.stop()
        await running
        for row in await self.outbox.rows(deliveries):
            assert row["state"] != "leased" or row["lease_until"] > self.now - 2 * REAPER
