"""A submission: what a form or a sender posted, untrusted; the collector's own names apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from collector.domain.errors import FieldsRefused, TooComplex
from collector.domain.event import EVENT_TYPES
from collector.domain.json_values import clean_json, clean_text
from collector.domain.times import DAY, parse_time

MAX_FIELDS = 1_000
MAX_ID = 255
"""The longest id of a sender's own that is kept; ours stands in for a longer one."""

CLEANED_NOTE = "characters that cannot be stored were replaced"

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
        if name[:1] == "_" and is_reserved(name):
            reserved[name] = reserved.get(name) or _text(value)
            continue
        cleaned = _cleaned(name, said)
        if cleaned in fields:
            fields[cleaned].append(_cleaned(value, said))
        else:
            fields[cleaned] = [_cleaned(value, said)]
    singles = {name: values if len(values) > 1 else values[0] for name, values in fields.items()}
    return Submission(fields=singles, reserved=reserved, notes=tuple(said))


def refuse_empty(submission: Submission) -> None:
    """Refuse a submission of nothing but reserved names. Raises FieldsRefused."""
    if not submission.fields:
        raise FieldsRefused(
            "the submission has no fields",
            {"fields": "none arrived: give each input of the form a name attribute"},
        )


def read_event_id(submission: Submission, notes: list[str]) -> str | None:
    """Read `_event_id`; one that is too long counts as not said."""
    said = submission.said("_event_id")
    if said is not None and len(said) > MAX_ID:
        notes.append(f"_event_id over {MAX_ID} characters ignored")
        return None
    return said


def read_event_type(submission: Submission, notes: list[str]) -> str | None:
    """Read `_event_type`; one that there is not counts as not said."""
    said = submission.said("_event_type")
    if said is not None and said not in EVENT_TYPES:
        notes.append(f"_event_type is not one of {', '.join(EVENT_TYPES)}: the default was taken")
        return None
    return said


def read_created_at(submission: Submission, now: int, notes: list[str]) -> int:
    """Read `_created_at`; one that cannot be becomes the time of receipt."""
    said = submission.said("_created_at")
    if said is None:
        return now
    try:
        created_at = parse_time(said)
    except ValueError:
        created_at = now + 2 * DAY
    if not 0 < created_at <= now + DAY:
        notes.append("_created_at is not a time that can be: the time of receipt was taken")
        return now
    return created_at


def _text(value: Any) -> str:
    return clean_text(value) if isinstance(value, str) else "" if value is None else str(value)


def _cleaned(value: Any, notes: list[str]) -> Any:
    if isinstance(value, str) and value.isprintable():
        return value
    cleaned = clean_json(value)
    if cleaned != value and CLEANED_NOTE not in notes:
        notes.append(CLEANED_NOTE)
    return cleaned
