"""The forms of a landing page: where they post, what they send, what could be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from collector.domain.event import METADATA_KEYS
from collector.domain.ids import parse_uuid
from collector.domain.said import Said
from collector.domain.sites import origin_of, registrable_domain, split_url
from collector.site_check.csp import FORM, Asked, Policy, blocking
from collector.site_check.html_page import Form, Page, Tag
from collector.site_check.landing_tag import CollectorTag, page_name
from collector.site_check.site_findings import SiteFinding, site_finding

_FORM_HOSTS: Final = (
    *("typeform.com", "hsforms.com", "hsforms.net", "jotform.com", "calendly.com", "tally.so"),
    *("forms.office.com", "docs.google.com", "forms.gle", "paperform.co", "cognitoforms.com"),
    *("formstack.com", "wufoo.com", "zohopublic.com", "pardot.com", "marketo.com", "typeform.eu"),
    *("heyflow.id", "heyflow.co", "youcanbook.me", "meetings.hubspot.com", "outgrow.us"),
)
_LONGEST: Final = 80
_MOST_FORMS: Final = 20
_MOST_FIELDS: Final = 40


class FoundForm(msgspec.Struct, frozen=True):
    """A form that was found; `wants_person` tells a lead form from a search."""

    title: Said
    method: str
    action: str
    fields: tuple[str, ...]
    wants_person: bool


def found_forms(page: Page) -> tuple[FoundForm, ...]:
    """Name the forms of a page, the first of them."""
    return tuple(
        FoundForm(
            title=form.title,
            method=form.tag.get("method").upper()[:_LONGEST] or "GET",
            action=(form.action or page.url).partition("?")[0][: 3 * _LONGEST],
            fields=tuple(dict.fromkeys(filter(None, map(_name, form.controls))))[:_MOST_FIELDS],
            wants_person=form.wants_person,
        )
        for form in page.forms[:_MOST_FORMS]
    )


def _name(control: Tag) -> str:
    return (control.get("name") or control.get("id"))[:_LONGEST]


def check_forms(
    page: Page, tag: CollectorTag | None, policies: list[Policy], capture: str | None
) -> Iterator[SiteFinding]:
    """Judge a page's lead forms and the frames that hold one."""
    capture = capture or (parse_uuid(tag.option("source")) if tag else None)
    for form in page.forms:
        if form.wants_person:
            yield from _check_sending(form, page, policies)
            yield from _check_target(form, page, tag, capture)
            yield from _check_fields(form, page, tag)
    yield from _check_frames(page)


def fillable(form: Form) -> list[Tag]:
    """Find the hidden inputs that are named like an attribute of marketing."""
    hidden = [control for control in form.controls if control.get("type").lower() == "hidden"]
    return [
        one
        for one in hidden
        if one.get("name").lower() in METADATA_KEYS or one.get("data-collector-fill")
    ]


def form_name(form: Form, page: Page) -> Said:
    """Name a form and its page in a report."""
    return Said("{page}, {form}", page=page_name(page), form=form.title)


def _check_sending(form: Form, page: Page, policies: list[Policy]) -> Iterator[SiteFinding]:
    where, target = form_name(form, page), form.action or page.url
    if form.tag.get("method").lower() != "post" and form.tag.get("action"):
        yield site_finding("form_by_get", where)
    if page.url.startswith("https:") and target.startswith("http:"):
        yield site_finding("form_mixed_content", where)
    if fault := blocking(policies, FORM, Asked(target, page.url)):
        url = split_url(target)
        yield site_finding(
            "form_blocked_by_csp", where, fault, origin=(origin_of(url) or "") if url else ""
        )


def _check_target(
    form: Form, page: Page, tag: CollectorTag | None, capture: str | None
) -> Iterator[SiteFinding]:
    where, action = form_name(form, page), split_url(form.action)
    to_capture = _capture_of(form, tag)
    if to_capture is not None:
        if capture and parse_uuid(to_capture) != parse_uuid(capture):
            base = tag.base if tag else ""
            yield site_finding(
                "form_wrong_capture", where, to_capture[:64], origin=base, capture=capture
            )
        return
    watched = tag is not None and (
        "data-collector" in form.tag.attributes or tag.option("forms") == "all"
    )
    if action and tag and not watched and not fillable(form):
        yield site_finding("form_elsewhere", where, action.authority)


def _capture_of(form: Form, tag: CollectorTag | None) -> str | None:
    """Name the capture that a form posts to; None where it posts to no collector."""
    head, _, name = form.action.partition("?")[0].rpartition("/f/")
    ours = tag is not None and head == tag.base
    return name if head and (ours or parse_uuid(name)) else None


def _check_fields(form: Form, page: Page, tag: CollectorTag | None) -> Iterator[SiteFinding]:
    where = form_name(form, page)
    nameless = [one for one in form.controls if not _is_named(one, form)]
    if nameless:
        shown = ", ".join(one.get("type") or one.name for one in nameless)
        yield site_finding("field_without_name", where, shown)
    names = [one.get("name") or one.get("data-collector-fill") for one in fillable(form)]
    if names and tag is not None:
        off = tag.option("fill") == "off"
        yield site_finding("fill_off" if off else "fillable", where, ", ".join(names))


def _is_named(control: Tag, form: Form) -> bool:
    if control.get("name"):
        return True
    # only the collector's script reads ids and labels; a form that posts by itself sends neither
    read_by_script = "data-collector" in form.tag.attributes
    return read_by_script and bool(control.get("id") or control.get("aria-label"))


def _check_frames(page: Page) -> Iterator[SiteFinding]:
    own = split_url(page.url)
    for address in page.frames:
        url = split_url(address)
        if url is None or own is None:
            continue
        foreign = registrable_domain(url.host) != registrable_domain(own.host)
        known = any(url.host == host or url.host.endswith(f".{host}") for host in _FORM_HOSTS)
        if foreign and (known or "form" in url.path.lower()):
            yield site_finding("form_in_frame", page_name(page), f"{url.authority}{url.path}")
