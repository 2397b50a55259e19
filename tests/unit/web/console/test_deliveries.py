from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from collector.domain.times import DAY
from collector.storage.audit import newest_deeds
from collector.storage.destinations import ChangeLane
from collector.storage.tables import attempts, destinations
from tests.installation import (
    SOURCE,
    Installation,
    delivery_becomes,
    in_store,
    installation,
    new_capture,
)
from tests.people import Person, add_destination, new_user, sign_in, text_of
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


def names(person: Person, query: str = "") -> list[str]:
    found = person.get(f"/deliveries?format=json{query}")
    assert found.status_code == 200, found.text
    return [row["name"] for row in found.json()]


def test_each_tab_shows_its_state_newest_first(site: Installation, ada: Person) -> None:
    delivery_becomes(site, 1, state="delivered", attempts=1)
    delivery_becomes(site, 2, state="refused", reason="rejected")
    delivery_becomes(site, 3, state="held", reason="spam")
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


def test_what_the_overview_calls_not_delivered_is_listed_and_nothing_else(
    site: Installation, ada: Person
) -> None:
    for number in range(5):
        site.post({"name": f"N{number}"})
    delivery_becomes(site, 1, state="delivered", attempts=1)
    for number, (state, reason) in enumerate(
        (("refused", "rejected"), ("held", "spam"), ("expired", "timeout"), ("held", "test"),
         ("leased", None), ("held", "rate"), ("refused", "rejected")), 2,
    ):  # fmt: skip
        delivery_becomes(site, number, state=state, reason=reason)
    delivery_becomes(site, 8, created_at=site.clock.at - 40 * DAY)
    pause = ChangeLane(destination_id="to-Sales", state="paused", now=1)
    owed = ["N4", "N2", "N1", "Di", "Bo"]
    for _ in range(2):  # with its lane open, and paused
        link = re.search(r'/console(/deliveries\?[^"]*)">(\d+) not delivered', ada.get("/").text)
        assert link
        assert link[2] == str(len(owed))
        assert names(ada, f"&{unescape(link[1]).partition('?')[2]}") == owed
        in_store(site.settings, lambda store: store.write(pause))
    assert names(ada, "&tab=undelivered") == [*owed[:1], "N3", *owed[1:]]
    assert names(ada, "&range=2026-10-01..2026-10-31") == ["N3"]
    assert ada.get("/deliveries?range=x").status_code == 400


def test_one_is_opened_beside_the_list_and_tried_again(site: Installation, ada: Person) -> None:
    delivery_becomes(site, 2, state="refused", reason="rejected", attempts=1, body='{"a": 1}')
    page = ada.text("/deliveries?delivery=2")
    assert "Bo to Sales" in page
    assert '{"a": 1}' in page
    assert "No attempt yet." in page
    moved = ada.post("/deliveries?delivery=2", {"id": "2"})
    assert "1 of 1 done" in text_of(moved.text)
    assert "Bo to Sales" in text_of(moved.text)
    assert site.deliveries()[1] == ("ready", None)
    assert ada.get("/deliveries?delivery=9").status_code == 404
    assert ada.get("/deliveries?delivery=99999999999999999999").status_code == 400
    assert ada.post("/deliveries", {"id": "x"}).status_code == 400


def test_several_are_tried_again_and_the_others_are_told_with_the_cause(
    site: Installation, ada: Person
) -> None:
    delivery_becomes(site, 1, state="refused", reason="rejected")
    delivery_becomes(site, 2, state="delivered")
    delivery_becomes(site, 3, state="leased")
    delivery_becomes(site, 4, state="expired")
    assert 'name="id" value="2"' not in ada.get("/deliveries").text
    done = ada.post("/deliveries?tab=ready", {"id": ["1", "2", "3", "4", "4", "9"]})
    assert done.status_code == 200
    told = text_of(done.text)
    assert "2 of 5 done" in told
    assert "Bo : It has been delivered." in told
    assert "Cy : It is being sent now." in told
    assert "Without a name : It is not there, or no more." in told
    states = [state for state, _ in site.deliveries()]
    assert states == ["ready", "delivered", "leased", "ready"]
    deeds = in_store(site.settings, lambda store: store.read(newest_deeds, 9))
    assert [(one["deed"], one["subject"]) for one in deeds] == [
        ("delivery.retry", "4"),
        ("delivery.retry", "1"),
    ]
    german = ada.post("/deliveries", {"id": "2"}, **{"accept-language": "de"})
    assert "0 von 1 erledigt Bo : Ist schon zugestellt." in text_of(german.text)
    assert "Nothing was chosen" in text_of(ada.post("/deliveries").text)
    assert ada.post("/deliveries", {"id": [str(n) for n in range(51)]}).status_code == 400


def test_what_went_to_a_deleted_destination_is_not_tried_again(
    site: Installation, ada: Person
) -> None:
    delivery_becomes(site, 2, state="refused", reason="rejected")
    gone = SetColumns(destinations, "to-Sales", {"deleted_at": 1})
    in_store(site.settings, lambda store: store.write(gone))
    told = text_of(ada.post("/deliveries", {"id": "2"}).text)
    assert "Its destination was deleted." in told


def test_an_attempt_tells_what_was_answered(site: Installation, ada: Person) -> None:
    tried = {"delivery_id": 1, "number": 1, "generation": 1, "started_at": site.clock.at}
    said = {"outcome": "auth", "reason": "auth", "http_status": 401, "latency_ms": 1300}
    row = {**tried, **said, "excerpt": '{"message": "revoked"}'}
    in_store(site.settings, lambda store: store.write(Insert(row)))
    delivery_becomes(site, 1, attempts=1, last_outcome="auth")
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
    delivery_becomes(site, 2, state="refused")
    viewer, other = sign_in(site, new_user("viewer")), sign_in(site, new_user("editor", OTHER))
    assert viewer.post("/deliveries", {"id": "2"}).status_code == 403
    assert "Try again now" not in viewer.text("/deliveries?delivery=2")
    forged = other.post("/deliveries", {"id": "2"})
    assert forged.status_code == 422
    assert "It is not there, or no more." in text_of(forged.text)
    assert "Bo" not in forged.text
    assert other.get("/deliveries?delivery=2").status_code == 404
    assert site.deliveries()[1][0] == "refused"
    assert names(other) == ["Cy"]
    assert names(other, f"&capture={SOURCE}") == names(other, "&tab=refused") == []
    page = other.text("/deliveries")
    assert "Website" not in page
    assert "Refused 1" not in page
