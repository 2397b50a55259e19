"""Secrets made once, whole, for their owner alone, however many processes start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from collector.config import Settings, load, with_generated_secrets
from collector.domain.errors import SettingsError

NAMES = ("secret_keys", "encryption_keys")
KEY = "k" * 32


def settings_in(folder: Path, **more: str) -> Settings:
    return load({"COLLECTOR_DATA_DIR": str(folder), **more})


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_keys_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "new" / "data"
    settings = with_generated_secrets(settings_in(data_dir))
    assert [len(settings.secret_keys), len(settings.encryption_keys)] == [1, 1]
    assert mode(data_dir) == 0o700
    assert {file.name: mode(file) for file in data_dir.iterdir()} == dict.fromkeys(NAMES, 0o600)


def test_keys_are_read_from_there_afterwards_and_say_so(tmp_path: Path) -> None:
    first = with_generated_secrets(settings_in(tmp_path))
    later = settings_in(tmp_path)
    assert later == first == with_generated_secrets(later)
    assert {name: later.sources[name] for name in NAMES} == {
        name: f"generated {tmp_path / name}" for name in NAMES
    }
    assert later.sources == first.sources
    assert later.warnings == ()


def test_a_key_that_is_set_is_kept_and_only_the_other_is_made(tmp_path: Path) -> None:
    settings = with_generated_secrets(settings_in(tmp_path, COLLECTOR_SECRET_KEYS=KEY))
    assert settings.secret_keys == (KEY,)
    assert [file.name for file in tmp_path.iterdir()] == ["encryption_keys"]


def test_the_directory_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    with_generated_secrets(settings_in(tmp_path))
    assert mode(tmp_path) == 0o750


def test_processes_that_start_at_once_get_the_same_keys(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from collector.config import *;"
        "settings = load({'COLLECTOR_DATA_DIR': sys.argv[1]});"
        "print('ready', flush=True); sys.stdin.readline();"
        "made = with_generated_secrets(settings);"
        "print(made.secret_keys, made.encryption_keys)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "data")]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _process in range(4)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    answers = {process.communicate()[0] for process in started}
    kept = settings_in(tmp_path / "data")
    assert answers == {f"{kept.secret_keys} {kept.encryption_keys}\n"}
    assert sorted(file.name for file in (tmp_path / "data").iterdir()) == sorted(NAMES)


def test_a_key_made_by_another_process_after_loading_is_taken_over(tmp_path: Path) -> None:
    late = settings_in(tmp_path)
    first = with_generated_secrets(settings_in(tmp_path))
    assert with_generated_secrets(late).secret_keys == first.secret_keys


@pytest.mark.parametrize("content", ["", "short"], ids=["emptied", "cut"])
def test_a_damaged_key_file_is_an_error_and_never_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / "secret_keys"
    file.write_text(content)
    with pytest.raises(SettingsError, match=f"COLLECTOR_SECRET_KEYS in {file}: "):
        settings_in(tmp_path)
    assert file.read_text() == content


def test_a_key_file_that_all_may_read_is_a_warning(tmp_path: Path) -> None:
    with_generated_secrets(settings_in(tmp_path))
    file = tmp_path / "secret_keys"
    file.chmod(0o644)
    [warning] = settings_in(tmp_path).warnings
    assert warning == f"{file} holds a secret and is open to all: chmod o-rwx {file}"


def test_a_data_directory_that_cannot_be_is_an_error_that_names_the_setting(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    settings = settings_in(tmp_path / "file" / "data")
    with pytest.raises(SettingsError, match=r"COLLECTOR_DATA_DIR: .* cannot be written"):
        with_generated_secrets(settings)


def test_a_key_file_that_cannot_be_asked_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"COLLECTOR_SECRET_KEYS in .*: the file cannot be"):
        settings_in(tmp_path / ("d" * 300))
