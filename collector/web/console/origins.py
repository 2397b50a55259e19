"""Settings, Origins: what waits because nobody allowed its page's origin, and Allow."""

from __future__ import annotations

from dataclasses import dataclass

from collector.domain.capture import Capture, missing_twins, parse_origin
from collector.domain.capture_changes import change_capture
from collector.domain.errors import CollectorError, InputError, UnknownCapture
from collector.domain.receipt import columns_released
from collector.intake import rules_of
from collector.storage.allowed_origins import AllowOrigin
from collector.storage.captures import get_capture, list_captures
from collector.storage.events import ReleaseEvent, get_event, get_evidence
from collector.storage.held_origins import HeldOrigin, held_from, held_origins
from collector.storage.together import Together
from collector.storage.writer import Write
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit

MOST_RELEASED = 500
"""More wait until Allow is pressed again: a request ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginRow:
    """An origin as the page lists it; `twins` are those that are usually forgotten with it."""

    held: HeldOrigin
    capture: Capture
    allowed: bool
    is_origin: bool
    is_twin: bool
    twins: list[str]


class Origins(ConsoleEndpoint):
    """`/console/settings/origins`."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """List what waits in the captures of the person."""
        return await _page(visit)

    async def act(self, visit: Visit) -> Answer:
        """Allow an origin, and deliver what waited for it. Raises UnknownCapture."""
        capture = await _named_capture(visit)
        origin = visit.said("origin")
        try:
            count = await allow_origin(visit, capture, origin)
        except InputError as error:
            return await _page(visit, error=error)
        return await _page(visit, allowed=(origin, capture.name, count))


async def _named_capture(visit: Visit) -> Capture:
    source_id = visit.said("capture")
    if not visit.user.may_see(source_id):
        raise UnknownCapture(f"there is no capture {source_id}")
    return await visit.services.store.read(get_capture, source_id)


async def allow_origin(visit: Visit, capture: Capture, origin: str) -> int:
    """Change the capture and release its leads as one; answers how many. Raises InputError."""
    source_id = capture.source_id
    ids = await visit.services.store.read(held_from, source_id, origin, MOST_RELEASED)
    if not ids:
        raise InputError("no lead waits from this origin any more")
    after = capture
    if not capture.allows_origin(origin):
        after = change_capture(capture, {"origins": [*capture.origins, origin]})
    writes: list[Write] = [AllowOrigin(source_id=source_id, origin=origin, now=visit.now)]
    writes += [await _release(visit, after, event_id) for event_id in ids]
    together = Together(writes=writes)
    await visit.write(
        together, "capture.allow_origin", source_id, origin=origin, released=len(ids)
    )
    return len(ids)


def may_be_allowed(origin: str) -> bool:
    """Whether it is an origin of a website, as a capture may have it."""
    try:
        return parse_origin(origin) == origin
    except InputError:
        return False


async def _release(visit: Visit, capture: Capture, event_id: str) -> ReleaseEvent:
    read = visit.services.store.read
    event = await read(get_event, event_id)
    kept = await read(get_evidence, event_id)
    concluded = columns_released(event, kept, rules_of(capture, visit.services.tables))
    return ReleaseEvent(event=event_id, now=visit.now, concluded=concluded)


async def _page(
    visit: Visit,
    *,
    error: CollectorError | None = None,
    allowed: tuple[str, str, int] | None = None,
) -> Answer:
    read = visit.services.store.read
    captures = {one.source_id: one for one in await read(list_captures)}
    held = await read(held_origins, visit.user.source_ids)
    return visit.page(
        "origins",
        status=422 if error else 200,
        rows=[_row(one, captures[one.source_id]) for one in held if one.source_id in captures],
        error=error,
        allowed=allowed,
        most=MOST_RELEASED,
    )


def _row(held: HeldOrigin, capture: Capture) -> OriginRow:
    return OriginRow(
        held=held,
        capture=capture,
        allowed=capture.allows_origin(held.origin),
        is_origin=may_be_allowed(held.origin),
        is_twin=held.origin in missing_twins(capture.origins),
        twins=[one for one in missing_twins((held.origin,)) if not capture.allows_origin(one)],
    )
