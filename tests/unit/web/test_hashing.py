from __future__ import annotations

import asyncio
import time

import pytest

from collector.domain.errors import TooManyRequests
from collector.web.hashing import MOST_WAITING, Hashing, hash_password, is_password

PASSWORD = "correct horse battery staple"


@pytest.fixture
def hashing() -> Hashing:
    return Hashing()


def test_a_hash_is_argon2id_and_knows_its_password() -> None:
    known = hash_password(PASSWORD)
    assert known.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_password(known, PASSWORD)
    assert not is_password(known, PASSWORD + "x")
    assert hash_password(PASSWORD) != known


@pytest.mark.parametrize("known", [None, "", "no hash at all"])
def test_nobody_has_no_password(known: str | None) -> None:
    assert not is_password(known, "the password of nobody")


def test_nobodys_password_takes_as_long_as_somebodys() -> None:
    known = hash_password(PASSWORD)
    took = {}
    for who, hashed in (("somebody", known), ("nobody", None)):
        before = time.process_time()
        for _ in range(3):
            is_password(hashed, "wrong")
        took[who] = time.process_time() - before
    assert 0.5 < took["nobody"] / took["somebody"] < 2


async def test_the_loop_goes_on_while_passwords_are_hashed(hashing: Hashing) -> None:
    known = await hashing.hash(PASSWORD)
    checking = asyncio.ensure_future(hashing.verify(known, PASSWORD))
    turns = 0
    while not checking.done():
        await asyncio.sleep(0)
        turns += 1
    assert await checking
    assert turns > 10
    hashing.close()


async def test_too_many_at_once_are_told_to_come_back(hashing: Hashing) -> None:
    asked = [hashing.verify(None, "x") for _ in range(MOST_WAITING + 3)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in answers[-3:]] == [TooManyRequests] * 3
    assert answers[:-3] == [False] * MOST_WAITING
    hashing.close()
