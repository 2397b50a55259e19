from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.times import DAY, MINUTE, parse_time
from collector.storage.audit import newest_deeds
from collector.storage.destinations import get_destination
from collector.storage.tables import deliveries, destinations
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in, text_of
from tests.rows import SetColumns

OTHER = SOURCE[:-1] + "2"
URL = "https://hooks.example.org/x"
PATH = "/destinations/to-Sales"
NOW = parse_time("2026-11-24T02:15:00Z")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, allow_destinations="127.0.0.0/8") as opened:
        add_destination(opened, URL, SOURCE)
        add_destination(opened, URL, OTHER, name="Fair")
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def state(site: Installation) -> str:
    found = in_store(site.settings, lambda store: store.read(get_destination, "to-Sales"))
    said: str = found.lane.state
    return said


def test_a_list_says_how_each_stands(site: Installation, ada: Person) -> None:
    site.post({"n": "1"})
    rows = {row["name"]: row for row in ada.get("/destinations?format=json").json()}
    assert (rows["Sales"]["captures"], rows["Sales"]["waiting"]) == (["Website"], 1)
    assert rows["Fair"]["state"] == "active"
    assert "Sales webhook Active Website 1 never" in ada.text("/destinations")
    assert "Waiting 1" in ada.text(PATH)
    assert "Waiting 0" in ada.text("/destinations/to-Fair")
    page = ada.text(PATH)
    assert URL in page
    assert "whsec_" not in page
    assert "kept encrypted, never shown" in page


FAILED = {
    "reason": "connect",
    "failures": 1,
    "failing_since": NOW - 9 * MINUTE,
    "failed_at": NOW - 3 * MINUTE,
}


def test_one_that_only_ever_failed_says_so_with_the_cause_and_the_next_try(
    site: Installation, ada: Person
) -> None:
    site.post({"n": "1"})
    for key, table, columns in (
        ("to-Sales", destinations, FAILED),
        (1, deliveries, {"reason": "connect", "next_at": NOW + 5 * MINUTE}),
    ):
        write = SetColumns(table, key, columns)
        in_store(site.settings, lambda store, one=write: store.write(one))
    why = "No connection to the destination could be made."
    told = f"No success yet {why} Last failure 3 minutes ago . Next try in 5 minutes"
    assert told in ada.text("/destinations")
    page = ada.text(PATH)
    assert f"State No success yet {why} Last failure 24 Nov 2026, 02:12 Next try in 5 min" in page
    bo = sign_in(site, new_user("viewer", SOURCE))
    for person in (ada, bo):
        overview = person.text("/")
        assert (
            f"Sales has not taken a lead yet {why} The last try failed 3 minutes ago" in overview
        )
    german = ada.text(PATH, **{"accept-language": "de"})
    assert "Noch kein Erfolg" in german
    assert "Letzter Fehlschlag" in german
    site.clock.at += 6 * MINUTE
    assert "Due now" in ada.text(PATH)
    works = SetColumns(destinations, "to-Sales", {"first_success_at": 1})
    in_store(site.settings, lambda store: store.write(works))
    assert f"Active {why} Last failure" in ada.text("/destinations")
    assert "Needs attention" not in ada.text("/")


def test_it_is_paused_and_resumed(site: Installation, ada: Person) -> None:
    assert "Paused: what comes in meanwhile waits" in ada.post(f"{PATH}/pause").text
    assert state(site) == "paused"
    assert "Paused by a person" not in ada.text(PATH)
    ada.post(f"{PATH}/resume")
    assert state(site) == "active"


def test_a_test_says_what_was_answered(site: Installation, ada: Person) -> None:
    answer = ada.post(f"{PATH}/test")
    assert answer.status_code == 200
    assert "The test did not arrive" in answer.text
    assert "Status - Took" in text_of(answer.text)


def test_what_failed_since_a_time_is_recovered(site: Installation, ada: Person) -> None:
    for number in (1, 2):
        site.post({"n": str(number)})
        failed = SetColumns(deliveries, number, {"state": "refused"})
        in_store(site.settings, lambda store, one=failed: store.write(one))
    assert ada.post(f"{PATH}/recover", {"since": "soon"}).status_code == 422
    said = ada.post(f"{PATH}/recover", {"since": "2026-11-24T03:00"}).text
    assert "0 deliveries are due again" in said
    said = ada.post(f"{PATH}/recover", {"since": "2026-11-24T02:00"}).text
    assert "2 deliveries are due again" in said
    assert site.deliveries() == [("ready", None)] * 2


def test_a_secret_is_made_shown_once_and_rotated_once_a_day(
    site: Installation, ada: Person
) -> None:
    assert "Make a signing secret" in ada.text(PATH)
    first = secret_in(ada.post(f"{PATH}/rotate").text)
    assert first not in ada.text(PATH)
    second = secret_in(ada.post(f"{PATH}/rotate").text)
    assert second != first
    assert "until 25 Nov 2026, 02:15 the one before signs as well" in ada.text(PATH)
    refused = ada.post(f"{PATH}/rotate")
    assert refused.status_code == 422
    assert "less than a day ago" in refused.text
    site.clock.at += DAY
    assert "Rotate the secret" in sign_in(site, new_user("editor")).text(PATH)
    noted = in_store(site.settings, lambda store: store.read(newest_deeds, 9))
    assert [one["deed"] for one in noted] == ["destination.rotate"] * 2
    assert not any(one in str(noted) for one in (first, second))


def secret_in(page: str) -> str:
    return page.partition('id="new-secret">')[2].partition("<")[0]


@pytest.mark.parametrize(
    "deed", ["rotate", "pause", "test", "recover", "resume", "preview", "replay"]
)
def test_only_who_answers_for_every_capture_acts(site: Installation, deed: str) -> None:
    form = {"since": "2026-11-24T02:00"}
    for user in (new_user("viewer"), new_user("editor", SOURCE)):
        person = sign_in(site, user)
        assert person.post(f"{PATH}/{deed}", form).status_code == 403
        assert ">Pause<" not in person.get(PATH).text
    assert state(site) == "active"


def test_others_destinations_are_not_there(site: Installation) -> None:
    bo = sign_in(site, new_user("viewer", SOURCE))
    assert [row["name"] for row in bo.get("/destinations?format=json").json()] == ["Sales"]
    assert "Fair" not in bo.text("/destinations")
    assert [row["waiting"] for row in bo.get("/destinations?format=json").json()] == [None]
    for page in ("/destinations", PATH):
        assert "Waiting" not in bo.text(page)
    assert URL not in bo.text(PATH)
    assert bo.get("/destinations/to-Fair").status_code == 404
    assert bo.post("/destinations/to-Fair/pause").status_code in (403, 404)
    assert bo.get("/deliveries").status_code == 200
    assert "Fair" not in bo.text("/deliveries")


def test_what_is_not_there_is_404(ada: Person) -> None:
    assert ada.get("/destinations/nothing").status_code == 404
    assert ada.post(f"{PATH}/nothing").status_code == 404
