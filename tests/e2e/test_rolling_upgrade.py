"""A rolling upgrade: the older version's processes go on, and none of them is started any more.

The older version is this one without its newest migration, which is all that its schema knows.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from itertools import count
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from collector.storage import schema
from collector.storage.store import open_database
from tests.databases import sqlite_url
from tests.postgres import Cluster
from tests.serving import ROOT, START_S, environment

_numbers = count(1)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Give a folder with the version before."""
    folder = tmp_path / "older"
    ignored = shutil.ignore_patterns("__pycache__", f"{schema.HEAD}_*.py")
    shutil.copytree(ROOT / "collector", folder / "collector", ignore=ignored)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"rolling{next(_numbers)}"
    cluster.sql(f"CREATE DATABASE {name}")
    return cluster.url(name)


async def start(code: Path, url: str, folder: Path, *arguments: str, **settings: str) -> Process:
    """Start a command of one version's code."""
    given = environment(folder, database_url=url, secret_keys="s" * 40, **settings)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", *arguments),
        env=given | {"PYTHONPATH": str(code)},
        cwd=code,
        stdout=PIPE,
        stderr=PIPE,
    )


async def run(code: Path, url: str, folder: Path, *arguments: str) -> tuple[int | None, str]:
    """Run a command to its end; answers its exit status and what it told on stderr."""
    key = Fernet.generate_key().decode()
    process = await start(code, url, folder, *arguments, encryption_keys=key)
    async with asyncio.timeout(START_S):
        _, err = await process.communicate()
    return process.returncode, err.decode()


async def revision(url: str) -> str | None:
    database = open_database(url)
    try:
        return await database.read(schema.current_revision)
    finally:
        await database.close()


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("migrate",), ("event", "list")])
async def test_the_version_before_is_not_started_on_a_newer_schema_and_says_why(
    older: Path, url: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    assert await run(ROOT, url, tmp_path, "migrate") == (0, "")
    code, said = await run(older, url, tmp_path, *command)
    assert code == 1
    [line] = said.splitlines()
    assert f"schema {schema.HEAD}, made by a newer version" in line
    assert "start the newer version" in line
    assert await revision(url) == schema.HEAD
