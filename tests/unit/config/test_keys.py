from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collector.config import Settings, load, with_generated_secrets
from collector.config.keys import keys_now, put_key_first
from collector.domain.errors import SettingsError


def settings_in(folder: Path, **more: str) -> Settings:
    return with_generated_secrets(load({"COLLECTOR_DATA_DIR": str(folder), **more}))


@pytest.mark.parametrize("name", ["secret_keys", "encryption_keys"])
def test_a_new_key_comes_first_and_the_others_stay(tmp_path: Path, name: str) -> None:
    settings = settings_in(tmp_path)
    [old] = getattr(settings, name)
    file = put_key_first(settings, name)
    assert file == tmp_path / name
    assert file.stat().st_mode & 0o777 == 0o600
    new, kept = getattr(settings_in(tmp_path), name)
    assert kept == old != new
    assert keys_now(settings, name) == (new, old)


def test_a_file_that_a_setting_names_keeps_its_mode_and_the_link_to_it(tmp_path: Path) -> None:
    file, link = tmp_path / "kept", tmp_path / "link"
    file.write_text("k" * 40)
    file.chmod(0o640)
    link.symlink_to(file)
    settings = settings_in(tmp_path, COLLECTOR_SECRET_KEYS_FILE=str(link))
    assert put_key_first(settings, "secret_keys") == file
    assert file.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert keys_now(settings, "secret_keys")[1] == "k" * 40


def test_keys_of_the_environment_are_what_they_were(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, COLLECTOR_SECRET_KEYS="k" * 40)
    assert "secret_keys" not in settings.files
    assert keys_now(settings, "secret_keys") == ("k" * 40,)


def test_of_several_at_once_none_is_lost(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: put_key_first(settings, "encryption_keys"), range(8)))
    assert len(set(keys_now(settings, "encryption_keys"))) == 9


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (tmp_path / "secret_keys").unlink()
    with pytest.raises(SettingsError, match="secret_keys"):
        keys_now(settings, "secret_keys")
    with pytest.raises(SettingsError, match="secret_keys"):
        put_key_first(settings, "secret_keys")
