"""The leak finder against sites that are broken in one way each, and against healthy ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from collector.delivery.guard import AddressPolicy
from collector.site_check.check import Expected, SiteReport, check_site
from collector.site_check.cookie_prospects import Resolved
from collector.site_check.fetch import Fetcher
from tests.broken_sites import FAULTY, HEALTHY, SHOP, SOURCE, Loopback, Site, serve_sites
from tests.serving import listening

SITES = {**{name: site for name, (_, site) in FAULTY.items()}, **HEALTHY}
LOOPBACK = AddressPolicy(allow=(ip_network("127.0.0.0/8"),))
UNSAID = {"fillable", "consent_banner", "re_encoded"}
"""Hints that a healthy site may get: they say what is there, not that it is wrong."""

FOLLOWS: dict[str, set[str]] = {
    "click_id_lost": {"parameters_lost", "redirect_by_meta"},
    "lower_cased": {"parameters_changed"},
}
"""What one cause shows besides, rightly."""


@pytest.fixture
async def port() -> AsyncIterator[str]:
    async with listening(serve_sites(SITES)) as base:
        yield base.rpartition(":")[2]


async def check(port: str, name: str, expected: Expected | None = None) -> SiteReport:
    site: Site = SITES[name]

    async def resolve(host: str) -> Resolved:
        addresses, cname = site.names.get(host, ((), None))
        return Resolved(addresses, cname)

    url = f"{SHOP.format(port=port)}/{list(SITES).index(name)}/{site.query}"
    async with Fetcher(LOOPBACK, resolver=Loopback()) as fetcher:
        return await check_site(url, fetcher, resolve, expected or Expected(SOURCE))


async def test_each_fault_is_named_and_nothing_else(port: str) -> None:
    wrong = []
    for name, (wanted, _) in FAULTY.items():
        report = await check(port, name)
        named = {one.code for one in report.findings}
        beside = named - UNSAID - {wanted} - FOLLOWS.get(wanted, set())
        right = wanted in named and not beside
        print(f"{name:34} {wanted:22} {'named' if right else 'WRONG'} {' '.join(sorted(beside))}")
        wrong += [] if right else [name]
        assert all(one.cure and "{" not in one.cure + one.why for one in report.findings)
    assert not wrong
    assert len(FAULTY) >= 25


async def test_nothing_is_said_against_a_healthy_site(port: str) -> None:
    wrong = []
    for name in HEALTHY:
        named = {one.code for one in (await check(port, name)).findings}
        print(f"{name:34} {'healthy' if named <= UNSAID else 'WRONG'} {' '.join(sorted(named))}")
        wrong += [] if named <= UNSAID else [name]
    assert not wrong
    assert len(HEALTHY) >= 10
