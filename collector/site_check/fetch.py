"""One page fetched for a check: guarded, bounded, without cookies or credentials."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final, Self
from urllib.parse import quote

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver
from yarl import URL

import collector
from collector.delivery.guard import AddressPolicy, BlockedAddress
from collector.delivery.sender import guarded_session
from collector.domain.errors import InputError
from collector.domain.said import Said

TOTAL_S: Final = 10.0
READ_BYTES: Final = 2 * 1024 * 1024
HEADERS: Final = {
    "User-Agent": f"Mozilla/5.0 (compatible; lead-collector/{collector.__version__}; check-site)",
    "Accept": "text/html,*/*;q=0.5",
    "Accept-Language": "en,de;q=0.8",
    "Accept-Encoding": "identity",
}
FAILURES: Final = {
    "ConnectorDNSError": Said("its name leads nowhere"),
    "ConnectorCertificateError": Said("its certificate is not valid for it"),
    "ConnectorSSLError": Said("no secure connection could be made"),
    "ConnectorError": Said("no connection could be made"),
    "ConnectionTimeoutError": Said("no connection was made in time"),
    "SocketTimeoutError": Said("no answer came in time"),
    "TimeoutError": Said("no answer came in time"),
    "ServerDisconnectedError": Said("the connection ended before an answer came"),
    "PayloadError": Said("the answer broke off"),
}
"""By the name of the exception, without `Client`; of any other the name has to do."""

_WRITTEN: Final = "%/:=&?~#+!$,;'@()*[]"
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32


class Fetched(msgspec.Struct, frozen=True):
    """What came; header names in lower case, repeated headers joined. `failure` says why not."""

    url: str
    status: int = 0
    headers: dict[str, str] = {}
    body: str = ""
    failure: str = ""
    blocked: bool = False


class Fetcher:
    """Fetches pages one at a time; needs a running loop, and is closed at the end."""

    def __init__(
        self,
        addresses: AddressPolicy,
        *,
        resolver: AbstractResolver | None = None,
        total_s: float = TOTAL_S,
    ) -> None:
        self._addresses = addresses
        self._one_at_a_time = asyncio.Lock()
        self._session = guarded_session(
            addresses,
            HEADERS,
            aiohttp.ClientTimeout(total=total_s),
            limit=1,
            force_close=True,
            resolver=resolver,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_how: object) -> None:
        await self._session.close()

    async def fetch(self, address: str) -> Fetched:
        """Get an address as it is written, without its fragment, following nothing."""
        text = quote(address.partition("#")[0], safe=_WRITTEN, errors="surrogateescape")
        try:
            self._addresses.check_url(text)
        except InputError:
            return Fetched(address, failure="refused", blocked=True)
        async with self._one_at_a_time:
            try:
                return await self._get(address, URL(text, encoded=True))
            except aiohttp.ClientConnectorError as error:
                blocked = isinstance(error.os_error, BlockedAddress)
                return Fetched(address, failure=_explained(error), blocked=blocked)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                return Fetched(address, failure=_explained(error))

    async def _get(self, address: str, url: URL) -> Fetched:
        async with self._session.get(url, allow_redirects=False) as response:
            data = bytearray()
            while len(data) < READ_BYTES and (
                chunk := await response.content.read(READ_BYTES - len(data))
            ):
                data += chunk
            headers: dict[str, str] = {}
            for name, value in response.headers.items():
                known = headers.get(name.lower())
                headers[name.lower()] = f"{known}, {value}" if known else value
            body = _unpacked(bytes(data), headers.get("content-encoding", ""))
            text = body.decode(response.charset or "utf-8", "replace")
            return Fetched(address, response.status, headers, text)


def _unpacked(data: bytes, encoding: str) -> bytes:
    """Unpack what a server packed unasked; never more than a page may have."""
    if encoding not in ("gzip", "deflate"):
        return data
    try:
        return zlib.decompressobj(_GZIP_OR_ZLIB).decompress(data, READ_BYTES)
    except zlib.error:
        return b""


def _explained(error: BaseException) -> str:
    """Say what went wrong without what a stranger's server said."""
    name = type(error).__name__.removeprefix("Client")
    return FAILURES.get(name, name)
