from __future__ import annotations

import re

import pytest

from collector.domain.check_link import CLICK_ID_BYTES, check_link, new_click_id, read_page
from collector.domain.errors import InputError
from collector.domain.sites import split_url
from collector.domain.url_parameters import read_query
from tests.installation import SITE, new_capture


def test_a_click_id_has_the_shape_of_a_real_one_and_all_that_is_lost_on_the_way() -> None:
    for random in (bytes(CLICK_ID_BYTES), b"\xff" * CLICK_ID_BYTES):
        made = new_click_id(random)
        assert re.fullmatch(r"[\w-]{45,100}", made, re.ASCII)
        assert all(re.search(kind, made) for kind in ("[a-z]", "[A-Z]", "-", "_", r"\d"))


LINKS = {
    f"{SITE}/offer": f"{SITE}/offer?{{}}",
    f"{SITE}": f"{SITE}?{{}}",
    f"{SITE}/?size=2": f"{SITE}/?size=2&{{}}",
    f"{SITE}/#/offer": f"{SITE}/?{{}}#/offer",
}


@pytest.mark.parametrize("page", LINKS)
def test_the_link_keeps_the_pages_own_address(page: str) -> None:
    added = (
        "utm_source=google&utm_medium=cpc&utm_campaign=Live-Check&utm_term=live%20check"
        "&gclid=Ab-c_D&_check=1-x"
    )
    assert check_link(page, "Ab-c_D", "1-x") == LINKS[page].format(added)


def test_what_the_link_adds_is_read_back_as_it_was_meant() -> None:
    url = split_url(check_link(f"{SITE}/?a=b", "Ab-c_D", "1-x"))
    assert url is not None
    read = read_query(url).parameters
    assert read["gclid"] == "Ab-c_D"
    assert read["utm_term"] == "live check"


PAGES = {
    f"{SITE}/offer": f"{SITE}/offer",
    "  www.example.com/offer ": f"{SITE}/offer",
    f"{SITE}/?size=2&gclid=old&utm_source=x&_check=1-y#top": f"{SITE}/?size=2#top",
    "https://shop.example.com/": "https://shop.example.com/",
}


@pytest.mark.parametrize("said", PAGES)
def test_a_page_is_read_without_what_an_older_link_added(said: str) -> None:
    assert read_page(new_capture(), said) == PAGES[said]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "offer",
        "javascript://www.example.com/",
        f"{SITE}/{'x' * 2_000}",
        "https://example.org/",
    ],
)
def test_what_is_no_page_of_the_capture_is_refused(said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_page(new_capture(), said)
    assert caught.value.field == "page"
