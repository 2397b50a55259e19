"""A lead type: what the leads of its captures must and may hold, and how a lead breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from collector.domain.errors import FieldsRefused
from collector.domain.faults import ValueRefused
from collector.domain.field_values import is_empty, reader_of
from collector.domain.fields import Catalogue
from collector.domain.mapped import CompiledMapping
from collector.domain.said import Said

LONGEST_NAME = 100


class Limits(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How long a text and how large a number may be; the ends are allowed."""

    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None

    @property
    def fits_nothing(self) -> bool:
        """Whether no value can keep within them."""
        lengths, sizes = (self.min_length, self.max_length), (self.minimum, self.maximum)
        return any(
            least is not None and most is not None and least > most
            for least, most in (lengths, sizes)
        )

    def fault(self, value: Any) -> str | None:
        """Say by a word what a value breaks, or None."""
        if isinstance(value, str | list):
            if self.min_length is not None and len(value) < self.min_length:
                return "too_short"
            return "too_long" if len(value) > (self.max_length or len(value)) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            if self.minimum is not None and value < self.minimum:
                return "too_small"
            return "too_large" if self.maximum is not None and value > self.maximum else None
        return None


class LeadType(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A named set of required and optional fields, by their names in the catalogue.

    A value is judged by its field's type, and by `limits` where the field has any.
    """

    name: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    limits: dict[str, Limits] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Every field it names."""
        return (*self.required, *self.optional)


def parse_lead_type(value: Any) -> LeadType:
    """Read a decoded JSON or TOML value. Raises FieldsRefused naming the place."""
    try:
        return msgspec.convert(value, LeadType)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `")
        named = place.rstrip("`").removeprefix("$").removeprefix(".")
        whole = f"the lead type is wrong{f' at {named}' if named else ''}: {said}"
        raise FieldsRefused(whole, {named: said}) from None


def check_lead_type(lead_type: LeadType, catalogue: Catalogue) -> None:
    """Refuse a type that cannot be meant. Raises FieldsRefused naming each place."""
    problems = dict(_problems(lead_type, catalogue))
    if problems:
        named = "; ".join(f"{place}: {said}" for place, said in problems.items())
        raise FieldsRefused(f"the lead type cannot be used: {named}", problems)


def _problems(lead_type: LeadType, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    if not 0 < len(lead_type.name.strip()) <= LONGEST_NAME:
        yield (
            "name",
            Said("a lead type has a name of at most {count} characters", count=LONGEST_NAME),
        )
    for name in set(lead_type.required) & set(lead_type.optional):
        yield "optional", Said("{name} is required already", name=name)
    for place, names in (("required", lead_type.required), ("optional", lead_type.optional)):
        for name in names:
            if name not in catalogue:
                yield (
                    place,
                    Said(
                        "there is no field {name}; create it: collector field create {name}",
                        name=name,
                    ),
                )
    yield from _limit_problems(lead_type)


def _limit_problems(lead_type: LeadType) -> Iterator[tuple[str, str]]:
    for name in lead_type.limits.keys() - set(lead_type.names):
        yield f"limits.{name}", Said("neither required nor optional")
    for name, limits in lead_type.limits.items():
        if limits.fits_nothing:
            yield f"limits.{name}", Said("the least is over the most")


class LeadCheck:
    """Judges submissions of one capture by its lead type, behind its mapping."""

    def __init__(
        self, lead_type: LeadType | None, mapping: CompiledMapping, catalogue: Catalogue
    ) -> None:
        self._type = lead_type
        self._mapping = mapping
        names = lead_type.names if lead_type else ()
        self._fields = {name: catalogue[name] for name in names if name in catalogue}
        country = mapping.mapping.country
        self._readers = {name: reader_of(one, country) for name, one in self._fields.items()}
        self._sent_as = {rule.to: rule.names for rule in mapping.mapping.rules}

    def faults(self, fields: dict[str, Any]) -> dict[str, str]:
        """Say what breaks the type: words of `FAULTS`, under the names that the sender used."""
        if self._type is None:
            return {}
        mapped = self._mapping.apply(fields)
        found = {
            name: mapped.faults.get(name) or self._fault(self._type, name, mapped.fields)
            for name in self._fields
        }
        return {self._sent_name(name, fields): word for name, word in found.items() if word}

    def _fault(self, lead_type: LeadType, name: str, fields: Mapping[str, Any]) -> str | None:
        value = fields.get(name)
        if is_empty(value):
            return "missing" if name in lead_type.required else None
        try:
            value = self._readers[name](value)
        except ValueRefused as error:
            return error.fault
        limits = lead_type.limits.get(name)
        return limits.fault(value) if limits else None

    def _sent_name(self, name: str, fields: Mapping[str, Any]) -> str:
        names = self._sent_as.get(name) or (name,)
        return next((one for one in names if one in fields), names[0])


def setup_problems(
    lead_type: LeadType, mapping: CompiledMapping, arrived: frozenset[str] | None = None
) -> list[str]:
    """Say why leads of a capture cannot fit their type as its mapping stands.

    `arrived` names the fields of its last real event, if there was one. Attribution fills no
    required field: it may be missing through nobody's fault, and a lead never waits for it.
    """
    return [
        problem
        for name in lead_type.required
        if (problem := _why_unfilled(name, mapping, arrived))
    ]


def _why_unfilled(
    name: str, mapping: CompiledMapping, arrived: frozenset[str] | None
) -> Said | None:
    rule = next((one for one in mapping.mapping.rules if one.to == name), None)
    if rule is None:
        if mapping.mapping.unmapped == "drop":
            return Said("{name} is required, and no rule of the mapping fills it", name=name)
        return _why_not_among(name, (name,), arrived)
    if rule.attribution is not None:
        return Said(
            "{name} is required, and its rule takes attribution, which a lead may lack", name=name
        )
    return None if rule.value is not None else _why_not_among(name, rule.names, arrived)


def _why_not_among(
    name: str, names: tuple[str, ...], arrived: frozenset[str] | None
) -> Said | None:
    if arrived is None or not arrived.isdisjoint(names):
        return None
    said = " or ".join(names)
    return Said("{name} is required, and the last event had no {names}", name=name, names=said)
