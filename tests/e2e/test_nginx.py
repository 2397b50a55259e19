"""The shipped nginx.conf in Debian's nginx, before an app that answers with what it was asked."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import subprocess
from collections.abc import AsyncIterator
from socket import create_connection, socket

import pytest
import pytest_asyncio
from starlette.routing import Route

from collector.domain.errors import StoreUnavailable
from collector.web.assets import load_assets
from collector.web.bodies import FORM_BYTES
from collector.web.public.touch import BODY_BYTES
from collector.web.routes import routes
from tests.nginx import (
    BINARY,
    HASTY,
    HERE,
    IN_PLACE_OF_IPV6,
    OWN_HOST,
    PUBLIC,
    SITE_HOST,
    Behind,
    Echoing,
    Nginx,
    close,
    echoing,
    nginx,
    request,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

ID = "01900000-0000-7000-8000-000000000001"
FORM = f"/f/{ID}"
NOBODY = "http://127.0.0.1:1"
CANARY = "Cj0KCQ-canary"
DEADLINE_S = 8
LISTENING = (HERE, IN_PLACE_OF_IPV6)
A_PAGE = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
ON_ITS_OWN_HOST = {SITE_HOST: None, OWN_HOST: "max-age=31536000"}
"""Strict-Transport-Security: what the site's host promises is for the site to say."""

OPERATORS = ("/readyz", "/metrics")
ROUTES = {
    route.path.format(source_id=ID) for route in routes(load_assets()) if isinstance(route, Route)
}
CALLED_BY_SERVERS = {
    *("/healthz", "/openapi.json", "/v2/event", "/v2/affiliate_event", "/webhooks/events"),
}
BROWSERS = sorted(ROUTES - CALLED_BY_SERVERS - {*OPERATORS} | {"/t.v1.js", "/banner.3F2A9c1d.js"})
SERVERS = [
    *sorted(CALLED_BY_SERVERS),
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


async def test_the_site_is_told_who_asks_too(running: Echoing) -> None:
    said = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http")]
    told = json.loads((await running.nginx.ask("/page?a=b", headers=said)).body)
    forwarded = {name: value for name, value in told["headers"].items() if "forwarded" in name}
    assert forwarded == {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"}
    assert (told["path"], told["headers"]["host"]) == ("/page", SITE_HOST)
    assert told["version"] == "1.1"


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_connections_to_the_collector_are_used_again(
    running: Echoing, host: str, prefix: str
) -> None:
    raw = [request(f"{prefix}/t.js", host=host, last=last) for last in (False, True)]
    answers = await running.nginx.converse(b"".join(raw), host=host)
    assert len({json.loads(answer.body)["port"] for answer in answers}) == 1


@pytest.mark.parametrize("host", [SITE_HOST, OWN_HOST])
@pytest.mark.parametrize("to", LISTENING)
async def test_plain_http_is_sent_to_https_and_a_post_stays_a_post(
    running: Echoing, host: str, to: str
) -> None:
    raw = request(f"/_lc{FORM}?a=b", host=host, body=b"name=Ada")
    answer = await running.nginx.ask_plainly(raw, to)
    assert answer.status == 308
    assert answer.headers["location"] == f"https://{host}/_lc{FORM}?a=b"


@pytest.mark.parametrize("to", LISTENING)
async def test_a_host_that_is_not_ours_is_misdirected_and_sent_nowhere(
    running: Echoing, to: str
) -> None:
    raw = request("/t", host="evil.example")
    assert (await running.nginx.ask_plainly(raw, to)).status == 421
    (answer,) = await running.nginx.converse(raw)
    assert answer.status == 421


@pytest.mark.parametrize("to", LISTENING)
async def test_both_hosts_answer_over_tls_and_no_other_name_gets_a_certificate(
    running: Echoing, to: str
) -> None:
    for host in (SITE_HOST, OWN_HOST):
        _, writer = await running.nginx.connect(host=host, to=to)
        await close(writer)
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        await running.nginx.connect(host="evil.example", to=to)


async def test_browsers_are_offered_http_2(running: Echoing) -> None:
    _, writer = await running.nginx.connect(context=running.nginx.context("h2"))
    assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
    await close(writer)


async def test_old_ciphers_are_refused_and_the_newest_protocol_is_spoken(
    running: Echoing,
) -> None:
    _, writer = await running.nginx.connect()
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
    await close(writer)
    context = running.nginx.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA")
    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        await running.nginx.connect(context=context)


async def test_a_tls_session_lives_for_a_day_in_the_servers_memory_alone(
    running: Echoing,
) -> None:
    context = running.nginx.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    session, _ = await asyncio.to_thread(speak_tls, running.nginx, context)
    assert not session.has_ticket
    _, reused = await asyncio.to_thread(speak_tls, running.nginx, context, session)
    assert reused
    newest, _ = await asyncio.to_thread(speak_tls, running.nginx, running.nginx.context())
    assert newest.ticket_lifetime_hint == 86_400


def speak_tls(
    nginx: Nginx, context: ssl.SSLContext, session: ssl.SSLSession | None = None
) -> tuple[ssl.SSLSession, bool | None]:
    """Ask for a file; gives the session, and whether it is the one that was offered."""
    with (
        create_connection((HERE, nginx.port)) as plain,
        context.wrap_socket(plain, server_hostname=SITE_HOST, session=session) as secure,
    ):
        secure.sendall(request("/_lc/t.js"))
        while secure.recv(65_536):
            pass
        assert secure.session is not None
        return secure.session, secure.session_reused


async def test_a_folder_without_its_slash_is_sent_on_within_its_host(running: Echoing) -> None:
    answer = await running.nginx.ask("/console", host=OWN_HOST)
    assert (answer.status, answer.headers["location"]) == (301, "/console/")


async def test_a_live_page_shows_each_line_as_it_is_written(running: Echoing) -> None:
    reader, writer = await running.nginx.connect(host=OWN_HOST)
    writer.write(request("/console/live", host=OWN_HOST))
    async with asyncio.timeout(5):
        assert b"200 OK" in await reader.readuntil(b"first\n")
        running.echo.ends.set()
        assert b"last\n" in await reader.read()
    await close(writer)


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_what_has_arrived_whole_is_passed_on_although_its_sender_leaves(
    host: str, prefix: str
) -> None:
    async with echoing() as running:
        _, writer = await running.nginx.connect(host=host)
        writer.write(request(f"{prefix}{FORM}?held=", host=host, body=b"name=Ada"))
        await running.echo.began.wait()
        await close(writer)
        assert (await running.nginx.ask("/")).status == 200
        running.echo.ends.set()
    assert f" POST {host} {prefix}{FORM} 200 " in running.nginx.logged


@pytest.mark.parametrize("path", ["/console/events?held=", "/console/live"])
async def test_what_nobody_waits_for_in_the_console_ends_at_once(path: str) -> None:
    async with echoing() as running:
        _, writer = await running.nginx.connect(host=OWN_HOST)
        writer.write(request(path, host=OWN_HOST))
        await running.echo.began.wait()
        await close(writer)
        async with asyncio.timeout(DEADLINE_S):
            await running.echo.left.wait()
        running.echo.ends.set()


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_what_fits_is_kept_out_of_files(host: str, prefix: str) -> None:
    async with echoing() as running:
        for path, size in (("/t", BODY_BYTES), (FORM, FORM_BYTES)):
            assert (await running.nginx.ask(f"{prefix}{path}", host=host, body=bytes(size))).status
    assert "temporary file" not in "".join(running.nginx.says)


async def test_a_live_page_may_be_silent_longer_than_any_other() -> None:
    async with echoing(HASTY) as running:
        reader, writer = await running.nginx.connect(host=OWN_HOST)
        writer.write(request("/console/live", host=OWN_HOST))
        await reader.readuntil(b"first\n")
        answer = await running.nginx.ask("/console/events?held=", host=OWN_HOST)
        assert answer.status == 504
        running.echo.ends.set()
        assert b"last\n" in await reader.read()
        await close(writer)


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_a_collector_that_takes_no_connection_is_not_waited_for(
    host: str, prefix: str
) -> None:
    with socket() as full, socket() as only:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        only.connect(full.getsockname())
        address = f"http://127.0.0.1:{full.getsockname()[1]}"
        async with nginx(Behind(collector=address), HASTY) as running:
            async with asyncio.timeout(DEADLINE_S):
                answer = await running.ask(f"{prefix}/t.js", host=host)
            assert answer.status == 504


@pytest.mark.parametrize(("host", "prefix"), PUBLIC)
async def test_what_nginx_refuses_reads_like_the_collectors_own_refusals(
    host: str, prefix: str
) -> None:
    async with nginx(Behind(collector=NOBODY)) as running:
        path = f"{prefix}{FORM}"
        program = await running.ask(path, host=host, body=b"a=b")
        person = await running.ask(path, host=host, body=b"a=b", headers=A_PAGE)
    assert (program.status, person.status) == (502, 502)
    assert program.headers.get_content_type() == "application/json"
    assert json.loads(program.body).keys() == {"error", "code"}
    assert json.loads(program.body)["code"] == StoreUnavailable.code
    assert person.headers.get_content_type() == "text/html"
    assert person.headers.get_content_charset() == "utf-8"
    assert "send it again in a minute" in person.body.decode()
    assert "senden Sie es in einer Minute erneut" in person.body.decode()
    assert b"nginx" not in person.body
    for answer in (program, person):
        assert answer.headers["retry-after"] == "60"
        assert answer.headers["server"] == "nginx"
        assert answer.headers["strict-transport-security"] == ON_ITS_OWN_HOST[host]


async def test_the_collectors_own_host_is_for_https_alone(running: Echoing) -> None:
    answer = await running.nginx.ask("/healthz", host=OWN_HOST)
    assert answer.headers["strict-transport-security"] == ON_ITS_OWN_HOST[OWN_HOST]


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
