"""Mapping, the third step of a capture: rules, and what they make of the last lead that came."""

from __future__ import annotations

from typing import Any

from collector.domain.attribution_values import BARE
from collector.domain.capture import Capture
from collector.domain.errors import (
    CollectorError,
    FieldsRefused,
    InputError,
    UnknownDestination,
    UnknownEvent,
)
from collector.domain.fields import FIELD_TYPES, Catalogue
from collector.domain.mapping import PASS_ALL, Mapping
from collector.domain.mapping_check import check_mapping
from collector.domain.suggestions import suggest_mapping
from collector.storage.captures import destinations_of
from collector.storage.fields import read_catalogue
from collector.storage.mappings import SaveMapping, link_mappings_of
from collector.storage.preview import Draft, last_event, read_preview
from collector.web.answer import Answer
from collector.web.console.captures import find_capture, require_all_captures
from collector.web.console.destinations import destinations_seen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.mapping_form import (
    Row,
    empty_rows,
    mapping_of,
    read_rows,
    rows_of,
    with_errors,
)
from collector.web.console.new_field import given_field, make_field
from collector.web.console.visit import Visit

_UNMAPPED = ("pass", "drop")


class MappingPage(ConsoleEndpoint):
    """`/console/captures/{capture}/mapping`; with `destination`, the one on to it."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show what is saved. Raises UnknownCapture, UnknownDestination."""
        capture = await find_capture(visit)
        saved = await _saved(visit, capture)
        return await _page(visit, capture, saved or PASS_ALL, said=visit.asked("said"))

    async def act(self, visit: Visit) -> Answer:
        """Save, go on, try out or suggest, by the button that was pressed."""
        capture = await find_capture(visit)
        before = await _saved(visit, capture) or PASS_ALL
        if visit.said("do") == "suggest":
            return await _suggest(visit, capture, before)
        rows = read_rows(visit)
        try:
            wanted = mapping_of(rows, before, visit.said("unmapped"), visit.said("country"))
            check_mapping(wanted, await _targets(visit))
            if visit.said("do") == "try":
                return await _page(visit, capture, wanted, said="tried")
            if visit.said("do") != "continue" or wanted != before:
                await _save(visit, capture, wanted)
        except FieldsRefused as error:
            shown, rest = with_errors(rows, error)
            return await _page(visit, capture, before, rows=shown, errors=rest)
        if visit.said("do") == "continue":
            return visit.redirect(f"/captures/{capture.source_id}/destinations")
        chosen = f"&destination={visit.asked('destination')}" if _link(visit) else ""
        return visit.redirect(f"/captures/{capture.source_id}/mapping?said=saved{chosen}")


def _link(visit: Visit) -> str | None:
    return visit.asked("destination") or None


async def _targets(visit: Visit) -> Catalogue | None:
    """Give the fields that a rule may fill; None where any name may be, a destination's."""
    return None if _link(visit) else await visit.services.store.read(read_catalogue)


async def _saved(visit: Visit, capture: Capture) -> Mapping | None:
    """Read the mapping the address names. Raises UnknownDestination."""
    wanted, read = _link(visit), visit.services.store.read
    if wanted is None:
        return capture.mapping
    linked = await read(destinations_of, capture.source_id)
    if wanted not in linked:
        raise UnknownDestination(f"the capture has no destination {wanted}")
    return (await read(link_mappings_of, capture.source_id)).get(wanted)


async def _save(visit: Visit, capture: Capture, wanted: Mapping) -> None:
    write = SaveMapping(source_id=capture.source_id, destination_id=_link(visit), mapping=wanted)
    rules = len(wanted.rules)
    await visit.write(
        write, "capture.mapping", capture.source_id, rules=rules, destination=_link(visit)
    )


async def _suggest(visit: Visit, capture: Capture, before: Mapping) -> Answer:
    """Fill the form with rules for what came, not saved yet."""
    read = visit.services.store.read
    last = await read(last_event, capture.source_id)
    if last is None:
        return await _page(visit, capture, before, said="nothing")
    country = visit.said("country").strip().upper() or None
    found = suggest_mapping(last.fields, await read(read_catalogue), country)
    return await _page(visit, capture, found, said="suggested")


async def _page(  # noqa: PLR0913  (what a page shows)
    visit: Visit,
    capture: Capture,
    shown: Mapping,
    *,
    rows: list[Row] | None = None,
    errors: list[str] | None = None,
    said: str = "",
    field_error: CollectorError | None = None,
) -> Answer:
    read = visit.services.store.read
    last = await read(last_event, capture.source_id)
    linked = await read(destinations_of, capture.source_id)
    refused = rows is not None or field_error is not None
    values: dict[str, Any] = {
        "given": given_field(visit),
        "field_error": field_error,
    }
    return visit.page(
        "mapping",
        status=422 if refused else 200,
        capture=capture,
        mapping=shown,
        rows=[*(rows_of(shown) if rows is None else rows), *empty_rows()],
        errors=errors or [],
        said=said,
        catalogue=await read(read_catalogue),
        names=sorted(last.fields) if last else [],
        attribution=sorted(BARE),
        preview=await _preview(visit, capture, shown),
        link=_link(visit),
        destinations=[one for one, _ in await destinations_seen(visit) if one.id in linked],
        field_types=FIELD_TYPES,
        unmapped=_UNMAPPED,
        **values,
    )


async def _preview(visit: Visit, capture: Capture, shown: Mapping) -> Any:
    draft = Draft(mapping=shown, destination_id=_link(visit))
    try:
        return await visit.services.store.read(read_preview, capture.source_id, None, draft)
    except UnknownEvent:
        return None


class NewField(ConsoleEndpoint):
    """`/console/captures/{capture}/fields`: a field that is missing, made where it is missed."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Make it. Raises UnknownCapture, RoleRefused."""
        capture = await find_capture(visit)
        require_all_captures(visit)
        try:
            await make_field(visit)
        except InputError as error:
            saved = capture.mapping or PASS_ALL
            return await _page(visit, capture, saved, field_error=error)
        return visit.redirect(f"/captures/{capture.source_id}/mapping?said=field")
