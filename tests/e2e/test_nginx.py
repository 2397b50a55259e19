"""The shipped nginx.conf in Debian's nginx, before an app that answers with what it was asked."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from starlette.routing import Route

from collector.domain.errors import StoreUnavailable
from collector.web.assets import load_assets
from collector.web.public.touch import BODY_BYTES
from collector.web.routes import routes
from tests.nginx import (
    BINARY,
    OWN_HOST,
    PUBLIC,
    SITE_HOST,
    Behind,
    Echoing,
    close,
    echoing,
    nginx,
    read_answers,
    request,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

ID = "01900000-0000-7000-8000-000000000001"
FORM = f"/f/{ID}"
NOBODY = "http://127.0.0.1:1"
CANARY = "Cj0KCQ-canary"

OPERATORS = ("/readyz", "/metrics")
ROUTES = {
    route.path.format(source_id=ID) for route in routes(load_assets()) if isinstance(route, Route)
}
BROWSERS = sorted(ROUTES - {"/healthz", *OPERATORS} | {"/t.v1.js", "/banner.3F2A9c1d.js"})
SERVERS = [
    *("/healthz", "/openapi.json", "/v2/event", "/v2/affiliate_event", "/webhooks/events"),
    *("/console/", "/console/events/1?page=2", f"/console/captures/{ID}/live"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Echoing]:
    async with echoing() as running:
        yield running


async def test_nginx_finds_no_fault_with_the_file(running: Echoing) -> None:
    command = [BINARY, "-t", "-c", str(running.nginx.conf)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "test is successful" in said
    assert "[warn]" not in said


@pytest.mark.parametrize("path", [*BROWSERS, *SERVERS])
async def test_what_the_collectors_own_host_passes_on(running: Echoing, path: str) -> None:
    answer = await running.nginx.ask(path, host=OWN_HOST)
    assert json.loads(answer.body)["path"] == path.partition("?")[0]


@pytest.mark.parametrize("path", BROWSERS)
async def test_what_the_sites_host_passes_on_without_the_prefix(
    running: Echoing, path: str
) -> None:
    answer = await running.nginx.ask(f"/_lc{path}?_lang=de")
    assert json.loads(answer.body)["path"] == path


@pytest.mark.parametrize(
    ("host", "path"),
    [
        *((SITE_HOST, path) for path in (*SERVERS, *OPERATORS, *BROWSERS)),
        *((SITE_HOST, f"/_lc{path}") for path in (*SERVERS, *OPERATORS)),
        *((OWN_HOST, path) for path in OPERATORS),
        *((OWN_HOST, f"/_lc{path}") for path in BROWSERS),
        (OWN_HOST, "/"),
        (SITE_HOST, "/_lc"),
        (SITE_HOST, "/_lc/"),
        (SITE_HOST, "/_lc/f/"),
        (SITE_HOST, "/_lc/t/"),
        (SITE_HOST, "/_lc/console/t.js"),
        (SITE_HOST, f"/_lc/f/{ID}/thanks/console"),
        (SITE_HOST, "/_lc/../console/"),
        (SITE_HOST, "/_lc/f/%2e%2e/console/"),
        (SITE_HOST, "/_lc/f/..%2f..%2fconsole%2f"),
        (SITE_HOST, "/_lc/f/..%5c..%5cconsole"),
        (SITE_HOST, f"/_lc/f/{ID}%0d%0aX-Forwarded-For:1"),
        (SITE_HOST, "/_lc/t.js%00.js"),
        (SITE_HOST, "/_lc/console/%2e%2e/console/.js"),
    ],
)
async def test_everything_else_is_not_found(running: Echoing, host: str, path: str) -> None:
    before = len(running.echo.paths)
    answer = await running.nginx.ask(path, host=host)
    assert answer.status in {400, 404}
    assert len(running.echo.paths) == before


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_what_a_visitor_says_about_himself_is_replaced(
    running: Echoing, host: str, prefix: str
) -> None:
    said = {
        "X-Forwarded-For": "203.0.113.9, 127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Prefix": "/evil",
        "X_Forwarded_For": "203.0.113.9",
        "Cookie": "_lc=1",
    }
    answer = await running.nginx.ask(f"{prefix}/t", host=host, headers=said.items(), body=b"{}")
    told = json.loads(answer.body)["headers"]
    forwarded = {name: value for name, value in told.items() if "forwarded" in name}
    assert forwarded == {
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-host": host,
        "x-forwarded-proto": "https",
        **({"x-forwarded-prefix": prefix} if prefix else {}),
    }
    assert told["host"] == host
    assert told["cookie"] == "_lc=1"


async def test_plain_http_is_sent_to_https_and_a_post_stays_a_post(running: Echoing) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.nginx.plain_port)
    writer.write(request(f"/_lc{FORM}?a=b", body=b"name=Ada"))
    (answer,) = read_answers(await reader.read())
    await close(writer)
    assert answer.status == 308
    assert answer.headers["location"] == f"https://{SITE_HOST}/_lc{FORM}?a=b"


async def test_a_host_that_is_not_ours_is_misdirected(running: Echoing) -> None:
    (answer,) = await running.nginx.converse(request("/t", host="evil.example"))
    assert answer.status == 421


async def test_browsers_are_offered_http_2(running: Echoing) -> None:
    _, writer = await running.nginx.connect(protocol="h2")
    assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
    await close(writer)


async def test_a_live_page_shows_each_line_as_it_is_written(running: Echoing) -> None:
    reader, writer = await running.nginx.connect(host=OWN_HOST)
    writer.write(request("/console/live", host=OWN_HOST))
    async with asyncio.timeout(5):
        assert b"200 OK" in await reader.readuntil(b"first\n")
        running.echo.ends.set()
        assert b"last\n" in await reader.read()
    await close(writer)


async def test_what_has_arrived_whole_is_passed_on_although_its_sender_leaves() -> None:
    async with echoing() as running:
        _, writer = await running.nginx.connect()
        writer.write(request(f"/_lc{FORM}?held=", body=b"name=Ada"))
        await running.echo.held.wait()
        await close(writer)
        assert (await running.nginx.ask("/")).status == 200
        running.echo.ends.set()
    assert f" POST {SITE_HOST} /_lc{FORM} 200 " in running.nginx.logged


async def test_what_nginx_refuses_reads_like_the_collectors_own_refusals() -> None:
    async with nginx(Behind(collector=NOBODY)) as running:
        program = await running.ask(f"/_lc{FORM}", body=b"a=b")
        page = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
        person = await running.ask(f"/_lc{FORM}", body=b"a=b", headers=page)
    assert (program.status, person.status) == (502, 502)
    assert program.headers.get_content_type() == "application/json"
    assert json.loads(program.body).keys() == {"error", "code"}
    assert json.loads(program.body)["code"] == StoreUnavailable.code
    assert person.headers.get_content_type() == "text/html"
    assert "senden Sie es in einer Minute erneut" in person.body.decode()
    assert b"nginx" not in person.body
    assert program.headers["retry-after"] == person.headers["retry-after"] == "60"
    assert program.headers["server"] == "nginx"


async def test_neither_queries_nor_cookies_nor_referrers_are_logged() -> None:
    async with nginx(Behind(collector=NOBODY)) as running:
        said = [
            ("Cookie", f"_lc={CANARY}"),
            ("Referer", f"https://{SITE_HOST}/?gclid={CANARY}"),
        ]
        for count, path, body in (
            (900, "/_lc/t", b"{}"),
            (1, "/_lc/t", bytes(BODY_BYTES + 1)),
            (1, "/_lc/console/", None),
            (1, "/", None),
        ):
            posts = [
                request(f"{path}?gclid={CANARY}", body=body, headers=said, last=n == 1)
                for n in range(count, 0, -1)
            ]
            await running.converse(b"".join(posts))
        await running.converse(request("/_lc/t.js", headers=[*said, ("Cookie", CANARY * 5000)]))
    statuses = set(
        re.findall(r"^\S+ \S+ (?:GET|POST) \S+ \S+ (\d+) ", running.logged, re.MULTILINE)
    )
    assert statuses == {"400", "404", "413", "429", "502"}
    assert f" POST {SITE_HOST} /_lc/t 429 " in running.logged
    assert CANARY not in running.logged
    assert CANARY in "".join(running.says), "what nginx says from `error` on holds them"
