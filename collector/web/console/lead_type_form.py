"""A lead type as a form: a row for each field, whether leads need it, and how much it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from collector.domain.errors import FieldsRefused
from collector.domain.fields import Catalogue, Field
from collector.domain.lead_type import LeadType, Limits
from collector.web.console.visit import Visit

Use = Literal["", "optional", "required"]
USES: Final[tuple[Use, ...]] = ("", "optional", "required")
_LENGTH: Final = ("min_length", "max_length")
_ENDS: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("text", "email", "phone"), _LENGTH),
    "number": ("minimum", "maximum"),
}
"""The two limits that a field of a type may have; other types have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRow:
    """One field in the form, in a person's own words; `error` is what is wrong with it."""

    field: Field
    use: str
    least: str = ""
    most: str = ""
    error: str = ""

    @property
    def limited(self) -> bool:
        """Whether its values have a length or a size."""
        return self.field.type in _ENDS


@dataclass(slots=True)
class _Read:
    uses: dict[Use, list[str]] = field(default_factory=lambda: {one: [] for one in USES})
    limits: dict[str, Limits] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def rows_of(lead_type: LeadType | None, catalogue: Catalogue) -> list[TypeRow]:
    """Show a lead type field by field; None is a new one."""
    return [_row_of(lead_type or LeadType(name=""), one) for one in catalogue.values()]


def _row_of(lead_type: LeadType, one: Field) -> TypeRow:
    required, optional = one.name in lead_type.required, one.name in lead_type.optional
    limits = lead_type.limits.get(one.name, Limits())
    ends = [getattr(limits, end) for end in _ENDS.get(one.type, ())]
    least, most = ["" if end is None else f"{end:g}" for end in ends] or ("", "")
    use = "required" if required else "optional" if optional else ""
    return TypeRow(field=one, use=use, least=least, most=most)


def read_rows(visit: Visit, catalogue: Catalogue) -> list[TypeRow]:
    """Read the form as it was sent."""
    return [
        TypeRow(
            field=one,
            use=visit.said(f"use.{one.name}"),
            least=visit.said(f"least.{one.name}").strip(),
            most=visit.said(f"most.{one.name}").strip(),
        )
        for one in catalogue.values()
    ]


def lead_type_of(name: str, rows: list[TypeRow], before: LeadType | None) -> LeadType:
    """Make the lead type that rows mean; limits that the form does not show stay.

    Raises FieldsRefused naming fields.
    """
    read = _Read()
    kept = before.limits if before else {}
    for row in rows:
        _read_row(row, kept.get(row.field.name, Limits()), read)
    if read.errors:
        raise FieldsRefused("some fields cannot be used as they stand", read.errors)
    uses = {use: tuple(names) for use, names in read.uses.items() if use}
    return LeadType(name=name, limits=read.limits, **uses)


def _read_row(row: TypeRow, before: Limits, read: _Read) -> None:
    name = row.field.name
    use = next((one for one in USES if one == row.use), None)
    if use is None:
        read.errors[name] = "this is not one of the choices"
        return
    read.uses[use].append(name)
    try:
        limits = msgspec.structs.replace(before, **_ends_of(row))
    except ValueError:
        whole = _ENDS[row.field.type] == _LENGTH
        read.errors[name] = "write whole numbers" if whole else "write numbers"
        return
    if use and limits != Limits():
        read.limits[name] = limits


def _ends_of(row: TypeRow) -> dict[str, int | float | None]:
    """Read both ends of a row. Raises ValueError."""
    texts = zip(_ENDS.get(row.field.type, ()), (row.least, row.most), strict=False)
    return {end: _number(text, whole=end in _LENGTH) if text else None for end, text in texts}


def _number(text: str, *, whole: bool) -> int | float:
    number = float(text.replace(",", "."))
    if whole and not (number.is_integer() and 0 <= number < 10**9):
        raise ValueError(text)
    if not abs(number) < 10**15:
        raise ValueError(text)
    return int(number) if number.is_integer() else number
