from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from collector.domain.errors import BodyTooLarge, Incomplete, InputError, TooComplex
from collector.web.multipart import FIELD_BYTES, FormReader

BOUNDARY = b"xYzZY"


def part(name: str, content: bytes, extra: str = "", more: str = "") -> bytes:
    head = f'--xYzZY\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n{more}\r\n'
    return head.encode() + content + b"\r\n"


END = b"--xYzZY--\r\n"


async def read(body: bytes, chunk: int = 1 << 16) -> list[tuple[str, Any]]:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), chunk):
            yield body[start : start + chunk]

    return await FormReader(BOUNDARY).read(chunks())


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
async def test_fields_are_read_in_order_however_the_body_is_cut(chunk: int) -> None:
    body = part("email", b"a@b.de") + part("topic", "über".encode()) + part("topic", b"") + END
    assert await read(body, chunk) == [("email", "a@b.de"), ("topic", "über"), ("topic", "")]


async def test_of_a_file_only_name_type_and_size_are_kept() -> None:
    body = part("cv", b"%PDF" * 1000, '; filename="cv ü.pdf"', "Content-Type: application/pdf\r\n")
    assert await read(body + END) == [
        (
            "cv",
            {"name": "cv ü.pdf", "type": "application/pdf", "size": 4000, "content": "not kept"},
        )
    ]


async def test_a_file_input_left_empty_is_an_empty_field() -> None:
    assert await read(part("cv", b"", '; filename=""') + END) == [("cv", "")]


async def test_text_of_an_old_page_is_read_as_windows_1252() -> None:
    assert await read(part("name", "Müller €".encode("cp1252")) + END) == [("name", "Müller €")]


WHOLE = part("email", b"a@b.de") + part("message", b"hello") + END


@pytest.mark.parametrize("cut", [0, 10, 40, 70, len(WHOLE) - len(END) - 2, len(WHOLE) - len(END)])
async def test_a_body_that_ends_early_is_refused(cut: int) -> None:
    with pytest.raises(Incomplete):
        await read(WHOLE[:cut])


async def test_fields_have_a_limit_and_files_are_counted_apart() -> None:
    big = b"x" * (FIELD_BYTES + 1)
    with pytest.raises(BodyTooLarge):
        await read(part("message", big) + END)
    assert (await read(part("f", big, '; filename="f"') + END))[0][1]["size"] == len(big)


async def test_too_many_parts_are_refused() -> None:
    with pytest.raises(TooComplex):
        await read(b"".join(part(str(n), b"") for n in range(1001)) + END)


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b"--xYzZY\r\n" + b"X: y\r\n" * 20_000 + b"\r\n\r\n" + END,
        b"--xYzZY\r\nX: " + b"y" * 100_000 + b"\r\n\r\n" + END,
    ],
    ids=["no multipart at all", "20,000 headers", "a header of 100 kB"],
)
async def test_what_cannot_be_read_is_an_input_error(body: bytes) -> None:
    with pytest.raises(InputError):
        await read(body)


async def test_a_path_in_a_file_name_stays_a_mere_text() -> None:
    found = await read(part("f", b"x", '; filename="../../etc/passwd"') + END)
    assert found[0][1]["name"] == "../../etc/passwd"
