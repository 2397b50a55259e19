"""Settings, Lead types: what leads must and may hold, and which captures hold theirs to it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from collector.domain.errors import CollectorError, FieldsRefused
from collector.domain.fields import FIELD_TYPES
from collector.domain.lead_type import LONGEST_NAME, LeadType, check_lead_type
from collector.storage.captures import list_captures
from collector.storage.fields import read_catalogue
from collector.storage.lead_types import (
    RemoveLeadType,
    SaveLeadType,
    get_lead_type,
    list_lead_types,
)
from collector.web.answer import Answer
from collector.web.console.captures import may_create, require_all_captures
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.lead_type_form import USES, TypeRow, lead_type_of, read_rows, rows_of
from collector.web.console.new_field import given_field, make_field
from collector.web.console.visit import Visit


class LeadTypes(ConsoleEndpoint):
    """`/console/settings/lead-types`."""

    async def show(self, visit: Visit) -> Answer:
        """List them, each with the captures of the person that have it."""
        return await _list(visit)


class EditLeadType(ConsoleEndpoint):
    """`/console/settings/lead-types/edit`; without `name` a new one is made."""

    methods = ("GET", "HEAD", "POST")
    sees = "editor"

    async def show(self, visit: Visit) -> Answer:
        """Show the form. Raises RoleRefused, UnknownLeadType."""
        require_all_captures(visit)
        before = await _named(visit)
        rows = rows_of(before, await visit.services.store.read(read_catalogue))
        return _form(visit, before, rows, before.name if before else "")

    async def act(self, visit: Visit) -> Answer:
        """Save it: its captures follow at once. Raises RoleRefused, UnknownLeadType."""
        require_all_captures(visit)
        before = await _named(visit)
        catalogue = await visit.services.store.read(read_catalogue)
        rows = read_rows(visit, catalogue)
        name = before.name if before else visit.said("name").strip()
        try:
            wanted = lead_type_of(name, rows, before)
            check_lead_type(wanted, catalogue)
            await _save(visit, wanted, create=before is None)
        except CollectorError as error:
            return _form(visit, before, _with_errors(rows, error), name, error)
        return visit.redirect("/settings/lead-types")


class RemoveType(ConsoleEndpoint):
    """`/console/settings/lead-types/remove`."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Forget one that no capture has. Raises RoleRefused."""
        require_all_captures(visit)
        name = visit.said("name")
        try:
            await visit.write(RemoveLeadType(name=name), "lead_type.remove", name)
        except CollectorError as error:
            return await _list(visit, error)
        return visit.redirect("/settings/lead-types")


class LeadTypeField(ConsoleEndpoint):
    """`/console/settings/lead-types/fields`: a field that is missing, made where it is missed."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Make it, and go back to the form. Raises RoleRefused, UnknownLeadType."""
        require_all_captures(visit)
        before = await _named(visit)
        try:
            await make_field(visit)
        except CollectorError as error:
            rows = rows_of(before, await visit.services.store.read(read_catalogue))
            name = before.name if before else ""
            return _form(visit, before, rows, name, field_error=error)
        named = f"?{urlencode({'name': before.name})}" if before else ""
        return visit.redirect(f"/settings/lead-types/edit{named}")


async def _named(visit: Visit) -> LeadType | None:
    """Find the lead type the address names; None where it names none. Raises UnknownLeadType."""
    name = visit.asked("name")
    return await visit.services.store.read(get_lead_type, name) if name else None


async def _save(visit: Visit, wanted: LeadType, *, create: bool) -> None:
    write = SaveLeadType(lead_type=wanted, now=visit.now, create=create)
    deed = "lead_type.create" if create else "lead_type.change"
    counts = {"required": len(wanted.required), "optional": len(wanted.optional)}
    await visit.write(write, deed, wanted.name, **counts)


def _named_in(error: CollectorError | None) -> dict[str, str]:
    """Say what is wrong with which part."""
    if isinstance(error, FieldsRefused):
        return error.errors
    return {error.field or "": str(error)} if error else {}


def _with_errors(rows: list[TypeRow], error: CollectorError) -> list[TypeRow]:
    found = _named_in(error)
    return [
        replace(row, error=found.get(row.field.name) or found.get(f"limits.{row.field.name}", ""))
        for row in rows
    ]


async def _list(visit: Visit, error: CollectorError | None = None) -> Answer:
    read = visit.services.store.read
    captures = [one for one in await read(list_captures) if visit.user.may_see(one.source_id)]
    return visit.page(
        "lead_types",
        status=422 if error else 200,
        lead_types=await read(list_lead_types),
        captures=captures,
        changes=may_create(visit),
        error=error,
    )


def _form(  # noqa: PLR0913  (what a page shows)
    visit: Visit,
    before: LeadType | None,
    rows: list[TypeRow],
    name: str,
    error: CollectorError | None = None,
    *,
    field_error: CollectorError | None = None,
) -> Answer:
    return visit.page(
        "lead_type",
        status=422 if error or field_error else 200,
        before=before,
        rows=rows,
        uses=USES,
        type_name=name,
        longest=LONGEST_NAME,
        error=error,
        wrong_name=_named_in(error).get("name", ""),
        given=given_field(visit),
        field_error=field_error,
        field_types=FIELD_TYPES,
    )
