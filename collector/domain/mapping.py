"""A mapping: rules, as data, from names that come in to names that go out.

The same form serves twice: a capture's mapping leads from its senders' names to standard and
custom fields, a destination's from those to its own names. It touches `fields` and nothing else:
an event's metadata, ids and times pass it by.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from collector.domain.errors import FieldsRefused
from collector.domain.event import METADATA_KEYS
from collector.domain.parameters import BY_NAME
from collector.domain.said import Said
from collector.domain.transforms import Scalar, Transform

Unmapped = Literal["pass", "drop"]


class Rule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How one field, `to`, gets its value.

    Of the names in `from` the first that has a value counts; where the first transform is `join`,
    all do. `attribution` takes a value of the lead's attribution instead. `value` stands in where
    nothing came, and is a constant where neither is given. `otherwise` says what becomes of a
    value that cannot be read: the delivery is refused, or the value kept as it came, or dropped.
    """

    to: str
    from_: str | tuple[str, ...] = msgspec.field(name="from", default=())
    attribution: str | None = None
    value: Scalar | None = None
    transforms: tuple[Transform, ...] = ()
    otherwise: Literal["refuse", "keep", "drop"] = "refuse"

    @property
    def names(self) -> tuple[str, ...]:
        """The incoming names it reads."""
        return (self.from_,) if isinstance(self.from_, str) else self.from_

    @property
    def is_verbatim(self) -> bool:
        """Whether it carries a click id or another marketing attribute: byte for byte, then."""
        return self.attribution is not None or any(map(is_marketing_name, (self.to, *self.names)))


class Mapping(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Rules, what becomes of fields that none of them reads, and where phones without `+` ring.

    `country` is an ISO 3166-1 code.
    """

    rules: tuple[Rule, ...] = ()
    unmapped: Unmapped = "pass"
    country: str | None = None


PASS_ALL: Final = Mapping()
"""What holds where nobody mapped anything: every field passes under its own name."""


def is_marketing_name(name: str) -> bool:
    """Whether a field is named like a metadata key or a click id."""
    known = BY_NAME.get(name.strip().lower())
    return name in METADATA_KEYS or (known is not None and known.click_id)


UNREADABLE: Final = "this cannot be read: {why}"
"""Where a notation is not kept; `why` is the reader's own word for it."""


def parse_mapping(value: Any) -> Mapping:
    """Read a decoded JSON or TOML value. Raises FieldsRefused naming the place."""
    try:
        return msgspec.convert(value, Mapping)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `")
        named = place.rstrip("`").removeprefix("$").removeprefix(".")
        whole = f"the mapping is wrong{f' at {named}' if named else ''}: {said}"
        raise FieldsRefused(whole, {named: Said(UNREADABLE, why=said)}) from None


def render_mapping(mapping: Mapping) -> dict[str, Any]:
    """Write a mapping as the JSON object that it is read from."""
    written: dict[str, Any] = msgspec.to_builtins(mapping)
    return written
