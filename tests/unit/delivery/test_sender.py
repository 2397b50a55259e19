from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from collector.delivery.guard import AddressPolicy
from collector.delivery.sender import READ_BYTES, Sender, open_sender
from collector.domain.delivery import Request
from collector.domain.retry import Answer
from tests.sink import Reply, Sink, serving

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with open_sender(LOOPBACK) as opened:
        yield opened


@pytest.fixture
async def hasty() -> AsyncIterator[Sender]:
    async with Sender(AddressPolicy(allow=tuple(LOOPBACK)), total_s=0.2) as opened:
        yield opened


def post(url: str, body: bytes = b"{}", **headers: str) -> Request:
    return Request(url=url, headers=headers, body=body)


def failed(answer: Answer) -> tuple[str, str]:
    assert answer.failure is not None, answer
    return answer.failure.kind.value, answer.failure.reason


async def test_a_request_arrives_as_it_was_made_and_the_answer_comes_back(sender: Sender) -> None:
    reply = Reply(201, {"Retry-After": "7", "retry-after": "9"}, b"done")
    async with Sink(reply) as sink:
        answer = await sender.send(post(sink.url, b'{"a": 1}', Authorization="Bearer x"))
    assert (answer.status, answer.body, answer.complete) == (201, b"done", True)
    assert list(answer.retry_after) == ["7", "9"]
    [received] = sink.received
    assert (received.path, received.body) == ("/hook", b'{"a": 1}')
    assert received.headers["authorization"] == "Bearer x"
    assert received.headers["user-agent"].startswith("lead-collector/")
    assert received.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_never_followed(sender: Sender, status: int) -> None:
    async with Sink() as inner, Sink(Reply(status, {"Location": inner.url})) as sink:
        answer = await sender.send(post(sink.url))
        assert answer.status == status
        assert inner.received == []


async def test_cookies_of_an_answer_are_never_sent_again(sender: Sender) -> None:
    async with Sink(Reply(headers={"Set-Cookie": "tenant=a; Path=/"})) as sink:
        for _ in range(2):
            await sender.send(post(sink.url))
    assert [received.headers.get("cookie") for received in sink.received] == [None, None]


async def test_proxy_variables_are_not_obeyed(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with Sink() as sink:
        assert (await sender.send(post(sink.url))).status == 200


async def test_a_packed_answer_is_not_unpacked(sender: Sender) -> None:
    packed = gzip.compress(b"x" * 1_000_000)
    async with Sink(Reply(200, {"Content-Encoding": "gzip"}, packed)) as sink:
        assert (await sender.send(post(sink.url))).body == packed


async def test_only_so_much_of_an_endless_answer_is_read(sender: Sender) -> None:
    async with Sink(Reply(body=b"x" * (READ_BYTES + 1))) as sink:
        answer = await sender.send(post(sink.url))
    assert (len(answer.body), answer.status) == (READ_BYTES, 200)


@pytest.mark.parametrize(
    "raw",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"data"',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"data"',
    ],
    ids=["length", "chunked"],
)
async def test_an_answer_that_breaks_off_is_not_complete(sender: Sender, raw: bytes) -> None:
    async with Sink(Reply(raw=raw)) as sink:
        answer = await sender.send(post(sink.url))
    assert (answer.status, answer.body, answer.complete) == (200, b'{"data"', False)


async def test_no_answer_in_time_leaves_the_outcome_unknown(hasty: Sender) -> None:
    never = asyncio.Event()
    async with Sink(Reply(until=never)) as sink:
        assert failed(await hasty.send(post(sink.url))) == ("unknown", "timeout")


async def test_a_body_that_drips_is_cut_off_and_its_status_kept(hasty: Sender) -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 500 Slow\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with serving(drip) as port:
        answer = await hasty.send(post(f"http://127.0.0.1:{port}/"))
    assert (answer.status, answer.complete, answer.failure) == (500, False, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "disconnected"),
        (b"nonsense\r\n\r\n", "broken_answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "broken_answer"),
    ],
    ids=["nothing", "no HTTP", "endless header"],
)
async def test_what_is_no_answer_leaves_the_outcome_unknown(
    sender: Sender, raw: bytes, reason: str
) -> None:
    async with Sink(Reply(raw=raw)) as sink:
        assert failed(await sender.send(post(sink.url))) == ("unknown", reason)


async def test_a_closed_port_is_worth_another_try(sender: Sender) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        answer = await sender.send(post(f"http://127.0.0.1:{port}/"))
    assert failed(answer) == ("retryable", "connect")


async def test_a_name_that_does_not_resolve_is_worth_another_try(sender: Sender) -> None:
    answer = await sender.send(post("http://nowhere.invalid/"))
    assert failed(answer) == ("retryable", "dns")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "[::]",
        "[::1]",
        "①②⑦.⓪.⓪.①",
        "2130706433",
        "0177.0.0.1",
        "0x7f000001",
        "127.1",
        "127.0.0.1.",
        "a@127.0.0.1",
    ],
)
async def test_no_spelling_of_loopback_is_reached(host: str) -> None:
    async with Sink() as sink, open_sender([]) as strict:
        answer = await strict.send(post(f"http://{host}:{sink.port}/"))
        assert sink.received == []
    assert failed(answer) in {
        ("blocked", "blocked"),
        ("blocked", "bad_url"),
        ("retryable", "dns"),
    }


async def test_a_name_that_leads_to_a_private_address_is_blocked_when_connecting() -> None:
    async with Sink() as sink, open_sender([]) as strict:
        answer = await strict.send(post(f"http://localhost:{sink.port}/"))
        assert sink.received == []
    assert failed(answer) == ("blocked", "blocked")
    assert answer.body == b""


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://example.com:25/", "http://a b/"])
async def test_an_address_that_cannot_be_right_is_not_even_tried(sender: Sender, url: str) -> None:
    assert failed(await sender.send(post(url))) == ("blocked", "bad_url")


async def test_a_line_break_in_a_header_is_never_sent(sender: Sender) -> None:
    async with Sink() as sink:
        with pytest.raises(ValueError, match="header"):
            await sender.send(post(sink.url, b"", Authorization="x\r\nX-Evil: 1"))
        assert sink.received == []


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime(2026, 11, 24, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, SHA256())
    )
    path = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


async def _hang_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Wait for nothing."""


async def test_a_bad_certificate_has_a_reason_of_its_own(
    sender: Sender, certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with serving(_hang_up, context) as port:
        answer = await sender.send(post(f"https://127.0.0.1:{port}/"))
    assert failed(answer) == ("retryable", "certificate")


async def _speak_plainly(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def test_a_server_without_tls_has_another(sender: Sender) -> None:
    async with serving(_speak_plainly) as port:
        answer = await sender.send(post(f"https://127.0.0.1:{port}/"))
    assert failed(answer) == ("retryable", "tls")
