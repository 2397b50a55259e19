"""A site on either database, with a destination behind it, for every test of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.postgres import Cluster, cluster
from tools.faults.scene import Scene, open_scene

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'collector.db'}"
    return create_database(request.getfixturevalue("postgres"))


def create_database(running: Cluster) -> str:
    name = f"kills{next(_numbers)}"
    running.sql(f"CREATE DATABASE {name}")
    return running.url(name)


def database_name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def postgres_scene(postgres: Cluster, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path, create_database(postgres)) as opened:
        yield opened
