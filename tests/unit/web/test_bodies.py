from __future__ import annotations

from typing import Any

import pytest

from collector.domain.errors import (
    BodyTooLarge,
    FieldsRefused,
    InputError,
    NotJson,
    UnsupportedType,
)
from collector.domain.submission import Submission
from collector.web.bodies import read_form
from collector.web.incoming import Incoming

URLENCODED = "application/x-www-form-urlencoded"


async def read(body: bytes, content_type: str) -> Submission:
    sent = False

    async def receive() -> Any:
        nonlocal sent
        assert not sent
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", content_type.encode())] if content_type else []
    return await read_form(
        Incoming({"type": "http", "method": "POST", "headers": headers}, receive)
    )


@pytest.mark.parametrize(
    ("body", "content_type", "fields"),
    [
        (
            b"email=a%40b.de&topic=x+y&topic=",
            URLENCODED,
            {"email": "a@b.de", "topic": ["x y", ""]},
        ),
        (b"a=1&b&=lost&c=%zz", f"{URLENCODED}; charset=UTF-8", {"a": "1", "b": "", "c": "%zz"}),
        ("name=Müller".encode(), URLENCODED, {"name": "Müller"}),
        (b"name=M%FCller", URLENCODED, {"name": "Müller"}),
        (
            b'{"email": "a", "n": [1, {"x": null}]}',
            "application/json",
            {"email": "a", "n": [1, {"x": None}]},
        ),
        (b'{"email": "a"}', "text/plain;charset=UTF-8", {"email": "a"}),
        (b"a=%00", URLENCODED, {"a": "\ufffd"}),
        (b'{"a": "\\ud800"}', "application/json", {"a": "\ufffd"}),
    ],
)
async def test_a_form_is_read_in_any_of_its_types(
    body: bytes, content_type: str, fields: dict[str, Any]
) -> None:
    assert (await read(body, content_type)).fields == fields


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"[]", "application/json", FieldsRefused),
        (b"a=1", "application/json", NotJson),
        (b"a=1", "application/xml", UnsupportedType),
        (b"a=1", "", UnsupportedType),
        (b"a=1", '"' * 5000 + "\\" * 5000, UnsupportedType),
        (b"x", "multipart/form-data", InputError),
        (b"&".join(b"a" for _ in range(1001)), URLENCODED, FieldsRefused),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "application/json", FieldsRefused),
        (b"a=" + b"x" * (1 << 20), URLENCODED, BodyTooLarge),
    ],
    ids=[
        "a list",
        "a form called JSON",
        "XML",
        "no type",
        "a flood of quotes",
        "no boundary",
        "1,001 fields",
        "depth 40",
        "over 1 MiB",
    ],
)
async def test_what_cannot_be_a_form_is_refused(
    body: bytes, content_type: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await read(body, content_type)
