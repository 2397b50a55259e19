"""What is wrong with a mapping, found when it is saved and not when a lead waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from collector.domain.attribution_values import is_attribution_name
from collector.domain.errors import FieldsRefused
from collector.domain.faults import ValueRefused
from collector.domain.field_values import choice_key, is_country, reader_of
from collector.domain.fields import Catalogue, Field
from collector.domain.mapping import Mapping, Rule
from collector.domain.said import Said
from collector.domain.submission import is_reserved
from collector.domain.transforms import Choice

MAX_RULES = 500
LONGEST_NAME = 255

Problem = tuple[str, str]


def check_mapping(mapping: Mapping, catalogue: Catalogue | None = None) -> None:
    """Refuse a mapping that cannot be meant; `catalogue` holds the fields a capture's leads to.

    Without it `to` is any name, as of a destination. Raises FieldsRefused naming each place, such
    as `rules[2].to`.
    """
    problems = dict(_problems(mapping, catalogue))
    if problems:
        named = "; ".join(f"{place}: {said}" for place, said in problems.items())
        raise FieldsRefused(f"the mapping cannot be used: {named}", problems)


def _problems(mapping: Mapping, catalogue: Catalogue | None) -> Iterator[Problem]:
    if len(mapping.rules) > MAX_RULES:
        yield "rules", Said("there are more than {count} rules", count=MAX_RULES)
    if mapping.country is not None and not is_country(mapping.country):
        yield (
            "country",
            Said(
                "'{found}' is no country; write its ISO 3166-1 code, such as DE",
                found=mapping.country,
            ),
        )
    for name, count in Counter(rule.to for rule in mapping.rules).items():
        if count > 1:
            yield "rules", Said("{count} rules fill {name}; one can", count=count, name=name)
    for number, rule in enumerate(mapping.rules):
        for place, said in _rule_problems(rule, mapping, catalogue):
            yield f"rules[{number}].{place}", said


def _rule_problems(rule: Rule, mapping: Mapping, catalogue: Catalogue | None) -> Iterator[Problem]:
    if not 0 < len(rule.to) <= LONGEST_NAME or is_reserved(rule.to):
        yield "to", Said("is no name of a field")
    elif catalogue is not None and rule.to not in catalogue:
        yield "to", Said("there is no field {name}; create it first", name=rule.to)
    if rule.names and rule.attribution is not None:
        yield "attribution", Said("a value comes from fields or from attribution, not both")
    if not rule.names and rule.attribution is None and rule.value is None:
        yield "from", Said("say where the value comes from: from, attribution or value")
    if rule.attribution is not None and not is_attribution_name(rule.attribution):
        yield (
            "attribution",
            Said("there is no attribution value '{found}'", found=rule.attribution),
        )
    for number, transform in enumerate(rule.transforms):
        for said in transform.problems():
            yield f"transforms[{number}]", said
    field = None if catalogue is None else catalogue.get(rule.to)
    yield from _verbatim_problems(rule, field) if rule.is_verbatim else ()
    yield from _value_problems(rule, field, mapping.country) if field else ()


def _verbatim_problems(rule: Rule, field: Field | None) -> Iterator[Problem]:
    """Keep click ids and marketing attributes byte for byte, and never make one up."""
    if rule.transforms:
        yield "transforms", Said("click ids and attribution pass as they are")
    if rule.attribution is None and rule.value is not None:
        yield "value", Said("a click id or marketing attribute is never made up")
    if field is not None and field.type != "text":
        yield "to", Said("takes {type}; attribution goes into a text field", type=field.type)


def _value_problems(rule: Rule, field: Field, country: str | None) -> Iterator[Problem]:
    """Try what a rule writes by itself against the type of the field."""
    read = reader_of(field, country)
    if rule.value is not None:
        try:
            read(rule.value)
        except ValueRefused as error:
            yield "value", error.said
    last = rule.transforms[-1] if rule.transforms else None
    if field.type == "choice" and isinstance(last, Choice):
        known = {choice_key(choice) for choice in field.choices}
        made = {str(new) for new in last.table.values() if choice_key(str(new)) not in known}
        if made:
            yield (
                "transforms",
                Said("{found}: not among the field's choices", found=", ".join(sorted(made))),
            )
