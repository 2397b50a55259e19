"""Deliveries: the list, one in detail beside it, and trying again."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from collector.domain.errors import InputError, UnknownDelivery
from collector.domain.glance import name_of
from collector.domain.times import render_time
from collector.storage.attempts import get_delivery
from collector.storage.delivery_pages import (
    COUNTED,
    MOST,
    NEWEST_ID,
    TABS,
    DeliveryPageFilter,
    count_tabs,
    find_deliveries,
)
from collector.storage.events import get_event
from collector.storage.leads import PAGE
from collector.web.answer import Answer
from collector.web.console.again import try_again
from collector.web.console.chosen import Outcome, do_to_each
from collector.web.console.destinations import destinations_seen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import (
    FORMATS,
    MOST_EXPORTED,
    allowed_sources,
    captures_seen,
    days_of,
    place_number,
    twin,
)
from collector.web.console.views import query_of, views_seen
from collector.web.console.visit import Visit

_fields = msgspec.json.Decoder(dict[str, Any])


class Deliveries(ConsoleEndpoint):
    """`/console/deliveries`; `delivery` in the address opens one beside the list."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show a page of the deliveries that match. Raises InputError."""
        if visit.asked("format") not in FORMATS:
            return await _page(visit)
        read = visit.services.store.read
        found = await read(find_deliveries, _filter_of(visit), _place_of(visit), MOST_EXPORTED)
        captures = await captures_seen(visit)
        rows = [_row(row | _who(row["fields"]), captures) for row in found.deliveries]
        return twin(visit, rows, "deliveries")

    async def act(self, visit: Visit) -> Answer:
        """Try those that were chosen again, and tell what came of it. Raises InputError.

        `although` is what the button of the one that is open beside the list overrides.
        """
        ids = [place_number(text) for text in visit.all_said("id")]
        retry = partial(try_again, although=visit.said("although"))
        return await _page(visit, await do_to_each(visit, ids, _named, retry))


async def _page(visit: Visit, outcome: Outcome | None = None) -> Answer:
    wanted = _filter_of(visit)
    read = visit.services.store.read
    found = await read(find_deliveries, wanted, _place_of(visit), PAGE)
    return visit.page(
        "deliveries",
        status=outcome.status if outcome else 200,
        outcome=outcome,
        views=await views_seen(visit, "deliveries"),
        query=query_of("deliveries", list(visit.query)),
        rows=[row | _who(row["fields"]) for row in found.deliveries],
        found=found,
        captures=await captures_seen(visit),
        destinations={one.id: one.name for one, _ in await destinations_seen(visit)},
        tab=wanted.tab,
        tabs=TABS,
        counts={} if visit.user.source_ids is not None else await read(count_tabs),
        counted=COUNTED,
        most=MOST,
        opened=await _opened(visit),
    )


async def _named(visit: Visit, delivery_id: int) -> tuple[str, dict[str, Any]]:
    found = await find_delivery(visit, delivery_id)
    return found["name"], found


async def find_delivery(visit: Visit, delivery_id: int) -> dict[str, Any]:
    """Find a delivery among those of the person. Raises UnknownDelivery."""
    read = visit.services.store.read
    found = await read(get_delivery, delivery_id)
    if found is not None:
        event = await read(get_event, found["event"])
        if visit.user.may_see(event.source_id):
            return found | _who_of(event.fields) | {"source_id": event.source_id}
    raise UnknownDelivery(f"there is no delivery {delivery_id}")


async def _opened(visit: Visit) -> dict[str, Any] | None:
    asked = visit.asked("delivery")
    return await find_delivery(visit, place_number(asked)) if asked else None


def _place_of(visit: Visit) -> int:
    return place_number(visit.asked("after")) if visit.asked("after") else NEWEST_ID


def _filter_of(visit: Visit) -> DeliveryPageFilter:
    tab = visit.asked("tab") or "all"
    if tab not in TABS:
        raise InputError(f"tab is one of {', '.join(TABS)}", field="tab")
    days = days_of(visit)
    return DeliveryPageFilter(
        source_ids=allowed_sources(visit),
        tab=tab,
        destination_id=visit.asked("destination") or None,
        since=days.since if days else None,
        until=days.until if days else None,
    )


def _who(fields: str) -> dict[str, str]:
    return _who_of(_fields.decode(fields))


def _who_of(fields: dict[str, Any]) -> dict[str, str]:
    name, email = name_of(fields)
    return {"name": name or email}


def _row(row: dict[str, Any], captures: dict[str, str]) -> dict[str, Any]:
    kept = ("id", "event", "name", "destination", "state", "reason", "attempts", "outcome")
    return {name: row[name] for name in (*kept, "http_status", "latency_ms")} | {
        "capture": captures.get(row["source_id"], ""),
        "created_at": render_time(row["created_at"]),
    }
