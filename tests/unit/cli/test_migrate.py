from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from collector.cli import main
from collector.storage import schema


def test_migrate_creates_the_schema_and_says_where_it_stands(tmp_path: Path) -> None:
    env = {"COLLECTOR_DATA_DIR": str(tmp_path)}
    for _ in range(2):
        found = CliRunner().invoke(main, ["migrate"], env=env)
        assert (found.exit_code, found.stdout) == (0, f"the schema is at {schema.HEAD}\n")
    assert (tmp_path / "collector.db").exists()
