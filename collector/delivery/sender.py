"""The sender: one HTTP request out, one answer back; what the network does is an answer too.

It follows no redirect, keeps no cookie, obeys no proxy variable, unpacks nothing, reads only so
much of an answer, and opens sockets only to addresses that the guard allows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final, Self

import aiohttp

import collector
from collector.delivery.guard import AddressPolicy, BlockedAddress, Network
from collector.domain.delivery import OutcomeKind, Request
from collector.domain.errors import InputError
from collector.domain.retry import Answer, Verdict

TOTAL_S: Final = 15.0
CONNECT_S: Final = 10.0
"""Kept apart from the total: what ends before a connection stands has certainly sent nothing."""

READ_BYTES: Final = 65_536
KEEPALIVE_S: Final = 4.0
"""Shorter than most servers', which drop an idle connection just as it is used again."""

HEADERS: Final = {
    "User-Agent": f"lead-collector/{collector.__version__}",
    "Accept-Encoding": "identity",
}

_BLOCKED: Final = Verdict(OutcomeKind.BLOCKED, "blocked")
_BAD_URL: Final = Verdict(OutcomeKind.BLOCKED, "bad_url")

_FAILURES: Final[tuple[tuple[type[BaseException], Verdict], ...]] = (
    # the first that fits counts; before a connection nothing was sent, after it nobody knows
    (aiohttp.ClientConnectorCertificateError, Verdict(OutcomeKind.RETRYABLE, "certificate")),
    (aiohttp.ClientConnectorSSLError, Verdict(OutcomeKind.RETRYABLE, "tls")),
    (aiohttp.ClientConnectorDNSError, Verdict(OutcomeKind.RETRYABLE, "dns")),
    (aiohttp.ClientConnectorError, Verdict(OutcomeKind.RETRYABLE, "connect")),
    (aiohttp.ConnectionTimeoutError, Verdict(OutcomeKind.RETRYABLE, "connect_timeout")),
    (aiohttp.InvalidURL, _BAD_URL),
    (aiohttp.ClientResponseError, Verdict(OutcomeKind.UNKNOWN, "broken_answer")),
    (TimeoutError, Verdict(OutcomeKind.UNKNOWN, "timeout")),
    (OSError, Verdict(OutcomeKind.UNKNOWN, "disconnected")),
    (aiohttp.ClientError, Verdict(OutcomeKind.UNKNOWN, "disconnected")),
)
_EXPECTED: Final = (aiohttp.ClientError, TimeoutError, OSError)


def guarded_session(
    addresses: AddressPolicy,
    headers: Mapping[str, str],
    timeout: aiohttp.ClientTimeout,
    **connector: Any,
) -> aiohttp.ClientSession:
    """Make a session that goes to allowed addresses only; `connector` says how it connects."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=addresses.open_socket, **connector),
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=headers,
        auto_decompress=False,
        trust_env=False,
    )


class Sender:
    """One session for all destinations; needs a running loop, and is closed at the end.

    `total_s` bounds an attempt, its answer included.
    """

    def __init__(self, addresses: AddressPolicy, *, total_s: float = TOTAL_S) -> None:
        self._addresses = addresses
        self._checked: set[str] = set()
        self._session = guarded_session(
            addresses,
            HEADERS,
            aiohttp.ClientTimeout(total=total_s, connect=min(CONNECT_S, total_s)),
            limit=0,  # lanes decide how much is under way
            keepalive_timeout=KEEPALIVE_S,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_how: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End every connection."""
        await self._session.close()

    def _check(self, url: str) -> None:
        if url not in self._checked:
            self._addresses.check_url(url)
            self._checked.add(url)

    async def send(self, request: Request) -> Answer:
        """Post a request and tell what came back, or what stood in the way."""
        started = _now_ms()
        try:
            self._check(request.url)
            async with self._session.post(
                request.url, data=request.body, headers=request.headers, allow_redirects=False
            ) as response:
                body, complete = await _read(response.content)
        except InputError:
            return Answer(failure=_BAD_URL)
        except _EXPECTED as error:
            return Answer(failure=_failure(error), latency_ms=_now_ms() - started)
        return Answer(
            status=response.status,
            retry_after=response.headers.getall("Retry-After", ()),
            body=body,
            complete=complete,
            latency_ms=_now_ms() - started,
        )


def open_sender(allow: Iterable[Network]) -> Sender:
    """Make a sender that may go to public addresses and to the private ranges named."""
    return Sender(AddressPolicy(allow=tuple(allow)))


async def _read(content: aiohttp.StreamReader) -> tuple[bytes, bool]:
    """Read a capped body; False says that it broke off, its status is known all the same."""
    body = bytearray()
    try:
        while len(body) < READ_BYTES and (chunk := await content.read(READ_BYTES - len(body))):
            body += chunk
    except _EXPECTED:
        return bytes(body), False
    return bytes(body), True


def _failure(error: BaseException) -> Verdict:
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, BlockedAddress
    ):
        return _BLOCKED
    return next(verdict for kind, verdict in _FAILURES if isinstance(error, kind))


def _now_ms() -> int:
    return round(asyncio.get_running_loop().time() * 1000)
