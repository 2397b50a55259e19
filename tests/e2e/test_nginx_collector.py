"""The shipped nginx.conf in Debian's nginx, before a collector: leads, and those who mean harm."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import brotli
import pytest
import pytest_asyncio

from tests.nginx import (
    OWN_HOST,
    PUBLIC,
    SITE_HOST,
    Behind,
    Nginx,
    nginx,
    request,
)
from tests.serving import ROOT, Collector, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")
RATE_LIMIT = 20
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True, kw_only=True)
class Front:
    """A collector behind nginx, and a capture for the site."""

    nginx: Nginx
    collector: Collector
    source_id: str

    @property
    def form(self) -> str:
        """Where the site's forms post to."""
        return f"/_lc/f/{self.source_id}"

    async def events(self) -> list[dict[str, Any]]:
        """Read every event, newest first."""
        found: list[dict[str, Any]] = await self.collector.json("event", "list", "--limit", "1000")
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def front(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("collector")
    settings = {"base_url": f"https://{OWN_HOST}", "rate_limit": str(RATE_LIMIT)}
    source_id = await Collector(data_dir=folder).create_capture(f"https://{SITE_HOST}")
    async with (
        serving(folder, **settings) as collector,
        nginx(Behind(collector=collector.base)) as running,
    ):
        yield Front(nginx=running, collector=collector, source_id=source_id)


def from_browser(host: str = SITE_HOST) -> list[tuple[str, str]]:
    """Say what a browser on a page of the site says."""
    return [
        ("Origin", f"https://{SITE_HOST}"),
        ("Sec-Fetch-Site", "same-origin" if host == SITE_HOST else "same-site"),
        ("Accept", "text/html"),
        ("User-Agent", FIREFOX),
    ]


def view(front: Front, query: str) -> bytes:
    """Report a landing page as the script does."""
    url = f"https://{SITE_HOST}/landing?{query}"
    return json.dumps({"source_id": front.source_id, "url": url}).encode()


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_a_touch_and_a_form_through_nginx_become_a_lead_with_its_click_id(
    front: Front, host: str, prefix: str
) -> None:
    browser, click = from_browser(host), f"Cj0KCQ-{len(prefix)}"
    body = view(front, f"gclid={click}")
    touched = await front.nginx.ask(f"{prefix}/t", host=host, body=body, headers=browser)
    token, *attributes = touched.headers["set-cookie"].split("; ")
    assert {"Secure", "HttpOnly", f"Path={prefix or '/'}"} <= set(attributes)

    posting = [*browser, ("Cookie", token), FORM_TYPE]
    path = f"{prefix}/f/{front.source_id}"
    posted = await front.nginx.ask(path, host=host, body=b"name=Ada", headers=posting)
    assert posted.status == 303
    thanks = urljoin(path, posted.headers["location"])
    assert thanks == f"{path}/thanks"
    assert (await front.nginx.ask(thanks, host=host)).status == 200
    assert (await front.events())[0]["metadata"]["gclid"] == click


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_the_largest_cookie_and_many_others_pass(
    front: Front, host: str, prefix: str
) -> None:
    browser, token = from_browser(host), ""
    for letter in "ab":
        body = view(front, f"gclid={letter * 1150}&utm_campaign={letter * 100}")
        sent = [*browser, ("Cookie", token)]
        touched = await front.nginx.ask(f"{prefix}/t", host=host, body=body, headers=sent)
        assert touched.status == 200
        token = touched.headers["set-cookie"].partition(";")[0]
    assert len(token) > 3_700
    others = "; ".join(f"_other{n}=0123456789" for n in range(500))
    sent = [*browser, ("Cookie", f"{others}; {token}"), FORM_TYPE]
    path = f"{prefix}/f/{front.source_id}"
    posted = await front.nginx.ask(path, host=host, body=b"name=Bea", headers=sent)
    assert posted.status == 303
    assert (await front.events())[0]["metadata"]["gclid"] == "b" * 1150


async def test_a_spoofed_address_does_not_change_whom_a_limit_counts(front: Front) -> None:
    for n in range(2 * RATE_LIMIT):
        said = [FORM_TYPE, ("X-Forwarded-For", f"203.0.113.{n}, 2001:db8::{n}")]
        body = f"spoofed={n}".encode()
        answer = await front.nginx.ask(front.form, body=body, headers=said, source="127.0.0.31")
        assert answer.status == 303
    marks = {event["fields"].get("spoofed"): event["marks"] for event in await front.events()}
    assert not any("rate" in marks[str(n)] for n in range(RATE_LIMIT))
    assert "rate" in marks[str(2 * RATE_LIMIT - 1)]


async def test_a_file_comes_compressed_as_the_collector_holds_it(front: Front) -> None:
    answer = await front.nginx.ask("/_lc/t.js", headers=[("Accept-Encoding", "gzip, br")])
    assert answer.headers["content-encoding"] == "br"
    assert brotli.decompress(answer.body) == (ROOT / "static_js" / "dist" / "t.js").read_bytes()


def post_to_form(*headers: str, body: str = "") -> bytes:
    """Write a post with exactly these headers."""
    head = [
        "POST /_lc/f/01900000-0000-7000-8000-000000000001 HTTP/1.1",
        f"Host: {SITE_HOST}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join([*head, "", body]).encode()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (post_to_form("Transfer-Encoding: chunked", body="zz\r\n"), 400),
        (post_to_form("Transfer-Encoding: chunked", "Content-Length: 3", body="0\r\n\r\n"), 400),
        (post_to_form("Content-Length: 3", "Content-Length: 4", body="a=b"), 400),
        (post_to_form("Content-Length: -3", body="a=b"), 400),
        (request("/_lc/t.js", headers=[("X-Long", "a" * 65_536)]), 400),
        (request("/_lc/t.js", headers=[(f"X-{n}", "a" * 1024) for n in range(80)]), 400),
        (
            request("/_lc/t.js", headers=[("Cookie", "; ".join(["cookie=0123456789ab"] * 1000))]),
            400,
        ),
        (request(f"/_lc/t.js?{'a' * 102_400}"), 414),
        (b"GET /_lc/t.js HTTP/1.1\r\n\r\n", 400),
        (f"GET /_lc/t.js HTTP/1.1\r\nHost: {SITE_HOST}\r\nHost: {OWN_HOST}\r\n\r\n".encode(), 400),
    ],
    ids=lambda value: str(value)[:60] if not isinstance(value, bytes) else None,
)
async def test_a_malformed_request_is_refused_and_the_collector_lives(
    front: Front, raw: bytes, status: int
) -> None:
    assert [answer.status for answer in await front.nginx.converse(raw)] == [status]
    assert (await front.nginx.ask("/healthz", host=OWN_HOST)).status == 200


@pytest.mark.parametrize("media_type", ["application/json", "application/x-www-form-urlencoded"])
async def test_a_compressed_body_is_not_expanded(front: Front, media_type: str) -> None:
    bomb = gzip.compress(bytes(100 * 1024 * 1024))
    said = [("Content-Type", media_type), ("Content-Encoding", "gzip"), ("Accept", "text/html")]
    before = peak_memory(front.collector)
    answer = await front.nginx.ask(front.form, body=bomb, headers=said)
    assert 400 <= answer.status < 500
    assert peak_memory(front.collector) - before < 10 * 1024 * 1024


def peak_memory(collector: Collector) -> int:
    """Read how many bytes the process has had at once at most."""
    assert collector.process
    status = Path(f"/proc/{collector.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024
