from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from collector.storage.audit_names import Thing, names_of
from collector.storage.captures import CreateCapture
from collector.storage.deletion import DeleteDestination
from collector.storage.store import Store, open_store
from collector.storage.users import CreateUser
from tests.contract.test_store import event, link, owed, write
from tests.installation import SOURCE, new_capture
from tests.people import new_user


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await open_store(database_url)
    await opened.write(CreateCapture(capture=new_capture()))
    await opened.write(CreateUser(user=new_user()))
    await link(opened, "d1")
    await opened.write(write(event(1)))
    yield opened
    await opened.close()


def deed(name: str, subject: str) -> dict[str, str]:
    return {"deed": name, "subject": subject}


async def test_a_thing_has_its_name_and_a_lead_has_none_of_a_visitor(store: Store) -> None:
    lead = event(1).id
    [(owner, _, _, _)] = await store.read(owed)
    assert owner == lead
    deeds = [
        deed("capture.pause", SOURCE),
        deed("destination.resume", "d1"),
        deed("delivery.retry", "1"),
        deed("lead.erase", lead),
        deed("user.create", new_user().id),
    ]
    found = await store.read(names_of, deeds)
    assert found == {
        ("capture", SOURCE): Thing(new_capture().name, SOURCE),
        ("destination", "d1"): Thing("d1", "d1"),
        ("delivery", "1"): Thing("d1", lead),
        ("lead", lead): Thing("", lead),
        ("user", new_user().id): Thing(new_user().email, new_user().id),
    }


async def test_what_is_not_there_any_more_or_never_was_has_no_name(store: Store) -> None:
    await store.write(DeleteDestination(destination_id="d1", now=2, cancel=True))
    gone = [
        deed("destination.resume", "d1"),
        deed("delivery.retry", "no number"),
        deed("delivery.retry", "99"),
        deed("lead.erase", "nobody"),
        deed("backup.make", "x"),
    ]
    assert await store.read(names_of, gone) == {}
