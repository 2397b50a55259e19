from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from collector.app import create, open_services, serving_alone, system_clock, wire
from collector.config import Settings, load, with_generated_secrets
from collector.delivery.sender import open_sender
from collector.destinations import Registry
from collector.domain.errors import SchemaOutdated, StoreInUse
from collector.domain.times import DAY, SECOND
from collector.storage.captures import CreateCapture, list_captures
from collector.storage.secrets import SecretBox
from collector.storage.store import open_store
from collector.storage.tables import deliveries
from collector.web.limits import Pace
from collector.web.news import News
from collector.web.services import Services
from tests.databases import sqlite_url
from tests.installation import SOURCE, Clock, installation, new_capture
from tests.outbox import open_outbox
from tests.rows import SetColumns
from tests.serving import Collector
from tests.sink import Sink

POSTGRESQL = {
    "database_url": "postgresql://collector@db/collector",
    "secret_keys": "k" * 40,
    "encryption_keys": "A" * 43 + "=",
}


def settings_of(folder: Path, **values: str) -> Settings:
    named = {f"COLLECTOR_{name.upper()}": value for name, value in values.items()}
    return with_generated_secrets(load({"COLLECTOR_DATA_DIR": str(folder), **named}))


# ---- one server for one file ----------------------------------------------------------------


def test_a_second_app_on_one_file_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        second = create(site.settings, with_worker=False)
        with pytest.raises(StoreInUse, match=r"collector\.db"), TestClient(second):
            raise AssertionError
        assert site.post({"n": "1"}).status_code == 303
    with TestClient(create(site.settings, with_worker=False)) as client:
        assert client.get("/readyz").status_code == 200


async def test_an_app_that_could_not_start_leaves_the_file_to_others(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    await (await open_store(settings.database_url)).close()
    with closing(sqlite3.connect(tmp_path / "collector.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaOutdated, match="9999"):
        async with open_services(settings, Clock(), with_worker=True):
            raise AssertionError
    with serving_alone(settings):
        pass


def test_on_postgresql_many_may_serve_at_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, **POSTGRESQL)
    with serving_alone(settings), serving_alone(settings):
        assert list(tmp_path.iterdir()) == []


# ---- the delivery worker inside -------------------------------------------------------------


async def leased_to_the_dead(folder: Path, url: str) -> tuple[Settings, Clock]:
    """Two deliveries: one leased for a day to a process that is gone, one that is due."""
    settings = settings_of(folder, allow_destinations="127.0.0.0/8")
    async with open_outbox(sqlite_url(folder)) as outbox:
        outbox.registry = Registry(SecretBox(settings.encryption_keys))
        await outbox.add_destination(url=url)
        await outbox.add_events(2)
        now = outbox.clock.now
        lease = {"lease_token": "dead", "lease_until": now + DAY, "first_try_at": now}
        taken = SetColumns(deliveries, 1, {"state": "leased", "attempts": 1, **lease})
        await outbox.store.write(taken)
    return settings, Clock(at=outbox.clock.now)


async def test_a_start_voids_every_lease_at_once_and_delivers_what_is_due(
    tmp_path: Path,
) -> None:
    async with Sink() as sink:
        settings, clock = await leased_to_the_dead(tmp_path, sink.url)
        async with open_services(settings, clock, with_worker=True):
            assert states(tmp_path)[0] == "ready"
            assert len(await sink.wait_for(1)) == 1
    assert states(tmp_path) == ["ready", "delivered"]


async def test_keys_rotated_beside_it_hold_nothing_up(tmp_path: Path) -> None:
    async with Sink() as sink:
        settings, clock = await leased_to_the_dead(tmp_path, sink.url)
        async with open_services(settings, clock, with_worker=True):
            await sink.wait_for(1)
            beside = Collector(data_dir=tmp_path)
            assert (await beside.json("secret", "rotate"))["resealed"] == 1
            [row] = await beside.json("destination", "list")
            await beside.cli("destination", "resume", row["id"])  # its lane is opened anew
            clock.at = system_clock() + SECOND
            assert len(await sink.wait_for(2)) == 2
    assert states(tmp_path) == ["delivered", "delivered"]


async def test_without_a_worker_nothing_is_sent_and_no_lease_is_touched(tmp_path: Path) -> None:
    async with Sink() as sink:
        settings, clock = await leased_to_the_dead(tmp_path, sink.url)
        async with open_services(settings, clock, with_worker=False):
            pass
        assert sink.received == []
    assert states(tmp_path) == ["leased", "ready"]


def states(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "collector.db")) as database:
        return [row[0] for row in database.execute("SELECT state FROM deliveries ORDER BY id")]


# ---- what the settings do -------------------------------------------------------------------


@asynccontextmanager
async def wired(folder: Path, **values: str) -> AsyncIterator[Services]:
    settings = settings_of(folder, **values)
    store = await open_store(f"sqlite:///{folder / 'collector.db'}")
    async with open_sender(()) as sender:
        yield wire(settings, store, Clock(), News(), sender)
    await store.close()


async def test_settings_reach_the_part_they_are_for(tmp_path: Path) -> None:
    given = {
        "cookie_name": "_x",
        "cookie_days": "7",
        "metrics_token": "m" * 20,
        "base_url": "https://leads.example.com:8443/_lc",
        "rate_limit": "3",
    }
    async with wired(tmp_path, **given) as services:
        assert (services.cookie.name, services.cookie.max_age_s) == ("_x", 7 * 86_400)
        assert services.metrics_token == "m" * 20
        assert services.public_hosts == {"leads.example.com"}
        forms = [services.form_limit.count("a", 0) for _ in range(4)]
        touches = [services.touch_limit.count("a", 0) for _ in range(31)]
        assert forms.count(Pace.WITHIN) == 3
        assert touches.count(Pace.WITHIN) == 30


async def test_room_is_asked_of_the_disk_of_the_file_and_of_no_disk_on_postgresql(
    tmp_path: Path,
) -> None:
    async with wired(tmp_path) as services:
        assert services.has_room() is True
        assert services.public_hosts == frozenset()
    async with wired(tmp_path, **POSTGRESQL, data_dir=str(tmp_path / "nowhere")) as services:
        assert services.has_room() is True


def test_the_clock_counts_microseconds() -> None:
    before = time.time_ns() // 1000
    assert before <= system_clock() <= time.time_ns() // 1000


async def test_what_is_on_its_way_when_it_ends_is_stored(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    captures = [new_capture(source_id=f"{SOURCE[:-2]}{n:02}", created_at=n) for n in range(20)]
    async with open_services(settings, Clock(), with_worker=False) as services:
        waiting = [services.store.write(CreateCapture(capture=one)) for one in captures]
    assert [one.result() for one in waiting] == [None] * 20
    store = await open_store(settings.database_url)
    assert await store.read(list_captures) == captures
    await store.close()
