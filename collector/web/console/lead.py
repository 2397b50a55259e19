"""A lead's page: its way from touch to delivery, why it counts as it does, what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from collector.domain.errors import CollectorError, InputError, UnknownEvent, UnknownPath
from collector.domain.event import METADATA_KEYS, Event, render_event
from collector.domain.glance import name_of
from collector.domain.journey import Journey, SeenAttribution, journey_of, read_attribution
from collector.domain.json_values import encode_json
from collector.domain.receipt import parse_evidence
from collector.storage.attempts import deliveries_of
from collector.storage.captures import get_capture
from collector.storage.deliveries import RETRYABLE_STATES
from collector.storage.erasure import EraseEvents
from collector.storage.events import get_event, get_evidence
from collector.storage.lead_changes import ClearSpam, MarkSpam
from collector.storage.preview import read_preview
from collector.web.answer import Answer, json_answer
from collector.web.console.again import try_again, why_not_again
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import place_number
from collector.web.console.origins import allow_origin, may_be_allowed
from collector.web.console.visit import Visit

ERASE_WORDS = ("ERASE", "LÖSCHEN")
"""What a person writes to say that they mean it."""


async def find_lead(visit: Visit) -> Event:
    """Find the lead an address names, among those of the person. Raises UnknownEvent."""
    return await find_lead_of(visit, visit.path["event"])


async def find_lead_of(visit: Visit, event_id: str) -> Event:
    """Find a lead by its id, among those of the person. Raises UnknownEvent."""
    event = await visit.services.store.read(get_event, event_id)
    if not visit.user.may_see(event.source_id):
        raise UnknownEvent(f"there is no event {event_id}")
    return event


class Lead(ConsoleEndpoint):
    """`/console/leads/{event}`."""

    async def show(self, visit: Visit) -> Answer:
        """Show the lead, or give it as JSON."""
        event = await find_lead(visit)
        if visit.asked("format") == "json":
            name = f'attachment; filename="lead-{event.id}.json"'.encode()
            return json_answer(200, render_event(event), ((b"content-disposition", name),))
        return await lead_page(visit, event)


async def lead_page(
    visit: Visit, event: Event, *, status: int = 200, error: CollectorError | None = None
) -> Answer:
    """Render a lead's page, with what went wrong on top of it."""
    read = visit.services.store.read
    evidence = parse_evidence(await read(get_evidence, event.id))
    seen = read_attribution(encode_json(event.attribution))
    journey = journey_of(seen, evidence, visit.services.tables)
    capture = await read(get_capture, event.source_id)
    owed = await read(deliveries_of, event.id)
    name, email = name_of(event.fields)
    return visit.page(
        "lead",
        status=status,
        error=error,
        event=event,
        capture=capture,
        title=name or email,
        email=email,
        journey=journey,
        seen=seen,
        evidence=evidence,
        missing=_missing(event, journey, seen),
        metadata_keys=METADATA_KEYS,
        owed=owed,
        waits_for=_waits_for(event, owed),
        arrivals=await _arrivals(visit, event),
        tries=sorted(
            ((one, row) for row in owed for one in row["tries"]),
            key=lambda pair: pair[0]["started_at"],
            reverse=True,
        ),
        raw=encode_json(render_event(event)),
    )


def _waits_for(event: Event, owed: Sequence[Mapping[str, Any]]) -> str:
    """Name the origin that holds the lead until somebody allows it; empty where none does."""
    origin = event.marks.get("origin", "")
    held = any(row["state"] == "held" and row["reason"] == "origin" for row in owed)
    return origin if held and may_be_allowed(origin) else ""


def _missing(event: Event, journey: Journey, seen: SeenAttribution) -> dict[str, str]:
    """Say by a stable word why a metadata key is absent."""
    winner = journey.decided
    others = [touch for touch in journey.touches if touch is not winner]
    found = {}
    for key in METADATA_KEYS:
        if key in event.metadata:
            continue
        elsewhere = any(key in touch.parameters for touch in others)
        found[key] = "elsewhere" if elsewhere else "cookie" if key == "ga_client_id" else "landing"
    return {} if seen.reason == "consent" else found


async def _arrivals(visit: Visit, event: Event) -> list[dict[str, Any]]:
    """Show what each destination's mapping makes of the fields."""
    preview = await visit.services.store.read(read_preview, event.source_id, event.id)
    return [
        {"id": one.id, "name": one.name, "fields": one.after.fields, "errors": one.after.errors}
        for one in preview.destinations
    ]


class LeadDeed(ConsoleEndpoint):
    """`/console/leads/{event}/{deed}`: what an editor may do to a lead."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Do it, and go back to the lead, if it is still there. Raises CollectorError."""
        event = await find_lead(visit)
        deed = visit.exchange.incoming.scope["path_params"]["deed"]
        if deed not in _DEEDS:
            raise UnknownPath("nothing lives at this address")
        try:
            await _DEEDS[deed](visit, event)
        except InputError as error:
            return await lead_page(visit, event, status=422, error=error)
        return visit.redirect("/leads" if deed == "erase" else f"/leads/{event.id}")


async def mark_spam(visit: Visit, event: Event) -> None:
    """Say that a lead is spam."""
    await visit.write(MarkSpam(event=event.id), "lead.spam", event.id)


async def clear_spam(visit: Visit, event: Event) -> None:
    """Say that it is none. Raises InputError."""
    write = ClearSpam(event=event.id, now=visit.now)
    await visit.write(write, "lead.not_spam", event.id)


async def _retry(visit: Visit, event: Event) -> None:
    """Try one delivery of the lead again. Raises InputError."""
    wanted = place_number(visit.said("delivery"))
    owed = await visit.services.store.read(deliveries_of, event.id)
    row = next((one for one in owed if one["id"] == wanted), None)
    if row is None:
        raise UnknownEvent("this lead has no such delivery")
    await try_again(visit, row, visit.said("although"))


async def retry_every(visit: Visit, event: Event) -> None:
    """Try again what the lead is owed, but for what a mark, a pause or a hold withholds.

    Raises InputError when that is nothing.
    """
    owed = await visit.services.store.read(deliveries_of, event.id)
    stuck = [row for row in owed if row["state"] in RETRYABLE_STATES]
    if not stuck:
        raise InputError("none of its deliveries waits for another try")
    free = [row for row in stuck if why_not_again(row) is None]
    for row in free or stuck[:1]:
        await try_again(visit, row)


async def _erase(visit: Visit, event: Event) -> None:
    """Erase the lead for good. Raises InputError unless the word was written."""
    if visit.said("word").strip().upper() not in ERASE_WORDS:
        raise InputError("nothing was erased: the word was not written", field="word")
    write = EraseEvents(ids=(event.id,), now=visit.now)
    await visit.write(write, "lead.erase", event.id)


async def _allow(visit: Visit, event: Event) -> None:
    """Allow the origin of the lead's page; all that waits for it goes. Raises InputError."""
    capture = await visit.services.store.read(get_capture, event.source_id)
    await allow_origin(visit, capture, event.marks.get("origin", ""))


_DEEDS = {
    "allow": _allow,
    "spam": mark_spam,
    "not-spam": clear_spam,
    "retry": _retry,
    "erase": _erase,
}
