"""The file of `collector apply`: TOML to values, each error with the path of what it is about."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from collector.domain.capture import AttributionModel, CaptureKind
from collector.domain.errors import FieldsRefused, InputError
from collector.domain.event import EventType
from collector.domain.fields import Field, custom_field
from collector.domain.lead_type import LeadType, parse_lead_type
from collector.domain.mapping import Mapping as FieldMapping
from collector.domain.mapping import parse_mapping

Entry = TypeVar("Entry")
SECTIONS = ("fields", "lead_types", "destinations", "captures")


class _Given(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not given stays as it is, or gets its default where all is new."""


class FieldEntry(_Given, frozen=True):
    """A custom field."""

    type: str = "text"
    label: str = ""
    choices: tuple[str, ...] = ()


class FromEnv(_Given, frozen=True):
    """A value that stands in an environment variable."""

    env: str


class FromFile(_Given, frozen=True):
    """A value that stands in a file; a relative path counts from the set-up file."""

    file: str


class DestinationEntry(_Given, frozen=True):
    """A destination, known again by its `id` or by its name."""

    kind: str
    id: str | None = None
    name: str | None = None
    settings: dict[str, Any] = {}


class LinkEntry(_Given, frozen=True):
    """How a destination gets a capture's events."""

    mapping: Any = None


class CaptureEntry(_Given, frozen=True):
    """A capture, known again by its `source_id` or by its name."""

    source_id: str | None = None
    name: str | None = None
    kind: CaptureKind | UnsetType = UNSET
    state: Literal["active", "paused"] | UnsetType = UNSET
    origins: tuple[str, ...] | UnsetType = UNSET
    redirect: str | UnsetType = UNSET
    event_type: EventType | UnsetType = UNSET
    event_name: str | UnsetType = UNSET
    attribution_model: AttributionModel | UnsetType = UNSET
    utm_keyword_from: str | UnsetType = UNSET
    derive_utm: bool | UnsetType = UNSET
    refuse_other_origins: bool | UnsetType = UNSET
    lead_type: str | UnsetType = UNSET
    store_only: bool | UnsetType = UNSET
    mapping: Any = UNSET
    destinations: list[str] | dict[str, Any] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class WantedDestination:
    """A destination whose settings were read, secrets included."""

    entry: DestinationEntry
    name: str
    settings: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class WantedCapture:
    """A capture; `links` holds the mapping of each destination by its key, None: not said."""

    entry: CaptureEntry
    name: str
    mapping: FieldMapping | UnsetType
    links: Mapping[str, FieldMapping | None] | None


@dataclass(frozen=True, kw_only=True)
class SetupFile:
    """What a file asks for, by its keys."""

    fields: Mapping[str, Field]
    lead_types: Mapping[str, LeadType]
    destinations: Mapping[str, WantedDestination]
    captures: Mapping[str, WantedCapture]


def read_setup(path: Path) -> SetupFile:
    """Read a file. Raises InputError with the TOML path of what is wrong."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}") from error
    for name, section in said.items():
        if name not in SECTIONS:
            raise InputError(f"{name}: unknown; there are {', '.join(SECTIONS)}")
        if not isinstance(section, dict):
            raise InputError(f"{name}: write tables, such as [{name}.NAME]")
    tables: dict[str, dict[str, Any]] = {name: said.get(name, {}) for name in SECTIONS}
    return SetupFile(
        fields={key: _field(key, value) for key, value in tables["fields"].items()},
        lead_types={key: _lead_type(key, value) for key, value in tables["lead_types"].items()},
        destinations={
            key: _destination(key, value, path.parent)
            for key, value in tables["destinations"].items()
        },
        captures={key: _capture(key, value) for key, value in tables["captures"].items()},
    )


def _convert(value: Any, type_: type[Entry], place: str) -> Entry:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        said, _, inner = str(error).partition(" - at `$")
        raise InputError(f"{place}{inner.rstrip('`')}: {said}", field=place) from None


def at(place: str, parse: Callable[..., Entry], *arguments: Any) -> Entry:
    """Parse, and put the TOML path before what is wrong. Raises InputError."""
    try:
        return parse(*arguments)
    except FieldsRefused as error:
        inner = {f"{place}.{name}" if name else place: said for name, said in error.errors.items()}
        said = "; ".join(f"{path}: {text}" for path, text in inner.items())
        raise InputError(said, field=next(iter(inner))) from error
    except InputError as error:
        raise InputError(f"{place}: {error}", field=place) from error


def _field(key: str, value: Any) -> Field:
    place = f"fields.{key}"
    entry = _convert(value, FieldEntry, place)
    return at(place, custom_field, key, entry.type, entry.label, entry.choices)


def _lead_type(key: str, value: Any) -> LeadType:
    place = f"lead_types.{key}"
    return at(place, parse_lead_type, {"name": key, **_convert(value, dict[str, Any], place)})


def _destination(key: str, value: Any, folder: Path) -> WantedDestination:
    place = f"destinations.{key}"
    entry = _convert(value, DestinationEntry, place)
    settings = {
        name: _setting(given, f"{place}.settings.{name}", folder)
        for name, given in entry.settings.items()
    }
    return WantedDestination(entry=entry, name=entry.name or key, settings=settings)


def _setting(given: Any, place: str, folder: Path) -> str:
    """Read a setting, if need be from where it stands; its value is in no error."""
    if isinstance(given, str):
        return given
    if not isinstance(given, dict) or len(given) != 1:
        raise InputError(f'{place}: write a text, {{env = "NAME"}} or {{file = "PATH"}}')
    if "env" in given:
        name = _convert(given, FromEnv, place).env
        if not os.environ.get(name):
            raise InputError(f"{place}: the environment variable {name} is not set", field=place)
        return os.environ[name]
    file = folder / _convert(given, FromFile, place).file
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise InputError(f"{place}: {file} cannot be read: {type(error).__name__}") from error


def _capture(key: str, value: Any) -> WantedCapture:
    place = f"captures.{key}"
    entry = _convert(value, CaptureEntry, place)
    mapping: FieldMapping | UnsetType = UNSET
    if entry.mapping is not UNSET:
        mapping = at(f"{place}.mapping", parse_mapping, entry.mapping)
    links: dict[str, FieldMapping | None] | None = None
    if isinstance(entry.destinations, dict):
        links = {
            name: _link(given, f"{place}.destinations.{name}")
            for name, given in entry.destinations.items()
        }
    elif entry.destinations is not UNSET:
        links = dict.fromkeys(entry.destinations)
    return WantedCapture(entry=entry, name=entry.name or key, mapping=mapping, links=links)


def _link(given: Any, place: str) -> FieldMapping | None:
    entry = _convert(given, LinkEntry, place)
    if entry.mapping is None:
        return None
    return at(f"{place}.mapping", parse_mapping, entry.mapping)
