"""Where a host leads, asked of the system's resolver."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

from collector.site_check.cookie_prospects import Resolved

Resolver = Callable[[str], Awaitable[Resolved]]
"""What tells where a host leads; nothing where it does not know."""


async def resolve(host: str) -> Resolved:
    """Ask for the addresses of a host and the last name of its CNAME chain."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host.strip("[]"), None, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME
        )
    except OSError:
        return Resolved()
    name = next((canonical for *_, canonical, _ in found if canonical), "").rstrip(".").lower()
    addresses = tuple(dict.fromkeys(str(target[0]).partition("%")[0] for *_, target in found))
    is_name = name and name != host and not any(name == one for one in addresses)
    return Resolved(addresses, name if is_name else None)
