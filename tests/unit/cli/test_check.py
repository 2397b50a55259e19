"""`collector check` from the outside: stdout, stderr, exit status, and nothing created."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli.check import check
from collector.config import SETTINGS, load, with_generated_secrets

KEYS = {"COLLECTOR_SECRET_KEYS": "k" * 32 + "," + "o" * 32}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*options: str, **environ: str) -> Result:
    return CliRunner().invoke(check, options, env=environ)


def test_prints_each_value_with_where_it_came_from() -> None:
    done = run(COLLECTOR_PORT="9000", **KEYS)
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in done.stdout.splitlines()}
    assert (done.exit_code, done.stderr) == (0, "")
    assert list(rows) == [setting.variable for setting in SETTINGS]
    assert rows["COLLECTOR_PORT"] == "9000 env COLLECTOR_PORT"
    assert rows["COLLECTOR_SECRET_KEYS"] == "2 keys env COLLECTOR_SECRET_KEYS"
    assert rows["COLLECTOR_HOST"] == "127.0.0.1 default"
    assert rows["COLLECTOR_BASE_URL"] == "(from the request) default"
    assert rows["COLLECTOR_ALLOW_DESTINATIONS"] == "none default"


def test_prints_json_with_values_of_their_own_types() -> None:
    done = run("--json", COLLECTOR_DATABASE_URL="sqlite:///leads.db")
    rows = {row["name"]: (row["value"], row["source"]) for row in json.loads(done.stdout)}
    assert done.exit_code == 0
    assert list(rows) == [setting.variable for setting in SETTINGS]
    assert rows["COLLECTOR_DATABASE_URL"] == ("sqlite:///leads.db", "env COLLECTOR_DATABASE_URL")
    assert rows["COLLECTOR_PORT"] == (8000, "default")
    assert rows["COLLECTOR_TRUSTED_PROXIES"] == (["127.0.0.0/8", "::1/128"], "default")
    assert rows["COLLECTOR_SECRET_KEYS"] == (None, "default")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_masks_secrets(options: list[str]) -> None:
    environ = {
        **KEYS,
        "COLLECTOR_DATABASE_URL": "postgresql://u:sesame@db/leads",
        "COLLECTOR_ENCRYPTION_KEYS": "A" * 43 + "=",
        "COLLECTOR_METRICS_TOKEN": "sesame",
    }
    done = run(*options, **environ)
    assert done.exit_code == 0
    assert "postgresql://u:***@db/leads" in done.output
    assert not any(secret in done.output for secret in ("sesame", "kkk", "ooo", "AAA"))


def test_lists_all_problems_on_stderr_and_exits_1() -> None:
    done = run(COLLECTOR_PORT="x", COLLECTOR_COOKIE_DAYS="0", COLLECTOR_HOTS="y")
    assert (done.exit_code, done.stdout) == (1, "")
    assert all(name in done.stderr for name in ("_PORT: ", "_COOKIE_DAYS: ", "_HOTS: "))


def test_a_warning_goes_to_stderr_and_fails_nothing() -> None:
    with_generated_secrets(load({}))
    Path("data/secret_keys").chmod(0o644)
    done = run("--json")
    assert done.exit_code == 0
    assert "chmod o-rwx data/secret_keys" in done.stderr
    assert len(json.loads(done.stdout)) == len(SETTINGS)


def test_creates_nothing() -> None:
    assert run().exit_code == 0
    assert list(Path.cwd().iterdir()) == []


def test_help_has_an_example() -> None:
    assert "COLLECTOR_PORT=9000 collector check" in run("--help").stdout
