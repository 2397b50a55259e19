"""What a list shows of a lead: who it is, where it came from, and what is special about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from collector.domain.journey import SeenTouch
from collector.domain.parameters import SHIPPED
from collector.domain.sites import split_url

_EMAIL = ("email", "mail", "emailaddress", "emailadresse")
_PHONE = ("phone", "phonenumber", "tel", "telefon", "telephone", "mobile", "handy")
_WHOLE = ("name", "fullname", "yourname", "ihrname", "contactname")
_PARTS = (("firstname", "vorname", "fname"), ("lastname", "nachname", "surname", "lname"))
_COMPANY = ("company", "companyname", "firma", "organisation", "organization")
_CLICK_IDS = frozenset(SHIPPED.click_ids)


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


def name_of(fields: Mapping[str, Any]) -> tuple[str, str]:
    """Guess name and e-mail address from incoming fields; either may be empty.

    Without a name the phone number stands for it.
    """
    plain = _plain_fields(fields)
    parts = [_first(plain, names) for names in _PARTS]
    whole = " ".join(part for part in parts if part) or _first(plain, _WHOLE)
    return whole or _first(plain, _PHONE), _first(plain, _EMAIL)


def phone_of(fields: Mapping[str, Any]) -> str:
    """Guess the phone number; empty when there is none."""
    return _first(_plain_fields(fields), _PHONE)


def company_of(fields: Mapping[str, Any]) -> str:
    """Guess the company; empty when there is none."""
    return _first(_plain_fields(fields), _COMPANY)


def _plain_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    return {_plain(key): value.strip() for key, value in fields.items() if isinstance(value, str)}


def _plain(key: str) -> str:
    return re.sub(r"[^a-z]", "", key.lower())


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
