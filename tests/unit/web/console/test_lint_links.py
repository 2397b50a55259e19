from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.web.console.lint_links import MOST_LINKS, LintLinks
from collector.web.console.security import COOKIE
from tests.installation import Installation, installation
from tests.people import SAME_ORIGIN, Person, new_user, sign_in, text_of

FINE = "https://www.example.com/a?utm_source=google&utm_medium=cpc"
WARNED = "https://www.example.com/b?utm_source=Google&utm_medium=cpc"
WRONG = "https://www.example.com/c?utm_source=google&utm_medium=cpc&gclid=Cj0"


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Person]:
    with installation(tmp_path) as site:
        yield sign_in(site, new_user("viewer"))


def linted(viewer: Person, *links: str, own: str = "", language: str = "en") -> str:
    form = {"links": "\r\n".join(links), "own": own}
    answer = viewer.post("/links/lint", form, **{"accept-language": language})
    assert answer.status_code == 200
    return text_of(answer.text)


def test_an_example_is_linted_at_first(viewer: Person) -> None:
    page = viewer.text("/links/lint")
    assert "This is an example" in page
    assert "Leave click ids out" in page


def test_the_worst_stands_first_with_its_cure(viewer: Person) -> None:
    page = linted(viewer, FINE, WARNED, WRONG)
    _, _, results = page.partition("Results")
    assert "2 of 3 links with findings" in results
    assert results.index("click_id") < results.index("Write values in lower case")
    assert "/b?utm_source=google&utm_medium=cpc" in results
    assert "Nothing to mend" in linted(viewer, FINE)
    assert "Paste a link" in linted(viewer)
    assert "Lassen Sie Klick-IDs weg" in linted(viewer, WRONG, language="de")


def test_links_within_ones_own_site_carry_no_utms(viewer: Person) -> None:
    assert "Use no UTMs on links within" in linted(viewer, FINE, own="Example.com, other.test")


def test_results_are_given_as_csv_and_json_too(viewer: Person) -> None:
    form = {"links": WRONG}
    rows = viewer.post("/links/lint?format=json", form).json()
    assert [(row["code"], row["severity"]) for row in rows] == [("click_id", "error")]
    assert viewer.post("/links/lint?format=csv", form).text.startswith("link,code,severity,")


def test_more_than_it_looks_at_is_told(viewer: Person) -> None:
    file = "\n".join(f"https://a.test/{n}" for n in range(MOST_LINKS + 1))
    page = text_of(upload(viewer, file.encode()).text)
    assert "Only the first 10,000 links were looked at" in page


def upload(viewer: Person, file: bytes, **form: str) -> Any:
    headers = {"cookie": f"{COOKIE}={viewer.cookie}", **SAME_ORIGIN}
    sent = {"file": ("ads.csv", file, "text/csv")}
    return viewer.site.client.post(
        "/console/links/lint", data=form, files=sent, headers=headers, follow_redirects=False
    )


def test_a_file_is_read_beside_what_was_pasted(viewer: Person) -> None:
    table = f"Anzeige;Ziel-URL\nFr\xfchling;{WRONG}\n".encode("cp1252")
    page = text_of(upload(viewer, table, links=WARNED).text)
    assert "2 of 2 links with findings" in page
    utf16 = f"Report\n\nAd\tLanding\na\t{WRONG}\n".encode("utf-16")
    assert "click_id" in text_of(upload(viewer, utf16, column="Landing").text)
    refused = upload(viewer, utf16, column="Elsewhere")
    assert refused.status_code == 422
    assert "No column holds the links; there are: Ad, Landing." in text_of(refused.text)


def test_a_file_is_bounded_and_of_people_who_are_signed_in(viewer: Person) -> None:
    assert upload(viewer, b"x" * LintLinks.upload_bytes).status_code == 413
    viewer.cookie = "none"
    assert upload(viewer, WRONG.encode()).status_code == 415


def test_nobody_else_may(viewer: Person) -> None:
    site: Installation = viewer.site
    assert Person(site).get("/links/lint").status_code == 303
