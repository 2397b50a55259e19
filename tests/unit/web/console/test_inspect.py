from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from collector.domain.mapping import parse_mapping
from collector.domain.times import SECOND
from collector.storage.mappings import SaveMapping
from tests.installation import (
    CHROME,
    SITE,
    SOURCE,
    Installation,
    in_store,
    installation,
    new_capture,
)
from tests.people import Person, add_destination, new_user, sign_in

OTHER = SOURCE[:-1] + "9"
SECRET = "whsec_" + "A" * 32
LANDING = f"{SITE}/offer?utm_source=google&utm_medium=cpc&gclid=Cj0_a-Z&mc_eid=1&page=2"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Other people's"))
    with installation(tmp_path, *captures) as opened:
        add_destination(opened, f"https://hooks.example.org/{SECRET}", SOURCE, secret=SECRET)
        yield opened


def asked(url: str = LANDING, capture: str = SOURCE, **more: str) -> str:
    return f"/inspect?{urlencode({'url': url, 'capture': capture, **more})}"


def test_the_first_look_is_a_worked_example(site: Installation) -> None:
    page = sign_in(site, new_user("viewer")).text("/inspect")
    assert "This is an example" in page
    assert "Paid Search" in page
    assert "implies google / cpc" in page
    assert '"first_name": "Ada"' in page


def test_every_line_says_why(site: Installation) -> None:
    page = sign_in(site).text(asked(referrer="https://www.google.com/", agent=CHROME))
    assert "gclid Cj0_a-Z click id of google; implies google / cpc" in page
    assert "mc_eid Not kept dropped: it names a person" in page
    assert "page Not kept not known" in page
    assert "outside: search site google; by itself google / organic" in page
    assert "paid-search : google is a search site; cpc is paid" in page
    assert "Browser a browser" in page


def test_destinations_show_what_they_would_get_and_no_secret(site: Installation) -> None:
    site.post({"email": "grace@example.com", "_page": f"{SITE}/?utm_source=x"})
    person = sign_in(site, new_user("viewer"))
    page = person.text(asked())
    assert "grace@example.com" in page
    assert '"gclid": "Cj0_a-Z"' in page
    assert "POST https://hooks.example.org/***" in page
    assert SECRET not in person.get(asked()).text
    assert len(site.events()) == 1
    assert len(site.deliveries()) == 1


def test_a_known_visitor_keeps_the_first_touch(site: Installation) -> None:
    token = site.touch(f"{SITE}/?utm_source=news&utm_medium=email").json()["token"]
    site.clock.at += SECOND
    page = sign_in(site).text(asked(cookie=token))
    assert "Touches 2" in page
    assert "First touch Email: news / email" in page
    assert "cookie was not used, it is garbled" in sign_in(site, new_user("viewer")).text(
        asked(cookie="x")
    )


def test_what_cannot_be_looked_at_is_told_at_its_field(site: Installation) -> None:
    person = sign_in(site)
    answer = person.get(asked("www.example.com/%zz?a=%s"))
    assert answer.status_code == 422
    assert "This is no whole address" in answer.text
    assert "its views are refused" in person.text(asked("https://elsewhere.test/?gclid=1"))
    assert "Choose a capture to see" in person.text(asked(capture=""))
    assert "Cookie not used" not in person.text(asked(capture=""))


def test_a_limited_user_sees_only_their_captures(site: Installation) -> None:
    limited = sign_in(site, new_user("viewer", OTHER))
    assert "Website" not in limited.text("/inspect")
    assert limited.get(asked()).status_code == 404
    assert "No destination gets its leads" in limited.text(asked(capture=OTHER))
    assert sign_in(site).get(asked(capture="nobody's")).status_code == 404


def test_it_speaks_german(site: Installation) -> None:
    page: Person = sign_in(site)
    said = page.text(asked(), **{"accept-language": "de"})
    assert "Klick-ID von google; bedeutet google / cpc" in said


def test_what_no_destination_would_get_is_told_in_german(site: Installation) -> None:
    rule = {
        "from": ["email"],
        "to": "email",
        "transforms": [{"do": "date", "formats": ["YYYY-MM-DD"]}],
    }
    write = SaveMapping(
        source_id=SOURCE,
        destination_id="to-Sales",
        mapping=parse_mapping({"rules": [rule]}),
    )
    in_store(site.settings, lambda store: store.write(write))
    page = sign_in(site)
    assert "email: This is not a date." in page.text(asked())
    assert "email: Das ist kein Datum." in page.text(asked(), **{"accept-language": "de"})


def test_a_german_page_says_it_in_german(site: Installation) -> None:
    told = asked(referrer="https://www.google.com/")
    page = sign_in(site).text(told, **{"accept-language": "de"})
    assert "ein neuer Kontaktpunkt, erkannt an gclid new touch: gclid" in page
    assert "Erster Kontaktpunkt Bezahlte Suche: google / cpc" in page
    assert "Paid Search:" not in page
    assert "https://www.google.com/ von außen" in page
