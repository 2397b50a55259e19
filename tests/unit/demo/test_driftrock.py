from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from collector.demo.driftrock import Account, ScriptedAnswer, create_driftrock

SOURCE = "0190a7c0-0000-7000-8000-000000000001"
START = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)
HEADERS = {
    "Authorization": "Bearer key-1",
    "Content-Type": "application/json",
    "Accept": "application/json",
    "X-Other": "not kept",
}
BODY = (
    b'{ "event_type":"lead","event_name":"Contact <form>","source_id":"%s",'
    b'"fields":{"name":"<b>Ada</b>","topics":["a"]},'
    b'"metadata":{"gclid":"Cj0+x/_-","utm_source":"google"} }'
) % SOURCE.encode()


@pytest.fixture
def app() -> Starlette:
    seconds = count()
    return create_driftrock(
        "key-1", [SOURCE], now=lambda: START + timedelta(seconds=next(seconds))
    )


@pytest.fixture
def account(app: Starlette) -> Account:
    found = app.state.account
    assert isinstance(found, Account)
    return found


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://driftrock") as opened:
        yield opened


async def send(client: httpx2.AsyncClient, body: bytes = BODY, **headers: str) -> httpx2.Response:
    return await client.post("/v2/event", content=body, headers=HEADERS | headers)


async def test_an_event_is_accepted_and_recorded_as_it_came(
    client: httpx2.AsyncClient, account: Account
) -> None:
    answer = await send(client)
    assert (answer.status_code, answer.content) == (200, b'{"data":"ok"}')
    (received,) = account.received
    assert received.at == START
    assert received.request.body == BODY
    assert received.request.headers["authorization"] == "Bearer key-1"
    assert "x-other" not in received.request.headers
    assert received.verdict.error is None


async def test_a_refused_request_is_recorded_with_its_cause(
    client: httpx2.AsyncClient, account: Account
) -> None:
    answers = [
        await send(client, Authorization="Bearer other"),
        await send(client, body=b"{}"),
        await client.get("/v2/event", headers=HEADERS),
        await client.delete("/", headers=HEADERS),
    ]
    assert [answer.status_code for answer in answers] == [401, 400, 405, 404]
    assert [received.status for received in account.received] == [401, 400, 405, 404]
    assert [answer.json()["error"] for answer in answers] == [
        received.verdict.error for received in account.received
    ]


async def test_scripted_answers_come_first_and_then_the_protocol_again(
    client: httpx2.AsyncClient, account: Account
) -> None:
    account.script += [
        ScriptedAnswer(status=429, headers={"Retry-After": "7"}),
        ScriptedAnswer(status=503),
    ]
    answers = [await send(client) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert [received.status for received in account.received] == [429, 503, 200]
    assert {received.verdict.status for received in account.received} == {200}


async def test_a_slow_answer_waits_for_its_event_after_the_request_is_recorded(
    client: httpx2.AsyncClient, account: Account
) -> None:
    gate = asyncio.Event()
    account.script.append(ScriptedAnswer(until=gate))
    async with asyncio.TaskGroup() as tasks:
        pending = tasks.create_task(send(client))
        (received,) = await account.wait_for(1)
        assert received.request.body == BODY
        assert not pending.done()
        gate.set()
    assert pending.result().json() == {"data": "ok"}


async def test_events_are_listed_as_json_newest_first(client: httpx2.AsyncClient) -> None:
    await send(client)
    await send(client, body=b"\xff")
    rows: list[dict[str, Any]] = (await client.get("/events.json")).json()["received"]
    assert [row["status"] for row in rows] == [400, 200]
    assert rows[0]["event"] is None
    assert rows[0]["body"] == "\ufffd"
    assert rows[1] == {
        "at": "2026-11-24T02:15:00Z",
        "method": "POST",
        "path": "/v2/event",
        "status": 200,
        "verdict": 200,
        "error": None,
        "event": {
            "event_type": "lead",
            "event_name": "Contact <form>",
            "source_id": SOURCE,
            "fields": {"name": "<b>Ada</b>", "topics": ["a"]},
            "metadata": {"gclid": "Cj0+x/_-", "utm_source": "google"},
        },
        "body": BODY.decode(),
    }


async def test_the_page_shows_marketing_fields_first_and_escapes_all(
    client: httpx2.AsyncClient,
) -> None:
    await send(client)
    page = (await client.get("/")).text
    assert "<b>Ada</b>" not in page
    order = [
        "Contact &lt;form&gt;",
        "Accepted",
        "Cj0+x/_-",
        "utm_campaign",
        "&lt;b&gt;Ada",
        "<pre",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)


async def test_the_page_tells_refused_and_scripted_answers_apart(
    client: httpx2.AsyncClient, account: Account
) -> None:
    await send(client, body=b"{}")
    account.script.append(ScriptedAnswer(status=503))
    await send(client)
    page = (await client.get("/")).text
    assert page.index("Answered 503, as told") < page.index("Refused, 400")
    assert "Accepted" not in page


async def test_the_page_says_when_nothing_has_arrived(client: httpx2.AsyncClient) -> None:
    assert "Nothing has arrived yet" in (await client.get("/")).text


async def test_the_page_shows_the_newest_fifty_and_says_so(client: httpx2.AsyncClient) -> None:
    for _ in range(51):
        await send(client)
    page = (await client.get("/")).text
    assert page.count("<article") == 50
    assert "51 received" in page
    assert "newest 50 shown" in page


async def test_the_page_renews_itself_until_it_is_paused(client: httpx2.AsyncClient) -> None:
    refresh = '<meta http-equiv="refresh"'
    assert refresh in (await client.get("/")).text
    assert refresh not in (await client.get("/?pause")).text
