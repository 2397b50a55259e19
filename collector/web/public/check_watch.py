"""What a live check wants to know of a page view or a form that came with its code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from collector.domain.check_report import Kind
from collector.domain.consent import NOT_ASKED, Consent, render_consent
from collector.domain.errors import CollectorError
from collector.domain.json_values import decode_json
from collector.domain.submission import Submission
from collector.domain.token import Rejected
from collector.intake import Received
from collector.web.answer import Answer
from collector.web.cookies import read_tokens
from collector.web.endpoint import Exchange

_LONGEST = 2_000


class Told(Protocol):
    """What a page view says of itself."""

    @property
    def url(self) -> str:
        """The page."""
        ...

    @property
    def source_id(self) -> str | None:
        """The capture that the tag names."""
        ...

    @property
    def token(self) -> str | None:
        """The token that the page keeps."""
        ...

    @property
    def consent(self) -> Consent | None:
        """What the visitor said."""
        ...

    @property
    def framed(self) -> bool:
        """Whether it runs in a frame of another site."""
        ...


def watched(exchange: Exchange, code: str, view: Told, judge: Callable[[], Answer]) -> Answer:
    """Answer a page view, and note what came of it; raises what `judge` raises."""
    try:
        answer = judge()
    except CollectorError as error:
        origin = exchange.incoming.origin
        named = {"url": view.url, "origin": origin, "source_id": view.source_id}
        _note(exchange, code, "refused", {"code": error.code, **named})
        raise
    said: dict[str, Any] = decode_json(answer.body)
    sets = any(name == b"set-cookie" for name, _ in answer.headers)
    seen: dict[str, Any] = {
        "url": view.url,
        "source_id": view.source_id or "",
        "consent": render_consent(view.consent or NOT_ASKED),
        "ignored": said.get("ignored", ""),
        "set_cookie": sets and not said.get("ignored"),  # else it ends one
        "keep": bool(said.get("keep")),
        "framed": view.framed,
        "came": _came(exchange, (view.token,)),
        "client_id": said.get("metadata", {}).get("ga_client_id", ""),
        "referer": bool(exchange.incoming.header(b"referer")),
    }
    _note(exchange, code, "view", seen)
    return answer


def note_lead(exchange: Exchange, submission: Submission, received: Received) -> None:
    """Note a test that was stored, if a check code made it one."""
    code = submission.said("_check")
    if code and "test" in received.marks:
        came = _came(exchange, (submission.said("_token"),))
        _note(exchange, code, "lead", {"event": received.id, "came": came})


def note_refusal(exchange: Exchange, submission: Submission, fields: Iterable[str]) -> None:
    """Note that a test was refused for some fields."""
    if code := submission.said("_check"):
        _note(exchange, code, "refused", {"code": "fields", "fields": ", ".join(sorted(fields))})


def _came(exchange: Exchange, more: Sequence[str | None]) -> str:
    """Say of the token that came: `valid`, why it is refused, or nothing where none did."""
    services, capture = exchange.services, exchange.capture
    cookies = read_tokens(exchange.incoming.header(b"cookie"), services.cookie.name)
    why = ""
    for token in filter(None, (*cookies, *more)):
        sites = capture.own_domains if capture else frozenset()
        opened = services.signer.open(token, exchange.now, sites)
        if not isinstance(opened, Rejected):
            return "valid"
        why = why or opened.reason
    return why


def _note(exchange: Exchange, code: str, kind: Kind, seen: dict[str, Any]) -> None:
    cut = {name: one[:_LONGEST] if isinstance(one, str) else one for name, one in seen.items()}
    exchange.services.check_notes.note(code, exchange.now, kind, cut)
