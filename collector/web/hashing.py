"""Passwords to hashes and back: argon2id in threads of its own, so that no request waits for it.

The cost is the first of the OWASP Password Storage Cheat Sheet that needs little memory: 19 MiB,
two passes, one lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from collector.domain.errors import TooManyRequests

Result = TypeVar("Result")

THREADS = 2
MOST_WAITING = 32
"""More at once are an attack, or a mistake: they are told to come back."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$KvlEst+u2MessGQfHWAwTw$NbF6sG"
    "NC/XNV7V9yzl5wLYZXP0WjuL7UGGglFf0RDTA"
)
"""What an unknown user's password is compared with, so that the answer takes as long."""


def hash_password(password: str) -> str:
    """Hash a password; it takes some 50 ms."""
    return _hasher.hash(password)


def is_password(known: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; None, of nobody, takes as long and is not."""
    try:
        matches = _hasher.verify(_NOBODYS if known is None else known, password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and known is not None


class Hashing:
    """Hashes beside the event loop, a few at a time."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="hashing")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Hash a password. Raises TooManyRequests."""
        return await self._run(partial(hash_password, password))

    async def verify(self, known: str | None, password: str) -> bool:
        """Say whether a password is right. Raises TooManyRequests."""
        return await self._run(partial(is_password, known, password))

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= MOST_WAITING:
            raise TooManyRequests("too many people sign in at this moment; try again in a minute")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
