from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from collector.domain.errors import BodyTooLarge, TooSlow
from collector.web.incoming import READ_DEADLINE_S, Incoming

LIMIT = 10


async def never() -> Message:
    raise AssertionError("nothing was to be read")


def incoming(
    *headers: tuple[str, str], receive: Receive = never, query: str = "", method: str = "POST"
) -> Incoming:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"method": method, "headers": raw, "query_string": query.encode("latin-1")}
    return Incoming(scope, receive)


def arriving(*chunks: bytes | None) -> Receive:
    """A body in these pieces; None is the sender going away."""
    left = list(chunks)

    async def receive() -> Message:
        chunk = left.pop(0)
        if chunk is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": bool(left)}

    return receive


# ---- headers and query ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "name", "value"),
    [
        ((), b"accept", ""),
        ((("accept", "a"),), b"accept", "a"),
        ((("accept", "a"), ("accept", "b")), b"accept", "a, b"),
        ((("cookie", "a=1"), ("cookie", "b=2")), b"cookie", "a=1; b=2"),
        ((("referer", "https://e.org/\xe9"),), b"referer", "https://e.org/é"),
    ],
    ids=["absent", "once", "repeated", "cookies of HTTP/2", "raw bytes"],
)
def test_a_header_reads_as_one_text(
    headers: tuple[tuple[str, str], ...], name: bytes, value: str
) -> None:
    assert incoming(*headers).header(name) == value


@pytest.mark.parametrize(
    ("sent", "origin"),
    [
        ((), None),
        ((("origin", ""),), None),
        ((("origin", "null"),), "null"),
        ((("origin", " HTTPS://Example.com "),), "https://example.com"),
    ],
    ids=["absent", "empty", "null", "spelled otherwise"],
)
def test_an_origin_is_compared_as_browsers_write_it(
    sent: tuple[tuple[str, str], ...], origin: str | None
) -> None:
    assert incoming(*sent).origin == origin


@pytest.mark.parametrize(
    ("query", "value"),
    [("", None), ("x=1", None), ("_lang=", None), ("_lang=&_lang=de&_lang=en", "de")],
)
def test_of_a_repeated_parameter_the_first_that_says_something_counts(
    query: str, value: str | None
) -> None:
    assert incoming(query=query).query("_lang") == value


# ---- the body: size -------------------------------------------------------------------------


async def test_a_body_of_exactly_the_limit_comes_whole_however_it_is_cut() -> None:
    for chunks in ((b"0123456789",), (b"01234", b"56789"), (b"", b"0123456789", b"")):
        assert await incoming(receive=arriving(*chunks)).body(LIMIT) == b"0123456789"


@pytest.mark.parametrize(
    ("length", "chunks"),
    [
        (None, (b"01234567890",)),
        (None, (b"0123456789", b"0")),
        ("5", (b"0123456789", b"0")),
        ("none", (b"01234567890",)),
        ("-5", (b"01234567890",)),
    ],
    ids=["at once", "in pieces", "more than was said", "a length that is none", "negative"],
)
async def test_one_byte_more_is_refused_whatever_the_sender_says(
    length: str | None, chunks: tuple[bytes, ...]
) -> None:
    headers = (("content-length", length),) if length else ()
    with pytest.raises(BodyTooLarge, match="10 bytes"):
        await incoming(*headers, receive=arriving(*chunks)).body(LIMIT)


async def test_a_body_that_says_it_is_too_large_is_not_even_read() -> None:
    with pytest.raises(BodyTooLarge):
        await incoming(("content-length", "11")).body(LIMIT)


async def test_nothing_is_read_behind_the_limit() -> None:
    pieces = [b"01234", b"567890", b"never"]

    async def receive() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": True}

    with pytest.raises(BodyTooLarge):
        await incoming(receive=receive).body(LIMIT)
    assert pieces == [b"never"]


async def test_a_sender_that_goes_away_is_told_from_one_that_ended() -> None:
    with pytest.raises(ClientDisconnect):
        await incoming(receive=arriving(b"0123", None)).body(LIMIT)


# ---- the body: time -------------------------------------------------------------------------


class PassingTime(asyncio.SelectorEventLoop):
    """An event loop whose clock a test can put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def in_passing_time(work: Callable[[PassingTime], Coroutine[Any, Any, None]]) -> None:
    loop = PassingTime()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(work(loop))


def test_a_body_that_never_comes_is_given_up_after_the_deadline() -> None:
    async def work(loop: PassingTime) -> None:
        async def receive() -> Message:
            loop.ahead += READ_DEADLINE_S
            await asyncio.Event().wait()
            raise AssertionError

        with pytest.raises(TooSlow, match=f"{READ_DEADLINE_S} seconds"):
            await incoming(receive=receive).body(LIMIT)

    in_passing_time(work)


def test_the_deadline_is_for_the_whole_body_whatever_pace_a_sender_keeps() -> None:
    received = []

    async def work(loop: PassingTime) -> None:
        async def receive() -> Message:
            loop.ahead += READ_DEADLINE_S / 4
            received.append(loop.time())
            await asyncio.sleep(0)
            return {"type": "http.request", "body": b"x", "more_body": True}

        with pytest.raises(TooSlow):
            await incoming(receive=receive).body(1_000)

    in_passing_time(work)
    assert len(received) <= 5


def test_a_body_within_the_deadline_is_read_however_slow_it_is() -> None:
    async def work(loop: PassingTime) -> None:
        arrived = arriving(b"01", b"23", b"45")

        async def receive() -> Message:
            loop.ahead += READ_DEADLINE_S / 4
            return await arrived()

        assert await incoming(receive=receive).body(LIMIT) == b"012345"

    in_passing_time(work)


async def test_a_body_that_has_arrived_sets_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    def waits(_when: float) -> None:
        raise AssertionError("there is nothing to wait for")

    monkeypatch.setattr(asyncio, "timeout_at", waits)
    assert await incoming(receive=arriving(b"01", b"23")).body(LIMIT) == b"0123"


async def test_reading_that_is_given_up_ends_what_it_waited_for() -> None:
    began, ended = asyncio.Event(), []

    async def receive() -> Message:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            ended.append("receive")
        raise AssertionError

    reading = asyncio.create_task(incoming(receive=receive).body(LIMIT))
    await began.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert ended == ["receive"]


# ---- whose cookies --------------------------------------------------------------------------

HTTPS_PAGE = ("https", "www.example.com")


@pytest.mark.parametrize(
    ("fetch_site", "page", "ours", "cross"),
    [
        ("cross-site", HTTPS_PAGE, HTTPS_PAGE, True),
        ("same-site", HTTPS_PAGE, ("https", "other.example.net"), False),
        ("same-origin", HTTPS_PAGE, HTTPS_PAGE, False),
        (None, HTTPS_PAGE, ("https", "leads.example.com"), False),
        (None, ("http", "www.example.com"), ("https", "www.example.com"), True),
        (None, HTTPS_PAGE, ("https", "example.net"), True),
        (None, ("https", "a.co.uk"), ("https", "b.co.uk"), True),
        (None, ("https", "a.github.io"), ("https", "b.github.io"), True),
        (None, ("http", "127.0.0.1"), ("http", "127.0.0.1"), False),
        (None, ("http", "127.0.0.1"), ("http", "localhost"), True),
    ],
    ids=[
        "the browser says so",
        "the browser says no, whatever the hosts are",
        "one origin",
        "hosts of one site",
        "another scheme is another site",
        "another site",
        "a public suffix is no site",
        "a private suffix neither",
        "an address stands for itself",
        "and for no name",
    ],
)
def test_a_request_is_cross_site_as_the_browser_says_else_by_scheme_and_site(
    fetch_site: str | None, page: tuple[str, str], ours: tuple[str, str], cross: bool
) -> None:
    headers = (("sec-fetch-site", fetch_site),) if fetch_site else ()
    assert incoming(*headers).is_cross_site(*page, *ours) is cross
