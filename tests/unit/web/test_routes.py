from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.installation import SITE, SOURCE, Installation, installation

#: Every public address of the contract that is served so far, and how it answers an operator
#: or browser that asks in the plainest way.
ADDRESSES = {
    ("GET", "/t.js"): 200,
    ("GET", "/t.js?source=x&consent=none"): 200,
    ("GET", "/t.v1.js"): 200,
    ("GET", "/style.css"): 200,
    ("OPTIONS", "/t"): 204,
    ("POST", "/t"): 400,
    ("OPTIONS", "/f/check"): 204,
    ("POST", "/f/check"): 400,
    ("OPTIONS", f"/f/{SOURCE}"): 204,
    ("POST", f"/f/{SOURCE}"): 415,
    ("GET", f"/f/{SOURCE}/thanks"): 200,
    ("POST", "/v2/event"): 401,
    ("POST", "/v2/affiliate_event"): 401,
    ("POST", "/webhooks/events"): 401,
    ("GET", "/openapi.json"): 200,
    ("GET", "/healthz"): 200,
    ("GET", "/readyz"): 200,
    ("GET", "/metrics"): 200,
    ("GET", "/console"): 303,
    ("GET", "/console/sign-in"): 200,
    ("POST", "/console/sign-in"): 403,
    ("GET", "/console/account"): 303,
    ("GET", "/console/nothing"): 404,
}
HIDDEN = ("/", "/f", "/f/", "/consoles", "/docs", "/debug", "/templates/public/base.html", "/t.py")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("routes")) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(site: Installation) -> TestClient:
    site.client.follow_redirects = False
    return site.client


@pytest.mark.parametrize(("method", "path"), ADDRESSES, ids=str)
def test_every_public_address_answers(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, headers={"origin": SITE})
    assert answer.status_code == ADDRESSES[method, path]


@pytest.mark.parametrize("path", HIDDEN)
def test_anything_else_is_404_in_json(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")


@pytest.mark.parametrize(
    "path", ["/t", f"/f/{SOURCE}", "/healthz", "/readyz", "/metrics", "/v2/event"]
)
def test_another_method_is_405_in_json_and_names_the_right_ones(
    client: TestClient, path: str
) -> None:
    answer = client.request("DELETE", path, headers={"accept": "application/json"})
    assert answer.status_code == 405
    assert answer.headers["allow"]
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["code"] == "method"


@pytest.mark.parametrize("path", ["/t/", f"/f/{SOURCE}/", "/readyz/"])
def test_no_redirect_leads_to_another_host_or_out_of_the_public_prefix(
    client: TestClient, path: str
) -> None:
    proxied = {"host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-prefix": "/_lc"}
    answer = client.post(path, headers=proxied)
    location = answer.headers.get("location", "")
    assert not location.startswith(("http:", "https:", "/")), location
