"""The delivery worker: claims what is due, has it sent, records what came of it; never ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random
from typing import Any, Final

import structlog

from collector.delivery.lanes import Lanes, OpenLane
from collector.delivery.sender import Sender
from collector.delivery.telling import place_of, tell_attempt, tell_changes
from collector.destinations import KINDS, Registry
from collector.destinations.kind import Destination
from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.errors import CollectorError, SettingsError, StoreUnavailable
from collector.domain.lane import Try
from collector.domain.times import SECOND
from collector.storage.claims import Claim, Turn
from collector.storage.deletion import CancelDeleted
from collector.storage.deliveries import ReleaseRated
from collector.storage.destinations import ChangeLane, StoredDestination, due_lanes
from collector.storage.leases import Claimed, Ended, ReapLeases, ReleaseLease
from collector.storage.mappings import read_routes
from collector.storage.store import Store

POLL_S: Final = 1.0
TEND_S: Final = 5.0
DRAIN_S: Final = 20.0
FOREVER: Final = 2**62

log = structlog.get_logger()


class Worker:
    """Serves every open lane of one store, turn by turn.

    In a turn, all attempts that ended are recorded and their slots claimed again in one commit.
    `clock` tells microseconds UTC.
    """

    def __init__(
        self,
        store: Store,
        registry: Registry,
        sender: Sender,
        clock: Callable[[], int],
        random: Random,
    ) -> None:
        self._store = store
        self._registry = registry
        self._sender = sender
        self._clock = clock
        self._random = random
        self._lanes = Lanes()
        self._news = asyncio.Event()
        self._look = True
        self._stopping = False
        self._attempts: dict[asyncio.Task[None], str] = {}
        self._ended: list[tuple[OpenLane, Ended]] = []
        self._recording: list[tuple[OpenLane, Ended]] = []

    def wake(self) -> None:
        """Look for due deliveries now: something was stored, or may have become due."""
        self._look = True
        self._news.set()

    def stop(self) -> None:
        """Begin nothing new; `run` ends once what is under way has ended."""
        self._stopping = True
        self._news.set()

    async def void_leases(self) -> None:
        """Take every lease back at once: right where no other worker can hold one (SQLite)."""
        await self._reap(FOREVER)

    async def run(self) -> None:
        """Deliver until stopped."""
        timers = [
            asyncio.create_task(self._every(POLL_S, self._poll), name="delivery-poll"),
            asyncio.create_task(self._every(TEND_S, self.tend), name="delivery-tend"),
        ]
        self._news.set()
        while not self._stopping:
            await self._news.wait()
            self._news.clear()
            await self._survive(self._take_turn())
        for timer in timers:
            timer.cancel()
        await asyncio.gather(*timers, return_exceptions=True)
        await self._drain()

    async def tend(self) -> None:
        """Take back expired leases, cancel and let go what nothing else will."""
        await self._reap(self._clock())
        await self._store.write(CancelDeleted())
        if await self._store.write(ReleaseRated(now=self._clock())):
            self.wake()

    async def _poll(self) -> None:
        self.wake()

    async def _every(self, seconds: float, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._survive(act())

    async def _survive(self, work: Coroutine[Any, Any, None]) -> None:
        """Let no fault end the worker: what is in the database is tried again from there."""
        try:
            await work
        except StoreUnavailable as error:
            log.warning("delivery waits for the store", error=str(error))
            await asyncio.sleep(POLL_S)
        except Exception as error:  # noqa: BLE001  (see above; its text may hold personal data)
            log.error("delivery worker failed", error=place_of(error))  # noqa: TRY400
            await asyncio.sleep(POLL_S)

    async def _reap(self, until: int) -> None:
        reap = ReapLeases(
            until=until,
            now=self._clock(),
            jitter=self._random.random(),
            spared=self._own_tokens(),
            windows={kind.name: kind.window for kind in KINDS.values()},
        )
        reaped = await self._store.write(reap)
        if reaped:
            log.warning("leases taken back", count=reaped)
            self.wake()

    def _own_tokens(self) -> frozenset[str]:
        """Name the leases that are in use here: a clock that jumped has not ended them."""
        ended = (one.claimed.token for _, one in self._ended + self._recording)
        return frozenset(self._attempts.values()).union(ended)

    async def _find_due(self) -> None:
        self._look = False
        due = await self._store.read(due_lanes, self._clock())
        self._lanes.rest()
        for stored in due:
            if self._lanes.is_known(stored) or await self._open(stored):
                self._lanes.call(stored)

    async def _open(self, stored: StoredDestination) -> bool:
        try:
            routes = await self._store.read(read_routes, stored.id)
            self._lanes.open(stored, self._registry.open(stored, routes))
        except CollectorError as error:
            reason = "secrets" if isinstance(error, SettingsError) else "kind"
            now = self._clock()
            hold = ChangeLane(destination_id=stored.id, state="held", now=now, reason=reason)
            await self._store.write(hold)
            log.error("destination held", destination=stored.id, reason=reason)  # noqa: TRY400
            return False
        return True

    async def _take_turn(self) -> None:
        if self._look and not self._stopping:
            await self._find_due()
        await self._hear_out()
        turns = [] if self._stopping else self._lanes.turns()
        ended, self._ended = self._ended, []
        self._recording = ended
        try:
            await self._commit(ended, turns)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  (one row's fault is only its own)
            log.error("a turn failed, its parts are tried alone", error=place_of(error))  # noqa: TRY400
            for one in ended:
                await self._survive(self._commit([one], []))
            for turn in turns:
                await self._survive(self._commit([], [turn]))
        finally:
            self._recording = []

    async def _hear_out(self) -> None:
        """Answers come in bursts: let those that are here already join this turn."""
        heard = -1
        while heard < len(self._ended):
            heard = len(self._ended)
            await asyncio.sleep(0)

    async def _commit(
        self, ended: list[tuple[OpenLane, Ended]], turns: list[tuple[OpenLane, int]]
    ) -> None:
        """Record and claim; what cannot be recorded now is recorded in a later turn."""
        if not (ended or turns):
            return
        turn = Turn(
            token=f"{self._random.getrandbits(64):016x}",
            now=self._clock(),
            ended=[one for _, one in ended],
            claims=[_claim(lane, share) for lane, share in turns],
        )
        try:
            done = await self._store.write(turn)
        except StoreUnavailable:
            self._ended = ended + self._ended
            raise
        for (lane, one), kept in zip(ended, done.kept, strict=True):
            self._tell(lane, one.claimed, one.attempt.outcome, recorded=kept)
        tell_changes(done.changes)
        for (lane, share), claimed, wait in zip(turns, done.claimed, done.waits, strict=True):
            lane.due = len(claimed) == share
            self._await_token(lane, wait)
            for one in claimed:
                self._begin(lane, one)

    def _await_token(self, lane: OpenLane, token_at: int | None) -> None:
        if token_at is not None and token_at != lane.token_at:
            lane.token_at = token_at
            wait_s = (token_at - self._clock()) / SECOND
            if wait_s < POLL_S:  # else polling finds it
                asyncio.get_running_loop().call_later(max(0, wait_s), self.wake)

    def _begin(self, lane: OpenLane, one: Claimed) -> None:
        if one.spoilt:
            self._tell(lane, one, one.spoilt, recorded=True)
            self.wake()
            return
        lane.under_way += 1
        work = self._release(one) if self._stopping else self._deliver(lane, one)
        attempt = asyncio.create_task(work)
        self._attempts[attempt] = one.token
        attempt.add_done_callback(self._attempts.pop)

    async def _release(self, one: Claimed) -> None:
        """Give back what a claim brought after the stop: it was never begun."""
        with suppress(StoreUnavailable):  # its lease expires instead
            await self._store.write(ReleaseLease(claimed=one))

    async def _deliver(self, lane: OpenLane, one: Claimed) -> None:
        started_at = self._clock()
        lane.begun.append(started_at)
        outcome = await self._attempt(lane.destination, one, started_at)
        lane.under_way -= 1
        attempt = Try(
            outcome=outcome,
            started_at=started_at,
            now=self._clock(),
            first_try_at=one.first_try_at,
            step=one.step,
            failed_at=one.failed_at,
            jitter=self._random.random(),
            spacing=lane.spacing(started_at) if outcome.kind is OutcomeKind.THROTTLED else None,
            unsure_at=one.unsure_at,
            window=lane.destination.kind.window,
        )
        self._ended.append((lane, Ended(claimed=one, attempt=attempt)))
        self._news.set()

    async def _attempt(self, destination: Destination, one: Claimed, now: int) -> Outcome:
        """Send one delivery; a fault of our own is an outcome like any other."""
        try:
            answer = await self._sender.send(destination.request(one.body, one.event, now))
            return destination.conclude(answer, self._clock())
        except Exception as error:  # noqa: BLE001  (one delivery's fault is only its own)
            place = place_of(error)
            return Outcome(kind=OutcomeKind.UNKNOWN, reason="internal", excerpt=place)

    def _tell(self, lane: OpenLane, one: Claimed, outcome: Outcome, *, recorded: bool) -> None:
        fine = outcome.kind is OutcomeKind.OK and recorded
        if lane.probe or lane.ramps or not fine:
            self.wake()  # the lane may have opened, or closed
        tell_attempt(lane, one, outcome, recorded=recorded)

    async def _drain(self) -> None:
        """Finish what is under way; what takes longer than an attempt may is given up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while self._attempts or self._ended:
                    await asyncio.gather(*self._attempts, return_exceptions=True)
                    await self._survive(self._take_turn())
        for attempt in self._attempts:
            attempt.cancel()
        await asyncio.gather(*self._attempts, return_exceptions=True)


def _claim(lane: OpenLane, share: int) -> Claim:
    return Claim(
        destination_id=lane.destination.id,
        changed_at=lane.changed_at,
        probe=lane.probe,
        limit=share,
        render=lane.destination.render,
        window=lane.destination.kind.window,
    )
