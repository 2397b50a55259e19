"""What a set-up file asks for that is not there yet: fields, lead types, destinations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from collector.cli.setup_change import Change, Pair, differences
from collector.cli.setup_file import SetupFile, WantedDestination, at
from collector.delivery.guard import AddressPolicy
from collector.destinations import Registry, find_kind
from collector.domain.errors import InputError
from collector.domain.fields import Catalogue, Field
from collector.domain.lead_type import LeadType, check_lead_type
from collector.storage.destinations import (
    ChangeDestination,
    CreateDestination,
    StoredDestination,
)
from collector.storage.fields import SaveField
from collector.storage.lead_types import SaveLeadType

SECRET = "(secret)"  # noqa: S105  (stands in the place of one)
ANOTHER_SECRET = "(another secret)"  # noqa: S105


@dataclass(frozen=True, kw_only=True)
class Means:
    """What planning needs: `new_id` makes an id, `now` is the time of the change."""

    registry: Registry
    policy: AddressPolicy
    new_id: Callable[[], str]
    now: int


def plan_fields(wanted: SetupFile, known: Catalogue, now: int) -> Iterator[Change]:
    """Create or change custom fields. Raises InputError where a type would change."""
    for name, field in wanted.fields.items():
        before = known.get(name)
        if before and before.type != field.type:
            raise InputError(f"fields.{name}.type: it is {before.type}, which cannot change")
        changed = differences(_members(before), _members(field))
        if changed:
            write = SaveField(field=field, now=now)
            yield Change(
                new=before is None,
                kind="field",
                name=name,
                id=name,
                differences=changed,
                writes=[write],
            )


def _members(field: Field | None) -> dict[str, Any]:
    if field is None:
        return {}
    return {"label": field.label, "type": field.type, "choices": list(field.choices)}


def plan_lead_types(
    wanted: SetupFile, known: dict[str, LeadType], catalogue: Catalogue, now: int
) -> Iterator[Change]:
    """Create or change lead types. Raises InputError."""
    for name, lead_type in wanted.lead_types.items():
        at(f"lead_types.{name}", check_lead_type, lead_type, catalogue)
        before = known.get(name)
        old = {} if before is None else _rules_of(before)
        changed = differences(old, _rules_of(lead_type))
        if changed:
            write = SaveLeadType(lead_type=lead_type, now=now)
            yield Change(
                new=before is None,
                kind="lead type",
                name=name,
                id=name,
                differences=changed,
                writes=[write],
            )


def _rules_of(lead_type: LeadType) -> dict[str, Any]:
    return {
        "required": list(lead_type.required),
        "optional": list(lead_type.optional),
        "limits": msgspec.to_builtins(lead_type.limits),
    }


def plan_destination(
    key: str, wanted: WantedDestination, known: list[StoredDestination], means: Means
) -> tuple[str, Change | None]:
    """Find the destination that is meant, or make it; answers its id and what changes."""
    place = f"destinations.{key}"
    kind = at(f"{place}.kind", find_kind, wanted.entry.kind)
    before = _find(place, wanted, known)
    if before is not None and before.kind != kind.name:
        raise InputError(f"{place}.kind: it is {before.kind}, which cannot change")
    old = means.registry.settings_of(before) if before else {}
    settings = at(f"{place}.settings", kind.parse_settings, {**old, **wanted.settings})
    for setting, url in kind.urls(settings).items():
        at(f"{place}.settings.{setting}", means.policy.check_url, url)
    new_id = before.id if before else means.new_id()
    given: dict[str, Any] = {"name": wanted.name, "given": settings, "now": means.now}
    registry = means.registry
    made = (
        registry.change(before, **given) if before else registry.new(kind, new_id=new_id, **given)
    )
    shown = {"kind": kind.name, "name": wanted.name, **settings}
    had = {"kind": before.kind, "name": before.name, **old} if before else {}
    changed = _without_secrets(differences(had, shown), kind.secret_names())
    if not changed:
        return new_id, None
    write: Any = (
        ChangeDestination(destination=made) if before else CreateDestination(destination=made)
    )
    return new_id, Change(
        new=before is None,
        kind="destination",
        name=wanted.name,
        id=new_id,
        differences=changed,
        writes=[write],
    )


def _without_secrets(changed: dict[str, Pair], hidden: frozenset[str]) -> dict[str, Pair]:
    """Tell of a secret only that it is another one."""
    return {
        name: (SECRET if pair[0] else None, ANOTHER_SECRET if pair[0] else SECRET)
        if name in hidden
        else pair
        for name, pair in changed.items()
    }


def _find(
    place: str, wanted: WantedDestination, known: list[StoredDestination]
) -> StoredDestination | None:
    wanted_id = wanted.entry.id
    if wanted_id is not None:
        found = [one for one in known if one.id == wanted_id]
        if not found:
            raise InputError(f"{place}.id: there is no destination {wanted_id}")
        return found[0]
    found = [one for one in known if one.name == wanted.name]
    if len(found) > 1:
        raise InputError(f"{place}: several destinations are called {wanted.name}; give its id")
    return found[0] if found else None
