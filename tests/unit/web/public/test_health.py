from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine
from starlette.testclient import TestClient

from collector.storage.sqlite import SqliteDatabase
from collector.storage.store import Store
from tests.installation import BASE, SOURCE, Installation, installation

JSON = {"accept": "application/json"}


def test_a_running_installation_is_healthy_and_ready(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        assert site.client.get("/healthz").json() == {"ok": True}
        answer = site.client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


def set_revision(site: Installation, revision: str) -> None:
    engine = create_engine(site.settings.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    engine.dispose()


def test_a_schema_of_an_older_version_is_not_ready_and_says_why(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        set_revision(site, "0001")
        answer = site.client.get("/readyz")
        assert answer.status_code == 503
        assert "collector migrate" in answer.json()["reasons"][0]


def test_a_server_stays_ready_while_a_newer_version_takes_over(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        set_revision(site, "9999")
        assert site.client.get("/readyz").json() == {"ready": True, "reasons": []}


def test_metrics_are_for_this_machine_and_not_through_a_proxy(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        assert site.client.get("/metrics").status_code == 200
        forwarded = {"x-forwarded-for": "198.51.100.7"}
        assert site.client.get("/metrics", headers=forwarded).status_code == 401


def test_with_a_token_metrics_are_for_its_bearer_only(tmp_path: Path) -> None:
    with installation(tmp_path, metrics_token="m" * 20) as site:
        assert site.client.get("/metrics").status_code == 401
        bearer = {"authorization": f"Bearer {'m' * 20}"}
        assert site.client.get("/metrics", headers=bearer).status_code == 200


# ---- faults of a real file ------------------------------------------------------------------


def in_app(site: Installation, work: Any, *arguments: Any) -> Any:
    """Run something in the event loop of the app."""
    portal = site.client.portal
    assert portal is not None
    return portal.call(work, *arguments)


@dataclass(frozen=True)
class Pragma:
    """Set up the connection that leads are written by; `{pages}` is the size of the file."""

    setting: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Pragma]) -> Sequence[None]:
        for write in writes:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA {write.setting.format(pages=pages)}")
        return [None] * len(writes)


@contextmanager
def another_store(site: Installation, setting: str = "user_version") -> Iterator[None]:
    """Let the app write by a connection of its own for a while, one that waits for nobody."""

    async def open_another() -> Store:
        path = site.settings.data_dir / "collector.db"
        store = Store(SqliteDatabase(path, busy_timeout_s=0.25))
        await store.write(Pragma(setting))
        return store

    usual, store = site.client.app_state["services"], in_app(site, open_another)
    intake = replace(usual.intake, store=store)
    site.client.app_state["services"] = replace(usual, store=store, intake=intake)
    try:
        yield
    finally:
        site.client.app_state["services"] = usual
        in_app(site, store.close)


@contextmanager
def locked(site: Installation) -> Iterator[None]:
    """Another process holds the write lock for longer than a lead may wait."""
    path = site.settings.data_dir / "collector.db"
    with another_store(site), closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def read_only(site: Installation) -> AbstractContextManager[None]:
    """SQLite answers as on a read-only file; file modes alone do not stop root."""
    return another_store(site, "query_only=1")


def full(site: Installation) -> AbstractContextManager[None]:
    """No free page in the file, and no room for one page more."""
    with closing(sqlite3.connect(site.settings.data_dir / "collector.db")) as other:
        other.execute("VACUUM")
    return another_store(site, "max_page_count={pages}")


@contextmanager
def no_more_bytes(_site: Installation) -> Iterator[None]:
    """No file of this process may grow: what a quota or a full disk does to the log of writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


Fault = Callable[[Installation], AbstractContextManager[None]]
FAULTS: dict[str, tuple[Fault, int, str]] = {
    "locked": (locked, 503, "store_unavailable"),
    "read-only": (read_only, 503, "store_unavailable"),
    "full": (full, 507, "disk_full"),
    "no more bytes": (no_more_bytes, 503, "store_unavailable"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("health")) as opened:
        yield opened


@pytest.mark.parametrize(("fault", "status", "code"), FAULTS.values(), ids=FAULTS)
def test_a_lead_that_cannot_be_stored_is_never_answered_like_one_that_was(
    site: Installation, fault: Fault, status: int, code: str
) -> None:
    lead = {"n": f"{code} {status}", "long": "x" * 900_000}
    before = len(site.events())
    with fault(site):
        answer = site.post(lead, headers=JSON)
        page = site.post(lead)
        touch = site.touch("https://www.example.com/?gclid=Cj0KCQ")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.headers["retry-after"]
    assert page.headers["retry-after"]
    assert touch.status_code == 200
    assert len(site.events()) == before
    assert site.post(lead, headers=JSON).json()["ok"] is True
    assert len(site.events()) == before + 1


@pytest.mark.parametrize("fault", [row[0] for row in FAULTS.values()], ids=FAULTS)
def test_an_installation_whose_last_lead_could_not_be_stored_is_not_ready_and_says_why(
    site: Installation, fault: Fault
) -> None:
    with fault(site):
        assert site.post({"long": "x" * 900_000}, headers=JSON).status_code in (503, 507)
        answer = site.client.get("/readyz")
        healthy = site.client.get("/healthz")
    assert healthy.status_code == 200
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert all(answer.json()["reasons"])
    assert answer.json()["reasons"]
    assert site.client.get("/readyz").json() == {"ready": True, "reasons": []}


def spoil(site: Installation) -> None:
    path = site.settings.data_dir / "collector.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(b"\xff" * path.stat().st_size)


def take_away(site: Installation) -> None:
    site.settings.data_dir.rename(site.settings.data_dir.with_name("elsewhere"))


@pytest.mark.parametrize("harm", [spoil, take_away])
def test_a_database_that_is_spoilt_or_gone_is_no_error_of_the_program(
    tmp_path: Path, harm: Callable[[Installation], None]
) -> None:
    with installation(tmp_path / "data") as site:
        harm(site)
        client = TestClient(site.client.app, base_url=BASE, raise_server_exceptions=False)
        client.app_state.update(site.client.app_state)
        client.portal = site.client.portal
        answer = client.post(f"/f/{SOURCE}", json={"n": "1"})
        ready = client.get("/readyz")
    assert answer.status_code in (503, 507)
    assert answer.headers["retry-after"]
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    assert ready.json()["reasons"]


# ---- who may read the counters --------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-prefix",
        "forwarded",
    ],
)
def test_without_a_token_no_forwarded_request_may_read_metrics(
    site: Installation, name: str
) -> None:
    value = {"x-forwarded-for": "127.0.0.1", "x-forwarded-host": "localhost"}.get(name, "https")
    answer = site.client.get("/metrics", headers={name: value})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"


def test_a_proxy_on_this_machine_that_is_not_trusted_is_not_this_machine(tmp_path: Path) -> None:
    with installation(tmp_path, trusted_proxies="10.0.0.0/8") as site:
        forwarded = {"x-forwarded-for": "198.51.100.7"}
        assert site.client.get("/metrics", headers=forwarded).status_code == 401


def test_a_page_whose_name_was_pointed_at_this_machine_reads_no_metrics(
    site: Installation,
) -> None:
    assert site.client.get("/metrics", headers={"host": "evil.example"}).status_code in (401, 421)


@pytest.mark.parametrize(
    "said",
    ["", "m" * 20, "Bearer", "Bearer ", f"Bearer {'m' * 19}", f"Bearer {'m' * 21}", "Basic bQ=="],
)
def test_nothing_but_the_whole_token_opens_metrics_not_even_from_this_machine(
    site: Installation, said: str
) -> None:
    services = site.client.app_state["services"]
    site.client.app_state["services"] = replace(services, metrics_token="m" * 20)
    try:
        answer = site.client.get("/metrics", headers={"authorization": said})
        assert answer.status_code == 401
        assert "collector_" not in answer.text
        bearer = {"authorization": f"Bearer {'m' * 20}", "x-forwarded-for": "198.51.100.7"}
        assert site.client.get("/metrics", headers=bearer).status_code == 200
        raw = {b"authorization": b"Bearer \xff\xc3"}
        assert site.client.get("/metrics", headers=raw).status_code == 401
    finally:
        site.client.app_state["services"] = services
