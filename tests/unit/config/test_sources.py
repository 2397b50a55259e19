"""Names that set nothing, files of their own, and the TOML file."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.config import load
from collector.domain.errors import SettingsError

KEY = "k" * 32
TOKEN = "COLLECTOR_METRICS_TOKEN"


def toml(folder: Path, text: str) -> dict[str, str]:
    file = folder / "collector.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return {"COLLECTOR_CONFIG": str(file)}


UNKNOWN = {
    "misspelt": ({"COLLECTOR_PROT": "1"}, "COLLECTOR_PROT: .* COLLECTOR_PORT"),
    "nothing like it": ({"COLLECTOR_ZZZ": "1"}, "COLLECTOR_ZZZ: .* nearest name is COLLECTOR_"),
    "where a test wants a failure": ({"COLLECTOR_FAIL_AT": "x"}, "COLLECTOR_FAIL_AT: "),
    "lower case": ({"COLLECTOR_port": "1"}, "COLLECTOR_port: .* COLLECTOR_PORT"),
    "a file for what is no secret": ({"COLLECTOR_PORT_FILE": "x"}, "COLLECTOR_PORT_FILE: "),
}


@pytest.mark.parametrize(("environ", "text"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_name_is_an_error_that_suggests_the_nearest(
    environ: dict[str, str], text: str
) -> None:
    with pytest.raises(SettingsError, match=text):
        load(environ)


@pytest.mark.parametrize("line", ["prot = 1", "[prot]\na = 1", "PORT = 1", "COLLECTOR_PORT = 1"])
def test_an_unknown_key_of_the_file_is_an_error_that_suggests_the_nearest(
    tmp_path: Path, line: str
) -> None:
    with pytest.raises(
        SettingsError, match=r"there is no such setting\. The nearest name is port"
    ):
        load(toml(tmp_path, line))


@pytest.mark.parametrize("name", ["PORT", "collector_prot"])
def test_names_that_are_not_settings_of_ours_are_left_alone(name: str) -> None:
    load({name: "1"})


def test_an_empty_value_counts_as_not_set(tmp_path: Path) -> None:
    environ = toml(tmp_path, 'port = 9000\nhost = ""\nallow_destinations = []')
    settings = load({**environ, "COLLECTOR_PORT": " ", "COLLECTOR_NONSENSE": ""})
    assert (settings.port, settings.host, settings.allow_destinations) == (9000, "127.0.0.1", ())


def test_the_file_takes_texts_numbers_and_lists(tmp_path: Path) -> None:
    text = 'host = "::1"\nport = 9000\ntrusted_proxies = ["10.0.0.0/8", "fd00::/8"]'
    settings = load(toml(tmp_path, text))
    networks = [str(network) for network in settings.trusted_proxies]
    assert (settings.host, settings.port, networks) == ("::1", 9000, ["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize("value", ["true", "1.5", "{ a = 1 }", "[[1], 2]"])
def test_a_value_of_another_type_is_an_error_that_names_key_and_file(
    tmp_path: Path, value: str
) -> None:
    with pytest.raises(
        SettingsError, match=r"port in .*collector\.toml: .* is not a whole number"
    ):
        load(toml(tmp_path, f"port = {value}"))


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"COLLECTOR_CONFIG .*none\.toml: the file cannot be"):
        load({"COLLECTOR_CONFIG": str(tmp_path / "none.toml")})


def test_a_file_that_is_not_toml_is_an_error_that_says_where(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"collector\.toml: the file is not TOML: .*line 2"):
        load(toml(tmp_path, "port = 1\nport\n"))


def test_a_secret_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{KEY}\n{KEY}2\n")
    file.chmod(0o640)
    settings = load({"COLLECTOR_SECRET_KEYS_FILE": str(file)})
    assert settings.secret_keys == (KEY, f"{KEY}2")
    assert settings.sources["secret_keys"] == f"file {file}, by COLLECTOR_SECRET_KEYS_FILE"
    assert settings.warnings == ()


def test_the_toml_file_may_name_a_secrets_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("sesame\n")
    settings = load(toml(tmp_path, f'metrics_token_file = "{file}"'))
    assert settings.metrics_token == "sesame"


FILES = {
    "empty": (b" \n", "the file is empty"),
    "binary": (b"\xff\xfe", "the file is not UTF-8 text"),
}


@pytest.mark.parametrize(("content", "fault"), FILES.values(), ids=FILES)
def test_a_secrets_file_without_a_text_is_an_error(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=f"{TOKEN}_FILE: {fault}"):
        load({f"{TOKEN}_FILE": str(file)})


def test_a_secret_written_where_its_file_belongs_is_not_shown() -> None:
    with pytest.raises(SettingsError, match="No such file") as caught:
        load({f"{TOKEN}_FILE": "sesame"})
    assert "sesame" not in str(caught.value)


def test_a_secret_and_its_file_together_are_an_error() -> None:
    with pytest.raises(SettingsError, match=f"{TOKEN}: {TOKEN}_FILE is set too"):
        load({TOKEN: "a", f"{TOKEN}_FILE": "b"})


EXPOSED = {
    "a token": ('metrics_token = "sesame"', 1),
    "two secrets, one warning": (f'metrics_token = "sesame"\nsecret_keys = "{KEY}"', 1),
    "a database without a password": ('database_url = "sqlite:///a.db"', 0),
    "no secret": ("port = 9000", 0),
}


@pytest.mark.parametrize(("text", "warnings"), EXPOSED.values(), ids=EXPOSED)
def test_a_file_with_a_secret_that_all_may_read_is_a_warning(
    tmp_path: Path, text: str, warnings: int
) -> None:
    environ = toml(tmp_path, text)
    (tmp_path / "collector.toml").chmod(0o644)
    settings = load(environ)
    assert len(settings.warnings) == warnings
    assert all("chmod o-rwx" in warning for warning in settings.warnings)
