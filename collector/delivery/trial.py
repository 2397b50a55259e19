"""A trial: a test event of its own, sent to a destination just as a delivery would be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from collector.delivery.sender import Sender
from collector.destinations import Registry
from collector.domain.consent import NOT_ASKED
from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.event import Event
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.storage.destinations import RecordTest, get_destination
from collector.storage.store import Store

NAME = "Test event from lead-collector"
NO_CAPTURE = "00000000-0000-0000-0000-000000000000"


def make_event(now: int, random: bytes) -> Event:
    """Make an event that nobody can take for a lead; `random` is 10 bytes."""
    own_id = uuid7(now, random)
    return Event(
        id=own_id,
        event_id=f"test-{own_id}",
        event_type="lead",
        event_name=NAME,
        source_id=NO_CAPTURE,
        created_at=now,
        received_at=now,
        fields={"email": "test@example.com", "first_name": "Test", "last_name": "Test"},
        metadata={},
        attribution={},
        consent=NOT_ASKED,
        device={},
        marks={"test": "destination test"},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a trial needs; `random` gives so many bytes."""

    store: Store
    registry: Registry
    sender: Sender
    clock: Callable[[], int]
    random: Callable[[int], bytes]

    async def run(self, destination_id: str) -> Outcome:
        """Send the test event; one that passes counts as the lane's success and ends a hold.

        Raises UnknownDestination, InputError, SettingsError.
        """
        stored = await self.store.read(get_destination, destination_id)
        destination = self.registry.open(stored)
        started_at = self.clock()
        event = make_event(started_at, self.random(RANDOM_BYTES))
        request = destination.request(destination.render(event), event.id, started_at)
        answer = await self.sender.send(request)
        outcome = destination.conclude(answer, self.clock())
        if outcome.kind is OutcomeKind.OK:
            success = RecordTest(
                destination_id=destination_id, started_at=started_at, now=self.clock()
            )
            await self.store.write(success)
        return outcome
