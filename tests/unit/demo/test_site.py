from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from collector.demo.arrivals import ARRIVALS
from collector.demo.protocol import METADATA_KEYS
from collector.demo.site import GA_CLIENT_ID, create_site

BASE = "http://127.0.0.1:8000"
FIRST, SECOND = "source-1", "source-2"
PATHS = ("/", "/spring", "/about", "/contact", "/callback", "/newsletter")


@pytest.fixture
def site() -> TestClient:
    return TestClient(create_site(BASE, FIRST, SECOND))


@pytest.mark.parametrize("path", PATHS)
def test_every_page_carries_the_script_tag_once_and_offers_the_arrivals(
    site: TestClient, path: str
) -> None:
    answer = site.get(path)
    tag = f'<script async src="{BASE}/t.js" data-source="{FIRST}"></script>'
    assert answer.status_code == 200
    assert answer.text.count(tag) == 1
    for arrival in ARRIVALS:
        assert arrival.target.replace("&", "&amp;") in answer.text


@pytest.mark.parametrize(
    ("base", "address"),
    [
        pytest.param("https://leads.example.com", "https://leads.example.com", id="subdomain"),
        pytest.param("https://leads.example.com/", "https://leads.example.com", id="with a slash"),
        pytest.param("/_lc", "/_lc", id="a path of the site"),
    ],
)
def test_the_collector_may_stand_anywhere(base: str, address: str) -> None:
    page = TestClient(create_site(base, FIRST)).get("/contact").text
    assert f'src="{address}/t.js"' in page
    assert f'action="{address}/f/{FIRST}"' in page


def test_only_the_first_page_sets_a_cookie_and_it_is_that_of_google_analytics(
    site: TestClient,
) -> None:
    for path in PATHS[1:]:
        assert "set-cookie" not in site.get(path).headers
    assert f"_ga=GA1.1.{GA_CLIENT_ID};" in site.get("/").headers["set-cookie"]


def test_a_visitor_who_has_a_ga_cookie_keeps_it(site: TestClient) -> None:
    answer = site.get("/", headers={"Cookie": "_ga=GA1.1.1.2"})
    assert "set-cookie" not in answer.headers


def test_the_contact_form_posts_to_the_collector_without_any_script(site: TestClient) -> None:
    page = site.get("/contact").text
    assert f'<form method="post" action="{BASE}/f/{FIRST}">' in page
    assert page.count("<script") == 1


@pytest.mark.parametrize(("second", "used"), [(SECOND, SECOND), (None, FIRST)])
def test_the_callback_form_belongs_to_the_second_capture_if_there_is_one(
    second: str | None, used: str
) -> None:
    site = TestClient(create_site(BASE, FIRST, second))
    page = site.get("/callback").text
    assert f'action="{BASE}/f/{used}"' in page
    assert '<script defer src="/callback.js"></script>' in page
    assert "collector.submit(form)" in site.get("/callback.js").text


def test_the_newsletter_form_has_a_hidden_input_for_each_metadata_key(site: TestClient) -> None:
    page = site.get("/newsletter").text
    assert 'action="/newsletter/sent"' in page
    for name in METADATA_KEYS:
        assert f'<input type="hidden" name="{name}">' in page


def test_the_newsletter_system_shows_what_it_received(site: TestClient) -> None:
    page = site.post("/newsletter/sent", data={"gclid": "Cj0+<x>", "utm_term": ""}).text
    assert "<dt>gclid</dt>\n      <dd>Cj0+&lt;x&gt;</dd>" in page
    assert "<dt>utm_term</dt>\n      <dd>(empty)</dd>" in page
