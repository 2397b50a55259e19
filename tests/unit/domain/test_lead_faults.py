from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from collector.domain.event import repeat_key, withheld_reason
from collector.domain.faults import EXPECTED, FAULTS
from collector.domain.lead_faults import find_lead_faults, mark_incomplete
from collector.domain.lead_type import LeadType
from collector.domain.mapping import parse_mapping
from tests.installation import new_capture
from tests.unit.domain.mapped_events import EVENT

TYPED = new_capture(
    lead_type=LeadType(name="Contact", required=("email",), optional=("phone",)),
    mapping=parse_mapping({"rules": [{"to": "email", "from": "Mail"}]}),
)


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"Mail": "a@b.de"}, {}),
        ({"Mail": ""}, {"Mail": "expected a value; came nothing"}),
        ({}, {"Mail": "expected a value; came nothing"}),
        ({"Mail": "nope"}, {"Mail": "expected an e-mail address; came a text"}),
        ({"Mail": 5}, {"Mail": "expected an e-mail address; came a number"}),
        ({"Mail": {"a": 1}}, {"Mail": "expected an e-mail address; came an object"}),
    ],
)
def test_a_program_reads_what_was_expected_and_what_came(
    fields: dict[str, Any], faults: dict[str, str]
) -> None:
    event = replace(EVENT, fields=fields)
    found = find_lead_faults(TYPED, event)
    assert found == faults
    assert find_lead_faults(new_capture(), event) == {}


def test_every_fault_has_its_text_for_programs() -> None:
    assert EXPECTED.keys() == FAULTS.keys()


def test_what_was_not_accepted_is_kept_apart_and_not_delivered() -> None:
    marked = mark_incomplete(EVENT, {"Mail": "expected a value; came nothing"})
    assert marked.marks == {"incomplete": "Mail: expected a value; came nothing"}
    assert withheld_reason(marked.marks, capture_paused=True) == "incomplete"
    assert withheld_reason({"test": "x", **marked.marks}, capture_paused=False) == "incomplete"
    assert repeat_key(marked) != repeat_key(EVENT)
