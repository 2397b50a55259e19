"""What the ring of keys does; the rows of a key on every database: tests/contract."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from collector.domain.errors import InputError, UnknownCapture, UnknownKey
from collector.domain.times import MINUTE
from collector.storage.keys import CreateKey, KeyRing, NoteUse, RevokeKey, list_keys
from collector.storage.store import Store, open_store
from tests.sender import KEY, KEY_ID, new_key

NOW = 10 * MINUTE


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path / 'keys.db'}")
    yield opened
    await opened.close()


async def last_use(store: Store) -> int | None:
    return (await store.read(list_keys))[0].last_used_at


async def test_a_key_is_recognised_by_its_value_alone_until_it_is_revoked(store: Store) -> None:
    await store.write(CreateKey(key=new_key()))
    ring = KeyRing(store)
    found = await ring.recognise(KEY, NOW)
    assert found is not None
    assert found.id == KEY_ID
    for wrong in ("", KEY[:-1], KEY + " ", KEY.upper(), found.digest, found.id):
        assert await ring.recognise(wrong, NOW) is None
    await store.write(RevokeKey(id=KEY_ID, now=NOW))
    assert await ring.recognise(KEY, NOW) is None


async def test_many_uses_of_one_minute_are_one_write(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(CreateKey(key=new_key()))
    written: list[Any] = []
    ring, write = KeyRing(store), store.write

    def counted(one: Any) -> Any:
        written.append(one)
        return write(one)

    monkeypatch.setattr(store, "write", counted)
    await asyncio.gather(*[ring.recognise(KEY, NOW) for _ in range(50)])
    assert len(written) == 1
    await ring.recognise(KEY, NOW + MINUTE - 1)
    assert len(written) == 1
    await write(NoteUse(id=KEY_ID, now=0))  # it changes nothing, and comes after what was queued
    await KeyRing(store).recognise(KEY, NOW + MINUTE - 1)  # another process reads the same row
    assert len(written) == 1
    await ring.recognise(KEY, NOW + MINUTE)
    assert len(written) == 2
    await write(NoteUse(id=KEY_ID, now=0))
    assert await last_use(store) == NOW + MINUTE


async def test_a_use_that_cannot_be_noted_costs_the_sender_nothing(store: Store) -> None:
    await store.write(CreateKey(key=new_key()))
    await store._writer.close()
    with capture_logs() as logs:
        assert await KeyRing(store).recognise(KEY, NOW) is not None
    assert [entry["event"] for entry in logs] == ["key_use_not_noted"]


async def test_what_cannot_be_is_refused(store: Store) -> None:
    await store.write(CreateKey(key=new_key()))
    for same in ({"id": "other"}, {"digest": "other"}):
        with pytest.raises(InputError, match="such a key already"):
            await store.write(CreateKey(key=new_key(**same)))
    with pytest.raises(UnknownCapture):
        await store.write(CreateKey(key=new_key(id="2", digest="2", source_id="nowhere")))
    with pytest.raises(UnknownKey, match="there is no key nobody"):
        await store.write(RevokeKey(id="nobody", now=NOW))


async def test_a_key_that_is_revoked_twice_ended_the_first_time(store: Store) -> None:
    await store.write(CreateKey(key=new_key()))
    for now in (NOW, NOW + 1):
        await store.write(RevokeKey(id=KEY_ID, now=now))
    assert (await store.read(list_keys))[0].revoked_at == NOW
