"""One attempt as the worker makes it, impatient, for tests of what destinations and networks do."""

from __future__ import annotations

from ipaddress import ip_network

from collector.delivery.guard import AddressPolicy
from collector.delivery.sender import Sender
from collector.destinations import find_kind
from collector.destinations.kind import Destination
from collector.domain.delivery import Outcome
from collector.domain.times import parse_time

TOTAL_S = 0.4
BODY = b'{"event_name": "Lead"}'
NOW = parse_time("2026-11-24T02:15:00Z")
FINE = ("ok", "ok")


def destination(kind: str, url: str) -> Destination:
    known = find_kind(kind)
    given = {"url": url, "api_key": "key", "source_id": "s"}
    wanted = {setting.name for setting in known.settings}
    settings = {name: value for name, value in given.items() if name in wanted}
    return Destination(id="d", kind=known, settings=known.parse_settings(settings), secrets=())


async def attempt(to: Destination, sender: Sender) -> Outcome:
    """Send once, as the worker does."""
    return to.conclude(await sender.send(to.request(BODY, "e", NOW)), NOW)


def meaning(outcome: Outcome) -> tuple[str, str]:
    return outcome.kind.value, outcome.reason


def open_hasty(*allowed: str) -> Sender:
    ranges = allowed or ("127.0.0.0/8", "::1/128")
    return Sender(AddressPolicy(allow=tuple(map(ip_network, ranges))), total_s=TOTAL_S)
