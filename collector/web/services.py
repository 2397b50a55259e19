"""What request handlers work with: made once by `collector/app.py`, the same for every request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.types import Scope

from collector.delivery.guard import AddressPolicy
from collector.delivery.trial import Trial
from collector.domain.tables import Tables
from collector.domain.token import TokenSigner
from collector.intake import Intake
from collector.site_check.runner import SiteChecks
from collector.storage.capture_snapshot import CaptureSnapshot
from collector.storage.keys import KeyRing
from collector.storage.store import Store
from collector.web.check_notes import CheckNotes
from collector.web.client import ClientReader
from collector.web.hashing import Hashing
from collector.web.limits import RateLimit
from collector.web.metrics import Metrics
from collector.web.news import News
from collector.web.pages import Pages
from collector.web.touch_counts import TouchCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorCookie:
    """The cookie that carries the attribution token."""

    name: str
    max_age_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """What only the console works with.

    `assets` gives the name of a file of the console, its hash inside, by its plain name;
    `base_url` is the public address, where one is set. `settings` are all of them as people read
    them, secrets masked; `free_disk` tells the bytes left beside the database, None elsewhere.
    """

    sign_ins_by_account: RateLimit
    sign_ins_by_address: RateLimit
    lock_outs: RateLimit
    hashing: Hashing
    trial: Trial
    policy: AddressPolicy
    assets: Mapping[str, str]
    site_checks: SiteChecks
    settings: Sequence[tuple[str, str, str]]
    free_disk: Callable[[], int | None]
    base_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of one installation. `has_room` says whether the disk takes another event."""

    store: Store
    captures: CaptureSnapshot
    keys: KeyRing
    intake: Intake
    signer: TokenSigner
    tables: Tables
    pages: Pages
    clients: ClientReader
    metrics: Metrics
    cookie: VisitorCookie
    form_limit: RateLimit
    touch_limit: RateLimit
    console: ConsoleParts
    touch_counts: TouchCounts
    check_notes: CheckNotes
    news: News
    clock: Callable[[], int]
    random: Callable[[int], bytes]
    has_room: Callable[[], bool]
    metrics_token: str | None = None
    public_hosts: frozenset[str] = field(default=frozenset())


def services_of(scope: Scope) -> Services:
    """Reach the services from a request: the lifespan put them into its state."""
    services: Services = scope["state"]["services"]
    return services
