"""Inspect: what one page view would leave behind, why, and what destinations would get of it."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any, Final

from collector.delivery.rehearsal import rehearse
from collector.domain.capture import Capture
from collector.domain.consent import NOT_ASKED
from collector.domain.errors import InputError, UnknownCapture
from collector.domain.event import Event
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.inspection import Inspection, Looked, inspect_view, own_rules, read_page
from collector.domain.lead_attribution import Evidence, conclude
from collector.intake import rules_of
from collector.storage.captures import get_capture
from collector.storage.preview import last_event
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import captures_seen
from collector.web.console.visit import Visit

EXAMPLE_QUERY: Final = (
    "utm_source=google&utm_medium=cpc&utm_campaign=spring-brochure&gclid=CjwKCAiAu67tBhAeEiwA7Qw"
)
EXAMPLE_REFERRER: Final = "https://www.google.com/"
EXAMPLE_LEAD: Final = {
    "email": "ada@example.com",
    "first_name": "Ada",
    "last_name": "Morgenstern",
}
_TOLD: Final = ("url", "referrer", "cookie", "agent")
_VISITOR_BYTES: Final = 9


class Inspect(ConsoleEndpoint):
    """`/console/inspect`: a form by GET, so that its address can be shared; sends nothing."""

    async def show(self, visit: Visit) -> Answer:
        """Show what would become of the view in the address, else of a worked example."""
        captures = await captures_seen(visit)
        capture = await _capture(visit, captures)
        given = {name: visit.asked(name).strip() for name in _TOLD}
        example = not visit.query
        if example:
            origin = capture.origins[0] if capture and capture.origins else ""
            page = origin.replace("*", "www") or "https://www.example.com"
            given |= {"url": f"{page}/?{EXAMPLE_QUERY}", "referrer": EXAMPLE_REFERRER}
        values: dict[str, Any] = {"found": None, "rehearsed": None, "lead": None, "error": None}
        if given["url"]:
            try:
                values |= await _looked(visit, capture, given)
            except InputError as error:
                values["error"] = error
        return visit.page(
            "inspect",
            status=422 if values["error"] else 200,
            captures=captures,
            capture=capture,
            given=given,
            example=example,
            **values,
        )


async def _capture(visit: Visit, captures: dict[str, str]) -> Capture | None:
    """Find the capture asked for, the first by default. Raises UnknownCapture."""
    asked = visit.asked("capture") or (next(iter(captures), "") if not visit.query else "")
    if not asked:
        return None
    if asked not in captures:
        raise UnknownCapture(f"there is no capture {asked[:64]}")
    return await visit.services.store.read(get_capture, asked)


async def _looked(visit: Visit, capture: Capture | None, given: dict[str, str]) -> dict[str, Any]:
    tables = visit.services.tables
    rules = rules_of(capture, tables) if capture else own_rules(read_page(given["url"]), tables)
    visitor = urlsafe_b64encode(visit.services.random(_VISITOR_BYTES)).decode()
    looked = Looked(at=visit.now, **given)
    found = inspect_view(looked, rules, visit.services.signer, visitor)
    if capture is None:
        return {"found": found}
    last = await visit.services.store.read(last_event, capture.source_id)
    event = _lead(visit, capture, found, last)
    registry = visit.services.console.trial.registry
    rehearsed = await rehearse(visit.services.store, registry, capture, event)
    return {"found": found, "lead": last, "rehearsed": rehearsed}


def _lead(visit: Visit, capture: Capture, found: Inspection, last: Event | None) -> Event:
    """Make the lead that the visitor would send now from this page, with the last one's fields."""
    view = found.view
    seen = Evidence(
        at=view.at,
        page=view.url,
        referrer=view.referrer,
        token=found.visited.attribution,
        app=view.app,
    )
    concluded = conclude(seen, found.rules)
    own_id = uuid7(view.at, visit.services.random(RANDOM_BYTES))
    return Event(
        id=own_id,
        event_id=own_id,
        event_type=capture.event_type,
        event_name=capture.event_name,
        source_id=capture.source_id,
        created_at=view.at,
        received_at=view.at,
        fields=last.fields if last else dict(EXAMPLE_LEAD),
        metadata=concluded.metadata,
        attribution=concluded.attribution,
        consent=NOT_ASKED,
        device={},
    )
