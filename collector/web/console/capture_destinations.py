"""Destinations, the last step of a capture: where its leads go, or that they stay here."""

from __future__ import annotations

from collector.domain.capture import Capture
from collector.domain.errors import UnknownDestination
from collector.storage.captures import LinkDestination, StoreOnly, destinations_of
from collector.storage.together import Together
from collector.storage.writer import Write
from collector.web.answer import Answer
from collector.web.console.captures import find_capture, may_create
from collector.web.console.destinations import destinations_seen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit


class CaptureDestinations(ConsoleEndpoint):
    """`/console/captures/{capture}/destinations`."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show what may be chosen. Raises UnknownCapture."""
        capture = await find_capture(visit)
        linked = await visit.services.store.read(destinations_of, capture.source_id)
        return visit.page(
            "capture_destinations",
            capture=capture,
            choices=[one for one, _ in await destinations_seen(visit)],
            linked=linked,
            creates=may_create(visit),
        )

    async def act(self, visit: Visit) -> Answer:
        """Link what was chosen, and unlink the rest. Raises UnknownCapture, UnknownDestination."""
        capture = await find_capture(visit)
        chosen = set(visit.all_said("destination"))
        known = {one.id for one, _ in await destinations_seen(visit)}
        if unknown := chosen - known:
            raise UnknownDestination(f"there is no destination {', '.join(sorted(unknown))}")
        linked = set(await visit.services.store.read(destinations_of, capture.source_id)) & known
        writes = _writes(capture, linked, chosen)
        await visit.write(
            Together(writes=writes), "capture.destinations", capture.source_id, to=sorted(chosen)
        )
        return visit.redirect(f"/captures/{capture.source_id}?said=finished")


def _writes(capture: Capture, before: set[str], after: set[str]) -> list[Write]:
    own = capture.source_id
    gone = [LinkDestination(source_id=own, destination_id=x, linked=False) for x in before - after]
    new = [LinkDestination(source_id=own, destination_id=x) for x in after - before]
    return [*gone, *new, *([] if after else [StoreOnly(source_id=own)])]
