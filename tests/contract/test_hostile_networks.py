"""Names and certificates that cannot be trusted: who is reached, and who is not."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ThreadedResolver
from aiohttp.abc import ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.contract.attempts import FINE, attempt, destination, meaning, open_hasty
from tests.sink import serving
from tools.faults.hostile import answers_well


def vouched(folder: Path, host: str, begins: timedelta, ends: timedelta) -> tuple[Path, Path]:
    """Make a certificate, and that of the authority that vouches for it."""
    today = datetime.now(UTC)
    authority = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Authority")])
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder().issuer_name(authority).public_key(key.public_key())
    alternative = x509.SubjectAlternativeName(
        [x509.DNSName(host), x509.IPAddress(IPv4Address("127.0.0.1"))]
        if host == "localhost"
        else [x509.DNSName(host)]
    )
    root = (
        builder.subject_name(authority)
        .serial_number(1)
        .not_valid_before(today - timedelta(days=999))
        .not_valid_after(today + timedelta(days=999))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    leaf = (
        builder.subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)]))
        .serial_number(2)
        .not_valid_before(today + begins)
        .not_valid_after(today + ends)
        .add_extension(alternative, critical=False)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    served, trusted = folder / "served.pem", folder / "trusted.pem"
    served.write_bytes(private + leaf.public_bytes(Encoding.PEM))
    trusted.write_bytes(root.public_bytes(Encoding.PEM))
    return served, trusted


DAYS = timedelta(days=1)


@pytest.mark.parametrize(
    ("host", "begins", "ends", "expected"),
    [
        ("localhost", -2 * DAYS, 2 * DAYS, FINE),
        ("localhost", -2 * DAYS, -1 * DAYS, ("retryable", "certificate")),
        ("localhost", 1 * DAYS, 2 * DAYS, ("retryable", "certificate")),
        ("other.example", -2 * DAYS, 2 * DAYS, ("retryable", "certificate")),
    ],
    ids=["valid", "expired", "not yet valid", "another host's"],
)
async def test_only_a_valid_certificate_of_the_host_is_trusted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    begins: timedelta,
    ends: timedelta,
    expected: tuple[str, str],
) -> None:
    served, trusted = vouched(tmp_path, host, begins, ends)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(served)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting(trusted))
    async with serving(answers_well, context) as port, open_hasty() as sender:
        outcome = await attempt(destination("webhook", f"https://localhost:{port}/"), sender)
    assert meaning(outcome) == expected


def trusting(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


@dataclass
class Names:
    """A name server that answers as told, one answer after another; the last one stays."""

    answers: list[Sequence[str] | Exception]
    asked: int = field(default=0)

    async def resolve(self, host: str, port: int) -> list[ResolveResult]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in answer
        ]


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Names]:
    def answer(*answers: Sequence[str] | Exception) -> Names:
        names = Names(list(answers))

        async def resolve(_self: object, host: str, port: int = 0, **_more: Any) -> Any:
            return await names.resolve(host, port)

        monkeypatch.setattr(ThreadedResolver, "resolve", resolve)
        return names

    return answer


@asynccontextmanager
async def inside() -> AsyncIterator[tuple[list[str], int]]:
    """Listen on two loopback addresses; notes which were reached."""
    reached: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(writer.get_extra_info("sockname")[0])
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    private = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = private.sockets[0].getsockname()[1]
    async with private, await asyncio.start_server(serve, "127.0.0.2", port):
        yield reached, port


async def test_a_name_that_is_pointed_inside_later_is_blocked_then(
    named: Callable[..., Names],
) -> None:
    """127.0.0.2 stands for the public address, 127.0.0.1 for what must not be reached."""
    named(["127.0.0.2"], ["127.0.0.1"])
    async with inside() as (reached, port), open_hasty("127.0.0.2/32") as sender:
        to = destination("webhook", f"http://rebinding.example:{port}/")
        assert meaning(await attempt(to, sender)) == FINE
        sender._session.connector.clear_dns_cache()  # type: ignore[union-attr]  # ten seconds later
        assert meaning(await attempt(to, sender)) == ("blocked", "blocked")
    assert reached == ["127.0.0.2"]


@pytest.mark.parametrize("order", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
async def test_of_a_name_with_two_addresses_the_private_one_is_never_reached(
    named: Callable[..., Names], order: list[str]
) -> None:
    named(order)
    async with inside() as (reached, port), open_hasty("127.0.0.2/32") as sender:
        to = destination("webhook", f"http://mixed.example:{port}/")
        assert meaning(await attempt(to, sender)) in (FINE, ("blocked", "blocked"))
    assert "127.0.0.1" not in reached


async def test_a_name_server_that_fails_once_costs_one_attempt(
    named: Callable[..., Names],
) -> None:
    named(OSError("SERVFAIL"), ["127.0.0.2"])
    async with inside() as (_, port), open_hasty() as sender:
        to = destination("webhook", f"http://shaky.example:{port}/")
        assert meaning(await attempt(to, sender)) == ("retryable", "dns")
        assert meaning(await attempt(to, sender)) == FINE


async def test_an_address_that_nobody_answers_at_is_passed_over_for_the_next(
    named: Callable[..., Names],
) -> None:
    named(["::1", "127.0.0.2"])
    async with inside() as (reached, port), open_hasty() as sender:
        to = destination("webhook", f"http://dual.example:{port}/")
        assert meaning(await attempt(to, sender)) == FINE
    assert reached == ["127.0.0.2"]
