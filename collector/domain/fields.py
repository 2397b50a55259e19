"""Fields that leads are mapped to: the standard ones as data, and custom ones beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

import msgspec

from collector.domain.errors import InputError
from collector.domain.said import Said

FieldType = Literal["text", "email", "phone", "number", "boolean", "date", "choice"]
FIELD_TYPES: tuple[str, ...] = get_args(FieldType)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_LONGEST_LABEL = 200


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field: what it is called in events, what people read, what its values are.

    `choices` are the values of a `choice`, in the order people see them.
    """

    name: str
    label: str
    type: FieldType = "text"
    choices: tuple[str, ...] = ()


Catalogue = Mapping[str, Field]
"""The fields there are, by name."""


def _standard(name: str, label: str, type_: FieldType = "text") -> Field:
    return Field(name=name, label=label, type=type_)


STANDARD_FIELDS: Final = (
    _standard("email", "E-mail", "email"),
    _standard("salutation", "Salutation"),
    _standard("first_name", "First name"),
    _standard("last_name", "Last name"),
    _standard("full_name", "Full name"),
    _standard("phone", "Phone", "phone"),
    _standard("mobile", "Mobile phone", "phone"),
    _standard("company", "Company"),
    _standard("job_title", "Job title"),
    _standard("website", "Website"),
    _standard("street", "Street and number"),
    _standard("address_line_2", "Address, second line"),
    _standard("postcode", "Postcode"),
    _standard("city", "City"),
    _standard("region", "State or region"),
    _standard("country", "Country"),
    _standard("date_of_birth", "Date of birth", "date"),
    _standard("subject", "Subject"),
    _standard("message", "Message"),
    _standard("newsletter", "Newsletter", "boolean"),
)

STANDARD: Final[Catalogue] = MappingProxyType({field.name: field for field in STANDARD_FIELDS})


def catalogue_with(custom: Iterable[Field]) -> Catalogue:
    """Put custom fields beside the standard ones."""
    return MappingProxyType({**STANDARD, **{field.name: field for field in custom}})


def custom_field(
    name: str, type_: str = "text", label: str = "", choices: Iterable[str] = ()
) -> Field:
    """Make a custom field. Raises InputError naming what cannot be."""
    if _NAME.fullmatch(name) is None:
        raise InputError(
            Said(
                "'{name}' is no name of a field: write small letters, digits and _, "
                "a letter first, at most 64",
                name=name,
            ),
            field="name",
        )
    if name in STANDARD:
        raise InputError(Said("{name} is a standard field already", name=name), field="name")
    if type_ not in FIELD_TYPES:
        words = {"name": name, "type": type_, "known": ", ".join(FIELD_TYPES)}
        said = Said("{name}: there is no type '{type}'; there are {known}", **words)
        raise InputError(said, field="type")
    if len(label) > _LONGEST_LABEL:
        words = {"name": name, "count": str(_LONGEST_LABEL)}
        said = Said("{name}: a label has at most {count} characters", **words)
        raise InputError(said, field="label")
    kept = tuple(dict.fromkeys(choice.strip() for choice in choices if choice.strip()))
    if (type_ == "choice") is not bool(kept):
        none = Said("{name}: a field of type {type} has no choices", name=name, type=type_)
        needed = Said("{name}: a field needs choices", name=name)
        raise InputError(needed if type_ == "choice" else none, field="choices")
    shown = label.strip() or name.replace("_", " ").capitalize()
    return msgspec.convert({"name": name, "label": shown, "type": type_, "choices": kept}, Field)
