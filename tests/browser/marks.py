"""What the tests share: fixtures of one event loop, and the places where a collector can stand."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.browser.shop import FOREIGN, PATH, SUBDOMAIN

shared = pytest_asyncio.fixture(scope="session", loop_scope="session")
fresh = pytest_asyncio.fixture(loop_scope="session")

EVERYWHERE = pytest.mark.parametrize(
    "place",
    [
        pytest.param(PATH, id="path"),
        pytest.param(SUBDOMAIN, id="subdomain", marks=pytest.mark.long),
        pytest.param(FOREIGN, id="foreign"),
    ],
)
"""A subdomain keeps its visitors as a path does, by cookie: it has the long run to itself."""

IN_EACH_PLACE = pytest.mark.parametrize(
    "place", [PATH, SUBDOMAIN, FOREIGN], ids=["path", "subdomain", "foreign"]
)
BY_COOKIE_OR_STORAGE = pytest.mark.parametrize("place", [PATH, FOREIGN], ids=["path", "foreign"])
