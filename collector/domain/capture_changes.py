"""Changes of a capture by a person: checked as a whole before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from collector.domain.capture import Capture, parse_origin
from collector.domain.errors import InputError
from collector.domain.ids import parse_uuid
from collector.domain.parameters import BY_NAME
from collector.domain.redirect import next_page
from collector.domain.said import Said

MAX_LABEL = 255


def new_capture(given: Mapping[str, Any], source_id: str, now: int) -> Capture:
    """Make a capture of what was given, by the names of `Capture`. Raises InputError."""
    known = parse_uuid(source_id)
    if known is None:
        raise InputError(Said("'{found}' is not a UUID", found=source_id), field="source_id")
    return change_capture(Capture(source_id=known, name="", origins=(), created_at=now), given)


def change_capture(before: Capture, given: Mapping[str, Any]) -> Capture:
    """Apply what was given, by the names of `Capture`; None changes nothing, an empty text clears.

    `origins` replaces all of them. Raises InputError naming what cannot be so.
    """
    changes = {name: _parsed(name, value) for name, value in given.items() if value is not None}
    after = replace(before, **changes)
    _check_labels(after)
    _check_origins(after)
    return after


def differences(before: Capture, after: Capture) -> dict[str, Any]:
    """Name what differs, with its new value."""
    values = {name: getattr(after, name) for name in Capture.__dataclass_fields__}
    return {name: value for name, value in values.items() if value != getattr(before, name)}


def _parsed(name: str, value: Any) -> Any:
    if name == "origins":
        return tuple(dict.fromkeys(map(parse_origin, value)))
    text = value.strip() if isinstance(value, str) else value
    if name == "utm_keyword_from" and text:
        return _parameter(text)
    return text or None if name in ("redirect", "utm_keyword_from") else text


def _parameter(text: str) -> str:
    found = BY_NAME.get(text.lower())
    if found is None or found.names_person:
        raise InputError(
            Said(
                "utm_keyword_from: expected a kept parameter such as utm_term; came '{found}'",
                found=text,
            ),
            field="utm_keyword_from",
        )
    return found.name


def _check_labels(capture: Capture) -> None:
    for name, value in (("name", capture.name), ("event_name", capture.event_name)):
        if not 0 < len(value) <= MAX_LABEL:
            raise InputError(
                Said(
                    "{name}: expected a text of 1 to {most} characters; came {count}",
                    name=name,
                    most=MAX_LABEL,
                    count=len(value),
                ),
                field=name,
            )


def _check_origins(capture: Capture) -> None:
    if capture.kind == "form" and not capture.origins:
        raise InputError(
            "origins: a form needs at least one origin that its pages stand on, "
            "such as https://www.example.com",
            field="origins",
        )
    if capture.redirect and next_page(capture.redirect, capture, None) is None:
        raise InputError(
            Said(
                "redirect: '{found}' must be a whole address on an allowed origin",
                found=capture.redirect,
            ),
            field="redirect",
        )
