"""A destination made or changed: a form that its kind's own description writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from collector.destinations import KINDS, Registry, find_kind
from collector.destinations.kind import Kind, Setting
from collector.domain.errors import FieldsRefused, InputError, SettingsError
from collector.domain.pace import MOST_AT_ONCE, Pace
from collector.storage.captures import LinkDestination
from collector.storage.destinations import (
    ChangeDestination,
    CreateDestination,
    SetPace,
    StoredDestination,
    captures_of,
)
from collector.storage.together import Together
from collector.storage.writer import Write
from collector.web.answer import Answer
from collector.web.console.captures import require_all_captures
from collector.web.console.destination_pace import pace_of, shown_pace, typed_pace
from collector.web.console.destinations import find_destination
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import captures_seen
from collector.web.console.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting as the form shows it: of a secret never more than that there is one."""

    setting: Setting
    value: str
    is_set: bool


class NewDestination(ConsoleEndpoint):
    """`/console/destinations/new`: a kind is chosen, then what it needs is filled in.

    `for` names the capture whose set-up the person came from, and goes back to.
    """

    methods = ("GET", "HEAD", "POST")
    sees = "editor"

    async def show(self, visit: Visit) -> Answer:
        """Ask for the kind, else for its settings. Raises RoleRefused."""
        require_all_captures(visit)
        kind = KINDS.get(visit.asked("kind"))
        captures = await captures_seen(visit)
        wizard = _wizard(visit, captures)
        if kind is None:
            return visit.page("destination_kinds", kinds=KINDS.values(), wizard=wizard)
        return await _form(visit, kind, label=kind.title, chosen=[wizard] if wizard else [])

    async def act(self, visit: Visit) -> Answer:
        """Make it, with its links. Raises RoleRefused, InputError."""
        require_all_captures(visit)
        kind = find_kind(visit.asked("kind"))
        captures = await captures_seen(visit)
        chosen = [one for one in visit.all_said("capture") if one in captures]
        try:
            made = _made(visit, kind)
            made = replace(made, pace=pace_of(typed_pace(visit), Pace()))
        except FieldsRefused as error:
            return await _form(
                visit, kind, label=visit.said("name"), chosen=chosen, errors=error.errors
            )
        links = [LinkDestination(source_id=one, destination_id=made.id) for one in chosen]
        write = Together(writes=[CreateDestination(destination=made), *links])
        told = {"kind": made.kind, "name": made.name, "captures": chosen}
        await visit.write(write, "destination.create", made.id, **told)
        wizard = _wizard(visit, captures)
        if wizard:
            said = "?said=created" if wizard in chosen else ""
            return visit.redirect(f"/captures/{wizard}/destinations{said}")
        return visit.redirect(f"/destinations/{made.id}?said=created")


class EditDestination(ConsoleEndpoint):
    """`/console/destinations/{id}/edit`: secrets are replaced when something is typed."""

    methods = ("GET", "HEAD", "POST")
    sees = "editor"

    async def show(self, visit: Visit) -> Answer:
        """Show what may be changed. Raises UnknownDestination, RoleRefused, InputError."""
        found, _ = await find_destination(visit)
        require_all_captures(visit)
        chosen = await _served(visit, found)
        kind = find_kind(found.kind)
        return await _form(visit, kind, label=found.name, before=found, chosen=chosen)

    async def act(self, visit: Visit) -> Answer:
        """Change it, as a whole or not at all. Raises UnknownDestination, RoleRefused."""
        found, _ = await find_destination(visit)
        require_all_captures(visit)
        kind = find_kind(found.kind)
        captures = await captures_seen(visit)
        chosen = [one for one in visit.all_said("capture") if one in captures]
        try:
            made = _made(visit, kind, found)
            made = replace(made, pace=pace_of(typed_pace(visit), found.pace))
        except FieldsRefused as error:
            label = visit.said("name")
            return await _form(
                visit, kind, label=label, before=found, chosen=chosen, errors=error.errors
            )
        await _change(visit, found, made, chosen)
        return visit.redirect(f"/destinations/{found.id}?said=changed")


async def _change(
    visit: Visit, before: StoredDestination, after: StoredDestination, chosen: list[str]
) -> None:
    """Write what differs, as one. Raises InputError where somebody changed it meanwhile."""
    changed = _changed(_registry(visit), before, after)
    writes: list[Write] = []
    if changed:
        writes.append(ChangeDestination(destination=after, seen=before.changed_at))
    if after.pace != before.pace:
        changed.append("pace")
        writes.append(SetPace(destination_id=after.id, pace=after.pace))
    details: dict[str, Any] = {}
    if links := _links(after.id, await _served(visit, before), chosen):
        changed.append("captures")
        details["captures"] = chosen
        writes.extend(links)
    if writes:
        together = Together(writes=writes)
        await visit.write(together, "destination.change", after.id, changed=changed, **details)


async def _served(visit: Visit, one: StoredDestination) -> list[str]:
    """Name the captures whose leads go there."""
    return (await visit.services.store.read(captures_of)).get(one.id, [])


def _links(key: str, before: list[str], after: list[str]) -> list[Write]:
    gone, new = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    return [
        *(LinkDestination(source_id=one, destination_id=key, linked=False) for one in gone),
        *(LinkDestination(source_id=one, destination_id=key) for one in new),
    ]


def _wizard(visit: Visit, captures: Mapping[str, str]) -> str | None:
    wanted = visit.asked("for")
    return wanted if wanted in captures else None


def _registry(visit: Visit) -> Registry:
    return visit.services.console.trial.registry


def _made(visit: Visit, kind: Kind, before: StoredDestination | None = None) -> StoredDestination:
    """Make it of the form. Raises FieldsRefused naming each entry at fault."""
    registry, name, given = _registry(visit), visit.said("name"), _given(visit, kind, before)
    if before is None:
        made = registry.new(kind, name=name, given=given, new_id=visit.new_id(), now=visit.now)
    else:
        made = registry.change(before, name=name, given=given, now=visit.now)
    for setting, url in kind.urls(made.config).items():
        try:
            visit.services.console.policy.check_url(url)
        except InputError as error:
            said = str(error).removeprefix("url: ")
            raise FieldsRefused(str(error), {setting: said}) from error
    return made


def _given(visit: Visit, kind: Kind, before: StoredDestination | None) -> dict[str, str]:
    """Read the settings; a secret that was there is given only where it is to change."""
    given = {one.name: visit.said(f"set-{one.name}") for one in kind.settings}
    for name in kind.secret_names() if before else ():
        if not given[name].strip() and visit.said(f"drop-{name}") != "on":
            del given[name]
    return given


def _readable(registry: Registry, stored: StoredDestination) -> Mapping[str, str]:
    """Give its settings, without secrets where no key opens them any more."""
    try:
        return registry.settings_of(stored)
    except SettingsError:
        return stored.config


def _changed(registry: Registry, before: StoredDestination, after: StoredDestination) -> list[str]:
    old, new = _readable(registry, before), registry.settings_of(after)
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return sorted(changed + (["name"] if before.name != after.name else []))


async def _form(
    visit: Visit,
    kind: Kind,
    *,
    label: str,
    before: StoredDestination | None = None,
    **values: Any,
) -> Answer:
    had = _readable(_registry(visit), before) if before else {}
    posted = visit.exchange.incoming.method == "POST"
    shown: dict[str, Any] = {"errors": {}, "chosen": [], **values}
    captures = await captures_seen(visit)
    return visit.page(
        "destination_form",
        status=422 if shown["errors"] else 200,
        kind=kind,
        before=before,
        label=label,
        entries=[_entry(visit, one, had, posted=posted) for one in kind.settings],
        unreadable=before is not None and had is before.config,
        captures=captures,
        pace=typed_pace(visit) if posted else shown_pace(before.pace if before else Pace()),
        most=MOST_AT_ONCE,
        wizard=_wizard(visit, captures),
        **shown,
    )


def _entry(visit: Visit, setting: Setting, had: Mapping[str, str], *, posted: bool) -> Entry:
    value = visit.said(f"set-{setting.name}") if posted else had.get(setting.name, "")
    return Entry(
        setting=setting,
        value="" if setting.secret else value or (setting.default or ""),
        is_set=setting.secret and setting.name in had,
    )
