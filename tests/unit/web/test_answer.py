from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from collector.web.answer import HTML, Answer, json_answer


def sent(answer: Answer) -> tuple[int, dict[bytes, list[bytes]], bytes]:
    """Send an answer the way a server takes it: status, headers with repeats, body."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(answer.send(send))
    start, *rest = messages
    headers: dict[bytes, list[bytes]] = {}
    for name, value in start["headers"]:
        headers.setdefault(name, []).append(value)
    assert [start["type"], *(one["type"] for one in rest)] == [
        "http.response.start",
        "http.response.body",
    ]
    return start["status"], headers, rest[0]["body"]


@pytest.mark.parametrize(
    ("answer", "length"),
    [
        pytest.param(Answer(204), b"0", id="no body"),
        pytest.param(Answer(200, "é".encode()), b"2", id="bytes, not characters"),
        pytest.param(Answer(200, b"<p>", (HTML,)), b"3", id="a page"),
        pytest.param(json_answer(400, {"a": 1}), b"7", id="JSON"),
    ],
)
def test_every_answer_says_its_length_and_forbids_guessing_its_type(
    answer: Answer, length: bytes
) -> None:
    status, headers, body = sent(answer)
    assert (status, body) == (answer.status, answer.body)
    assert headers[b"content-length"] == [length]
    assert headers[b"x-content-type-options"] == [b"nosniff"]


@pytest.mark.parametrize(
    ("value", "body"),
    [
        pytest.param({"ok": True, "n": None}, b'{"ok":true,"n":null}', id="compact"),
        pytest.param({"name": "Zoë 🙂"}, '{"name":"Zoë 🙂"}'.encode(), id="UTF-8"),
        pytest.param([], b"[]", id="a list"),
    ],
)
def test_json_is_never_cached(value: Any, body: bytes) -> None:
    _, headers, found = sent(json_answer(200, value))
    assert found == body
    assert headers[b"content-type"] == [b"application/json"]
    assert headers[b"cache-control"] == [b"no-store"]


def test_headers_are_added_to_a_copy_and_may_repeat() -> None:
    cookie = (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")
    answer = json_answer(200, {}, cookie[:1])
    more = answer.adding(cookie[1:])
    assert sent(more)[1][b"set-cookie"] == [b"a=1", b"b=2"]
    assert sent(answer)[1][b"set-cookie"] == [b"a=1"]
