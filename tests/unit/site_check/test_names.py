from __future__ import annotations

from collector.site_check.cookie_prospects import Resolved
from collector.site_check.names import resolve


async def test_an_address_stands_for_itself() -> None:
    assert await resolve("127.0.0.1") == Resolved(("127.0.0.1",))
    assert await resolve("[::1]") == Resolved(("::1",))


async def test_a_name_that_leads_nowhere_tells_nothing() -> None:
    assert await resolve("nowhere.invalid") == Resolved()
