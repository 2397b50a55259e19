"""Intake: a submission, its attribution and its capture become a stored event and what it owes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from collector.domain.attribution import Attribution, without_analytics
from collector.domain.bots import bot_reason, device_of, in_app
from collector.domain.browser_cookies import (
    allowed_cookies,
    is_read,
    read_cookies,
    refuses_analytics,
)
from collector.domain.capture import Capture
from collector.domain.check_code import CheckCodes
from collector.domain.consent import NOT_ASKED, REFUSED_BY_GPC, Consent, parse_consent
from collector.domain.driftrock_event import ReadEvent
from collector.domain.event import Event, person_link, withheld_reason
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.lead_attribution import Evidence, Rules, conclude
from collector.domain.lead_faults import find_lead_faults, mark_incomplete
from collector.domain.receipt import render_evidence
from collector.domain.secret_names import without_secrets
from collector.domain.sent_event import event_of, refuse_faults
from collector.domain.sites import split_url
from collector.domain.spam import spam_reason
from collector.domain.submission import (
    Submission,
    read_created_at,
    read_event_id,
    read_event_type,
)
from collector.domain.tables import Tables
from collector.domain.token import Rejected, TokenSigner
from collector.storage.events import StoreEvent, event_row
from collector.storage.store import Store


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What the request said beside its body. `tokens` are its visitor cookies."""

    now: int
    origin: str | None = None
    referer: str = ""
    agent: str = ""
    tokens: Sequence[str] = ()
    cookies: Sequence[tuple[str, str]] = ()
    rate_key: str = ""
    over_rate: bool = False
    gpc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What the sender may know: our id, its own, and whether it was stored before."""

    id: str
    event_id: str
    repeat: bool
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Stores submissions. `wake` tells the delivery worker that something is due."""

    store: Store
    signer: TokenSigner
    tables: Tables
    check_codes: CheckCodes
    random: Callable[[int], bytes]
    wake: Callable[[], None]
    count_rejected: Callable[[str], None]

    async def receive(
        self, capture: Capture, submission: Submission, how: Circumstances
    ) -> Received:
        """Store one submission with its deliveries; returns once both are on the disk.

        Raises StoreUnavailable when nothing can be written: then nothing was stored.
        """
        event, evidence = self._event(capture, submission, how)
        return await self._store(capture, event, evidence, how.rate_key)

    async def receive_sent(
        self, capture: Capture, sent: ReadEvent, check: str | None, now: int
    ) -> Received:
        """Store an event that a server sent as it is; `check` is the check code that came with it.

        What an affiliate sends is kept for the operator to see even where its lead type refuses
        it. Raises StoreUnavailable, and InputError naming the fields at fault.
        """
        notes = list(sent.notes)
        cause = self._test_cause(capture, check, now, notes)
        own_id = uuid7(now, self.random(RANDOM_BYTES))
        event = event_of(sent, capture, own_id=own_id, now=now, notes=notes)
        event = msgspec.structs.replace(event, marks={"test": cause} if cause else {})
        evidence = Evidence(at=now)
        faults = find_lead_faults(capture, event)
        if faults and capture.kind == "affiliate":
            await self._store(capture, mark_incomplete(event, faults), evidence)
        refuse_faults(faults)
        return await self._store(capture, event, evidence)

    async def _store(
        self, capture: Capture, event: Event, evidence: Evidence, rate_key: str = ""
    ) -> Received:
        rated = rate_key if "rate" in event.marks else None
        write = StoreEvent(
            row=event_row(event, render_evidence(evidence), rated),
            reason=withheld_reason(event.marks, capture_paused=capture.state == "paused"),
            may_repeat=event.event_id != event.id,
            link=person_link(event),
        )
        stored = await self.store.write(write)
        self.wake()
        return Received(
            id=stored.id, event_id=event.event_id, repeat=stored.repeat, marks=event.marks
        )

    def _event(
        self, capture: Capture, submission: Submission, how: Circumstances
    ) -> tuple[Event, Evidence]:
        """Build the event and gather its evidence, whose notes say what had to be replaced."""
        notes = [*submission.notes, *_origin_notes(how.origin)]
        marks = self._marks(capture, submission, how, notes)
        own_id, sender_id = (
            uuid7(how.now, self.random(RANDOM_BYTES)),
            read_event_id(submission, notes),
        )
        event_type = read_event_type(submission, notes) or capture.event_type
        created_at = read_created_at(submission, how.now, notes)
        evidence = self._evidence(capture, submission, how, notes)
        concluded = conclude(evidence, rules_of(capture, self.tables))
        event = Event(
            id=own_id,
            event_id=sender_id or own_id,
            event_type=event_type,
            event_name=submission.said("_event_name") or capture.event_name,
            source_id=capture.source_id,
            person_id=submission.said("_person_id"),
            lead_type=capture.lead_type_name,
            created_at=created_at,
            received_at=how.now,
            fields=submission.fields,
            metadata=concluded.metadata,
            attribution=concluded.attribution,
            consent=evidence.consent,
            device=device_of(how.agent),
            marks=marks,
        )
        return event, evidence

    def _marks(
        self, capture: Capture, submission: Submission, how: Circumstances, notes: list[str]
    ) -> dict[str, str]:
        """Say why the event is special, each mark with its cause."""
        causes = {
            "test": self._test_cause(capture, submission.said("_check"), how.now, notes),
            "spam": spam_reason(submission.fields, submission.said("_gotcha")),
            "bot": bot_reason(how.agent),
            "rate": "over the rate limit" if how.over_rate else None,
            "origin": _foreign_origin(capture, how.origin),
        }
        return {mark: cause for mark, cause in causes.items() if cause}

    def _test_cause(
        self, capture: Capture, code: str | None, now: int, notes: list[str]
    ) -> str | None:
        if code is None:
            return None
        refusal = self.check_codes.refusal(code, capture.source_id, now)
        if refusal is not None:
            notes.append(f"check code {refusal}")
        return None if refusal else "check code"

    def _evidence(
        self, capture: Capture, submission: Submission, how: Circumstances, notes: list[str]
    ) -> Evidence:
        """Gather what attribution may be concluded from: no more than consent allows is kept."""
        consent = self._consent(capture, submission, how)
        if consent.denied:
            return Evidence(at=how.now, consent=consent, notes=tuple(notes))
        page = without_secrets(submission.said("_page") or how.referer)
        seen = Evidence(
            at=how.now,
            page=page,
            referrer=without_secrets(submission.said("_referrer") or ""),
            consent=consent,
            app=in_app(how.agent),
            notes=tuple(notes),
        )
        if consent.pending:
            return seen
        url = split_url(page)
        said = submission.reserved
        opened = self._open((*how.tokens, said.get("_token", "")), capture.own_domains, how.now)
        rejected = opened if isinstance(opened, Rejected) else None
        complete = msgspec.structs.replace(
            seen,
            token=rejected.attribution if rejected else opened,
            rejected=rejected.reason if rejected else None,
            cookies=read_cookies(allowed_cookies(said, how.cookies), url.host if url else ""),
            hidden=_hidden_inputs(submission, self.tables),
        )
        return _without_analytics(complete) if refuses_analytics(said) else complete

    def _consent(self, capture: Capture, submission: Submission, how: Circumstances) -> Consent:
        """Read `_consent`; one that cannot be read allows no more than the page at hand.

        Where no script said anything, Global Privacy Control is a refusal unless a grant is known.
        """
        said = submission.said("_consent")
        if said is not None:
            return parse_consent(said) or Consent(state="unknown", by="api")
        if not how.gpc:
            return NOT_ASKED
        tokens = (*how.tokens, submission.reserved.get("_token", ""))
        known = self._open(tokens, capture.own_domains, how.now)
        granted = isinstance(known, Attribution) and parse_consent(known.consent or "")
        return granted if granted and granted.state == "granted" else REFUSED_BY_GPC

    def _open(
        self, tokens: Iterable[str], sites: Collection[str], now: int
    ) -> Attribution | Rejected | None:
        """Open the first token that verifies; None without one, else why the first fails."""
        first: Rejected | None = None
        for token in filter(None, tokens):
            opened = self.signer.open(token, now, sites)
            if not isinstance(opened, Rejected):
                return opened
            self.count_rejected(opened.reason)
            first = first or opened
        return first


def _without_analytics(evidence: Evidence) -> Evidence:
    """Forget the client id where an earlier page may have kept it: the token, a filled input."""
    return msgspec.structs.replace(
        evidence,
        token=without_analytics(evidence.token) if evidence.token else None,
        hidden={name: value for name, value in evidence.hidden.items() if name != "ga_client_id"},
    )


def _hidden_inputs(submission: Submission, tables: Tables) -> dict[str, str]:
    """Pick the fields named like a parameter or like another script's cookie."""
    texts = {name: value for name, value in submission.fields.items() if isinstance(value, str)}
    return {
        name: value
        for name, value in texts.items()
        if name.strip().lower() in tables.parameters.by_name
        or name == "ga_client_id"
        or is_read(name)
    }


def rules_of(capture: Capture, tables: Tables) -> Rules:
    """Take from a capture what decides its leads' attribution, beside the tables."""
    return Rules(
        own_domains=capture.own_domains,
        attribution_model=capture.attribution_model,
        utm_keyword_from=capture.utm_keyword_from,
        derive_utm=capture.derive_utm,
        tables=tables,
    )


def _origin_notes(origin: str | None) -> list[str]:
    return [f"origin {origin or 'absent'}"] if origin in (None, "null") else []


def _foreign_origin(capture: Capture, origin: str | None) -> str | None:
    if origin in (None, "null") or capture.allows_origin(origin):
        return None
    return origin
