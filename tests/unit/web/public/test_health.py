from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine

from tests.installation import installation


def test_a_running_installation_is_healthy_and_ready(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        assert site.client.get("/healthz").json() == {"ok": True}
        answer = site.client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


def test_a_schema_of_another_version_is_not_ready_and_says_why(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        engine = create_engine(site.settings.database_url)
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        engine.dispose()
        answer = site.client.get("/readyz")
        assert answer.status_code == 503
        assert "collector migrate" in answer.json()["reasons"][0]


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
