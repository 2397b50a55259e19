"""Registered links: what was put somewhere, and whether anybody ever came by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from collector.domain.errors import InputError, UnknownPath
from collector.domain.registered_link import LONGEST_NAME, RegisteredLink, Registrar
from collector.storage.captures import list_captures
from collector.storage.link_rules import read_link_rules
from collector.storage.registered_links import (
    ForgetLink,
    RegisterLinks,
    brought_by,
    list_links,
    row_of,
)
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, twin
from collector.web.console.visit import Visit

AT_ONCE: Final = 1_000
SHOWN: Final = 100
NEVER: Final = "never"


class RegisteredLinks(ConsoleEndpoint):
    """`/console/links/registered`: those to sites of captures that the person sees."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show the links, or give them as CSV or JSON."""
        return await _page(visit, {"links": "", "name": ""})

    async def act(self, visit: Visit) -> Answer:
        """Register links, or say what is wrong with the first that cannot be."""
        given = {"links": visit.said("links"), "name": visit.said("name")}
        try:
            links = await _read(visit, given)
            new = await visit.write(
                RegisterLinks(links=links), "link.register", links[0].id, links=len(links)
            )
        except InputError as error:
            return await _page(visit, given, status=422, error=error)
        return visit.redirect(f"/links/registered?new={new}&same={len(links) - new}")


class ForgetRegisteredLink(ConsoleEndpoint):
    """`/console/links/registered/{link}/delete`."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Take it out of the register. Raises UnknownPath."""
        seen = {one.id for one in await _links_seen(visit)}
        if visit.path["link"] not in seen:
            raise UnknownPath("there is no such link; it may have been taken out already")
        await visit.write(ForgetLink(id=visit.path["link"]), "link.forget", visit.path["link"])
        return visit.redirect("/links/registered")


async def _read(visit: Visit, given: Mapping[str, str]) -> list[RegisteredLink]:
    """Read the form. Raises InputError."""
    lines = [line.strip() for line in given["links"].splitlines() if line.strip()]
    if not 0 < len(lines) <= AT_ONCE:
        raise InputError("write 1 to 1,000 links, one a line", field="links")
    registrar = Registrar(
        rules=await visit.services.store.read(read_link_rules),
        tables=visit.services.tables,
        now=visit.now,
        user_email=visit.user.email,
    )
    links = [registrar.link(line, given["name"], visit.new_id()) for line in lines]
    owns = await _owns(visit)
    if not all(owns(one.host) for one in links):
        raise InputError("this page is on none of the capture's own domains", field="links")
    return links


async def _owns(visit: Visit) -> Any:
    """Give what tells whether a host belongs to a capture that the person sees."""
    captures = await visit.services.store.read(list_captures)
    seen = [one for one in captures if visit.user.may_see(one.source_id)]
    known: dict[str, bool] = {}

    def owns(host: str) -> bool:
        if host not in known:
            known[host] = any(one.owns_host(host) for one in seen)
        return known[host]

    return owns


async def _links_seen(visit: Visit) -> list[RegisteredLink]:
    links = await visit.services.store.read(list_links)
    if visit.user.source_ids is None:
        return links
    owns = await _owns(visit)
    return [one for one in links if owns(one.host)]


async def _page(visit: Visit, given: dict[str, str], status: int = 200, **more: Any) -> Answer:
    seen = await _links_seen(visit)
    rows = await visit.services.store.read(brought_by, seen, visit.user.source_ids)
    never = [row for row in rows if not row.touches]
    tab = NEVER if visit.asked("tab") == NEVER else ""
    chosen = never if tab else rows
    if visit.asked("format") in FORMATS:
        return twin(visit, [row_of(one) for one in chosen], "registered-links")
    return visit.page(
        "registered_links",
        status=status,
        rows=chosen[:SHOWN],
        count=len(chosen),
        counts={"": len(rows), NEVER: len(never)},
        tab=tab,
        given=given,
        longest=LONGEST_NAME,
        told={name: visit.asked(name) for name in ("new", "same")},
        **{"error": None, **more},
    )
