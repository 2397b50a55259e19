"""What a list shows of a lead: who it is, where it came from, and what is special about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from collector.domain.journey import SeenTouch
from collector.domain.parameters import SHIPPED
from collector.domain.remembered import remembered
from collector.domain.sites import split_url

_EMAIL = ("email", "mail", "emailaddress", "emailadresse")
_PHONE = ("phone", "phonenumber", "tel", "telefon", "telephone", "mobile", "handy")
_WHOLE = ("name", "fullname", "yourname", "ihrname", "contactname")
_PARTS = (("firstname", "vorname", "fname"), ("lastname", "nachname", "surname", "lname"))
_COMPANY = ("company", "companyname", "firma", "organisation", "organization")
_CLICK_IDS = frozenset(SHIPPED.click_ids)
_NO_LETTERS = re.compile(r"[^a-z]+")


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """One lead in a list. Times are microseconds UTC; `page` is the landing page's path."""

    id: str
    received_at: int
    source_id: str
    event_type: str
    name: str
    email: str
    channel: str
    source: str
    medium: str
    campaign: str
    page: str
    click_id: bool
    ga: bool
    marks: tuple[str, ...]
    click_ids: tuple[str, ...] = ()


class Contact(NamedTuple):
    """Who a lead is, guessed from its incoming fields; each member may be empty."""

    name: str
    email: str
    phone: str
    company: str


def contact_of(fields: Mapping[str, Any]) -> Contact:
    """Guess who a lead is. Without a name the phone number stands for it."""
    plain = _plain_fields(fields)
    parts = [_first(plain, names) for names in _PARTS]
    whole = " ".join(filter(None, parts)) or _first(plain, _WHOLE)
    phone = _first(plain, _PHONE)
    return Contact(whole or phone, _first(plain, _EMAIL), phone, _first(plain, _COMPANY))


def name_of(fields: Mapping[str, Any]) -> tuple[str, str]:
    """Guess name and e-mail address from incoming fields; either may be empty."""
    contact = contact_of(fields)
    return contact.name, contact.email


def _plain_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    return {_plain(key): value.strip() for key, value in fields.items() if isinstance(value, str)}


@remembered(most=1024, longest=64)
def _plain(key: str) -> str:
    """Leave a name's letters; those of forms come with every lead."""
    return _NO_LETTERS.sub("", key.lower())


def _first(values: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def page_of(touch: SeenTouch | None) -> str:
    """Name a touch's landing page by host and path."""
    return page_name(touch.landing_page) if touch else ""


def page_name(landing_page: str) -> str:
    """Name a landing page by host and path."""
    url = split_url(landing_page)
    return f"{url.host}{url.path or '/'}" if url else ""


def click_ids_of(touch: SeenTouch | None) -> dict[str, str]:
    """Read the click ids that came with a touch, by their names."""
    found = touch.parameters if touch else {}
    return {name: value for name, value in found.items() if name in _CLICK_IDS}
