from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.tally import Place, Spot
from collector.domain.times import DAY
from collector.storage.audit import newest_deeds
from collector.storage.tallies import AddTouches
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import new_user, sign_in, text_of

RULES = {
    "case": "lower",
    "separator": "-",
    "sources": "google = adwords\nnewsletter",
    "mediums": "cpc = ppc\nemail",
}
ODD = "https://www.a.test/?utm_source=AdWords&utm_medium=ppc"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, new_capture()) as opened:
        yield opened


def test_rules_that_an_editor_keeps_are_used_everywhere(site: Installation) -> None:
    person = sign_in(site, new_user("editor"))
    answer = person.post("/links/rules", RULES)
    assert answer.headers["location"] == "/console/links/rules?said=saved"
    page = person.get("/links/rules?said=saved").text
    assert "google = adwords\nnewsletter" in page
    assert "Saved." in page
    linted = text_of(person.post("/links/lint", {"links": ODD}).text)
    assert "utm_source=google&utm_medium=cpc" in linted
    spots = {spot(site, "AdWords"): 3, spot(site, "google"): 2, spot(site, "odd"): 1}
    in_store(site.settings, lambda store: store.write(AddTouches(touches=spots)))
    lines = person.get("/reports?by=source&format=json").json()
    assert {line["source"]: line["touches"] for line in lines} == {"google": 5, "odd": 1}
    assert sorted(lines[0]["spellings"]) == ["AdWords", "google"]
    arrived = person.get("/links/arrived?format=json").json()
    assert {row["source"]: row["codes"] for row in arrived} == {
        "AdWords": ["case", "spelling"],
        "odd": ["unknown_source"],
    }
    deeds = in_store(site.settings, lambda store: store.read(newest_deeds, 1))
    assert (deeds[0]["deed"], deeds[0]["user_email"]) == ("link.rules", "editor0@example.com")


def spot(site: Installation, source: str) -> Spot:
    day = site.clock.at // DAY
    return Spot(Place(day, SOURCE, "Paid Search", source, "cpc", "a", "www.example.com/"))


def test_what_cannot_be_kept_is_said_at_its_field(site: Installation) -> None:
    person = sign_in(site)
    for wrong in ({"sources": "a = c\nb = C"}, {"case": "x"}, {"mediums": "= x"}):
        answer = person.post("/links/rules", {**RULES, **wrong})
        assert answer.status_code == 422
        assert f'id="{next(iter(wrong))}-wrong"' in answer.text
    assert "google = adwords" not in person.text("/links/rules")


def test_a_template_is_kept_changed_and_deleted(site: Installation) -> None:
    person = sign_in(site)
    own = {"name": "fair", "lines": "utm_source = fair\nutm_medium = offline"}
    assert person.post("/links/templates", own).status_code == 303
    assert "utm_source=fair" in person.text("/links/rules")
    assert "utm_source = fair" in person.text("/links/rules?template=fair")
    wrong = person.post("/links/templates", {**own, "lines": "no line"})
    assert wrong.status_code == 422
    assert 'id="lines-wrong"' in wrong.text
    assert person.post("/links/templates/fair/delete").status_code == 303
    assert "utm_source=fair" not in person.text("/links/rules")


@pytest.mark.parametrize(
    "path", ["/links/rules", "/links/templates", "/links/templates/fair/delete"]
)
def test_who_may_not_changes_nothing(site: Installation, path: str) -> None:
    for user in (new_user("viewer"), new_user("editor", SOURCE)):
        person = sign_in(site, user)
        assert (
            person.post(path, {**RULES, "name": "x", "lines": "utm_source = x"}).status_code == 403
        )
        page = person.text("/links/rules")
        assert "An editor who sees every capture may change" in page
        assert "Save the rules" not in page
