from __future__ import annotations

from pathlib import Path

import pytest

from collector.domain.errors import BackupFailed
from collector.storage.postgresql_backup import dump_postgresql, environment_of, run_program

URL = "postgresql://ada:p%40ss@db.example.com:6432/leads?ssl=require"


@pytest.mark.parametrize(
    ("url", "variables"),
    [
        (
            URL,
            {
                "PGHOST": "db.example.com",
                "PGPORT": "6432",
                "PGUSER": "ada",
                "PGPASSWORD": "p@ss",
                "PGDATABASE": "leads",
                "PGSSLMODE": "require",
            },
        ),
        (
            "postgresql:///leads?host=/run/postgresql&user=ada&password=x&sslmode=disable",
            {
                "PGHOST": "/run/postgresql",
                "PGUSER": "ada",
                "PGPASSWORD": "x",
                "PGDATABASE": "leads",
                "PGSSLMODE": "disable",
            },
        ),
    ],
)
def test_an_address_becomes_the_variables_of_postgresql(
    url: str, variables: dict[str, str]
) -> None:
    assert environment_of(url) == variables


def test_a_program_that_is_missing_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupFailed, match="apt-get install postgresql-client"):
        dump_postgresql(URL, tmp_path / "out")


def test_what_a_program_says_before_it_fails_is_told_without_the_password(
    tmp_path: Path,
) -> None:
    url = "postgresql://ada:secret@127.0.0.1:1/leads"
    with pytest.raises(BackupFailed, match=r"pg_dump failed: .*127\.0\.0\.1") as failed:
        run_program("pg_dump", f"--file={tmp_path / 'out'}", url=url)
    assert "secret" not in str(failed.value)
