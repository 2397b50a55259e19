"""What every database must do for users, their sessions, one-time links and the audit log."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from collector.domain.errors import InputError, LinkSpent, UnknownCapture, UnknownUser
from collector.domain.user import User
from collector.storage.audit import Audited, Deed, newest_deeds
from collector.storage.captures import CreateCapture
from collector.storage.sessions import (
    IDLE,
    LINK_LIFE,
    LONGEST,
    CloseSession,
    CreateLink,
    NoteSession,
    OpenSession,
    UseLink,
    find_link,
    find_session,
)
from collector.storage.store import Store, open_store
from collector.storage.users import (
    CreateUser,
    DisableUser,
    SetPassword,
    find_user,
    has_users,
    list_users,
)
from tests.installation import SOURCE, new_capture

NOW = 40 * LONGEST
ADA = User(id="1", email="ada@example.com", role="admin", password="hash", created_at=1)
BO = User(id="2", email="bo@example.com", role="viewer", source_ids=(SOURCE,), created_at=2)


async def created(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    for user in (ADA, BO):
        await store.write(CreateUser(user=user))


async def test_users_come_back_as_they_were_made(store: Store) -> None:
    assert not await store.read(has_users)
    await created(store)
    assert await store.read(list_users) == [ADA, BO]
    assert await store.read(has_users)
    assert await store.read(find_user, "bo@example.com") == BO
    with pytest.raises(InputError):
        await store.write(CreateUser(user=replace(ADA, id="3")))
    other = replace(BO, id="3", email="c@example.com", source_ids=("nowhere",))
    with pytest.raises(UnknownCapture):
        await store.write(CreateUser(user=other))


async def test_a_session_lasts_while_it_is_used_and_not_for_ever(store: Store) -> None:
    await created(store)
    await store.write(OpenSession(digest="s", user_id="1", now=NOW))
    found = await store.read(find_session, "s", NOW + IDLE - 1)
    assert found is not None
    assert found.user == ADA
    assert await store.read(find_session, "s", NOW + IDLE) is None
    used = NOW
    while used < NOW + LONGEST - IDLE:
        used += IDLE - 1
        await store.write(NoteSession(digest="s", now=used))
    assert await store.read(find_session, "s", used) is not None
    await store.write(NoteSession(digest="s", now=NOW + LONGEST))
    assert await store.read(find_session, "s", NOW + LONGEST) is None
    await store.write(OpenSession(digest="t", user_id="1", now=NOW))
    await store.write(CloseSession(digest="t"))
    assert await store.read(find_session, "t", NOW) is None


async def test_another_password_ends_every_other_session(store: Store) -> None:
    await created(store)
    for digest, user in (("a", "1"), ("b", "1"), ("c", "2")):
        await store.write(OpenSession(digest=digest, user_id=user, now=NOW))
    await store.write(SetPassword(user_id="1", password="new", keep="a"))
    found = [await store.read(find_session, digest, NOW) for digest in "abc"]
    assert [one is not None for one in found] == [True, False, True]
    ada = await store.read(find_user, ADA.email)
    assert ada is not None
    assert ada.password == "new"


async def test_a_user_who_is_disabled_is_signed_out_at_once(store: Store) -> None:
    await created(store)
    await store.write(OpenSession(digest="b", user_id="2", now=NOW))
    await store.write(DisableUser(email=BO.email, now=NOW))
    assert await store.read(find_session, "b", NOW) is None
    assert await store.read(find_user, BO.email) is None
    with pytest.raises(UnknownUser):
        await store.write(DisableUser(email=BO.email, now=NOW))
    assert (await store.read(list_users))[1].disabled_at == NOW


async def test_a_link_begins_one_session_for_whoever_is_first(
    store: Store, database_url: str
) -> None:
    await created(store)
    await store.write(CreateLink(digest="l", user_id="1", now=NOW))
    assert (await store.read(find_link, "l", NOW)).user == ADA
    other = await open_store(database_url)
    try:
        uses = [
            opened.write(UseLink(link="l", session=session, now=NOW))
            for opened, session in ((store, "s"), (other, "t"))
        ]
        done = await asyncio.gather(*uses, return_exceptions=True)
    finally:
        await other.close()
    assert sorted(type(one).__name__ for one in done) == ["LinkSpent", "User"]
    sessions = [await store.read(find_session, digest, NOW) for digest in "st"]
    assert sum(one is not None for one in sessions) == 1
    with pytest.raises(LinkSpent):
        await store.read(find_link, "l", NOW)


async def test_a_link_ends_when_it_is_old_when_there_is_a_newer_one_and_with_its_user(
    store: Store,
) -> None:
    await created(store)
    await store.write(CreateLink(digest="old", user_id="1", now=NOW))
    with pytest.raises(LinkSpent):
        await store.read(find_link, "old", NOW + LINK_LIFE)
    await store.write(CreateLink(digest="new", user_id="1", now=NOW))
    with pytest.raises(LinkSpent):
        await store.read(find_link, "old", NOW)
    await store.write(DisableUser(email=ADA.email, now=NOW))
    with pytest.raises(LinkSpent):
        await store.read(find_link, "new", NOW)


async def test_the_link_for_the_first_admin_makes_one_and_no_second(store: Store) -> None:
    await store.write(CreateLink(digest="l", user_id=None, now=NOW))
    assert (await store.read(find_link, "l", NOW)).user is None
    with pytest.raises(LinkSpent):
        await store.write(UseLink(link="l", session="s", now=NOW))
    use = UseLink(link="l", session="s", now=NOW, first_admin=ADA)
    assert await store.write(use) == ADA
    found = await store.read(find_session, "s", NOW)
    assert found is not None
    assert found.user == ADA
    await store.write(CreateLink(digest="m", user_id=None, now=NOW))
    with pytest.raises(LinkSpent):
        await store.read(find_link, "m", NOW)


async def test_a_deed_is_noted_with_the_change_or_neither(store: Store) -> None:
    await created(store)
    deed = Deed(at=NOW, user_email=ADA.email, deed="user.disable", subject=BO.email)
    await store.write(Audited(write=DisableUser(email=BO.email, now=NOW), deed=deed))
    with pytest.raises(UnknownUser):
        await store.write(Audited(write=DisableUser(email="x@y.z", now=NOW), deed=deed))
    (line,) = await store.read(newest_deeds, 10)
    assert {name: line[name] for name in ("at", "user_email", "deed", "subject", "details")} == {
        "at": NOW,
        "user_email": ADA.email,
        "deed": "user.disable",
        "subject": BO.email,
        "details": "{}",
    }
