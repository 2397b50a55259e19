"""What a live check has seen: evidence by check code, as servers and pages report it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from collector.domain.times import DAY

Kind = Literal["begun", "deliver", "view", "refused", "page", "lead"]
"""`begun` and `deliver` are a person's doing, `page` is what a page's overlay found, the rest is
what came to the collector with the code."""

KEPT_FOR = DAY
MOST = 200
"""So many reports of one code are kept; what comes later is not."""

_LONGEST, _MOST_NAMED = 500, 12


class Report(msgspec.Struct, frozen=True):
    """One piece of evidence; `found` is JSON, its members depend on the kind."""

    at: int
    kind: Kind
    found: dict[str, Any]


class FoundForm(msgspec.Struct, frozen=True):
    """A form of a page. `to` is its address without a query; `nameless` counts its fields."""

    to: str = ""
    ours: bool = False
    source_id: str = ""
    method: str = "get"
    marked: bool = False
    lead: bool = False
    nameless: int = 0
    title: str = ""


class Violation(msgspec.Struct, frozen=True):
    """What the page's content security policy forbade."""

    directive: str = ""
    blocked: str = ""


class PageFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What only the browser knows. Times are milliseconds since the page began to load."""

    url: str = ""
    base: str = ""
    source_id: str = ""
    consent: str = ""
    mode: str = "auto"
    banners: tuple[str, ...] = ()
    ga: bool = False
    ga_at: int = 0
    ga_tag: bool = False
    age: int = 0
    storage: bool = True
    framed: bool = False
    forms: tuple[FoundForm, ...] = ()
    form_mode: str = "marked"
    fill: tuple[str, ...] = ()
    fill_mode: str = "on"
    frames: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    worker: bool = False
    hash_routes: bool = False
    submitted: bool = False


def read_findings(found: Any) -> dict[str, Any]:
    """Read what a page says of itself, cut to what a check needs. Raises ValueError."""
    read: dict[str, Any] = msgspec.to_builtins(msgspec.convert(_cut(found), PageFindings))
    return read


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, list):
        return [_cut(one) for one in value[:_MOST_NAMED]]
    if isinstance(value, dict):
        return {name: _cut(one) for name, one in value.items()}
    return value
