"""Parameters and silent hosts of an installation's own, from the page view to the stored lead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import SITE, Installation, installation


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    own = {"parameters": "zanpid=click:awin/affiliate,crm=person", "silent_hosts": "pay.test"}
    with installation(tmp_path, **own) as opened:
        yield opened


def test_a_visitor_keeps_an_own_click_id_until_the_lead(site: Installation) -> None:
    seen = site.touch(f"{SITE}/?zanpid=1+2%2B&crm=x").json()
    assert seen["reason"] == "new touch: zanpid"
    assert site.touch(f"{SITE}/other?zanpid=1+2%2B").json()["reason"] == "same click id"
    site.post({"email": "a@b.de", "_page": f"{SITE}/form"})
    last = site.events()[0].attribution["last"]
    assert last["parameters"] == {"zanpid": "1+2+"}
    assert (last["source"], last["channel"]) == ("awin", "Affiliates")
    assert last["landing_page"] == f"{SITE}/"
    assert "+" in site.events()[0].attribution["table_version"]


def test_who_comes_back_from_an_own_silent_host_is_no_new_touch(site: Installation) -> None:
    site.touch(f"{SITE}/?zanpid=1")
    back = site.touch(f"{SITE}/thanks", referrer="https://www.pay.test/done").json()
    assert back["reason"] == "direct"
    assert site.touch(f"{SITE}/", referrer="https://news.test/").json()["reason"] == (
        "new touch: referrer"
    )


def test_a_hidden_input_named_like_an_own_parameter_is_evidence(site: Installation) -> None:
    site.client.cookies.clear()
    site.post({"email": "a@b.de", "zanpid": "hidden", "_page": f"{SITE}/form"})
    assert site.events()[0].attribution["last"]["parameters"] == {"zanpid": "hidden"}
