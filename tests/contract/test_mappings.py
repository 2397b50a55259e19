"""What every database must do for fields, mappings and lead types."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select

from collector.domain.errors import (
    CollectorError,
    FieldsRefused,
    InputError,
    UnknownCapture,
    UnknownDestination,
    UnknownEvent,
    UnknownField,
    UnknownLeadType,
)
from collector.domain.fields import STANDARD, custom_field
from collector.domain.lead_type import LeadType, parse_lead_type
from collector.domain.mapping import Mapping, parse_mapping
from collector.storage.capture_snapshot import CaptureSnapshot
from collector.storage.captures import (
    CreateCapture,
    LinkDestination,
    StoreOnly,
    get_capture,
    last_change,
)
from collector.storage.deliveries import DeliveryFilter, RetryDeliveries
from collector.storage.erasure import EraseEvents
from collector.storage.events import EventFilter, newest_events
from collector.storage.fields import RemoveField, SaveField, list_custom_fields, read_catalogue
from collector.storage.lead_types import (
    ApplyLeadType,
    RemoveLeadType,
    SaveLeadType,
    get_lead_type,
    list_lead_types,
)
from collector.storage.mappings import SaveMapping, read_routes
from collector.storage.preview import capture_problems, last_event, read_preview
from collector.storage.store import Store
from collector.storage.tables import deliveries, destinations
from collector.storage.together import Together
from tests.contract.test_store import event, link, write
from tests.installation import SOURCE, new_capture

OTHER = SOURCE[:-1] + "2"
MODEL = custom_field("model", "choice", choices=["Leaf", "Ariya"])
EMAIL = parse_mapping({"rules": [{"to": "email", "from": "E-Mail"}]})
TYPE = LeadType(name="Test drive", required=("email",))


@pytest.fixture
async def stocked(store: Store) -> Store:
    """A store with a capture and its one destination."""
    await store.write(CreateCapture(capture=new_capture()))
    await link(store, "d1")
    return store


def lane_version(connection: Connection, key: str = "d1") -> int:
    found = connection.execute(
        select(destinations.c.changed_at).where(destinations.c.id == key)
    ).scalar_one()
    return int(found)


async def versions(store: Store) -> tuple[Any, int]:
    return await store.read(last_change), await store.read(lane_version)


async def test_custom_fields_are_made_changed_and_forgotten(store: Store) -> None:
    await store.write(SaveField(field=MODEL, now=1, create=True))
    assert await store.read(list_custom_fields) == [MODEL]
    assert await store.read(read_catalogue) == {**STANDARD, "model": MODEL}
    more = custom_field("model", "choice", "Car", ["Leaf", "Ariya", "Micra"])
    await store.write(SaveField(field=more, now=2))
    assert await store.read(list_custom_fields) == [more]
    await store.write(RemoveField(name="model"))
    assert await store.read(list_custom_fields) == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (SaveField(field=MODEL, now=1, create=True), InputError),
        (SaveField(field=custom_field("model"), now=1), InputError),
        (SaveField(field=STANDARD["email"], now=1), InputError),
        (RemoveField(name="email"), UnknownField),
        (RemoveField(name="nobody"), UnknownField),
    ],
    ids=["twice", "another type", "a standard one", "none of ours", "unknown"],
)
async def test_what_cannot_be_done_to_a_field_changes_nothing(
    store: Store, change: Any, error: type[CollectorError]
) -> None:
    await store.write(SaveField(field=MODEL, now=1))
    with pytest.raises(error):
        await store.write(change)
    assert await store.read(list_custom_fields) == [MODEL]


async def test_a_field_in_use_stays(stocked: Store) -> None:
    await stocked.write(SaveField(field=MODEL, now=1))
    mapping = parse_mapping({"rules": [{"to": "model", "from": "Modell"}]})
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=mapping))
    with pytest.raises(InputError, match="the capture Website"):
        await stocked.write(RemoveField(name="model"))
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=None))
    await stocked.write(
        SaveLeadType(lead_type=parse_lead_type({"name": "T", "optional": ["model"]}), now=1)
    )
    with pytest.raises(InputError, match="the lead type T"):
        await stocked.write(RemoveField(name="model"))


async def test_a_capture_comes_back_with_all_that_was_mapped(store: Store) -> None:
    await store.write(SaveField(field=MODEL, now=1))
    await store.write(SaveLeadType(lead_type=TYPE, now=1))
    made = new_capture(mapping=EMAIL, lead_type=TYPE, store_only=True)
    await store.write(CreateCapture(capture=made))
    found = await store.read(get_capture, SOURCE)
    assert found == made
    assert "model" in found.catalogue
    assert found.lead_faults({"E-Mail": "x"}) == {"E-Mail": "email"}


async def test_a_mapping_is_saved_checked_and_taken_away(stocked: Store) -> None:
    assert (await stocked.read(get_capture, SOURCE)).mapping is None
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=EMAIL))
    wrong = parse_mapping({"rules": [{"to": "nickname", "from": "x"}]})
    with pytest.raises(FieldsRefused):
        await stocked.write(SaveMapping(source_id=SOURCE, mapping=wrong))
    assert (await stocked.read(get_capture, SOURCE)).mapping == EMAIL
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=None))
    assert (await stocked.read(get_capture, SOURCE)).mapping is None


async def test_who_is_not_there_has_no_mapping(stocked: Store) -> None:
    with pytest.raises(UnknownCapture):
        await stocked.write(SaveMapping(source_id=OTHER, mapping=EMAIL))
    with pytest.raises(UnknownDestination):
        await stocked.write(SaveMapping(source_id=SOURCE, mapping=EMAIL, destination_id="d9"))


async def test_a_link_has_a_mapping_of_its_own_which_outlives_it(stocked: Store) -> None:
    shout = parse_mapping({"rules": [{"to": "Mail", "from": "email"}]})
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=EMAIL))
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=shout, destination_id="d1"))
    await stocked.write(LinkDestination(source_id=SOURCE, destination_id="d1", linked=False))
    one = event(1, fields={"E-Mail": "a@b.de"})
    routes = await stocked.read(read_routes, "d1")
    assert routes[SOURCE].map(one).fields == {"Mail": "a@b.de"}
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=None, destination_id="d1"))
    routes = await stocked.read(read_routes, "d1")
    assert routes[SOURCE].map(one).fields == {"email": "a@b.de"}


CHANGES: dict[str, Any] = {
    "a mapping": SaveMapping(source_id=SOURCE, mapping=EMAIL),
    "a link's mapping": SaveMapping(source_id=SOURCE, mapping=EMAIL, destination_id="d1"),
    "a field": SaveField(field=custom_field("model", "choice", choices=["Leaf"]), now=2),
    "a capture that comes with a mapping": CreateCapture(
        capture=new_capture(source_id=OTHER, mapping=EMAIL)
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_worker_opens_its_lanes_again_after_a_change(stocked: Store, change: Any) -> None:
    await stocked.write(SaveField(field=MODEL, now=1))
    before = await stocked.read(lane_version)
    await stocked.write(change)
    assert await stocked.read(lane_version) != before


@pytest.mark.parametrize(
    "change",
    [
        SaveMapping(source_id=SOURCE, mapping=EMAIL),
        SaveField(field=custom_field("model", "choice", choices=["Leaf"]), now=2),
        SaveLeadType(lead_type=LeadType(name="Test drive", required=("phone",)), now=2),
        ApplyLeadType(source_id=SOURCE, name="Test drive"),
        LinkDestination(source_id=SOURCE, destination_id="d1"),
    ],
    ids=["a mapping", "a field", "a lead type", "its application", "a link"],
)
async def test_the_snapshot_of_captures_sees_a_change(stocked: Store, change: Any) -> None:
    await stocked.write(SaveField(field=MODEL, now=1))
    await stocked.write(SaveLeadType(lead_type=TYPE, now=1))
    snapshot = CaptureSnapshot(stocked)
    await snapshot.refresh()
    before = snapshot.get(SOURCE)
    await stocked.write(change)
    await snapshot.refresh()
    assert snapshot.get(SOURCE) is not before


async def test_lead_types_are_made_changed_applied_and_forgotten(stocked: Store) -> None:
    await stocked.write(SaveLeadType(lead_type=TYPE, now=1, create=True))
    with pytest.raises(InputError, match="already"):
        await stocked.write(SaveLeadType(lead_type=TYPE, now=1, create=True))
    await stocked.write(ApplyLeadType(source_id=SOURCE, name="Test drive"))
    with pytest.raises(InputError, match="Website"):
        await stocked.write(RemoveLeadType(name="Test drive"))
    stricter = LeadType(name="Test drive", required=("email", "phone"))
    await stocked.write(SaveLeadType(lead_type=stricter, now=2))
    assert await stocked.read(list_lead_types) == [stricter]
    assert (await stocked.read(get_capture, SOURCE)).lead_type == stricter
    await stocked.write(ApplyLeadType(source_id=SOURCE, name=None))
    await stocked.write(RemoveLeadType(name="Test drive"))
    assert await stocked.read(list_lead_types) == []


async def test_unknown_lead_types_and_captures_are_errors(stocked: Store) -> None:
    for change in (
        ApplyLeadType(source_id=SOURCE, name="nobody's"),
        RemoveLeadType(name="nobody's"),
    ):
        with pytest.raises(UnknownLeadType):
            await stocked.write(change)
    with pytest.raises(UnknownLeadType):
        await stocked.read(get_lead_type, "nobody's")
    with pytest.raises(UnknownCapture):
        await stocked.write(ApplyLeadType(source_id=OTHER, name=None))
    with pytest.raises(FieldsRefused):
        await stocked.write(SaveLeadType(lead_type=LeadType(name="T", required=("x",)), now=1))


async def test_store_only_is_a_choice_that_a_link_ends(stocked: Store) -> None:
    with pytest.raises(InputError, match="unlink"):
        await stocked.write(StoreOnly(source_id=SOURCE))
    await stocked.write(LinkDestination(source_id=SOURCE, destination_id="d1", linked=False))
    await stocked.write(StoreOnly(source_id=SOURCE))
    assert (await stocked.read(get_capture, SOURCE)).store_only
    await stocked.write(LinkDestination(source_id=SOURCE, destination_id="d1"))
    assert not (await stocked.read(get_capture, SOURCE)).store_only


async def test_events_are_listed_by_the_lead_type_they_came_under(stocked: Store) -> None:
    for number, name in enumerate(("A", "B", None, "A")):
        await stocked.write(write(event(number, event_id=str(number), lead_type=name)))
    found = await stocked.read(newest_events, EventFilter(lead_type="A"), 10)
    assert [one.event_id for one in found] == ["3", "0"]


def states(connection: Connection) -> list[Any]:
    rows = connection.execute(select(deliveries.c.state, deliveries.c.reason))
    return [tuple(row) for row in rows]


async def test_an_incomplete_lead_is_kept_and_goes_by_its_own_name_only(stocked: Store) -> None:
    marks = {"incomplete": "email: Please fill this in."}
    refused, accepted = event(1, marks=marks), event(2, marks={})
    await stocked.write(write(refused, reason="incomplete", may_repeat=True))
    assert await stocked.read(states) == [("refused", "incomplete")]
    every = RetryDeliveries(wanted=DeliveryFilter(states=("refused",)), now=1)
    assert await stocked.write(every) == 0
    stored = await stocked.write(write(accepted, may_repeat=True))
    assert not stored.repeat, "what was not accepted is no repeat of what is"
    one = RetryDeliveries(wanted=DeliveryFilter(delivery_id=1), now=1)
    assert await stocked.write(one) == 1


async def test_the_preview_shows_the_last_real_event(stocked: Store) -> None:
    with pytest.raises(UnknownEvent):
        await stocked.read(read_preview, SOURCE)
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=EMAIL))
    shout = parse_mapping({"rules": [{"to": "MAIL", "from": "email"}], "unmapped": "drop"})
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=shout, destination_id="d1"))
    test = event(1, event_id="1", marks={"test": "check code"}, fields={"E-Mail": "t@b.de"})
    await stocked.write(write(test))
    assert (await stocked.read(read_preview, SOURCE)).test
    real = event(2, event_id="2", marks={}, fields={"E-Mail": "a@b.de", "x": 1})
    await stocked.write(write(real))
    for number, mark in ((3, "test"), (4, "spam")):
        await stocked.write(write(event(number, event_id=str(number), marks={mark: "x"})))
    found = await stocked.read(read_preview, SOURCE)
    assert (found.event, found.test, found.before) == (real.id, False, real.fields)
    assert found.mapped.fields == {"email": "a@b.de", "x": 1}
    [to] = found.destinations
    assert (to.id, to.after.fields, to.after.errors) == ("d1", {"MAIL": "a@b.de"}, {})
    assert (await stocked.read(read_preview, SOURCE, test.id)).event == test.id
    with pytest.raises(UnknownEvent):
        await stocked.read(read_preview, SOURCE, "nobody")


async def test_a_capture_that_breaks_its_type_is_flagged(stocked: Store) -> None:
    async def problems() -> list[str]:
        return await stocked.read(capture_problems, await stocked.read(get_capture, SOURCE))

    await stocked.write(SaveLeadType(lead_type=TYPE, now=1))
    assert await problems() == []
    await stocked.write(ApplyLeadType(source_id=SOURCE, name="Test drive"))
    assert await problems() == []
    await stocked.write(write(event(1, fields={"E-Mail": "a@b.de"})))
    assert await problems() == ["email is required, and the last event had no email"]
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=EMAIL))
    assert await problems() == []
    await stocked.write(SaveMapping(source_id=SOURCE, mapping=Mapping(unmapped="drop")))
    assert await problems() == ["email is required, and no rule of the mapping fills it"]
    last = await stocked.read(last_event, SOURCE)
    assert last is not None
    await stocked.write(EraseEvents(ids=[last.id], now=9))
    assert await stocked.read(last_event, SOURCE) is None, "a tombstone is no example"


async def test_writes_together_are_all_or_none(stocked: Store) -> None:
    good = SaveMapping(source_id=SOURCE, mapping=EMAIL)
    with pytest.raises(UnknownLeadType):
        await stocked.write(
            Together(writes=[good, ApplyLeadType(source_id=SOURCE, name="nobody's")])
        )
    assert (await stocked.read(get_capture, SOURCE)).mapping is None
    made = SaveLeadType(lead_type=TYPE, now=1)
    applied = ApplyLeadType(source_id=SOURCE, name=TYPE.name)
    await stocked.write(Together(writes=[good, made, applied]))
    found = await stocked.read(get_capture, SOURCE)
    assert (found.mapping, found.lead_type) == (EMAIL, TYPE)
