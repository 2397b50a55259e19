"""The list of leads: search, facets, tabs, its twins, and what is done to several at once."""

from __future__ import annotations

from typing import Any

import msgspec

from collector.domain.channel_rules import CHANNELS
from collector.domain.errors import InputError
from collector.domain.event import Event
from collector.domain.glance import Glance, name_of
from collector.domain.parameters import SHIPPED
from collector.domain.times import render_time
from collector.storage.destinations import list_destinations
from collector.storage.lead_counts import COUNTED, count_lead_tabs
from collector.storage.lead_facets import LOOKED, count_facets
from collector.storage.leads import MOST, NEWEST, PAGE, TABS, LeadFilter, Place, find_leads
from collector.storage.undelivered import MOST_LOOKED_AT, waiting_of
from collector.web.answer import Answer
from collector.web.console.chosen import Outcome, do_to_each
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.lead import clear_spam, find_lead_of, mark_spam, retry_every
from collector.web.console.listing import (
    FORMATS,
    MOST_EXPORTED,
    allowed_sources,
    captures_seen,
    days_of,
    place_number,
    twin,
)
from collector.web.console.views import FILTERS, query_of, views_seen
from collector.web.console.visit import Visit

FACETS = (*(name for name in FILTERS["leads"] if name != "tab"), "search")
"""What narrows a tab of the list, by its name in the address."""

MAX_SEARCH = 200


DEEDS = {"retry": retry_every, "spam": mark_spam, "not-spam": clear_spam}
"""What may be done to the leads that are chosen."""


class Leads(ConsoleEndpoint):
    """`/console/leads`."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show a page of the leads that match. Raises InputError."""
        if visit.asked("format") not in FORMATS:
            return await _page(visit)
        wanted, after = _filter_of(visit), _place_of(visit.asked("after"))
        found = await visit.services.store.read(find_leads, wanted, after, MOST_EXPORTED)
        captures = await captures_seen(visit)
        return twin(visit, [_row(lead, captures) for lead in found.leads], "leads")

    async def act(self, visit: Visit) -> Answer:
        """Do something to the leads that were chosen, and tell what came of it."""
        deed = DEEDS.get(visit.said("deed"))
        if deed is None:
            raise InputError(f"deed is one of {', '.join(DEEDS)}", field="deed")
        return await _page(visit, await do_to_each(visit, visit.all_said("id"), _named, deed))


async def _named(visit: Visit, event_id: str) -> tuple[str, Event]:
    event = await find_lead_of(visit, event_id)
    name, email = name_of(event.fields)
    return name or email, event


async def _page(visit: Visit, outcome: Outcome | None = None) -> Answer:
    wanted, after = _filter_of(visit), _place_of(visit.asked("after"))
    read = visit.services.store.read
    found = await read(find_leads, wanted, after, PAGE)
    return visit.page(
        "leads",
        status=outcome.status if outcome else 200,
        outcome=outcome,
        views=await views_seen(visit, "leads"),
        query=query_of("leads", list(visit.query)),
        found=found,
        captures=await captures_seen(visit),
        channels=CHANNELS,
        click_ids=SHIPPED.click_ids,
        most=MOST,
        counts=await read(count_lead_tabs, wanted.source_ids),
        shares=await read(count_facets, wanted, visit.user.source_ids),
        looked=LOOKED,
        counted=COUNTED,
        tab=wanted.tab,
        tabs=TABS,
        held=await _held(visit) if wanted.tab == "failed" else 0,
        most_held=MOST_LOOKED_AT,
        facets={name: visit.asked(name) for name in FACETS},
        older=found.after and f"{found.after.received_at}.{found.after.id}",
    )


async def _held(visit: Visit) -> int:
    """Count what closed lanes hold: it did not fail. Only of all captures together."""
    if allowed_sources(visit) is not None:
        return 0
    read = visit.services.store.read
    closed = [one.id for one in await read(list_destinations) if one.lane.state != "active"]
    return min(MOST_LOOKED_AT, sum([await read(waiting_of, one) for one in closed]))


def _filter_of(visit: Visit) -> LeadFilter:
    tab = visit.asked("tab") or "all"
    if tab not in TABS:
        raise InputError(f"tab is one of {', '.join(TABS)}", field="tab")
    days = days_of(visit)
    return LeadFilter(
        source_ids=allowed_sources(visit),
        tab=tab,
        since=days.since if days else None,
        until=days.until if days else None,
        channel=visit.asked("channel") or None,
        source=visit.asked("source") or None,
        campaign=visit.asked("campaign") or None,
        page=visit.asked("page") or None,
        click=visit.asked("click") or None,
        search=visit.asked("search").strip()[:MAX_SEARCH],
    )


def _place_of(text: str) -> Place:
    if not text:
        return NEWEST
    at, _, last_id = text.partition(".")
    return Place(place_number(at), last_id)


def _row(lead: Glance, captures: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(lead)
    return row | {
        "received_at": render_time(lead.received_at),
        "capture": captures.get(lead.source_id, ""),
    }
