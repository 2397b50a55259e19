"""A mapping at work: compiled once, applied to the fields of many events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from collector.domain.attribution_values import attribution_value
from collector.domain.errors import MappingFailed
from collector.domain.event import Event
from collector.domain.faults import FAULTS, ValueRefused
from collector.domain.field_values import is_empty, reader_of
from collector.domain.fields import Catalogue
from collector.domain.mapping import PASS_ALL, Mapping, Rule
from collector.domain.said import Said
from collector.domain.transforms import Join, Phone, Step, Transform

Fields = dict[str, Any]
Attribute = Callable[[str], Any]
"""Gives an attribution value by its name."""


def no_attribution(_name: str) -> None:
    """Know no attribution: that of a submission is concluded after its fields are judged."""


class Mapped(NamedTuple):
    """Fields under their new names; of each `to` that failed, the word of what was wrong."""

    fields: Fields
    faults: dict[str, str]


class _Compiled(NamedTuple):
    rule: Rule
    names: tuple[str, ...]
    joins: bool
    steps: tuple[Step, ...]


class CompiledMapping:
    """A mapping made ready. `catalogue` holds the types of a capture's fields, if it is one's.

    `verbatim` names fields that hold click ids or other marketing attributes under another name.
    """

    def __init__(
        self,
        mapping: Mapping,
        catalogue: Catalogue | None = None,
        verbatim: frozenset[str] = frozenset(),
    ) -> None:
        self.mapping = mapping
        self._rules = [
            _compile(rule, mapping, {} if catalogue is None else catalogue, verbatim)
            for rule in mapping.rules
        ]
        self._read = frozenset(name for one in self._rules for name in one.names)
        self._passes = mapping.unmapped == "pass"

    @property
    def verbatim(self) -> frozenset[str]:
        """The fields it fills with click ids and other marketing attributes."""
        return frozenset(one.rule.to for one in self._rules if one.rule.is_verbatim)

    @property
    def changes_nothing(self) -> bool:
        """Whether every field passes under its own name."""
        return not self._rules and self._passes

    def apply(self, fields: Fields, attribute: Attribute = no_attribution) -> Mapped:
        """Map fields; what no rule reads passes behind the others, or is dropped."""
        if self.changes_nothing:
            return Mapped(fields, {})
        mapped: Fields = {}
        faults: dict[str, str] = {}
        for one in self._rules:
            try:
                value = _value(one, fields, attribute)
            except ValueRefused as error:
                faults[one.rule.to] = error.fault
                continue
            if not is_empty(value):
                mapped[one.rule.to] = value
        if self._passes:
            for name, value in fields.items():
                if name not in self._read:
                    mapped.setdefault(name, value)
        return Mapped(mapped, faults)


def _compile(
    rule: Rule, mapping: Mapping, catalogue: Catalogue, verbatim: frozenset[str]
) -> _Compiled:
    if rule.is_verbatim or not verbatim.isdisjoint(rule.names):
        return _Compiled(rule, rule.names, joins=False, steps=())
    joins = bool(rule.transforms) and isinstance(rule.transforms[0], Join)
    steps = [_with_country(one, mapping.country).step() for one in rule.transforms]
    if field := catalogue.get(rule.to):
        steps.append(reader_of(field, mapping.country))
    return _Compiled(rule, rule.names, joins, tuple(steps))


def _with_country(transform: Transform, country: str | None) -> Transform:
    """Let a phone transform that names no country take the mapping's."""
    if isinstance(transform, Phone) and transform.country is None:
        return replace(transform, country=country)
    return transform


def _value(one: _Compiled, fields: Fields, attribute: Attribute) -> Any:
    """Find a rule's value. Raises ValueRefused where it cannot be read and the rule insists."""
    rule = one.rule
    came = attribute(rule.attribution) if rule.attribution else _incoming(one, fields)
    if is_empty(came):
        return rule.value
    try:
        value = came
        for step in one.steps:
            value = step(value)
            if is_empty(value):
                return rule.value
    except ValueRefused:
        if rule.otherwise == "refuse":
            raise
        return came if rule.otherwise == "keep" else rule.value
    return value


def _incoming(one: _Compiled, fields: Fields) -> Any:
    present = (fields[name] for name in one.names if name in fields)
    if one.joins:
        lists = (value if isinstance(value, list) else [value] for value in present)
        return [item for items in lists for item in items]
    return next((value for value in present if not is_empty(value)), None)


class Route(NamedTuple):
    """An event's way to one destination: its capture's mapping, then the destination's."""

    capture: CompiledMapping
    destination: CompiledMapping

    def apply(self, event: Event) -> Mapped:
        """Map an event's fields, faults of both stages together."""

        def attribute(name: str) -> Any:
            return attribution_value(event, name)

        first = self.capture.apply(event.fields, attribute)
        second = self.destination.apply(first.fields, attribute)
        return Mapped(second.fields, first.faults | second.faults)

    def map(self, event: Event) -> Event:
        """Give the event as the destination gets it. Raises MappingFailed naming each field."""
        if self.capture.changes_nothing and self.destination.changes_nothing:
            return event
        mapped = self.apply(event)
        if mapped.faults:
            raise MappingFailed(explain_faults(mapped.faults))
        return replace(event, fields=mapped.fields)


def explain_faults(faults: dict[str, str]) -> Said:
    """Write faults by field for people; no value of the event is quoted."""
    return Said.listed(
        Said("{name}: {fault}", name=name, fault=Said(FAULTS[fault]))
        for name, fault in faults.items()
    )


def route(capture: CompiledMapping, mapping: Mapping) -> Route:
    """Lead on from a capture's mapping by a destination's, click ids byte for byte all the way."""
    return Route(capture, CompiledMapping(mapping, verbatim=capture.verbatim))


NO_MAPPING = CompiledMapping(PASS_ALL)
STRAIGHT = Route(NO_MAPPING, NO_MAPPING)
"""The way of an event that nobody mapped."""
