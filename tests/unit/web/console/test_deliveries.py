from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.storage.destinations import ChangeLane
from collector.storage.tables import attempts, deliveries
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in
from tests.rows import SetColumns

OTHER = SOURCE[:-1] + "2"
URL = "https://hooks.example.org/x"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        add_destination(opened, URL, SOURCE, OTHER)
        for name, source in (("Ada", SOURCE), ("Bo", SOURCE), ("Cy", OTHER), ("Di", SOURCE)):
            opened.post({"name": name}, source=source)
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def becomes(site: Installation, delivery: int, **columns: Any) -> None:
    write = SetColumns(deliveries, delivery, columns)
    in_store(site.settings, lambda store: store.write(write))


def names(person: Person, query: str = "") -> list[str]:
    found = person.get(f"/deliveries?format=json{query}")
    assert found.status_code == 200, found.text
    return [row["name"] for row in found.json()]


def test_each_tab_shows_its_state_newest_first(site: Installation, ada: Person) -> None:
    becomes(site, 1, state="delivered", attempts=1)
    becomes(site, 2, state="refused", reason="rejected")
    becomes(site, 3, state="held", reason="spam")
    assert names(ada) == ["Di", "Cy", "Bo", "Ada"]
    tabs = {tab: names(ada, f"&tab={tab}") for tab in ("ready", "held", "refused", "delivered")}
    assert tabs == {"ready": ["Di"], "held": ["Cy"], "refused": ["Bo"], "delivered": ["Ada"]}
    assert names(ada, "&tab=expired") == []
    assert names(ada, f"&capture={OTHER}") == ["Cy"]
    assert names(ada, "&destination=to-Sales&tab=ready") == ["Di"]
    assert names(ada, "&destination=another&tab=ready") == []
    pause = ChangeLane(destination_id="to-Sales", state="paused", now=1)
    in_store(site.settings, lambda store: store.write(pause))
    assert names(ada, "&tab=held") == ["Di", "Cy"]
    assert names(ada, "&tab=ready") == []
    page = ada.text("/deliveries")
    assert "Held 2" in page
    assert "The destination does not accept this event." in page
    assert "Paused by a person." in page
    assert ada.get("/deliveries?tab=x").status_code == 400
    assert ada.get("/deliveries?after=x").status_code == 400
    assert "No delivery matches" in ada.text("/deliveries?tab=expired")


def test_one_is_opened_beside_the_list_and_tried_again(site: Installation, ada: Person) -> None:
    becomes(site, 2, state="refused", reason="rejected", attempts=1, body='{"a": 1}')
    page = ada.text("/deliveries?delivery=2")
    assert "Bo to Sales" in page
    assert '{"a": 1}' in page
    assert "No attempt yet." in page
    moved = ada.post("/deliveries", {"id": ["2", "3"]})
    assert moved.headers["location"] == "/console/deliveries"
    assert site.deliveries()[1] == ("ready", None)
    assert ada.get("/deliveries?delivery=9").status_code == 404
    assert ada.get("/deliveries?delivery=99999999999999999999").status_code == 400
    assert ada.post("/deliveries", {"id": "x"}).status_code == 400


def test_an_attempt_tells_what_was_answered(site: Installation, ada: Person) -> None:
    tried = {"delivery_id": 1, "number": 1, "generation": 1, "started_at": site.clock.at}
    said = {"outcome": "auth", "reason": "auth", "http_status": 401, "latency_ms": 1300}
    row = {**tried, **said, "excerpt": '{"message": "revoked"}'}
    in_store(site.settings, lambda store: store.write(Insert(row)))
    becomes(site, 1, attempts=1, last_outcome="auth")
    page = ada.text("/deliveries?delivery=1")
    assert "Key refused, 401" in page
    assert '{"message": "revoked"}' in page
    assert "1.3 s" in page


class Insert:
    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row

    @classmethod
    def run(cls, connection: Any, writes: Any) -> list[None]:
        for write in writes:
            connection.execute(attempts.insert().values(write.row))
        return [None] * len(writes)


def test_a_viewer_and_a_stranger_to_the_capture_move_nothing(site: Installation) -> None:
    becomes(site, 2, state="refused")
    viewer, other = sign_in(site, new_user("viewer")), sign_in(site, new_user("editor", OTHER))
    assert viewer.post("/deliveries", {"id": "2"}).status_code == 403
    assert "Try again now" not in viewer.text("/deliveries?delivery=2")
    assert other.post("/deliveries", {"id": "2"}).status_code == 404
    assert other.get("/deliveries?delivery=2").status_code == 404
    assert site.deliveries()[1][0] == "refused"
    assert names(other) == ["Cy"]
    assert names(other, f"&capture={SOURCE}") == names(other, "&tab=refused") == []
    page = other.text("/deliveries")
    assert "Website" not in page
    assert "Refused 1" not in page
