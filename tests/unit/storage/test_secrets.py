from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from collector.domain.errors import SettingsError
from collector.storage.secrets import SecretBox

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRETS = {"api_key": "s3cret-ä"}


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    sealed = SecretBox([NEW]).seal(SECRETS)
    assert "s3cret" not in sealed
    assert SecretBox([NEW]).open(sealed) == SECRETS


def test_the_newest_key_seals_and_every_key_opens() -> None:
    sealed_before = SecretBox([OLD]).seal(SECRETS)
    box = SecretBox([NEW, OLD])
    assert box.open(sealed_before) == SECRETS
    assert SecretBox([NEW]).open(box.seal(SECRETS)) == SECRETS


@pytest.mark.parametrize("sealed", [SecretBox([OLD]).seal(SECRETS), "", "nonsense", "gAAAAA=="])
def test_what_no_key_opens_is_an_error_that_names_the_setting(sealed: str) -> None:
    with pytest.raises(SettingsError, match="COLLECTOR_ENCRYPTION_KEYS"):
        SecretBox([NEW]).open(sealed)


def test_nothing_to_hide_is_sealed_too() -> None:
    assert SecretBox([NEW]).open(SecretBox([NEW]).seal({})) == {}


def test_a_process_that_stays_finds_a_key_that_was_put_first_meanwhile() -> None:
    keys = [OLD]
    box = SecretBox([OLD], lambda: keys)
    keys.insert(0, NEW)
    assert box.open(SecretBox([NEW]).seal(SECRETS)) == SECRETS
    assert box.is_newest(box.seal(SECRETS))
    assert SecretBox([NEW]).opens(box.seal(SECRETS))


def test_what_an_older_key_sealed_is_told_and_sealed_anew() -> None:
    sealed, box = SecretBox([OLD]).seal(SECRETS), SecretBox([NEW, OLD])
    assert (box.opens(sealed), box.is_newest(sealed)) == (True, False)
    assert SecretBox([NEW]).open(box.renewed(sealed)) == SECRETS
