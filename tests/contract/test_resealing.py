"""Secrets of destinations sealed anew, on every database."""

from __future__ import annotations

from cryptography.fernet import Fernet

from collector.destinations import Registry
from collector.storage.deletion import DeleteDestination
from collector.storage.resealing import Reseal, Resealed
from collector.storage.secrets import SecretBox
from tests.outbox import Outbox

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))
URL = "https://hooks.example.com/in"


async def test_what_an_older_key_sealed_is_sealed_by_the_newest_and_nothing_else_changes(
    outbox: Outbox,
) -> None:
    outbox.registry = Registry(SecretBox([OLD]))
    key = await outbox.add_destination(url=URL, secret="whsec_" + "A" * 32)
    gone = await outbox.add_destination(url=URL)
    await outbox.store.write(DeleteDestination(destination_id=gone, cancel=True, now=1))
    before = await outbox.destination(key)
    reseal = Reseal(SecretBox([NEW, OLD]))
    assert await outbox.store.write(reseal) == Resealed(1, [])
    assert await outbox.store.write(reseal) == Resealed(0, [])
    after = await outbox.destination(key)
    opened = Registry(SecretBox([NEW])).settings_of(after)
    assert opened == outbox.registry.settings_of(before)
    assert after.changed_at == before.changed_at


async def test_what_no_key_opens_is_named_and_stays(outbox: Outbox) -> None:
    outbox.registry = Registry(SecretBox([LOST]))
    key = await outbox.add_destination(url=URL)
    assert await outbox.store.write(Reseal(SecretBox([NEW]))) == Resealed(0, ["webhook"])
    assert Registry(SecretBox([LOST])).settings_of(await outbox.destination(key))["url"] == URL
