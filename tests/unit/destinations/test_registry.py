from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from collector.destinations import KINDS, Registry, find_kind
from collector.domain.errors import FieldsRefused, InputError, SettingsError
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
