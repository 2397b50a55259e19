from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.times import DAY
from collector.storage.audit import newest_deeds
from collector.storage.destinations import ChangeLane
from collector.storage.tables import deliveries
from collector.storage.tallies import count_leads
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in, text_of
from tests.rows import SetColumns

OTHER = SOURCE[:-1] + "2"
PLAIN = f"{SITE}/offer"
ADS = f"{SITE}/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def send(site: Installation, name: str, source: str = SOURCE, **more: str) -> None:
    answer = site.post(
        {"name": name, "email": f"{name.lower()}@example.com", **more}, source=source
    )
    assert answer.status_code == 303, answer.text


def names(person: Person, query: str = "") -> list[str]:
    found = person.get(f"/leads?format=json{query}")
    assert found.status_code == 200, found.text
    return [row["name"] for row in found.json()]


def test_without_leads_the_page_says_what_brings_them(ada: Person) -> None:
    assert "No lead yet" in ada.text("/leads")
    assert "No lead yet" in ada.text("/leads?tab=failed")


def test_leads_stand_newest_first_each_with_its_channel(site: Installation, ada: Person) -> None:
    send(site, "Bo")
    send(site, "Cy", _page=ADS)
    page = ada.text("/leads")
    assert page.index("Cy") < page.index("Bo")
    assert "Paid Search google / cpc" in page
    assert "spring" in page
    assert "with click id" in page
    german = ada.text("/leads", **{"accept-language": "de"})
    assert "Bezahlte Suche" in german


def test_tabs_facets_and_search_narrow_the_list(site: Installation) -> None:
    send(site, "Bo")
    send(site, "Cy", _page=ADS)
    send(site, "Di", OTHER)
    send(site, "Eve", _gotcha="filled")
    site.clock.at += 3 * DAY
    send(site, "Fi")
    in_store(site.settings, count_leads)
    ada = sign_in(site, new_user("viewer"))
    assert names(ada) == ["Fi", "Di", "Cy", "Bo"]
    assert names(ada, "&tab=spam") == ["Eve"]
    assert names(ada, "&tab=test") == names(ada, "&tab=failed") == []
    assert names(ada, "&channel=Paid+Search") == names(ada, "&campaign=spring") == ["Cy"]
    assert names(ada, f"&capture={OTHER}") == ["Di"]
    assert names(ada, "&search=CJ0kcq") == names(ada, "&search=cy%40exam") == ["Cy"]
    assert names(ada, "&range=1d") == ["Fi"]
    assert names(ada, "&click=gclid") == ["Cy"]
    assert names(ada, "&range=7d&search=example.com") == ["Fi", "Di", "Cy", "Bo"]
    assert "No lead matches" in ada.text("/leads?search=nobody")
    assert "No lead matches" in ada.text("/leads?tab=failed")
    assert "Paid Search" in ada.text("/leads?channel=Paid+Search")
    for wrong in ("tab=x", "range=x", "after=x"):
        assert ada.get(f"/leads?{wrong}").status_code == 400


def test_pages_follow_each_other_without_gap_or_repeat(site: Installation, ada: Person) -> None:
    for number in range(120):
        send(site, f"N{number:03}")
    seen: list[str] = []
    path = "/leads"
    while path:
        page = ada.get(path).text
        seen += re.findall(r'">N(\d+)</a>', page)
        older = [part for part in page.split('href="') if part.startswith("/console/leads?after=")]
        path = older[-1].split('"')[0].removeprefix("/console") if "Older" in page else ""
    assert seen == [f"{number:03}" for number in range(119, -1, -1)]


def test_the_csv_is_safe_for_spreadsheets(site: Installation, ada: Person) -> None:
    send(site, "=cmd|' /C calc'!A0")
    rows = list(csv.reader(io.StringIO(ada.get("/leads?format=csv").text)))
    assert rows[1][rows[0].index("name")] == "'=cmd|' /C calc'!A0"
    assert ada.get("/leads?format=csv").headers["content-type"] == "text/csv; charset=utf-8"


def test_a_limited_user_sees_nothing_of_other_captures(site: Installation) -> None:
    bo = sign_in(site, new_user("editor", OTHER))
    send(site, "Secretive")
    send(site, "Di", OTHER)
    send(site, "Eve", _gotcha="x")
    in_store(site.settings, count_leads)
    assert names(bo) == ["Di"]
    assert names(bo, f"&capture={SOURCE}") == names(bo, "&tab=spam") == []
    for path in ("/leads", f"/leads?capture={SOURCE}", "/leads?tab=spam", "/leads?search=sec"):
        page = bo.text(path)
        assert "Secretive" not in page
        assert "Website" not in page
    assert names(sign_in(site, new_user("viewer", OTHER, SOURCE))) == ["Di", "Secretive"]


def test_several_leads_are_spam_then_not_and_the_others_are_told(
    site: Installation, ada: Person
) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    for name in ("Bo", "Cy", "Di"):
        send(site, name)
    di, cy, bo = (one.id for one in site.events())
    marked = ada.post("/leads", {"deed": "spam", "id": [bo, cy]})
    assert "2 of 2 done" in text_of(marked.text)
    assert site.deliveries() == [("held", "spam"), ("held", "spam"), ("ready", None)]
    tried = text_of(ada.post("/leads", {"deed": "retry", "id": [bo]}).text)
    assert "0 of 1 done Bo : Its mark withholds it." in tried
    cleared = ada.post("/leads?tab=spam", {"deed": "not-spam", "id": [cy, di, "nothing"]})
    told = text_of(cleared.text)
    assert "1 of 3 done" in told
    assert "Di : This lead is not marked as spam." in told
    assert "Without a name : It is not there, or no more." in told
    assert site.deliveries() == [("held", "spam"), ("ready", None), ("ready", None)]
    deeds = in_store(site.settings, lambda store: store.read(newest_deeds, 9))
    assert [(one["deed"], one["subject"]) for one in deeds] == [
        ("lead.not_spam", cy),
        ("lead.spam", cy),
        ("lead.spam", bo),
    ]
    german = ada.post("/leads", {"deed": "not-spam", "id": di}, **{"accept-language": "de"})
    assert "0 von 1 erledigt" in text_of(german.text)


def test_several_leads_are_tried_again(site: Installation, ada: Person) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    send(site, "Bo")
    send(site, "Cy")
    cy, bo = (one.id for one in site.events())
    refused = SetColumns(deliveries, 1, {"state": "refused", "reason": "rejected"})
    in_store(site.settings, lambda store: store.write(refused))
    told = text_of(ada.post("/leads", {"deed": "retry", "id": [bo, cy]}).text)
    assert "1 of 2 done Cy : None of its deliveries waits for another try." in told
    assert site.deliveries() == [("ready", None), ("ready", None)]


@pytest.mark.parametrize("deed", ["retry", "spam", "not-spam"])
def test_forged_ids_move_nothing_of_others(site: Installation, deed: str) -> None:
    viewer, bo = sign_in(site, new_user("viewer")), sign_in(site, new_user("editor", OTHER))
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    send(site, "Secretive")
    before = site.events(), site.deliveries()
    form = {"deed": deed, "id": site.events()[0].id}
    assert viewer.post("/leads", form).status_code == 403
    forged = bo.post("/leads", form)
    assert forged.status_code == 422
    assert "It is not there, or no more." in text_of(forged.text)
    assert "Secretive" not in forged.text
    assert (site.events(), site.deliveries()) == before
    assert 'type="checkbox"' not in viewer.get("/leads").text


def test_a_deed_that_is_none_and_no_choice_are_told(site: Installation, ada: Person) -> None:
    assert ada.post("/leads", {"deed": "erase"}).status_code == 400
    assert "Nothing was chosen" in text_of(ada.post("/leads", {"deed": "spam"}).text)


def test_the_sheet_of_keys_is_there_unless_they_are_off(ada: Person) -> None:
    assert "next and previous row of a list" in ada.text("/leads")
    german = ada.text("/leads", **{"accept-language": "de"})
    assert "nächste und vorige Zeile einer Liste" in german
    ada.cookie += "; lc_keys=off"
    assert "next and previous row of a list" not in ada.text("/leads")


def test_facets_say_how_many_leads_another_choice_would_show(site: Installation) -> None:
    send(site, "Bo", _page=PLAIN)
    send(site, "Cy", _page=ADS)
    send(site, "Di", OTHER, _page=ADS)
    send(site, "Eve", _gotcha="filled", _page=PLAIN)
    in_store(site.settings, count_leads)
    ada = sign_in(site)
    page = ada.text("/leads")
    for said in ("Website (2)", "Trade fair (1)", "Paid Search (2)", "Direct (1)"):
        assert said in page
    for said in ("google (2)", "spring (2)", "gclid (2)", "Display (0)"):
        assert said in page
    assert "were looked at" not in page
    chosen = ada.text(f"/leads?channel=Direct&capture={SOURCE}")
    for said in ("Website (1)", "Trade fair (0)", "Paid Search (1)", "Direct (1)"):
        assert said in chosen
    assert "google (" not in chosen
    assert "Eve" in ada.text("/leads?tab=spam")
    assert "Direct (1)" in ada.text("/leads?tab=spam")
    assert names(ada, "&source=google&campaign=spring") == ["Di", "Cy"]
    odd = ada.get("/leads?source=%3Cb%3E&campaign=none-such")
    assert '<option value="&lt;b&gt;" selected>' in odd.text
    assert '<option value="none-such" selected>' in odd.text


def test_facets_count_nothing_of_others(site: Installation) -> None:
    send(site, "Di", OTHER, _page=ADS)
    in_store(site.settings, count_leads)
    limited = sign_in(site, new_user("viewer", SOURCE))
    for query in ("", f"?capture={OTHER}", "?search=di", "?tab=spam"):
        page = limited.text(f"/leads{query}")
        assert "(1)" not in page
        assert "spring" not in page
        assert "Trade fair" not in page


def test_each_tab_that_is_empty_says_what_it_has_none_of(site: Installation, ada: Person) -> None:
    texts = {
        "failed": "No delivery of a lead was refused or has expired.",
        "spam": "No lead is marked as spam.",
        "test": "No lead is a test.",
    }
    assert "No lead yet" in ada.text("/leads?tab=failed")
    send(site, "Bo")
    for tab, text in texts.items():
        assert text in ada.text(f"/leads?tab={tab}")


def test_beside_what_failed_stands_how_much_destinations_hold(
    site: Installation, ada: Person
) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    for name in ("Bo", "Cy"):
        send(site, name)
    held = "2 deliveries are held by their destination, and have not failed."
    assert held not in ada.text("/leads?tab=failed")
    closed = ChangeLane(destination_id="to-Sales", state="held", reason="auth", now=1)
    in_store(site.settings, lambda store: store.write(closed))
    assert held in ada.text("/leads?tab=failed")
    assert "held by" not in ada.text("/leads")
    assert "held by" not in sign_in(site, new_user("viewer", SOURCE)).text("/leads?tab=failed")
