from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from collector.destinations import KINDS, Registry, find_kind
from collector.domain.errors import FieldsRefused, InputError, SettingsError
from collector.domain.times import DAY
from collector.storage.destinations import StoredDestination
from collector.storage.secrets import SecretBox

REGISTRY = Registry(SecretBox([Fernet.generate_key().decode()]))
GIVEN = {"api_key": "s3cret", "source_id": "s"}


def test_the_kinds_are_known_by_name() -> None:
    assert set(KINDS) == {"driftrock", "webhook"}
    with pytest.raises(InputError, match=r"'pigeon'.*driftrock, webhook"):
        find_kind("pigeon")


def test_secrets_are_sealed_and_opened_again() -> None:
    made = REGISTRY.new(find_kind("driftrock"), name="D", given=GIVEN, new_id="d1", now=5)
    assert (made.id, made.kind, made.name, made.created_at) == ("d1", "driftrock", "D", 5)
    assert set(made.config) == {"source_id", "url"}
    assert "s3cret" not in made.secrets
    opened = REGISTRY.open(made)
    assert (opened.settings["api_key"], list(opened.secrets)) == ("s3cret", ["s3cret"])


def test_settings_are_checked_before_anything_is_sealed() -> None:
    with pytest.raises(FieldsRefused, match="api_key"):
        REGISTRY.new(find_kind("driftrock"), name="D", given={}, new_id="d1", now=5)


def test_another_installations_destination_does_not_open() -> None:
    made = REGISTRY.new(find_kind("driftrock"), name="D", given=GIVEN, new_id="d1", now=5)
    other = Registry(SecretBox([Fernet.generate_key().decode()]))
    with pytest.raises(SettingsError):
        other.open(made)


def webhook(**given: str) -> StoredDestination:
    settings = {"url": "https://hooks.example.com/in", **given}
    return REGISTRY.new(find_kind("webhook"), name="W", given=settings, new_id="w1", now=5)


def signatures(stored: StoredDestination, now: int) -> list[str]:
    signed: str = REGISTRY.open(stored).request(b"{}", "e1", now).headers["webhook-signature"]
    return signed.split()


def test_a_rolled_secret_and_the_one_before_both_sign_for_a_day() -> None:
    before = webhook(secret="whsec_" + "A" * 32)
    value, after = REGISTRY.roll(before, bytes(32), DAY)
    assert value == "whsec_" + "A" * 43 + "="
    alone = signatures(webhook(secret=value), DAY)
    assert signatures(after, DAY) == alone + signatures(before, DAY)
    assert signatures(after, 2 * DAY) == signatures(webhook(secret=value), 2 * DAY)
    assert REGISTRY.former_until(after, DAY) == 2 * DAY
    opened = REGISTRY.open(after)
    assert set(opened.secrets) == {value, "whsec_" + "A" * 32}


def test_no_third_secret_within_the_day() -> None:
    _, after = REGISTRY.roll(webhook(secret="whsec_" + "A" * 32), bytes(32), 0)
    with pytest.raises(InputError, match="less than a day ago"):
        REGISTRY.roll(after, bytes(32), DAY - 1)
    assert REGISTRY.roll(after, bytes(32), DAY)


def test_the_first_secret_has_none_beside_it() -> None:
    value, after = REGISTRY.roll(webhook(), bytes(32), 0)
    assert signatures(after, 0) == signatures(webhook(secret=value), 0)
    made = REGISTRY.new(find_kind("driftrock"), name="D", given=GIVEN, new_id="d1", now=5)
    with pytest.raises(InputError, match="no secret that is made here"):
        REGISTRY.roll(made, bytes(32), 0)


def test_a_change_leaves_the_secret_of_before_in_place() -> None:
    _, rolled = REGISTRY.roll(webhook(secret="whsec_" + "A" * 32), bytes(32), 0)
    after = REGISTRY.change(rolled, name="W2", given={}, now=9)
    assert (after.name, signatures(after, 1)) == ("W2", signatures(rolled, 1))
    assert set(REGISTRY.settings_of(after)) == {"url", "secret"}
