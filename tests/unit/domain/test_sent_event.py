from __future__ import annotations

import pytest

from collector.domain.consent import NOT_ASKED
from collector.domain.driftrock_event import SentEvent, read_event
from collector.domain.errors import InputError
from collector.domain.event import Event
from collector.domain.sent_event import event_of, refuse_faults
from tests.installation import SOURCE, new_capture

BODY = {"event_type": "lead", "event_name": "x", "source_id": SOURCE, "fields": {"a": 1}}


def made(**more: object) -> Event:
    read = read_event(BODY | more, SentEvent, now=9)
    return event_of(read, new_capture(), own_id="own", now=9, notes=["n"])


def test_an_event_keeps_what_was_sent_and_invents_no_visitor() -> None:
    event = made(metadata={"gclid": "x"}, event_id="e", created_at="1970-01-01T00:00:00Z")
    assert (event.id, event.event_id, event.created_at, event.received_at) == ("own", "e", 0, 9)
    assert event.metadata == {"gclid": "x"}
    assert event.consent == NOT_ASKED
    assert event.attribution["reason"] == "metadata as sent"
    assert event.attribution["notes"] == ["n"]
    assert event.attribution["touches"] == 0


def test_an_id_and_a_time_that_were_not_sent_are_ours() -> None:
    assert (made().event_id, made().created_at) == ("own", 9)


def test_faults_refuse_and_none_do_not() -> None:
    refuse_faults({})
    with pytest.raises(InputError, match=r"fields\.phone: expected one; came nothing") as caught:
        refuse_faults({"phone": "expected one; came nothing"})
    assert caught.value.field == "fields.phone"
