"""Connect, the second step of a capture: how leads come, and the first one as it arrives."""

from __future__ import annotations

from collector.domain.capture import Capture
from collector.domain.submission import read_submission
from collector.domain.way import way_to
from collector.intake import Circumstances
from collector.storage.events import EventFilter, newest_events
from collector.web.answer import Answer
from collector.web.console.captures import find_capture, twins_of
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit

SAMPLE = {"email": "test@example.com", "first_name": "Test", "last_name": "Lead"}
SAMPLE_CAMPAIGN = "utm_source=google&utm_medium=cpc&utm_campaign=test&gclid=TeSt-0123456789"


class Connect(ConsoleEndpoint):
    """`/console/captures/{capture}/connect`."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show how to send, and what came; the page follows by itself. Raises UnknownCapture."""
        capture = await find_capture(visit)
        codes = visit.services.intake.check_codes
        way = way_to(capture, visit.public, codes.make(capture.source_id, visit.now))
        own = EventFilter(source_id=capture.source_id)
        newest = await visit.services.store.read(newest_events, own, 1)
        return visit.page(
            "connect",
            capture=capture,
            way=way,
            arrived=newest[0] if newest else None,
            twins=twins_of(capture),
        )

    async def act(self, visit: Visit) -> Answer:
        """Send a test lead, as if an ad had brought somebody. Raises UnknownCapture."""
        capture = await find_capture(visit)
        await send_sample(visit, capture)
        return visit.redirect(f"/captures/{capture.source_id}/connect")


async def send_sample(visit: Visit, capture: Capture) -> None:
    """Store a test lead through the same door as a form's."""
    intake = visit.services.intake
    code, _ = intake.check_codes.make(capture.source_id, visit.now)
    site = next((one for one in capture.origins if "*" not in one), "")
    page = {"_page": f"{site}/?{SAMPLE_CAMPAIGN}"} if site else {}
    submission = read_submission({**SAMPLE, **page, "_check": code}.items())
    agent = visit.exchange.incoming.header(b"user-agent")
    await intake.receive(capture, submission, Circumstances(now=visit.now, agent=agent))
