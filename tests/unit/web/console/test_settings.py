from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.user import Role
from tests.installation import Installation, installation
from tests.people import new_user, sign_in

PATH = "/settings"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("admin", ["origins", "lead-types", "security", "users", "audit", "status"]),
        ("editor", ["origins", "lead-types"]),
        ("viewer", ["origins", "lead-types"]),
    ],
)
def test_leads_to_each_page_that_the_person_may_open_and_to_no_other(
    site: Installation, role: Role, names: list[str]
) -> None:
    person = sign_in(site, new_user(role))
    page = person.get(PATH).text
    assert re.findall(r'<h2><a href="/console/settings/([\w-]+)"', page) == names
    assert len(re.findall(r'</h2><p class="mute">[^<]+\.</p>', page)) == len(names)
    assert [person.get(f"{PATH}/{name}").status_code for name in names] == [200] * len(names)


def test_the_navigation_leads_there_and_says_where_one_is(site: Installation) -> None:
    ada = sign_in(site)
    for path in (PATH, f"{PATH}/origins", f"{PATH}/users"):
        assert 'href="/console/settings" aria-current="page"' in ada.get(path).text
    assert 'href="/console/settings" aria-current' not in ada.get("/leads").text
