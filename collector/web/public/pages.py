"""The public pages: they stand on the customer's origin, so they can only be read."""

from __future__ import annotations

from http import HTTPStatus

from collector.domain.capture import Capture
from collector.domain.errors import CollectorError, FieldsRefused
from collector.domain.submission import Submission
from collector.web.answer import HTML, NO_STORE, Answer, Headers
from collector.web.errors import headers_of, status_of
from collector.web.incoming import Incoming
from collector.web.pages import Language, Pages, choose_language

_SECURITY: Headers = (
    HTML,
    NO_STORE,
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; sandbox allow-forms allow-top-navigation",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex"),
    (b"vary", b"Accept-Language"),
)


def language_of(incoming: Incoming, wanted: str | None) -> Language:
    """Choose a page's language: the one asked for, else the visitor's, else English."""
    return choose_language(wanted, incoming.header(b"accept-language"))


def thanks_page(pages: Pages, language: Language, capture: Capture) -> Answer:
    """Thank the visitor; the way back is the owner's own address, never one the visitor sent."""
    back = next((origin for origin in capture.origins if "*" not in origin), None)
    body = pages.render("public/thanks.html", language, stylesheet="../../style.css", back=back)
    return Answer(200, body, _SECURITY)


def error_page(pages: Pages, language: Language, error: CollectorError, stylesheet: str) -> Answer:
    """Say what was wrong and what to do, in the words of the status."""
    status = status_of(error)
    body = pages.render("public/error.html", language, stylesheet=stylesheet, code=int(status))
    return Answer(status, body, (*_SECURITY, *headers_of(error)))


def form_again_page(
    pages: Pages, language: Language, submission: Submission, error: FieldsRefused
) -> Answer:
    """Give the form back with everything that was typed, to be sent again as the same event.

    A field at fault that was not sent at all stands empty at the end.

    From this page a browser sends neither cookie nor Referer (the sandbox has no origin), so the
    reserved values must hold all that the first request said.
    """
    fields = [
        (name, value, error.errors.get(name, ""))
        for name, values in submission.fields.items()
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, str)
    ]
    shown = {name for name, _, _ in fields}
    fields += [(name, "", said) for name, said in error.errors.items() if name not in shown]
    body = pages.render(
        "public/form_again.html",
        language,
        stylesheet="../style.css",
        title="",
        action="",
        fields=fields,
        hidden=[(name, value) for name, value in submission.reserved.items() if value],
    )
    return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, body, _SECURITY)
