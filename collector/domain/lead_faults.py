"""What an event that a server sent lacks of its capture's lead type, told to a program."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from collector.domain.capture import Capture
from collector.domain.event import Event
from collector.domain.faults import EXPECTED
from collector.domain.field_values import is_empty

_KINDS = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list"}


def find_lead_faults(capture: Capture, event: Event) -> dict[str, str]:
    """Say of each field at fault, by the name it was sent under, `expected …; came …`.

    Empty where the capture has no lead type, or the event fits it.
    """
    return {
        name: f"expected {EXPECTED[word]}; came {_came(event.fields.get(name))}"
        for name, word in capture.lead_faults(event.fields).items()
    }


def _came(value: Any) -> str:
    return "nothing" if is_empty(value) else _KINDS.get(type(value), "an object")


def mark_incomplete(event: Event, faults: dict[str, str]) -> Event:
    """Mark an event that is kept for the operator to see, though it was not accepted."""
    cause = "; ".join(f"{name}: {said}" for name, said in faults.items())
    return replace(event, marks={**event.marks, "incomplete": cause})
