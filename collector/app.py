"""The composition root: settings in, a wired app out. Nothing below reads a clock or a secret."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Any

from starlette.applications import Starlette

from collector.config import Settings, from_environment, with_generated_secrets
from collector.config.keys import keys_now
from collector.delivery.guard import AddressPolicy
from collector.delivery.retention import Retention
from collector.delivery.sender import Sender, open_sender
from collector.delivery.trial import Trial
from collector.delivery.worker import Worker
from collector.destinations import Registry
from collector.domain import bots
from collector.domain.check_code import CheckCodes
from collector.domain.sites import registrable_domain, split_url
from collector.domain.times import SECOND
from collector.domain.token import TokenSigner
from collector.intake import Intake
from collector.site_check.fetch import Fetcher
from collector.site_check.names import resolve
from collector.site_check.runner import SiteChecks
from collector.storage.capture_snapshot import CaptureSnapshot
from collector.storage.clock import DatabaseClock
from collector.storage.keys import KeyRing
from collector.storage.secrets import SecretBox
from collector.storage.sqlite import ServingLock
from collector.storage.store import Store, open_store, sqlite_path
from collector.web.assets import load_assets, load_console_assets
from collector.web.check_notes import CheckNotes
from collector.web.client import ClientReader
from collector.web.console.routes import console_routes
from collector.web.errors import failed, not_found, wrong_method
from collector.web.hashing import Hashing
from collector.web.limits import RateLimit
from collector.web.metrics import Metrics
from collector.web.news import News
from collector.web.pages import open_pages
from collector.web.routes import routes
from collector.web.services import ConsoleParts, Services, VisitorCookie
from collector.web.touch_counts import TouchCounts

Clock = Callable[[], int]
Wake = Callable[[], None]

ROOM_BYTES = 64 * 1024 * 1024
"""With less free disk than this, leads are answered with 507: a promise needs room to be kept."""

ROOM_AGE = SECOND // 10
"""How old the last look at the disk may be: no disk writes a tenth of that room meanwhile."""

SIGN_INS_PER_ACCOUNT = 6
SIGN_INS_PER_ADDRESS = 20
"""Tries a minute: enough for people who mistype, too few to guess."""

TOUCHES_PER_FORM = 10
"""How many page views an address may have for each form post of its limit."""


def system_clock() -> int:
    """Read the time: microseconds UTC."""
    return time.time_ns() // 1000


def steady_clock() -> int:
    """Count microseconds that pass, whatever is done to the time."""
    return time.monotonic_ns() // 1000


def create(
    settings: Settings | None = None,
    *,
    with_worker: bool = True,
    clock: Clock = system_clock,
) -> Starlette:
    """Make the app; everything it works with is opened by its lifespan."""
    chosen = with_generated_secrets(settings or from_environment())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with open_services(chosen, clock, with_worker=with_worker) as services:
            yield {"services": services}

    app = Starlette(
        routes=[*routes(load_assets()), *console_routes(load_console_assets())],
        lifespan=lifespan,
        exception_handlers={404: not_found, 405: wrong_method, Exception: failed},
    )
    app.router.redirect_slashes = False  # it would build an address from a Host nobody checked
    return app


@asynccontextmanager
async def open_services(
    settings: Settings, clock: Clock, *, with_worker: bool
) -> AsyncIterator[Services]:
    """Open the store and everything on it, the delivery worker included; close in reverse."""
    async with AsyncExitStack() as stack:
        stack.enter_context(serving_alone(settings))
        store = await open_store(settings.database_url)
        stack.push_async_callback(store.close)
        clock = await stack.enter_async_context(shared_clock(settings, store, clock))
        news = News()
        if with_worker:
            news.wakes(await stack.enter_async_context(delivering(settings, store, clock)))
        await stack.enter_async_context(store.database.news(news.tell))
        sender = await stack.enter_async_context(open_sender(settings.allow_destinations))
        services = wire(settings, store, clock, news, sender)
        stack.callback(services.console.hashing.close)
        stack.push_async_callback(services.console.site_checks.close)
        await services.captures.refresh()
        _keep_doing(stack, services.captures.keep_fresh(), "captures")
        stack.push_async_callback(services.touch_counts.flush)  # of an orderly end nothing is lost
        _keep_doing(stack, services.touch_counts.keep_counting(), "counting")
        stack.push_async_callback(services.check_notes.flush)
        _keep_doing(stack, services.check_notes.keep_writing(), "checks")
        bots.warm()
        registrable_domain("example.com")  # the public suffix list is read now, not by a visitor
        spare_collecting()
        yield services


def spare_collecting() -> None:
    """Let later collections of garbage scan requests only, not libraries, and be few."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000)  # objects made between looks: a request leaves next to no garbage


def _keep_doing(stack: AsyncExitStack, work: Coroutine[Any, Any, None], name: str) -> None:
    """Do something beside the requests until the stack is closed."""
    task = asyncio.create_task(work, name=name)
    stack.callback(task.cancel)


@contextmanager
def serving_alone(settings: Settings) -> Iterator[None]:
    """Hold the right to serve a SQLite file; on PostgreSQL many may. Raises StoreInUse."""
    path = sqlite_path(settings.database_url)
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = ServingLock(path)
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def shared_clock(settings: Settings, store: Store, clock: Clock) -> AsyncIterator[Clock]:
    """Give the clock to go by: for processes that share PostgreSQL, that of the database."""
    if sqlite_path(settings.database_url) or clock is not system_clock:
        yield clock
        return
    database_clock = DatabaseClock(store, steady_clock)
    await database_clock.look()
    looking = asyncio.create_task(database_clock.keep_right(), name="clock")
    try:
        yield database_clock
    finally:
        looking.cancel()


@asynccontextmanager
async def delivering(settings: Settings, store: Store, clock: Clock) -> AsyncIterator[Wake]:
    """Run the delivery worker; gives what wakes it. Ends once what is under way has ended."""
    registry = _registry(settings)
    async with open_sender(settings.allow_destinations) as sender:
        worker = Worker(store, registry, sender, clock, SystemRandom())
        if sqlite_path(settings.database_url):
            await worker.void_leases()  # the serving lock says that nobody else holds one
        running = asyncio.create_task(worker.run(), name="delivery")
        erasing = asyncio.create_task(
            Retention(store, settings.retention_days, clock).run(), name="retention"
        )
        try:
            yield worker.wake
        finally:
            erasing.cancel()
            worker.stop()
            await running


def _registry(settings: Settings) -> Registry:
    """Open destinations, also with a key that was put first while this process runs."""
    again = partial(keys_now, settings, "encryption_keys")
    return Registry(SecretBox(settings.encryption_keys, again))


def wire(settings: Settings, store: Store, clock: Clock, news: News, sender: Sender) -> Services:
    """Put the parts of the web together."""
    metrics = Metrics()
    tables = settings.tables()
    signer = TokenSigner(settings.secret_keys, settings.cookie_name, settings.cookie_age_s, tables)
    intake = Intake(
        store=store,
        signer=signer,
        tables=tables,
        check_codes=CheckCodes(settings.secret_keys),
        random=os.urandom,
        wake=news.tell,
        count_rejected=metrics.rejected_token,
    )
    captures = CaptureSnapshot(store)
    return Services(
        store=store,
        captures=captures,
        keys=KeyRing(store),
        intake=intake,
        signer=signer,
        tables=tables,
        pages=open_pages(),
        clients=ClientReader(settings.trusted_proxies),
        metrics=metrics,
        cookie=VisitorCookie(name=settings.cookie_name, max_age_s=settings.cookie_age_s),
        form_limit=RateLimit(settings.rate_limit),
        touch_limit=RateLimit(settings.rate_limit * TOUCHES_PER_FORM),
        console=_console(settings, store, clock, sender),
        touch_counts=TouchCounts(store, tables),
        check_notes=CheckNotes(store, captures, intake.check_codes, news.tell),
        news=news,
        clock=clock,
        random=os.urandom,
        has_room=Room(sqlite_path(settings.database_url), clock).left,
        metrics_token=settings.metrics_token,
        public_hosts=_public_hosts(settings),
    )


def _public_hosts(settings: Settings) -> frozenset[str]:
    base = split_url(settings.base_url) if settings.base_url else None
    return frozenset({base.host} if base else ())


def _console(settings: Settings, store: Store, clock: Clock, sender: Sender) -> ConsoleParts:
    registry = _registry(settings)
    policy = AddressPolicy(allow=settings.allow_destinations)
    return ConsoleParts(
        sign_ins_by_account=RateLimit(SIGN_INS_PER_ACCOUNT),
        sign_ins_by_address=RateLimit(SIGN_INS_PER_ADDRESS),
        lock_outs=RateLimit(1),
        hashing=Hashing(),
        trial=Trial(store=store, registry=registry, sender=sender, clock=clock, random=os.urandom),
        policy=policy,
        site_checks=SiteChecks(
            store=store, open_fetcher=partial(Fetcher, policy), resolve=resolve, clock=clock
        ),
        assets={name: hashed for name, (hashed, _) in load_console_assets().items()},
        base_url=settings.base_url,
        settings=settings.listed(),
        free_disk=partial(_free_beside, sqlite_path(settings.database_url)),
    )


class Room:
    """The room on the database's disk, looked at again when the last look is too old."""

    def __init__(self, database: Path | None, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked_at = 0
        self._left = True

    def left(self) -> bool:
        """Whether the disk takes another event; a folder that is gone does not."""
        if self._database is None:
            return True
        now = self._clock()
        if abs(now - self._looked_at) >= ROOM_AGE:
            self._looked_at, self._left = now, _has_room(self._database)
        return self._left


def _has_room(database: Path) -> bool:
    free = _free_beside(database)
    return free is not None and free >= ROOM_BYTES


def _free_beside(database: Path | None) -> int | None:
    """Tell the bytes left in a database's folder; None for one elsewhere, or a folder gone."""
    try:
        return shutil.disk_usage(database.parent).free if database else None
    except OSError:
        return None
