"""What every endpoint for browsers does alike: hosts, CORS, and senders that go away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Message

from tests.installation import SITE, SOURCE, Installation, installation, new_capture

WILD = SOURCE[:-1] + "2"
REFUSING = SOURCE[:-1] + "3"
BASE_HOST = "leads.agency.net"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    captures = (
        new_capture(),
        new_capture(source_id=WILD, origins=("https://*.example.org",)),
        new_capture(source_id=REFUSING, refuse_other_origins=True),
    )
    folder = tmp_path_factory.mktemp("endpoint")
    with installation(folder, *captures, base_url=f"https://{BASE_HOST}") as opened:
        yield opened


# ---- hosts ----------------------------------------------------------------------------------

HOSTS = {
    "the base URL's host": (BASE_HOST, True),
    "the base URL's host with a port": (f"{BASE_HOST}:8443", True),
    "the site itself": ("www.example.com", True),
    "another host of an own domain": ("leads.example.com", True),
    "an own domain in capitals": ("WWW.Example.COM", True),
    "an own domain by a wildcard": ("shop.example.org", True),
    "loopback by name": ("localhost:8000", True),
    "loopback by address": ("127.0.0.1", True),
    "loopback on IPv6": ("[::1]:8000", True),
    "another host": ("evil.example", False),
    "another host of the base URL's domain": ("other.agency.net", False),
    "an own domain inside another": ("www.example.com.evil.example", False),
    "loopback inside another": ("localhost.evil.example", False),
    "a private address": ("10.0.0.1", False),
    "no host": ("", False),
    "none that can be one": ("a b/\\c", False),
}
REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a touch": ("POST", "/t", {"json": {"url": f"{SITE}/", "source_id": SOURCE}}),
    "a form": ("POST", f"/f/{SOURCE}", {"data": {"n": "1"}}),
    "thanks": ("GET", f"/f/{SOURCE}/thanks", {}),
    "a preflight": ("OPTIONS", f"/f/{SOURCE}", {}),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize(("host", "ours"), HOSTS.values(), ids=HOSTS)
def test_only_the_base_url_own_domains_and_loopback_are_answered_for(
    site: Installation, host: str, ours: bool, request_: tuple[str, str, dict[str, Any]]
) -> None:
    method, path, body = request_
    before = len(site.events())
    answer = site.client.request(
        method, path, headers={"host": host}, follow_redirects=False, **body
    )
    assert (answer.status_code != 421) is ours
    if not ours:
        assert len(site.events()) == before
        assert "set-cookie" not in answer.headers


def test_a_host_counts_as_the_proxy_says_it_and_the_refusal_says_what_to_do(
    site: Installation,
) -> None:
    headers = {"host": "127.0.0.1:8000", "x-forwarded-host": "evil.example"}
    answer = site.client.post("/t", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (421, "host")
    assert "COLLECTOR_BASE_URL" in answer.json()["error"]


# ---- CORS -----------------------------------------------------------------------------------

ORIGINS = {
    "one of the capture": (SOURCE, SITE, True),
    "its other one": (SOURCE, "https://example.com", True),
    "one by a wildcard": (WILD, "https://a.b.example.org", True),
    "the bare domain of a wildcard": (WILD, "https://example.org", False),
    "another scheme": (SOURCE, "http://www.example.com", False),
    "another port": (SOURCE, "https://www.example.com:444", False),
    "null": (SOURCE, "null", False),
    "a stranger": (SOURCE, "https://evil.example", False),
}


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
@pytest.mark.parametrize(("source", "origin", "allowed"), ORIGINS.values(), ids=ORIGINS)
def test_an_allowed_origin_is_answered_with_exactly_itself_and_no_other_at_all(
    site: Installation, method: str, source: str, origin: str, allowed: bool
) -> None:
    path = f"/f/{source}"
    answer = site.client.request(
        method, path, headers={"origin": origin}, json={"n": "1"} if method == "POST" else None
    )
    assert answer.status_code == (200 if method == "POST" else 204)
    assert answer.headers["vary"] == "Origin"
    assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    credentials = answer.headers.get("access-control-allow-credentials")
    assert credentials == ("true" if allowed else None)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"/f/{SOURCE}", 415),
        ("POST", f"/f/{SOURCE[:-1]}9", 404),
        ("OPTIONS", f"/f/{SOURCE[:-1]}9", 404),
        ("PUT", f"/f/{SOURCE}", 405),
        ("POST", "/t", 400),
        ("PUT", "/t", 405),
    ],
)
def test_the_allowed_page_can_read_what_was_wrong(
    site: Installation, method: str, path: str, status: int
) -> None:
    headers = {"origin": SITE, "accept": "application/json"}
    answer = site.client.request(method, path, headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, SITE)
    assert answer.json()["error"]


def test_a_preflight_lets_a_page_post_json_and_lasts_a_while(site: Installation) -> None:
    answer = site.client.options("/t", headers={"origin": SITE})
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"]
    assert int(answer.headers["access-control-max-age"]) >= 600
    assert answer.content == b""


# ---- senders that go away -------------------------------------------------------------------

BROKEN_OFF = {
    "a form": (FORM, b"email=ada%40example.org&na"),
    "a form at its very end": (FORM, b"email=ada%40example.org"),
    "JSON that is whole already": ("application/json", b'{"email": "ada@example.org"}'),
    "multipart": (
        "multipart/form-data; boundary=B",
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--B--\r\n',
    ),
}


@pytest.mark.parametrize(("media_type", "begun"), BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_a_sender_that_goes_away_in_the_middle_of_a_form_leaves_nothing(
    site: Installation, media_type: str, begun: bytes
) -> None:
    arriving: list[Message] = [
        {"type": "http.request", "body": begun, "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return arriving.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/f/{SOURCE}",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", media_type.encode())],
        "client": ("127.0.0.1", 50_000),
        "state": site.client.app_state.copy(),
    }
    before = len(site.events())
    portal = site.client.portal
    assert portal is not None
    portal.call(site.client.app, scope, receive, send)
    assert arriving == []
    assert sent == []
    assert len(site.events()) == before
