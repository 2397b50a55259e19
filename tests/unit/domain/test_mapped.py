from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from collector.domain.errors import MappingFailed
from collector.domain.fields import STANDARD, catalogue_with, custom_field
from collector.domain.mapped import NO_MAPPING, STRAIGHT, CompiledMapping, route
from collector.domain.mapping import PASS_ALL, parse_mapping
from tests.unit.domain.mapped_events import EVENT

CATALOGUE = catalogue_with([custom_field("fb"), custom_field("click"), custom_field("gclid")])


def compiled(*rules: dict[str, Any], **rest: Any) -> CompiledMapping:
    return CompiledMapping(parse_mapping({"rules": rules, **rest}), CATALOGUE)


def to_destination(*rules: dict[str, Any], **rest: Any) -> Any:
    return parse_mapping({"rules": rules, **rest})


EMAIL: dict[str, Any] = {"to": "email", "from": ["E-Mail", "mail"]}

APPLIED: dict[str, tuple[CompiledMapping, dict[str, Any], dict[str, Any]]] = {
    "a rule renames, the rest passes behind": (
        compiled(EMAIL),
        {"x": 1, "E-Mail": "a@b.de", "y": [1, {"z": None}]},
        {"email": "a@b.de", "x": 1, "y": [1, {"z": None}]},
    ),
    "the rest is dropped where that is asked for": (
        compiled(EMAIL, unmapped="drop"),
        {"x": 1, "E-Mail": "a@b.de"},
        {"email": "a@b.de"},
    ),
    "the first name with a value counts": (
        compiled(EMAIL),
        {"E-Mail": " ", "mail": "a@b.de"},
        {"email": "a@b.de"},
    ),
    "a rule beats what came under its own name": (
        compiled(EMAIL),
        {"email": "old@b.de", "mail": "a@b.de"},
        {"email": "a@b.de"},
    ),
    "what came under its own name stands in for a rule without a value": (
        compiled(EMAIL),
        {"email": "own@b.de"},
        {"email": "own@b.de"},
    ),
    "an empty value is nothing": (compiled(EMAIL), {"E-Mail": ""}, {}),
    "a constant": (compiled({"to": "company", "value": "ACME"}), {}, {"company": "ACME"}),
    "a value where a transform leaves nothing": (
        compiled(
            {
                "to": "country",
                "from": "Ort",
                "value": "DE",
                "transforms": [{"do": "split", "separator": ",", "part": 2}, {"do": "trim"}],
            }
        ),
        {"Ort": "Bern"},
        {"country": "DE"},
    ),
    "a value where nothing came": (
        compiled({"to": "country", "from": "Land", "value": "DE"}),
        {"Land": ""},
        {"country": "DE"},
    ),
    "names are joined": (
        compiled({"to": "full_name", "from": ["v", "n"], "transforms": [{"do": "join"}]}),
        {"v": "Ada", "n": "Lovelace"},
        {"full_name": "Ada Lovelace"},
    ),
    "a list is joined": (
        compiled({"to": "subject", "from": "s", "transforms": [{"do": "join"}]}),
        {"s": ["a", "b"]},
        {"subject": "a b"},
    ),
    "one name fills several fields": (
        compiled(
            {
                "to": "first_name",
                "from": "n",
                "transforms": [{"do": "name_part", "part": "first"}],
            },
            {"to": "last_name", "from": "n", "transforms": [{"do": "name_part", "part": "last"}]},
        ),
        {"n": "Ada Lovelace"},
        {"first_name": "Ada", "last_name": "Lovelace"},
    ),
    "the mapping's country is every phone's": (
        compiled({"to": "phone", "from": "t"}, country="DE"),
        {"t": "0171 1234567"},
        {"phone": "+491711234567"},
    ),
    "a phone transform has the mapping's country, too": (
        compiled({"to": "fb", "from": "t", "transforms": [{"do": "phone"}]}, country="DE"),
        {"t": "0171 1234567"},
        {"fb": "+491711234567"},
    ),
    "what cannot be read is kept where that is asked for": (
        compiled(EMAIL | {"otherwise": "keep"}),
        {"mail": " nope "},
        {"email": " nope "},
    ),
    "or dropped": (compiled(EMAIL | {"otherwise": "drop"}), {"mail": "nope"}, {}),
    "a click id is not touched": (
        compiled({"to": "click", "from": "fbclid"}),
        {"fbclid": " IwAR+/= "},
        {"click": " IwAR+/= "},
    ),
}


@pytest.mark.parametrize(("mapping", "came", "expected"), APPLIED.values(), ids=APPLIED)
def test_fields_are_mapped(
    mapping: CompiledMapping, came: dict[str, Any], expected: dict[str, Any]
) -> None:
    before = dict(came)
    fields, faults = mapping.apply(came)
    assert (fields, faults) == (expected, {})
    assert list(fields) == list(expected), "in this order"
    assert came == before, "what came is left as it is"


def test_what_cannot_be_read_is_a_fault_of_its_field_and_the_others_go_on() -> None:
    mapping = compiled(EMAIL, {"to": "phone", "from": "t"}, {"to": "city", "from": "o"})
    assert mapping.apply({"mail": "nope", "t": "0171 1", "o": "Bonn"}) == (
        {"city": "Bonn"},
        {"email": "email", "phone": "phone_country"},
    )


def test_an_event_goes_through_both_mappings_and_keeps_all_but_its_fields() -> None:
    first = compiled({"to": "email", "from": "E-Mail"}, {"to": "fb", "attribution": "fbc"})
    second = to_destination(
        {"to": "Mail", "from": "email"}, {"to": "Ch", "attribution": "channel"}
    )
    sent = route(first, second).map(EVENT)
    assert sent.fields == {
        "Mail": "ada@example.com",
        "Ch": "Paid Search",
        "fb": "fb.1.1795486500000.IwAR",
        "Telefon": "0171 1234567",
        "gclid": " Ab+c= ",
    }
    assert replace(sent, fields=EVENT.fields) == EVENT


@pytest.mark.parametrize(
    "name", ["fbc", "gclid", "msclkid", "ga_client_id", "first.msclkid", "utm_source"]
)
def test_attribution_stays_byte_exact_through_any_second_mapping(name: str) -> None:
    first = compiled({"to": "fb", "attribution": name})
    shout = {"to": "X", "from": "fb", "transforms": [{"do": "case", "to": "upper"}]}
    straight = first.apply(EVENT.fields, lambda _: "Ab+c/=").fields["fb"]
    assert straight == "Ab+c/="
    plain = route(first, PASS_ALL).map(EVENT).fields["fb"]
    assert route(first, to_destination(shout)).map(EVENT).fields["X"] == plain


def test_a_failing_mapping_names_its_fields_and_quotes_nothing() -> None:
    first = compiled({"to": "phone", "from": "Telefon"}, {"to": "email", "from": "gclid"})
    with pytest.raises(MappingFailed) as caught:
        route(first, PASS_ALL).map(EVENT)
    assert "phone: This number needs the code of its country" in str(caught.value)
    assert "0171" not in str(caught.value)


def test_without_a_mapping_the_event_itself_goes_on() -> None:
    assert STRAIGHT.map(EVENT) is EVENT
    assert NO_MAPPING.changes_nothing
    assert not CompiledMapping(parse_mapping({"unmapped": "drop"}), STANDARD).changes_nothing
