"""Which source wins, what it is called, and that no problem waits for the next start."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from collector.config import SETTINGS, load
from collector.domain.errors import CollectorError, SettingsError

KEY = "k" * 32
FERNET = "A" * 43 + "="
POSTGRESQL = "postgresql://u:sesame@db/leads"

DEFAULTS: dict[str, Any] = {
    "data_dir": Path("data"),
    "database_url": "sqlite:///data/collector.db",
    "secret_keys": (),
    "encryption_keys": (),
    "metrics_token": None,
    "base_url": None,
    "host": "127.0.0.1",
    "port": 8000,
    "cookie_name": "_lc",
    "cookie_days": 90,
    "trusted_proxies": (ip_network("127.0.0.0/8"), ip_network("::1/128")),
    "allow_destinations": (),
    "parameters": (),
    "silent_hosts": (),
    "rate_limit": 60,
    "retention_days": 0,
    "log_format": "json",
}


def test_without_anything_set_the_documented_defaults_hold() -> None:
    settings = load({})
    assert {row.name: getattr(settings, row.name) for row in SETTINGS} == DEFAULTS
    assert set(settings.sources.values()) == {"default"}


@pytest.mark.parametrize(("on_terminal", "log_format"), [(True, "text"), (False, "json")])
def test_logs_are_text_on_a_terminal_only(*, on_terminal: bool, log_format: str) -> None:
    assert load({}, on_terminal=on_terminal).log_format == log_format
    assert load({"COLLECTOR_LOG_FORMAT": "json"}, on_terminal=on_terminal).log_format == "json"


def test_the_database_lies_in_the_data_directory() -> None:
    assert load({"COLLECTOR_DATA_DIR": "/srv/lc"}).database_url == "sqlite:////srv/lc/collector.db"


def test_environment_beats_file_beats_default_and_each_value_says_so(tmp_path: Path) -> None:
    file = tmp_path / "collector.toml"
    file.write_text('host = "::1"\nport = 9000')
    settings = load({"COLLECTOR_CONFIG": str(file), "COLLECTOR_PORT": "9001"})
    told = {name: settings.sources[name] for name in ("port", "host", "rate_limit")}
    assert (settings.port, settings.host, settings.rate_limit) == (9001, "::1", 60)
    assert told == {"port": "env COLLECTOR_PORT", "host": f"file {file}", "rate_limit": "default"}


def test_a_secrets_file_named_in_the_environment_beats_the_toml_file(tmp_path: Path) -> None:
    (tmp_path / "collector.toml").write_text('metrics_token = "toml"')
    (tmp_path / "token").write_text("own")
    environ = {
        "COLLECTOR_CONFIG": str(tmp_path / "collector.toml"),
        "COLLECTOR_METRICS_TOKEN_FILE": str(tmp_path / "token"),
    }
    assert load(environ).metrics_token == "own"


def test_all_problems_are_reported_at_once_and_secrets_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "collector.toml"
    file.write_text('cookie_days = 401\nhots = "x"\nmetrics_token = "open sesame"')
    environ = {
        "COLLECTOR_CONFIG": str(file),
        "COLLECTOR_PORT": "99999",
        "COLLECTOR_SECRET_KEYS": "tooshort",
        "COLLECTOR_DATABASE_URL": "mysql://u:sesame@db/leads",
        "COLLECTOR_BASE_URL": "https://u:sesame@example.com",
        "COLLECTOR_PROT": "1",
    }
    with pytest.raises(SettingsError) as caught:
        load(environ)
    text = str(caught.value)
    assert [line.split(": ")[0] for line in text.splitlines()[1:]] == [
        "- COLLECTOR_PROT",
        f"- hots in {file}",
        "- COLLECTOR_DATABASE_URL",
        "- COLLECTOR_SECRET_KEYS",
        f"- metrics_token in {file}",
        "- COLLECTOR_BASE_URL",
        "- COLLECTOR_PORT",
        f"- cookie_days in {file}",
    ]
    assert "'99999' is not from 0 to 65535. Write a whole number from 0 to 65535" in text
    assert "sesame" not in text
    assert "tooshort" not in text


def test_the_error_is_one_of_the_projects_tree() -> None:
    with pytest.raises(CollectorError) as caught:
        load({"COLLECTOR_PORT": "x"})
    assert caught.value.code == "settings"


def test_postgresql_needs_both_keys_and_the_error_says_how_to_make_them() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"COLLECTOR_DATABASE_URL": POSTGRESQL})
    lines = str(caught.value).splitlines()[1:]
    assert [line.split(": ")[0] for line in lines] == [
        "- COLLECTOR_SECRET_KEYS",
        "- COLLECTOR_ENCRYPTION_KEYS",
    ]
    assert all('python3 -c "import ' in line for line in lines)


def test_postgresql_with_both_keys_is_fine() -> None:
    environ = {"COLLECTOR_SECRET_KEYS": KEY, "COLLECTOR_ENCRYPTION_KEYS": FERNET}
    settings = load({"COLLECTOR_DATABASE_URL": POSTGRESQL, **environ})
    assert (settings.secret_keys, settings.encryption_keys) == ((KEY,), (FERNET,))


def test_postgresql_never_takes_keys_that_lie_in_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "secret_keys").write_text(KEY)
    environ = {"COLLECTOR_DATA_DIR": str(tmp_path), "COLLECTOR_ENCRYPTION_KEYS": FERNET}
    with pytest.raises(SettingsError, match="COLLECTOR_SECRET_KEYS: it is not set"):
        load({"COLLECTOR_DATABASE_URL": POSTGRESQL, **environ})


def test_loading_creates_nothing(tmp_path: Path) -> None:
    load({"COLLECTOR_DATA_DIR": str(tmp_path / "data")})
    assert list(tmp_path.iterdir()) == []
