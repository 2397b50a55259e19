"""Every address of the console against every kind of person: who may change, who may see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select
from starlette.routing import Route

from collector.storage.tables import metadata
from collector.web.console.routes import console_routes
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in

OTHER = SOURCE[:-1] + "2"
WORDS = ("Trade fair", "hooks.fair.example", "zoe@example.com")
BY_ITSELF = (
    *("sessions", "users", "daily_", "event_words", "value_counts", "link_counts"),
    "landing_faults",
)
"""Tables that change by being there: when a session was last used, counts of every second."""
OPEN_TO_ALL = {"/sign-in", "/sign-out", "/preferences", "/welcome", "/account"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures) as opened:
        add_destination(opened, "https://hooks.fair.example/x", OTHER, name="Gate")
        opened.post({"email": "ada@example.com"})
        opened.post({"email": "zoe@example.com"}, source=OTHER)
        yield opened


def paths(site: Installation) -> list[str]:
    event = next(one.id for one in site.events() if one.source_id == OTHER)
    ids = {
        "capture": OTHER,
        "destination": "to-Gate",
        "event": event,
        "deed": "pause",
        "key": "none",
        "check": "none",
        "code": "none",
        "view": "none",
        "link": "none",
        "template": "none",
        "rest:path": "nothing",
    }
    found = []
    for route in console_routes({}):
        assert isinstance(route, Route)
        path = route.path.removeprefix("/console")
        for name, value in ids.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"{route.path}: give its new part a value here"
        found.append(path)
    return found


def contents(site: Installation) -> dict[str, Any]:
    def read(connection: Connection) -> dict[str, Any]:
        tables = [one for one in metadata.sorted_tables if not one.name.startswith(BY_ITSELF)]
        rows: dict[str, Any] = {}
        for one in tables:
            columns = [column for column in one.columns if column.name != "counted"]
            rows[one.name] = [tuple(row) for row in connection.execute(select(*columns))]
        return rows

    found: dict[str, Any] = in_store(site.settings, lambda store: store.read(read))
    return found


def people(site: Installation, name: str) -> Person:
    if name == "nobody":
        return Person(site)
    return sign_in(site, new_user("viewer") if name == "viewer" else new_user("editor", SOURCE))


@pytest.mark.parametrize("name", ["nobody", "viewer", "another capture's editor"])
def test_who_may_not_changes_nothing(site: Installation, name: str) -> None:
    person = people(site, name)
    form = {"name": "Changed", "destination": "to-Gate", "set-url": "https://x.example/"}
    before = contents(site)
    for path in paths(site):
        if path in OPEN_TO_ALL:
            continue
        status = person.post(path, form).status_code
        assert status < 500, path
        assert contents(site) == before, path


def test_who_sees_one_capture_reads_no_word_of_another(site: Installation) -> None:
    bo = people(site, "another capture's editor")
    for path in paths(site):
        if "/live/stream" in path:
            continue
        for answer in (bo.get(path), bo.get(f"{path}?format=json&capture={OTHER}")):
            assert answer.status_code in (200, 303, 400, 403, 404, 405, 410, 422), path
            assert [word for word in WORDS if word in answer.text] == [], path
