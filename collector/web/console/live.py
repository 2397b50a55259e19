"""Pages that follow what arrives: the stream they listen to, and the list of the newest leads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sse_starlette import ServerSentEvent

from collector.domain.errors import UnknownEvent
from collector.domain.times import SECOND
from collector.storage.arrivals import Arrival, find_arrivals, find_followed
from collector.storage.events import get_event
from collector.storage.leads import NEWEST, LeadFilter, find_leads
from collector.storage.sessions import Session
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import allowed_sources, captures_seen
from collector.web.console.visit import Visit
from collector.web.streams import Events, Stream

LOOK_EVERY_S = 2
"""How long until the next look where nobody told of news, which may get lost."""

REST_S = 0.25
"""How long from one look to the next at the least, however much comes."""

OVERLAP = 5 * SECOND
"""How much later than its time of receipt an event may be seen: it waits for its commit."""

SHOWN = 50


class Live(ConsoleEndpoint):
    """`/console/live`: the newest leads of every kind, followed by the page itself."""

    async def show(self, visit: Visit) -> Answer:
        """Show the newest, spam and tests too."""
        captures = await captures_seen(visit)
        wanted = LeadFilter(source_ids=allowed_sources(visit), tab="every")
        page = await visit.services.store.read(find_leads, wanted, NEWEST, SHOWN)
        return visit.page("live", found=page, captures=captures, shown=SHOWN)


class LiveStream(ConsoleEndpoint):
    """`/console/live/stream`: says that something arrived at the captures of the person."""

    async def show(self, visit: Visit) -> Answer:
        """Follow from the event on that the browser saw last, else from now on."""
        incoming = visit.exchange.incoming
        since = await _resume_at(visit, incoming.header(b"last-event-id"))
        events = follow(visit, since, allowed_sources(visit))
        return Stream(200, events=events, scope=incoming.scope, receive=incoming.receive)


async def _resume_at(visit: Visit, last: str) -> int:
    try:
        return (await visit.services.store.read(get_event, last)).received_at if last else 0
    except UnknownEvent:
        return 0


async def follow(visit: Visit, since: int, source_ids: Sequence[str] | None) -> Events:
    """Tell of each event of some captures that comes, as long as the person is signed in.

    Whether they may see it is asked anew for each. It asks the database, so that what another
    process stored is seen as well.
    """
    store, clock, news = visit.services.store, visit.services.clock, visit.services.news
    digest = visit.session.digest if visit.session else ""
    begun = since or visit.now
    before = await store.read(find_arrivals, begun - OVERLAP)
    seen = {one.id for one in before if one.received_at <= begun}
    yield ServerSentEvent(event="ready", data="{}", retry=2_000)
    while True:
        told = news.count
        session, found = await store.read(find_followed, digest, clock(), begun - OVERLAP)
        if session is None:
            yield ServerSentEvent(event="end", data="{}")
            return
        for one in found:
            if one.id not in seen and _concerns(one, session, source_ids):
                yield ServerSentEvent(event="arrival", id=one.id, data="{}")
        seen = {one.id for one in found}
        begun = max([begun, *(one.received_at for one in found)])
        await asyncio.sleep(REST_S)
        await news.after(told, LOOK_EVERY_S)


def _concerns(one: Arrival, session: Session, source_ids: Sequence[str] | None) -> bool:
    wanted = source_ids is None or one.source_id in source_ids
    return wanted and session.user.may_see(one.source_id)
