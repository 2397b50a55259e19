"""A submission: what a form or a sender posted, untrusted; the collector's own names apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from collector.domain.errors import FieldsRefused, TooComplex
from collector.domain.json_values import clean_json, clean_text

MAX_FIELDS = 1_000

RESERVED = frozenset(
    {
        "_token",
        "_page",
        "_referrer",
        "_ga",
        "_fbp",
        "_fbc",
        "_event_id",
        "_event_name",
        "_event_type",
        "_person_id",
        "_created_at",
        "_next",
        "_gotcha",
        "_lang",
        "_check",
        "_consent",
    }
)
"""Names that are for the collector and never reach an event's fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Fields in the order they came, the reserved values, and what was changed on the way in."""

    fields: dict[str, Any]
    reserved: dict[str, str]
    notes: tuple[str, ...] = field(default=())

    def said(self, name: str) -> str | None:
        """Read a reserved value; an empty one counts as not said."""
        return self.reserved.get(name) or None


def is_reserved(name: str) -> bool:
    """Whether a name is the collector's own; the session cookies of GA4 streams are, too."""
    return name in RESERVED or name.startswith("_ga_")


def read_submission(pairs: Iterable[tuple[str, Any]], *notes: str) -> Submission:
    """Sort names and values into fields and reserved values.

    A repeated field is a list in order, of a repeated reserved name the first non-empty value
    counts. Raises TooComplex over 1,000 names.
    """
    fields: dict[str, list[Any]] = {}
    reserved: dict[str, str] = {}
    said = list(notes)
    for count, (name, value) in enumerate(pairs):
        if count >= MAX_FIELDS:
            raise TooComplex(f"a submission has at most {MAX_FIELDS} fields")
        if is_reserved(name):
            reserved[name] = reserved.get(name) or _text(value)
        else:
            fields.setdefault(_cleaned(name, said), []).append(_cleaned(value, said))
    singles = {name: values if len(values) > 1 else values[0] for name, values in fields.items()}
    return Submission(fields=singles, reserved=reserved, notes=tuple(said))


def refuse_empty(submission: Submission) -> None:
    """Refuse a submission of nothing but reserved names. Raises FieldsRefused."""
    if not submission.fields:
        raise FieldsRefused(
            "the submission has no fields",
            {"fields": "none arrived: give each input of the form a name attribute"},
        )


def _text(value: Any) -> str:
    return clean_text(value) if isinstance(value, str) else "" if value is None else str(value)


def _cleaned(value: Any, notes: list[str]) -> Any:
    if isinstance(value, str) and value.isprintable():
        return value
    cleaned = clean_json(value)
    note = "characters that cannot be stored were replaced"
    if cleaned != value and note not in notes:
        notes.append(note)
    return cleaned
