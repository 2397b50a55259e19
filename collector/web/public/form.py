"""`POST /f/{source_id}`: a form becomes a stored lead, with or without a script on its page."""

from __future__ import annotations

import msgspec

from collector.domain.capture import Capture
from collector.domain.errors import (
    CollectorError,
    DiskFull,
    FieldsRefused,
    OriginRefused,
    TooManyRequests,
    UnknownCapture,
)
from collector.domain.faults import FAULTS, Faults
from collector.domain.ids import parse_uuid
from collector.domain.redirect import form_origin, next_page
from collector.domain.sites import split_url
from collector.domain.submission import Submission, refuse_empty
from collector.intake import Circumstances, Received
from collector.web.accepted import prefers
from collector.web.answer import NO_STORE, Answer, json_answer
from collector.web.bodies import is_json, read_form
from collector.web.cookies import read_known_cookies, read_tokens
from collector.web.endpoint import BrowserEndpoint, Exchange
from collector.web.errors import refuse_as_json
from collector.web.incoming import Incoming
from collector.web.limits import Pace
from collector.web.public.again import to_send_again
from collector.web.public.check_watch import note_lead, note_refusal
from collector.web.public.pages import error_page, form_again_page, language_of, thanks_page


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """The lead is on the disk, under our id and the sender's own (ours where there was none)."""

    ok: bool = True
    id: str
    event_id: str


class Form(BrowserEndpoint):
    """Reads a form, has it stored, and sends the browser on."""

    async def find_capture(self, exchange: Exchange) -> None:
        """Find the capture of the address. Raises UnknownCapture."""
        exchange.capture = await known_capture(exchange)

    async def answer(self, exchange: Exchange) -> Answer:
        """Limit, decode, judge, store, answer."""
        exchange.capture = capture = await known_capture(exchange)
        pace = exchange.services.form_limit.count(exchange.client.rate_key, exchange.now)
        if pace is Pace.FAR_OVER:
            raise TooManyRequests("far too many forms from this address; try again in a minute")
        if not exchange.services.has_room():
            raise DiskFull("there is no room to store this safely; try again later")
        refuse_other_origin(capture, exchange.incoming.origin)
        submission = await read_form(exchange.incoming)
        exchange.language = submission.said("_lang")
        refuse_empty(submission)
        how = circumstances(exchange, submission, over_rate=pace is Pace.OVER)
        if faults := capture.lead_faults(submission.fields):
            return self.refuse_incomplete(exchange, submission, how, faults)
        received = await exchange.services.intake.receive(capture, submission, how)
        note_lead(exchange, submission, received)
        exchange.services.metrics.event(list(received.marks))
        return success(exchange, capture, submission, received)

    def refuse_incomplete(
        self, exchange: Exchange, submission: Submission, how: Circumstances, faults: Faults
    ) -> Answer:
        """Give a form back that breaks the capture's lead type. Raises FieldsRefused for JSON."""
        note_refusal(exchange, submission, faults)
        said = {name: FAULTS[word] for name, word in faults.items()}
        error = FieldsRefused("the form lacks what it must have", said)
        if wants_json(exchange.incoming):
            raise error
        again = to_send_again(exchange, submission, how)
        language = language_of(exchange.incoming, exchange.language)
        return form_again_page(exchange.services.pages, language, again, error)

    async def refuse(self, exchange: Exchange, error: CollectorError) -> Answer:
        """Answer with an error as JSON or as a page, whichever the sender reads."""
        if wants_json(exchange.incoming):
            return refuse_as_json(error)
        return form_error(exchange, error, "../style.css")


class Thanks(BrowserEndpoint):
    """`GET /f/{source_id}/thanks`: where a browser lands when nobody named another page."""

    methods = ("GET", "HEAD")

    async def answer(self, exchange: Exchange) -> Answer:
        """Thank in the visitor's language."""
        exchange.language = exchange.incoming.query("_lang")
        capture = await known_capture(exchange)
        language = language_of(exchange.incoming, exchange.language)
        return thanks_page(exchange.services.pages, language, capture)

    async def refuse(self, exchange: Exchange, error: CollectorError) -> Answer:
        """Answer with an error page."""
        return form_error(exchange, error, "../../style.css")


def form_error(exchange: Exchange, error: CollectorError, stylesheet: str) -> Answer:
    """Answer with an error page in the language of the form."""
    language = language_of(exchange.incoming, exchange.language)
    return error_page(exchange.services.pages, language, error, stylesheet)


async def known_capture(exchange: Exchange) -> Capture:
    """Find the capture that the address names. Raises UnknownCapture."""
    said = exchange.incoming.scope["path_params"]["source_id"]
    captures = exchange.services.captures
    capture = captures.get(said) or await captures.find(_read_source_id(said))
    if capture.state == "archived":
        raise UnknownCapture(f"the capture {capture.source_id} is archived", field="source_id")
    return capture


def _read_source_id(said: str) -> str:
    source_id = parse_uuid(said)
    if source_id is None:
        raise UnknownCapture(f"{said[:64]!r} is no source_id", field="source_id")
    return source_id


def refuse_other_origin(capture: Capture, origin: str | None) -> None:
    """Refuse a named origin that is not allowed, if the capture says so. Raises OriginRefused."""
    named = origin is not None and origin != "null"
    if capture.refuse_other_origins and named and not capture.allows_origin(origin or ""):
        raise OriginRefused(f"the capture does not allow the origin {origin}", field="Origin")


def circumstances(exchange: Exchange, submission: Submission, *, over_rate: bool) -> Circumstances:
    """Take from the request what its body does not say."""
    incoming = exchange.incoming
    cookies = incoming.header(b"cookie")
    return Circumstances(
        now=exchange.now,
        origin=incoming.origin,
        referer=incoming.header(b"referer"),
        agent=incoming.header(b"user-agent"),
        tokens=read_tokens(cookies, exchange.services.cookie.name),
        cookies=read_known_cookies(cookies) if _first_party(exchange, submission) else (),
        rate_key=exchange.client.rate_key,
        over_rate=over_rate,
        gpc="1" in incoming.header(b"sec-gpc").split(", "),
    )


def _first_party(exchange: Exchange, submission: Submission) -> bool:
    incoming, client = exchange.incoming, exchange.client
    page = split_url(incoming.origin or submission.said("_page") or incoming.header(b"referer"))
    if page is None:
        return True  # nobody says otherwise: the browser that sent cookies decided
    return not incoming.is_cross_site(page.scheme, page.host, client.scheme, client.host)


def success(
    exchange: Exchange, capture: Capture, submission: Submission, received: Received
) -> Answer:
    """Answer a stored lead: JSON for programs, the next page for browsers."""
    incoming = exchange.incoming
    if wants_json(incoming):
        return json_answer(200, Stored(id=received.id, event_id=received.event_id))
    page = submission.said("_page") or incoming.header(b"referer")
    wanted = submission.said("_next")
    target = wanted and next_page(wanted, capture, form_origin(incoming.origin, page, capture))
    language = submission.said("_lang")
    thanks = f"{capture.source_id}/thanks" + (
        f"?_lang={language}" if language in ("en", "de") else ""
    )
    location = target or capture.redirect or thanks
    return Answer(303, headers=((b"location", location.encode("ascii", "replace")), NO_STORE))


def wants_json(incoming: Incoming) -> bool:
    """Whether the sender posted JSON, or ranks it above HTML."""
    if is_json(incoming):
        return True
    return prefers(incoming.header(b"accept"), "application/json", "text/html")
