"""Saved views: the filters of a list under a name, listed above it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from collector.domain.errors import InputError, UnknownView
from collector.storage.saved_views import DeleteView, SavedView, SaveView, get_view, views_of
from collector.web.answer import Answer
from collector.web.console.destinations import destinations_seen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit, read_pairs

FILTERS: Final = {
    "leads": ("tab", "capture", "channel", "source", "campaign", "page", "click", "range"),
    "deliveries": ("tab", "capture", "destination", "range"),
}
"""What a view of a list keeps, by its names in the address.

No search: it is a person's name or address, and would outlive the lead that is erased.
"""

MAX_NAME: Final = 60
MAX_QUERY: Final = 2_000


def query_of(list_name: str, pairs: list[tuple[str, str]]) -> str:
    """Write the filters among the parameters of an address, always in one order."""
    given = dict(reversed(pairs))
    return urlencode([(name, given[name]) for name in FILTERS[list_name] if given.get(name)])


async def views_seen(visit: Visit, list_name: str) -> list[SavedView]:
    """List the person's views and everybody's, without those of what the person may not see."""
    found = await visit.services.store.read(views_of, visit.user.id, list_name)
    if visit.user.source_ids is None:
        return found
    destinations = {one.id for one, _ in await destinations_seen(visit)}
    return [one for one in found if _may_see(visit, one, destinations)]


def _may_see(visit: Visit, view: SavedView, destinations: set[str]) -> bool:
    given = dict(read_pairs(view.query.encode()))
    capture, destination = given.get("capture"), given.get("destination")
    return (capture is None or visit.user.may_see(capture)) and (
        destination is None or destination in destinations
    )


class Views(ConsoleEndpoint):
    """`/console/views`: keep one. A view is a person's own affair, whatever their role."""

    methods = ("POST",)
    acts = "viewer"

    async def act(self, visit: Visit) -> Answer:
        """Keep the filters under the name, and show the list by them. Raises InputError."""
        shared = bool(visit.said("shared"))
        if shared:
            visit.require("admin")
        view = _view_of(visit, None if shared else visit.user.id)
        details = {"list": view.list, "shared": shared}
        await visit.write(SaveView(view=view), "view.save", view.id, **details)
        return visit.redirect(f"/{view.list}?{view.query}")


def _view_of(visit: Visit, user_id: str | None) -> SavedView:
    list_name, name = visit.said("list"), " ".join(visit.said("name").split())
    if list_name not in FILTERS:
        raise InputError(f"list is one of {', '.join(FILTERS)}", field="list")
    if not 0 < len(name) <= MAX_NAME:
        raise InputError(f"a view's name has 1 to {MAX_NAME} characters", field="name")
    query = query_of(list_name, read_pairs(visit.said("query").encode()))
    if not 0 < len(query) <= MAX_QUERY:
        raise InputError("a view keeps filters: set one first, and not too long", field="query")
    return SavedView(
        id=visit.new_id(),
        list=list_name,
        name=name,
        query=query,
        user_id=user_id,
        created_at=visit.now,
    )


class ForgetView(ConsoleEndpoint):
    """`/console/views/{view}/delete`."""

    methods = ("POST",)
    acts = "viewer"

    async def act(self, visit: Visit) -> Answer:
        """Forget the person's own, or as an admin one of everybody's. Raises UnknownView."""
        view = await visit.services.store.read(get_view, visit.path["view"])
        if view.user_id is None:
            visit.require("admin")
        elif view.user_id != visit.user.id:
            raise UnknownView(f"there is no view {view.id}")
        await visit.write(DeleteView(id=view.id), "view.delete", view.id, list=view.list)
        return visit.redirect(f"/{view.list}")
